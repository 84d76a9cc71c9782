"""What a certificate looks like: its first page as a picture, for whoever may have the file."""

from __future__ import annotations

import logging

from flask import make_response, request
from werkzeug.wrappers import Response

from lms.access import reads
from lms.certificates.composing import compose
from lms.certificates.designs.svg_page import page_svg
from lms.certificates.errors import FileNotReady
from lms.certificates.models import Certificate
from lms.certificates.permissions import DOWNLOAD_CERTIFICATE
from lms.certificates.register import document_of
from lms.certificates.states import HOLDER_ERASED, CertificateState
from lms.certificates.views.blueprint import bp, certificate

log = logging.getLogger(__name__)


@bp.get("/certificates/<int:certificate_id>/preview.svg")
@reads(DOWNLOAD_CERTIFICATE, certificate)
def preview(found: Certificate) -> Response:
    """Draw the first page of a valid certificate as it is printed, of its frozen facts.

    What has ended has no picture: somebody could take it for what it was.
    """
    if not can_be_drawn(found):
        raise FileNotReady
    try:
        page = compose(document_of(found))[0]
    except (ValueError, FileNotFoundError) as error:  # its design or a picture is lost
        log.warning("certificate %s has no preview: %s", found.number, error)
        raise FileNotReady from error
    response = make_response(page_svg(page, title=f"{found.number}, 1"))
    response.headers["Content-Type"] = "image/svg+xml"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def can_be_drawn(found: Certificate) -> bool:
    """Tell whether there is a picture to show."""
    is_issued = found.state is CertificateState.VALID and found.issued_at is not None
    return is_issued and found.facts["holder"] != HOLDER_ERASED
