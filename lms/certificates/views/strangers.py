"""What answers to strangers share: how often they may ask, and that nobody keeps the answer."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.wrappers import Response

from lms.certificates.errors import TooManyChecks
from lms.web.windows import Window, who_asks


def count(kind: str, most: int) -> None:
    """Count this request for its address. Raises TooManyChecks."""
    windows: dict[str, Window] = current_app.extensions.setdefault("lms_verify_windows", {})
    if not windows.setdefault(kind, Window(most)).allows(who_asks(request.remote_addr)):
        raise TooManyChecks


def keep_private(response: Response) -> Response:
    """Keep an answer out of search engines, caches and other sites' logs."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
