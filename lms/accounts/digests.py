"""Digests under the installation's own key, for values too short or too guessable to hash bare."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from flask import current_app


def keyed_digest(*parts: object) -> bytes:
    """Return a digest that can't be recomputed without the installation's secret."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, repr(parts).encode(), hashlib.sha256).digest()


def address_digest(address: str | None) -> bytes:
    """Digest a network address; of IPv6 the network, since one household has it all."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return keyed_digest("address", address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return keyed_digest("address", str(ipaddress.ip_network((parsed, 64), strict=False)))
    return keyed_digest("address", str(parsed))
