"""Compact JWS under Ed25519: the one form in which a badge is signed and read here."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MOST_BYTES: Final = 64 * 1024
_PART: Final = re.compile(r"[A-Za-z0-9_-]+")
_KEY_BYTES: Final = 32


class NotJws(Exception):
    """The text is no compact JWS that could be ours."""


@dataclass(frozen=True)
class Token:
    """A JWS taken apart; nothing of it is believed before `is_signed_by` says so."""

    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def is_signed_by(self, public: bytes) -> bool:
        """Tell whether the signature is a key's; the key is 32 bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, self.signed)
        except (InvalidSignature, ValueError):
            return False
        return True


def encoded(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Read base64url without padding, and only the one way of writing it. Raises NotJws."""
    if not _PART.fullmatch(text):
        raise NotJws("base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise NotJws("base64url") from error
    if encoded(data) != text:
        raise NotJws("base64url written otherwise")
    return data


def canonical(value: Mapping[str, Any]) -> bytes:
    """Write JSON in one way only, so that the same values are the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def head(header: Mapping[str, Any]) -> str:
    """Write a header as the first part of a JWS; it is the same for all that a key signs."""
    return encoded(canonical(header))


def signed(head: str, payload: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """Sign a payload under a written header; Ed25519 gives the same signature each time."""
    body = f"{head}.{encoded(canonical(payload))}"
    return f"{body}.{encoded(key.sign(body.encode()))}"


def read(text: str) -> Token:
    """Take a compact JWS apart. Raises NotJws."""
    if len(text) > MOST_BYTES:
        raise NotJws("too long")
    parts = text.split(".")
    if len(parts) != 3:
        raise NotJws("not three parts")
    return Token(
        header=_object(decoded(parts[0])),
        payload=_object(decoded(parts[1])),
        signed=f"{parts[0]}.{parts[1]}".encode(),
        signature=decoded(parts[2]),
    )


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NotJws("no JSON") from error
    if not isinstance(value, dict):
        raise NotJws("no JSON object")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # two readers could take two values
        raise NotJws("a member stands twice")
    return found


def _no_number(text: str) -> None:
    raise NotJws(f"{text} is no JSON")


def public_jwk(public: bytes) -> dict[str, str]:
    """Write a public key as a JWK, named by its thumbprint."""
    plain = {"crv": "Ed25519", "kty": "OKP", "x": encoded(public)}
    return {**plain, "kid": thumbprint(public)}


def thumbprint(public: bytes) -> str:
    """Name a key as RFC 7638 does."""
    plain = {"crv": "Ed25519", "kty": "OKP", "x": encoded(public)}
    return encoded(hashlib.sha256(canonical(plain)).digest())


def public_of(jwk: object) -> bytes | None:
    """Return the key in a JWK, or None where it is no Ed25519 key or tells its secret."""
    if not isinstance(jwk, Mapping) or "d" in jwk:
        return None
    if (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519") or not isinstance(jwk.get("x"), str):
        return None
    try:
        found = decoded(jwk["x"])
    except NotJws:
        return None
    return found if len(found) == _KEY_BYTES else None
