"""One small module around Huey: tasks by name, told after the commit, swept when missed.

The truth stays in our own rows (an unsent mail, a reserved certificate, a batch); a message in the
queue only says „look now”. A lost message costs the time to the next sweep, never the work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, current_app
from huey import Huey, SqliteHuey
from huey.api import TaskWrapper
from huey.serializer import SignedSerializer

from lms import db
from lms.config import Mode, Settings

log = structlog.get_logger()
Work = Callable[..., None]


@dataclass(frozen=True)
class Sweep:
    """Work that is looked for again and again."""

    name: str
    every_seconds: int


TASKS: dict[str, Work] = {}
SWEEPS: list[Sweep] = []


def task(name: str, *, sweep_seconds: int | None = None) -> Callable[[Work], Work]:
    """Register work by name; with `sweep_seconds` it is also run that often, without arguments.

    The work runs in an application context of its own, opens its own transactions, and must be
    repeatable: it may be told twice, and it may be killed half way.
    """

    def register(work: Work) -> Work:
        TASKS[name] = work
        if sweep_seconds is not None:
            SWEEPS.append(Sweep(name, sweep_seconds))
        return work

    return register


def _make_huey(settings: Settings, secret: str) -> Huey:
    # Messages are pickles: only what this installation signed is ever opened.
    common = {"results": False, "serializer": SignedSerializer(secret=secret, salt="atestat-queue")}
    url = settings.queue_url
    if url.startswith(("postgres://", "postgresql://")):
        from huey import PostgresHuey

        # Tables come from `prepare`: the site starts, and answers, while the server is away.
        return PostgresHuey("atestat", dsn=url, create_tables=False, **common)
    if url.startswith(("redis://", "rediss://")):
        from huey import RedisHuey

        return RedisHuey("atestat", url=url, **common)
    path = settings.folder("queue") / "queue.sqlite3"
    return SqliteHuey("atestat", filename=str(path), fsync=False, **common)


def init_app(app: Flask) -> None:
    """Make the queue of this application; tests run the work at once, when they ask for it."""
    settings: Settings = app.config["LMS"]
    huey = _make_huey(settings, str(app.secret_key))
    app.extensions["lms_huey"] = huey

    def perform(name: str, arguments: dict[str, Any]) -> None:
        run(app, name, arguments)

    app.extensions["lms_perform"] = TaskWrapper(huey, perform, name="perform")


def prepare(app: Flask) -> None:
    """Make the queue's own tables where its store has any; may be called again and again."""
    storage = app.extensions["lms_huey"].storage
    if hasattr(storage, "initialize_schema"):
        storage.initialize_schema()


def let_go(app: Flask) -> None:
    """Close the queue's connection, so that a child process never shares it."""
    app.extensions["lms_huey"].storage.close()


def run(app: Flask, name: str, arguments: dict[str, Any]) -> None:
    """Do the named work now, in a context of its own; record a fault, the sweep tries again."""
    with app.app_context():
        try:
            TASKS[name](**arguments)
        except Exception:
            db.session().rollback()
            log.exception("work failed", work=name, **arguments)
        finally:
            db.db.session.remove()


def tell(name: str, **arguments: Any) -> None:
    """Ask for the named work once the present transaction is committed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def send() -> None:
        if app.config["LMS"].mode is Mode.TEST:
            app.extensions.setdefault("lms_told", []).append((name, arguments))
            return
        try:
            app.extensions["lms_perform"](name, arguments)
        except Exception:  # the row stands; the sweep will find it
            log.exception("queue away", work=name)

    db.after_commit(send)
