"""Sign what the site says as an issuer: badges, and the lists of those that were taken back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding

from lms.certificates.badges import jws
from lms.certificates.badges.credential import PURPOSE, VC_CONTEXT, Site, claims, instant
from lms.certificates.badges.key_files import BadgeKey
from lms.certificates.badges.status_list import encode

LIST_DAYS: Final = 7
"""How long a status list may be relied on: an older copy hides what was revoked since."""

_SD_JWT_END: Final = "~"  # nothing is disclosed selectively


def sign(said: Mapping[str, Any], key: BadgeKey, *, as_sd_jwt: bool = False) -> str:
    """Sign a credential: as the JWT of Open Badges 3.0, or with the frame of an SD-JWT.

    The key and its certificates travel in the header (RFC 7515, 7517), so that a file can be
    checked by the root alone.
    """
    signed = jws.signed(_head(key, Site.of(said["id"]), as_sd_jwt), claims(said), key.key)
    return signed + _SD_JWT_END if as_sd_jwt else signed


@lru_cache(maxsize=8)
def _head(key: BadgeKey, site: Site, as_sd_jwt: bool) -> str:
    links = [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in key.chain]
    return jws.head(
        {
            "alg": "EdDSA",
            "kid": site.key_id(key.kid),
            "jwk": {**jws.public_jwk(key.public), "x5c": links},
            "typ": "vc+sd-jwt" if as_sd_jwt else "JWT",
        }
    )


def status_list(bits: bytes, number: int, site: Site, *, now: datetime) -> dict[str, Any]:
    """Say which places of a list are set; the same all day, unless one more is set."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    address = site.status_list(number)
    return {
        "@context": [VC_CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": site.did,
        "validFrom": instant(day),
        "validUntil": instant(day + timedelta(days=LIST_DAYS)),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSE,
            "encodedList": encode(bits),
        },
    }


def sign_list(said: Mapping[str, Any], key: BadgeKey, *, as_sd_jwt: bool = False) -> str:
    """Sign a status list, as a credential is signed but without its certificates."""
    header = {
        "alg": "EdDSA",
        "kid": Site.of(said["id"]).key_id(key.kid),
        "typ": "vc+sd-jwt" if as_sd_jwt else "JWT",
    }
    payload = claims({**said, "issuer": {"id": said["issuer"]}}) | {"issuer": said["issuer"]}
    signed = jws.signed(jws.head(header), payload, key.key)
    return signed + _SD_JWT_END if as_sd_jwt else signed
