"""What happens before a page of somebody signed in: the sign-in is prolonged, newcomers are led.

Both look at who asks. On a page that only reads, that is the page's own first statement and costs
nothing more. A page that writes must find no open read, so there only newcomers are looked for,
and only until this process knows that the holder of the cookie is none: being welcomed is final.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.access import current_actor, forget_actor
from lms.accounts import sessions
from lms.web.csrf import session_cookie_name

_LEAVES = ("accounts.welcome", "accounts.welcome_notice", "accounts.sign_out")
_MOST_REMEMBERED = 10_000
_welcomed: set[bytes] = set()


def _receive() -> Response | None:
    token = request.cookies.get(session_cookie_name())
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if not token or view is None or getattr(view, "permission", None) is None:
        return None
    if view.access_kind == "reads":
        actor = current_actor()
        sessions.renew_if_due()
    elif _may_meet_newcomer(view) and sessions.hash_token(token) not in _welcomed:
        actor = current_actor()
        db.end_reading()
        forget_actor()
    else:
        return None
    if actor is None or not _may_meet_newcomer(view):
        return None
    if not actor.is_welcomed:
        return redirect(url_for("accounts.welcome"))
    _remember(sessions.hash_token(token))
    return None


def _may_meet_newcomer(view: Any) -> bool:
    """Whether the page is one that waits until the first visit's two screens are done."""
    is_public = view.permission.allows(None)
    return request.method in ("GET", "HEAD") and not is_public and request.endpoint not in _LEAVES


def _remember(token_hash: bytes) -> None:
    if len(_welcomed) >= _MOST_REMEMBERED:
        _welcomed.clear()
    _welcomed.add(token_hash)


def init_app(app: Flask) -> None:
    """Receive whoever arrives, after the checks that need nobody's name."""
    app.before_request(_receive)
