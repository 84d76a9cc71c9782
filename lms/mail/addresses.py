"""E-mail addresses: one, plain, and safe to stand in a header."""

from __future__ import annotations

import re

_LOCAL = r"[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]+"
_DOMAIN = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN}")
_LONGEST = 254


def is_one_address(text: str) -> bool:
    """Tell whether the text is exactly one address that a mail can be sent to."""
    if len(text) > _LONGEST or not _ADDRESS.fullmatch(text):
        return False
    local = text.partition("@")[0]
    return not (local.startswith(".") or local.endswith(".") or ".." in local)


def as_sent(address: str) -> str:
    """Return the address with its domain in ASCII; raise ValueError where it is not one address."""
    local, _, domain = address.rpartition("@")
    if not is_one_address(address):
        raise ValueError(f"{address!r} is not one address")
    return f"{local}@{domain.encode('idna').decode('ascii')}"
