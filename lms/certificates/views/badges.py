"""What others need to check badges alone: the issuer's keys, and the lists of what was taken back.

Public and alike for everybody; caches may keep it for a little while.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads
from lms.certificates.badges import making
from lms.certificates.badges.identity import did_document, key_set
from lms.certificates.permissions import CHECK_BADGE
from lms.certificates.signing.api import SealMissing
from lms.certificates.views.blueprint import bp
from lms.errors import Hidden

KEYS_SECONDS = 3600
LIST_SECONDS = 300


def _public(data: str, media_type: str, *, tag: str, seconds: int) -> Response:
    """Answer alike for everybody, with what caches and other sites' pages need."""
    response = Response(data, mimetype=media_type)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(tag)
    return response.make_conditional(request.environ)


def _json(value: dict[str, Any], media_type: str) -> Response:
    data = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    tag = hashlib.sha256(data.encode()).hexdigest()[:24]
    return _public(data, media_type, tag=tag, seconds=KEYS_SECONDS)


@bp.get("/.well-known/did.json")
@reads(CHECK_BADGE)
def did() -> Response:
    """Say which keys sign for this site, as did:web asks."""
    return _json(did_document(), "application/json")


@bp.get("/.well-known/jwks.json")
@reads(CHECK_BADGE)
def jwks() -> Response:
    """List the same keys as a key set, with their certificates."""
    return _json(key_set(), "application/jwk-set+json")


@bp.get("/badges/status/<int:number>")
@reads(CHECK_BADGE)
def status_list(number: int) -> Response:
    """Hand out a status list: whole, so that nobody learns which badge was asked about."""
    bits = making.bits_of_list(number) if number < making.MOST_LISTS else None
    if bits is None:
        raise Hidden
    best = request.accept_mimetypes.best_match([making.MEDIA_TYPE, making.SD_JWT_TYPE])
    as_sd_jwt = best == making.SD_JWT_TYPE
    try:
        signed = making.signed_list(number, bits, now=clock.now(), as_sd_jwt=as_sd_jwt)
    except SealMissing as error:  # nothing was issued yet
        raise Hidden from error
    media_type = making.SD_JWT_TYPE if as_sd_jwt else making.MEDIA_TYPE
    tag = hashlib.sha256(signed.encode()).hexdigest()[:24]
    response = _public(signed, media_type, tag=tag, seconds=LIST_SECONDS)
    response.vary.add("Accept")
    return response
