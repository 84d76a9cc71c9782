"""The chains' checkpoints at a public address, for whoever keeps a copy elsewhere."""

from __future__ import annotations

import hashlib

from flask import request
from werkzeug.wrappers import Response

from lms.access import reads
from lms.certificates import checkpoints
from lms.certificates.permissions import SEE_CHECKPOINTS
from lms.certificates.views.blueprint import bp

SECONDS = 300


@bp.get("/register/checkpoints.json")
@reads(SEE_CHECKPOINTS)
def chain_checkpoints() -> Response:
    """Hand out the last checkpoint of each day: numbers of links and hashes, nobody's data."""
    data = checkpoints.published()
    response = Response(data, mimetype="application/json")
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(hashlib.sha256(data).hexdigest()[:24])
    return response.make_conditional(request.environ)
