"""A small store that speaks S3 over HTTP: whole and multipart uploads, downloads, lists, deletes.

Every request's signature (AWS version 4) is computed anew and compared, so a client that signs
wrongly, or with another secret, is refused as by the real thing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

KEY, SECRET, BUCKET = "TESTKEY", "a secret/of+the=store", "copii"


@dataclass
class Stored:
    """What the store holds, and how it shall misbehave."""

    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refuses: bool = False
    url: str = ""


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stored: Stored

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _signed(self, body: bytes) -> bool:
        """Whether the request carries the signature that our secret gives."""
        head = self.headers.get("Authorization", "")
        if not head.startswith("AWS4-HMAC-SHA256 "):
            return False
        parts = dict(p.strip().split("=", 1) for p in head.split(" ", 1)[1].split(","))
        key, *scope = parts["Credential"].split("/")
        day, region, service, _ = scope
        names = parts["SignedHeaders"].split(";")
        url = urlsplit(self.path)
        query = "&".join(
            f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}"
            for k, v in sorted(parse_qsl(url.query, keep_blank_values=True))
        )
        digest = self.headers["x-amz-content-sha256"]
        if digest not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            return False
        lines = "".join(f"{n}:{' '.join(self.headers[n].split())}\n" for n in names)
        canonical = "\n".join(
            (self.command, url.path, query, lines, parts["SignedHeaders"], digest)
        )
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        told = "\n".join(("AWS4-HMAC-SHA256", self.headers["x-amz-date"], "/".join(scope), hashed))
        secret = _hmac(_hmac(_hmac(f"AWS4{SECRET}".encode(), day), region), service)
        right = _hmac(_hmac(secret, "aws4_request"), told).hex()
        return key == KEY and hmac.compare_digest(right, parts["Signature"])

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _fault(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code></Error>".encode())

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        bucket, _, name = unquote(url.path).strip("/").partition("/")
        self.stored.asked.append(f"{self.command} {self.path}")
        if self.stored.refuses or not self._signed(body):
            self._fault(403, "SignatureDoesNotMatch")
        elif bucket != BUCKET:
            self._fault(404, "NoSuchBucket")
        else:
            getattr(self, f"_{self.command.lower()}")(name, query, body)

    do_GET = do_PUT = do_POST = do_HEAD = _serve  # noqa: N815 -- its spelling

    def _put(self, name: str, query: dict[str, str], body: bytes) -> None:
        if "uploadId" in query:
            self.stored.uploads[query["uploadId"]][int(query["partNumber"])] = body
        else:
            self.stored.objects[name] = body
        self._answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def _post(self, name: str, query: dict[str, str], body: bytes) -> None:
        if "delete" in query:
            names = re.findall(r"<Key>(.*?)</Key>", body.decode())
            for gone in names:
                self.stored.objects.pop(unescape(gone), None)
            gone = "".join(f"<Deleted><Key>{n}</Key></Deleted>" for n in names)
            self._xml("DeleteResult", gone)
            return
        if "uploads" in query:
            upload = f"u{len(self.stored.uploads)}"
            self.stored.uploads[upload] = {}
            text = f"<UploadId>{upload}</UploadId>"
            self._xml("InitiateMultipartUploadResult", text)
            return
        parts = self.stored.uploads.pop(query["uploadId"])
        self.stored.objects[name] = b"".join(parts[n] for n in sorted(parts))
        self._xml("CompleteMultipartUploadResult", '<ETag>"x"</ETag>')

    def _get(self, name: str, query: dict[str, str], _body: bytes) -> None:
        if query.get("list-type") == "2":
            self._list(query.get("prefix", ""))
            return
        data = self.stored.objects.get(name)
        if data is None:
            self._fault(404, "NoSuchKey")
            return
        self._answer(200, data, ETag='"x"', Last_Modified="Sun, 22 Nov 2026 10:00:00 GMT")

    _head = _get

    def _list(self, prefix: str) -> None:
        items = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(data)}</Size><ETag>x</ETag>"
            "<LastModified>2026-11-22T10:00:00.000Z</LastModified></Contents>"
            for name, data in sorted(self.stored.objects.items())
            if name.startswith(prefix)
        )
        self._xml("ListBucketResult", f"<IsTruncated>false</IsTruncated>{items}")

    def _xml(self, name: str, inside: str) -> None:
        body = f'<?xml version="1.0"?><{name}>{inside}</{name}>'.encode()
        self._answer(200, body, Content_Type="application/xml")


@contextmanager
def s3_store() -> Iterator[Stored]:
    """Serve a store on the loopback for the block; `url` is a value for LMS_BACKUP_TO."""
    stored = Stored()
    handler = type("Handler", (_Handler,), {"stored": stored})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    stored.url = (
        f"s3+http://{KEY}:{quote(SECRET, safe='')}@127.0.0.1:{server.server_port}/{BUCKET}/atestat"
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stored
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
