"""A small signing service that speaks CSC v2, for tests; a process of its own.

    python -m tests.certificates.signing_service KEY.pem CERT.pem…

It prints the address it answers at. `GET /asked` tells what it was asked, hashes by number.
"""

from __future__ import annotations

import base64
import json
import secrets
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

CLIENT, SECRET, PIN, CREDENTIAL = "atestat", "taina", "4711", "sigiliu-exemplu"
MULTISIGN = 8
SHA256 = "2.16.840.1.101.3.4.2.1"


class Refused(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


class Desk:
    """What the service knows: one key, the tokens it gave, the hashes it authorised."""

    def __init__(self, key: RSAPrivateKey, chain: list[x509.Certificate]) -> None:
        self.key, self.chain = key, chain
        self.tokens: set[str] = set()
        self.allowed: dict[str, list[str]] = {}
        self.asked: list[tuple[str, int]] = []
        self.lies = False
        self.lock = threading.Lock()

    def answer(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        with self.lock:
            self.asked.append((path, len(body.get("hashes", []))))
        if path == "lie":
            self.lies = not self.lies
            return {}
        if path == "oauth2/token":
            return self._token(body)
        if token not in self.tokens:
            raise Refused(401, "invalid_token")
        if path == "credentials/list":
            return {"credentialIDs": [CREDENTIAL]}
        if body.get("credentialID") != CREDENTIAL:
            raise Refused(400, "invalid_request")
        return {
            "credentials/info": self._info,
            "credentials/authorize": self._authorise,
            "signatures/signHash": self._sign,
        }[path](body)

    def _token(self, body: dict[str, Any]) -> dict[str, Any]:
        if (body.get("client_id"), body.get("client_secret")) != (CLIENT, SECRET):
            raise Refused(401, "invalid_client")
        token = secrets.token_hex(8)
        self.tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 600}

    def _info(self, _body: dict[str, Any]) -> dict[str, Any]:
        links = [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in self.chain]
        return {
            "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.11"], "len": 2048},
            "cert": {"status": "valid", "certificates": links},
            "auth": {"mode": "explicit", "objects": [{"type": "Password", "id": "PIN"}]},
            "SCAL": "2",
            "multisign": MULTISIGN,
        }

    def _authorise(self, body: dict[str, Any]) -> dict[str, Any]:
        pins = [each["value"] for each in body.get("authData", []) if each["id"] == "PIN"]
        if pins != [PIN]:
            raise Refused(403, "invalid_pin")
        wanted = body["hashes"]
        if body["numSignatures"] != len(wanted) or not 0 < len(wanted) <= MULTISIGN:
            raise Refused(400, "invalid_request")
        data = secrets.token_hex(8)
        self.allowed[data] = list(wanted)
        return {"SAD": data, "expiresIn": 60}

    def _sign(self, body: dict[str, Any]) -> dict[str, Any]:
        """Sign exactly the hashes that were authorised, once."""
        wanted = self.allowed.pop(str(body.get("SAD")), None)
        if wanted is None or body["hashes"] != wanted or body["hashAlgorithmOID"] != SHA256:
            raise Refused(400, "invalid_request")
        hashed = [base64.b64decode(each) for each in wanted]
        if self.lies:
            hashed = [bytes(32) for _ in hashed]
        found = [
            self.key.sign(each, padding.PKCS1v15(), Prehashed(hashes.SHA256())) for each in hashed
        ]
        return {"signatures": [base64.b64encode(each).decode() for each in found]}


def handler(desk: Desk) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def _send(self, status: int, value: Any) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self._send(200, desk.asked)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            path = self.path.removeprefix("/csc/v2/")
            try:
                self._send(200, desk.answer(path, body, token))
            except Refused as refusal:
                self._send(refusal.status, {"error": str(refusal)})

    return Handler


def main() -> None:
    key = load_pem_private_key(Path(sys.argv[1]).read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    chain = [x509.load_pem_x509_certificate(Path(name).read_bytes()) for name in sys.argv[2:]]
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(Desk(key, chain)))
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")  # the test waits for it
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
