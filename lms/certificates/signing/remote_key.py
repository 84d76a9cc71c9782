"""A seal's key at a signing service that speaks CSC (Cloud Signature Consortium) v2.

The service is asked to authorise a number of hashes and then to sign them; hashes that wait at the
same moment go in one question. What comes back is checked before it is used.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from lms.certificates.signing.api import SealError, SealLocked, SealMissing, SigningFailed
from lms.certificates.signing.chains import whole_chain
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.signing.worth import worth_of

SECONDS: Final = 30
GATHER_SECONDS: Final = 0.02
_MOST_AT_ONCE: Final = 100
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_RSA_SHA256: Final = "1.2.840.113549.1.1.11"
_EARLY: Final = 30  # seconds before its end, a token counts as ended
_LARGEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True)
class RemotePlace:
    """Where the service answers, which credential is ours, and what we show for it."""

    url: str
    credential: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)


class Service:
    """The service's answers; a SealError says what went wrong, never what is secret."""

    def __init__(self, place: RemotePlace) -> None:
        if not place.url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise SealError("LMS_SEAL_CSC_URL must start with https://")
        self._place = place
        self._token, self._token_ends = "", 0.0

    def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Put one question, as whoever the token says."""
        return self._post(path, body, {"Authorization": f"Bearer {self._bearer()}"})

    def _bearer(self) -> str:
        if time.monotonic() >= self._token_ends:
            body = {
                "grant_type": "client_credentials",
                "client_id": self._place.client,
                "client_secret": self._place.secret,
            }
            told = self._post("oauth2/token", body, {})
            self._token = str(told["access_token"])
            self._token_ends = time.monotonic() + float(told.get("expires_in", 300)) - _EARLY
        return self._token

    def _post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 -- the scheme was looked at above
            f"{self._place.url.rstrip('/')}/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                told: dict[str, Any] = json.loads(answer.read(_LARGEST))
                return told
        except urllib.error.HTTPError as error:
            error.close()
            kind = SealLocked if error.code in {401, 403} else SealError
            raise kind(f"the signing service answered {error.code} to {path}") from error
        except (OSError, ValueError) as error:
            raise SealError(f"the signing service doesn't answer: {error}") from error


@dataclass
class _Wish:
    """One hash that waits for its signature."""

    digest: bytes
    done: threading.Event = field(default_factory=threading.Event)
    signature: bytes = b""
    error: SealError | None = None


class RemoteKey:
    """An RSA key at a signing service; hashes of several threads are signed in one question."""

    def __init__(self, place: RemotePlace) -> None:
        self._service = Service(place)
        self._pin = place.pin
        self._credential = place.credential or self._only_credential()
        self._waiting: list[_Wish] = []
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        told = self._service.ask(
            "credentials/info",
            {
                "credentialID": self._credential,
                "certificates": "chain",
                "certInfo": True,
                "authInfo": True,
            },
        )
        self.certificates = _certificates(told)
        self._most = max(1, min(int(told.get("multisign", 1)), _MOST_AT_ONCE))
        self._public = _rsa(self.certificates[0])
        self.key_size = self._public.key_size

    def _only_credential(self) -> str:
        found = self._service.ask("credentials/list", {"onlyValid": True}).get("credentialIDs", [])
        if len(found) != 1:
            raise SealMissing(
                f"the service has {len(found)} credentials: name one in LMS_SEAL_CSC_CREDENTIAL"
            )
        return str(found[0])

    def sign(self, data: bytes, _padding: object, _algorithm: object) -> bytes:
        """Sign with RSA PKCS#1 v1.5 and SHA-256, together with whoever else waits just now."""
        wish = _Wish(hashlib.sha256(data).digest())
        with self._lock:
            self._waiting.append(wish)
        with self._turn:  # one question at a time; what waits meanwhile goes in the next
            if not wish.done.is_set():
                time.sleep(GATHER_SECONDS)
                self._sign_waiting()
        if wish.error is not None:
            raise wish.error
        return wish.signature

    def _sign_waiting(self) -> None:
        """Take what waits, at most as many as the service signs at once, until none waits."""
        while True:
            with self._lock:
                taken, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            if not taken:
                return
            try:
                found = self.sign_hashes([wish.digest for wish in taken])
                for wish, signature in zip(taken, found, strict=True):
                    wish.signature = signature
            except SealError as error:
                for wish in taken:
                    wish.error = error
            finally:
                for wish in taken:
                    wish.done.set()

    def sign_hashes(self, digests: list[bytes]) -> list[bytes]:
        """Have several hashes signed by one authorisation and one question."""
        shown = [base64.b64encode(digest).decode() for digest in digests]
        common = {
            "credentialID": self._credential,
            "hashes": shown,
            "hashAlgorithmOID": _SHA256,
        }
        auth = [{"id": "PIN", "value": self._pin}] if self._pin else []
        allowed = self._service.ask(
            "credentials/authorize", {**common, "numSignatures": len(shown), "authData": auth}
        )
        told = self._service.ask(
            "signatures/signHash", {**common, "SAD": allowed.get("SAD"), "signAlgo": _RSA_SHA256}
        )
        try:
            found = [base64.b64decode(each, validate=True) for each in told["signatures"]]
            for digest, signature in zip(digests, found, strict=True):
                self._public.verify(signature, digest, PKCS1v15(), Prehashed(hashes.SHA256()))
        except (KeyError, TypeError, ValueError, InvalidSignature) as error:
            raise SigningFailed("the service's signatures don't fit what was asked") from error
        return found


def load_remote(place: RemotePlace, *, chain_file: str = "") -> PadesSeal:
    """Open a seal at a signing service. Raises SealError and its children."""
    key = RemoteKey(place)
    seal, *above = key.certificates
    return PadesSeal(
        kind=worth_of(seal, in_device=True),
        key=key,
        certificate=seal,
        chain=whole_chain(seal, above, chain_file),
    )


def _certificates(told: dict[str, Any]) -> list[x509.Certificate]:
    try:
        if told["key"]["status"] != "enabled":
            raise SealLocked(f"the credential's key is {told['key']['status']}")
        links = told["cert"]["certificates"]
        return [x509.load_der_x509_certificate(base64.b64decode(link)) for link in links]
    except (KeyError, TypeError, ValueError) as error:
        raise SealMissing("the service tells of no certificate") from error


def _rsa(seal: x509.Certificate) -> RSAPublicKey:
    found = seal.public_key()
    if not isinstance(found, RSAPublicKey):
        raise SealError("the seal needs an RSA key")
    return found
