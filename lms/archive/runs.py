"""Archives made by the worker, one at a time: asked for, made, kept for some days, removed.

A file lock says who makes one. The kernel frees it when that process dies, so a row that still says
„running” while nobody holds the lock was broken off, and is taken up again from its beginning.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from flask import Flask, current_app

from lms import clock, db
from lms.archive import services
from lms.archive.models import OPEN, ArchiveRun, ArchiveState
from lms.audit.services import record
from lms.config import Settings
from lms.courses.models import Edition
from lms.jobs import queue
from lms.jobs.alone import alone
from lms.web.i18n import in_locale

log = structlog.get_logger()

MAKE = "archive.make"
MOST_TRIES = 3
TELL_EVERY_SECONDS = 1.0  # how often the row says how far it has come
LISTED = 10


def folder() -> Path:
    """Where archives stand until they are removed."""
    settings: Settings = current_app.config["LMS"]
    return settings.folder("archives")


def path_of(run_id: int) -> Path:
    """Where an archive's file stands."""
    return folder() / f"{run_id}.zip"


def _part_of(run_id: int) -> Path:
    return folder() / f".{run_id}.part"


def kept_for() -> timedelta:
    """How long an archive can be fetched."""
    settings: Settings = current_app.config["LMS"]
    return timedelta(days=settings.archive_days)


def of_edition(edition_id: int) -> list[ArchiveRun]:
    """List an edition's newest archives."""
    wanted = sa.select(ArchiveRun).where(ArchiveRun.edition_id == edition_id)
    return list(db.session().scalars(wanted.order_by(ArchiveRun.id.desc()).limit(LISTED)))


def ask(edition: Edition, *, by: int, locale: str) -> ArchiveRun:
    """Ask the worker for an archive; one that is not ready yet serves again. Inside a write."""
    session = db.session()
    wanted = sa.select(ArchiveRun).where(
        ArchiveRun.edition_id == edition.id, ArchiveRun.state.in_(OPEN)
    )
    run = session.scalars(wanted.order_by(ArchiveRun.id)).first()
    if run is None:
        run = ArchiveRun(
            edition_id=edition.id,
            locale=locale,
            asked_at=clock.now(),
            asked_by_id=by,
            state=ArchiveState.WAITING,
        )
        session.add(run)
        session.flush()  # the record names it
        record("edition.archive_asked", by=by, on=edition, course_id=edition.course_id)
    queue.tell(MAKE)
    return run


# --- In the worker ---------------------------------------------------------------------------


def make_waiting() -> None:
    """Make every archive that waits, one after the other, those broken off among them."""
    with alone(folder() / "making.lock") as is_alone:
        while is_alone and (run_id := _claim()) is not None:
            _make(run_id)


def _claim() -> int | None:
    """Take the oldest that is not ready; give up on one that was broken off too often."""
    with db.writing() as session:
        open_runs = sa.select(ArchiveRun).where(ArchiveRun.state.in_(OPEN)).order_by(ArchiveRun.id)
        for run in session.scalars(open_runs).all():
            if run.tries >= MOST_TRIES:
                _fail(run, "interrupted")
                continue
            edition = session.get_one(Edition, run.edition_id)
            run.state, run.done, run.tries = ArchiveState.RUNNING, 0, run.tries + 1
            run.total = services.expected(edition)
            services.note(edition, by=run.asked_by_id)
            return run.id
    return None


def _make(run_id: int) -> None:
    run = db.session().get_one(ArchiveRun, run_id)
    slug = db.session().get_one(Edition, run.edition_id).slug
    locale = run.locale
    db.end_reading()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    part = _part_of(run_id)
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        # The record's names know their pages' addresses, which are made in a request alone.
        with app.test_request_context(), in_locale(locale):
            count = services.make(slug, part, _teller(app, run_id))
        db.end_reading()
        digest = _settled(part)
        part.rename(path_of(run_id))
    except Exception as error:
        db.end_reading()
        part.unlink(missing_ok=True)
        log.exception("archive failed", run=run_id)
        with db.writing() as session:
            _fail(session.get_one(ArchiveRun, run_id), type(error).__name__)
        return
    with db.writing() as session:
        run = session.get_one(ArchiveRun, run_id, with_for_update=True)
        if run.state is not ArchiveState.RUNNING:  # somebody was erased meanwhile: once more
            path_of(run_id).unlink()
            return
        run.state, run.finished_at, run.fault = ArchiveState.READY, clock.now(), ""
        run.done = run.total = count
        run.size, run.sha256 = path_of(run_id).stat().st_size, digest


def _fail(run: ArchiveRun, fault: str) -> None:
    run.state, run.finished_at, run.fault = ArchiveState.FAILED, clock.now(), fault
    record("edition.archive_failed", by=None, on=db.session().get_one(Edition, run.edition_id))


def _teller(app: Flask, run_id: int) -> Callable[[int], None]:
    """Make what writes down how far the archive has come, in a transaction of its own."""
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told < TELL_EVERY_SECONDS:
            return
        told = time.monotonic()
        with app.app_context(), db.writing() as session:
            session.get_one(ArchiveRun, run_id).done = done

    return tell


def _settled(path: Path) -> str:
    """Bring a file to the disk for good, and return its digest."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remove_old() -> None:
    """Remove archives whose days are over, and what a broken-off one has left."""
    now = clock.now()
    found = (*folder().glob("*.zip"), *folder().glob(".*.part"))  # before it is known which stay
    with db.writing() as session:
        ready = sa.select(ArchiveRun).where(ArchiveRun.state == ArchiveState.READY)
        for run in session.scalars(ready):
            is_over = run.finished_at is not None and now - run.finished_at >= kept_for()
            if is_over or not path_of(run.id).exists():
                run.state = ArchiveState.REMOVED
        kept = {path_of(i) for i in session.scalars(ready.with_only_columns(ArchiveRun.id))}
        waits = session.scalars(sa.select(ArchiveRun.id).where(ArchiveRun.state.in_(OPEN))).all()
        kept |= {_part_of(i) for i in waits} | {path_of(i) for i in waits}
        if waits:
            queue.tell(MAKE)
    for path in found:
        if path not in kept:
            path.unlink(missing_ok=True)
