"""Headers of every answer, and the hosts that the site answers to."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from lms.config import Settings
from lms.errors import Hidden, Refused, Unusable

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)


class UnknownHost(Refused):
    """The request names a host that this site does not answer to."""

    status = 400


class RowNumber(IntegerConverter):
    """A number in an address that a row may have; a larger one is no address of ours."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        options.setdefault("max", 2**63 - 1)
        super().__init__(url_map, *args, **options)


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "same-origin")
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cache-Control", "private, no-cache")
    return response


def init_app(app: Flask, settings: Settings) -> None:
    """Lay down the headers; trust exactly the proxies that settings name."""
    app.url_map.converters["int"] = RowNumber
    if settings.behind_proxy:
        n = settings.behind_proxy
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.config["MAX_CONTENT_LENGTH"] = settings.max_upload_mb * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    app.config["MAX_FORM_PARTS"] = 5000
    hosts = settings.hosts

    @app.before_request
    def refuse_unknown_host() -> None:
        host = request.host.rsplit(":", 1)[0].strip("[]") if request.host else ""
        if host not in hosts:
            raise UnknownHost

    @app.before_request
    def refuse_long_texts() -> None:
        # The framework limits the texts of multipart forms alone.
        is_plain_form = request.mimetype == "application/x-www-form-urlencoded"
        if is_plain_form and (request.content_length or 0) > app.config["MAX_FORM_MEMORY_SIZE"]:
            abort(413)

    @app.before_request
    def refuse_nulls() -> None:
        if "\0" in request.path:
            raise Hidden
        sent = (*request.args.items(multi=True), *request.form.items(multi=True))
        if any("\0" in name + value for name, value in sent):
            raise Unusable

    app.after_request(_secure)
