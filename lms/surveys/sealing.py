"""Answers that wait, sealed: what is left of them in logs and old pages can't be read later."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.surveys.questions import Answers

KEY_BYTES = 32
_BLOCK = 64 * 1024  # so that a box's growth does not tell how long the newest answer is
_NONCE = bytes(12)  # a key seals one box only


class SealBrokenError(ValueError):
    """The box was sealed with another key, or is damaged."""


def seal(answers: Sequence[Answers], key: bytes) -> bytes:
    """Seal answers with a key that was never used before."""
    plain = json.dumps([dict(a) for a in answers], ensure_ascii=False).encode()
    padded = plain + b" " * (-len(plain) % _BLOCK)
    return AESGCM(key).encrypt(_NONCE, padded, None)


def unseal(box: bytes, key: bytes) -> list[Answers]:
    """Return what was sealed; raise SealBrokenError where the key is another."""
    try:
        plain = AESGCM(key).decrypt(_NONCE, box, None)
    except InvalidTag as error:
        raise SealBrokenError from error
    found: list[Answers] = json.loads(plain)
    return found
