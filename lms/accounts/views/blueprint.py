"""The blueprint, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from lms.accounts import sessions
from lms.accounts.services import tries
from lms.accounts.services.tries import Caller
from lms.web.csrf import session_cookie_name
from lms.web.templating import render

bp = Blueprint("accounts", __name__)

_DEVICE_DAYS = 180


def _device_cookie() -> str:
    # The sign-in's cookie carries __Host- under HTTPS; this one follows it.
    return "__Host-device" if session_cookie_name().startswith("__Host-") else "device"


def caller() -> Caller:
    """Return where this request comes from; forwarded headers count only from trusted proxies."""
    return Caller(address=request.remote_addr, device=request.cookies.get(_device_cookie()))


def presented_token() -> str | None:
    """Return the secret of the sign-in that the browser presents, valid or not."""
    return request.cookies.get(session_cookie_name())


def hand_over(
    response: Response, token: str, person_id: int, *, own_device: bool = False
) -> Response:
    """Give the browser its new sign-in, and what makes it known again."""
    sessions.set_cookie(response, token, own_device=own_device)
    response.set_cookie(
        _device_cookie(),
        tries.make_device_token(person_id),
        max_age=_DEVICE_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=_device_cookie().startswith("__Host-"),
        path="/",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def page(template: str, status: int = 200, /, **context: object) -> Response:
    """Draw a page that no cache may keep."""
    response = make_response(render(template, **context), status)
    response.headers["Cache-Control"] = "no-store"
    return response
