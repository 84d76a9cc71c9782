"""Tidying: what has lapsed is deleted."""

from __future__ import annotations

from lms import clock, db
from lms.accounts import sessions
from lms.accounts.services import tries
from lms.jobs import queue


@queue.task("accounts.tidy", sweep_seconds=3600)
def tidy() -> None:
    """Delete sign-ins that have lapsed and tries that no longer count."""
    with db.writing():
        sessions.end_expired(now=clock.now())
        tries.forget_old_tries(now=clock.now())
