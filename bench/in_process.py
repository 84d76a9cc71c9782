"""Visitors of an application in this same process: nothing between them and the pages' own cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from bench.timing import Timings, kind_of
from bench.visitor import Visitor
from lms.db import db
from tests.os2 import Learner

URL = "http://127.0.0.1:8000"
_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that are sent to the database within the block."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_NOT_COUNTED):
            seen.append(statement)

    with app.app_context():
        engine: sa.Engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


class Insider(Visitor):
    """A visitor in process, signed in or not; counts statements by kind of page."""

    def __init__(self, app: Flask, who: Learner | None = None) -> None:
        super().__init__(URL, Timings(), transport=httpx.WSGITransport(app=app))
        self.app = app
        self.counts: dict[str, list[list[str]]] = defaultdict(list)
        if who is not None:
            self.client.cookies.set("sid", who.token, domain="127.0.0.1")

    def request(self, method: str, url: str, **arguments: Any) -> httpx.Response:
        with statements(self.app) as seen:
            response = super().request(method, url, **arguments)
        kind = kind_of(method, urlsplit(urljoin(self.url, url)).path)
        if response.status_code == 304:
            kind += " unchanged"
        if method == "GET" and any(s.startswith(("INSERT", "UPDATE")) for s in seen):
            kind += " recorded"
        if any(s.startswith("INSERT INTO certificates ") for s in seen):
            kind += " with the certificate"
        self.counts[kind].append(list(seen))
        return response


def wsgi_call(app: Flask, path: str, cookie: str = "", **headers: str) -> Callable[[], int]:
    """Return a call of the application itself, as a server makes it; it gives the status."""
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT_LANGUAGE": "ro",
        "HTTP_ACCEPT": "text/html",
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if cookie:
        environ["HTTP_COOKIE"] = cookie
    environ |= headers

    def call() -> int:
        from io import BytesIO

        said: list[str] = []
        own = {**environ, "wsgi.input": BytesIO(), "wsgi.errors": BytesIO()}
        body = app(own, lambda status, _headers, _info=None: said.append(status))  # type: ignore[arg-type,func-returns-value]
        for _part in body:
            pass
        if hasattr(body, "close"):
            body.close()
        return int(said[0][:3])

    return call
