"""The record of refusals: who was refused what, at most once a minute for the same thing."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, g, request
from werkzeug.wrappers import Response

from lms import clock, db
from lms.audit.services import record

EVERY = timedelta(minutes=1)
_last: dict[tuple[int, str], datetime] = {}


def _is_fresh(key: tuple[int, str], now: datetime) -> bool:
    """Whether the same refusal was recorded by this process a moment ago."""
    if len(_last) > 1000:
        _last.clear()
    before = _last.get(key)
    if before is not None and timedelta(0) <= now - before < EVERY:
        return True
    _last[key] = now
    return False


def note(response: Response) -> Response:
    """Record the request's refusal, if there was one, in a write of its own."""
    refused = g.pop("refused", None)
    if refused is None or response.status_code not in (403, 404) or _is_fresh(refused, clock.now()):
        return response
    person_id, permission = refused
    db.end_reading()
    with db.writing():
        record("access.refused", by=person_id, permission=permission, path=request.path[:200])
    return response


def init_app(app: Flask) -> None:
    """Look at every answer after it was made."""
    app.after_request(note)
