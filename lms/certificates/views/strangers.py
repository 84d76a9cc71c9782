"""What answers to strangers share: how often they may ask, and that nobody keeps the answer."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from flask import current_app, request
from werkzeug.wrappers import Response

from lms.certificates.errors import TooManyChecks
from lms.web.windows import Window


def count(kind: str, most: int) -> None:
    """Count this request for its address. Raises TooManyChecks."""
    windows: dict[str, Window] = current_app.extensions.setdefault("lms_verify_windows", {})
    if not windows.setdefault(kind, Window(most)).allows(_who(request.remote_addr or "")):
        raise TooManyChecks


def _who(address: str) -> str:
    """Return what is counted: the address, or the whole network of a home under IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else address


def keep_private(response: Response) -> Response:
    """Keep an answer out of search engines, caches and other sites' logs."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
