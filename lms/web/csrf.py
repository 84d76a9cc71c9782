"""Cross-site request forgery: a token bound to the sign-in, checked on every request that changes.

The token is a keyed digest of the session's cookie (of a random cookie for strangers), so it lives
as long as the sign-in and a long quiz never outlives it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from lms.errors import Refused

STRANGER_COOKIE = "visit"
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"


class FormExpired(Refused):
    """The form's token is missing or belongs to another sign-in; nothing was changed."""

    status = 400


def session_cookie_name() -> str:
    """Name of the sign-in's cookie; the prefix makes browsers refuse it over plain HTTP."""
    return "__Host-sid" if current_app.config["LMS"].is_https else "sid"


def _secret() -> str:
    held = request.cookies.get(session_cookie_name()) or request.cookies.get(STRANGER_COOKIE)
    if held:
        return held
    if "new_visit" not in g:
        g.new_visit = secrets.token_urlsafe(18)
    return str(g.new_visit)


def derive(secret: str) -> str:
    """Derive the token that belongs to a cookie's secret."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"csrf:" + secret.encode(), hashlib.sha256).hexdigest()[:40]


def token() -> str:
    """Return the token that this person's forms carry."""
    return derive(_secret())


View = TypeVar("View", bound=Callable[..., object])


def authorised_by_address(view: View) -> View:
    """Let a view be asked without a token: its address alone, signed, says who may and what for.

    Only for what a mail program sends by itself when its reader ends a kind of mail (RFC 8058).
    """
    view.is_authorised_by_address = True  # type: ignore[attr-defined]
    return view


def protect() -> None:
    """Refuse a changing request without its token."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "is_authorised_by_address", False):
        return
    typed = request.headers.get(HEADER) or request.form.get(FIELD, "")
    given = typed.encode(errors="replace")  # as text, letters beyond ASCII can't be compared
    held = request.cookies.get(session_cookie_name()) or request.cookies.get(STRANGER_COOKIE)
    if not held or not hmac.compare_digest(given, derive(held).encode()):
        raise FormExpired


def init_app(app: Flask) -> None:
    """Check every changing request; give strangers a cookie when a form was drawn for them."""
    app.before_request(protect)

    @app.after_request
    def remember_visit(response: Response) -> Response:
        if "new_visit" in g:
            response.set_cookie(
                STRANGER_COOKIE,
                g.new_visit,
                httponly=True,
                samesite="Lax",
                secure=app.config["LMS"].is_https,
            )
        return response
