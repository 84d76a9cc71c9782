"""Long work in a thread of its own, so that no sweep and no message waits for it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import structlog
from flask import current_app

from lms import db
from lms.config import Mode, Settings

log = structlog.get_logger()


def start(name: str, work: Callable[[], None]) -> bool:
    """Begin the work unless this process is still at it; return whether it was begun.

    It runs in an application context of its own and must be repeatable: nobody waits for its end.
    A test has it done at once.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.config["LMS"]

    def done() -> None:
        with app.app_context():
            try:
                work()
            except Exception:
                db.session().rollback()
                log.exception("work failed", work=name)
            finally:
                db.db.session.remove()

    if settings.mode is Mode.TEST:
        done()
        return True
    threads: dict[tuple[int, str], threading.Thread] = app.extensions.setdefault("lms_aside", {})
    held = threads.get((os.getpid(), name))  # a forked process has no threads of its parent
    if held is not None and held.is_alive():
        return False
    thread = threading.Thread(target=done, name=name, daemon=True)
    threads[os.getpid(), name] = thread
    thread.start()
    return True
