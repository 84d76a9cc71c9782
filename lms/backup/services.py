"""Make a backup, put it away, prove it, and write down what came of it."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from flask import Flask, current_app

from lms import clock, db
from lms.audit.services import record
from lms.backup import lockbox, rehearsal, schedule
from lms.backup.manifest import BackupRefusedError
from lms.backup.models import BackupRun, RunState
from lms.backup.places import Kept, Place, kept_of, place_of
from lms.backup.write import Made, digest_of, free_name, write_backup
from lms.config import Settings
from lms.jobs import queue

log = structlog.get_logger()

MAKE = "backup.make"
ZONE = "Europe/Bucharest"
OVERDUE = timedelta(hours=24, minutes=10)
PATIENCE = timedelta(hours=6)  # after which a backup that did not end has died
UNTOLD = timedelta(minutes=10)  # after which one that nobody took up is told again
LOCKED = ".age"
OPEN_STATES = (RunState.WAITING, RunState.RUNNING)


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


# Reading -----------------------------------------------------------------------------------------


def newest(*states: RunState) -> BackupRun | None:
    """Return the newest backup in one of some states."""
    return (
        db.session()
        .scalars(
            sa.select(BackupRun)
            .where(BackupRun.state.in_(states or tuple(RunState)))
            .order_by(BackupRun.id.desc())
            .limit(1)
        )
        .one_or_none()
    )


def latest_runs(count: int) -> list[BackupRun]:
    """List the newest backups."""
    statement = sa.select(BackupRun).order_by(BackupRun.id.desc()).limit(count)
    return list(db.session().scalars(statement))


def under_way() -> BackupRun | None:
    """Return the backup that is being made, unless it has died."""
    run = newest(*OPEN_STATES)
    return run if run is not None and clock.now() - run.asked_at < PATIENCE else None


def is_overdue() -> bool:
    """Whether the last good backup is older than a day, and no other is being made."""
    good = newest(RunState.GOOD)
    if good is not None and clock.now() - good.asked_at < OVERDUE:
        return False
    return under_way() is None or good is None or clock.now() - good.asked_at > 2 * OVERDUE


def is_due() -> bool:
    """Whether the hour has come for which a backup is set."""
    settings = _settings()
    good = newest(RunState.GOOD)
    tried = newest(RunState.FAILED, *OPEN_STATES)
    return schedule.is_due(
        clock.now(),
        hour=settings.backup_at,
        zone=ZONE,
        last_good=good.asked_at if good else None,
        last_tried=tried.asked_at if tried else None,
    )


# Doing -------------------------------------------------------------------------------------------


def ask(*, by: int | None) -> BackupRun | None:
    """Ask the worker for a backup; None where one is being made. Inside a write."""
    if under_way() is not None:
        return None
    run = BackupRun(asked_at=clock.now(), asked_by_id=by, state=RunState.WAITING)
    db.session().add(run)
    db.session().flush()  # the worker is told its id
    if by is not None:
        record("backup.asked", by=by, on=run)
    queue.tell(MAKE, run_id=run.id)
    return run


def tell_again() -> None:
    """Tell the worker of a backup that nobody took up, and give up on one that died."""
    now = clock.now()
    with db.writing() as session:
        for run in session.scalars(sa.select(BackupRun).where(BackupRun.state.in_(OPEN_STATES))):
            if now - run.asked_at >= PATIENCE:
                _fail(run, "It was never finished: the machine or the worker stopped.", now)
            elif run.state is RunState.WAITING and now - run.asked_at >= UNTOLD:
                queue.tell(MAKE, run_id=run.id)


def _fail(run: BackupRun, fault: str, now: datetime) -> None:
    run.state, run.finished_at, run.fault = RunState.FAILED, now, fault
    record("backup.failed", by=None, on=run, reason=fault)


def sweep_leftovers() -> None:
    """Remove what a backup that was killed has left in the instance."""
    for pattern in (".backup-*", ".rehearsal-*", "backups/.*.zip.*"):
        for path in _settings().instance.glob(pattern):
            if clock.now().timestamp() - path.stat().st_mtime < PATIENCE.total_seconds():
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def make(run_id: int) -> None:
    """Make the backup that was asked for; one that is being made already is left alone."""
    with db.writing() as session:
        run = session.get(BackupRun, run_id, with_for_update=True)
        if run is None or run.state is not RunState.WAITING:
            return
        run.state = RunState.RUNNING
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        made, place, name, proof = _make_and_prove(app)
    except (BackupRefusedError, OSError) as fault:
        reason = str(fault)
        log.error("backup failed", reason=reason)
        with db.writing() as session:
            _fail(session.get_one(BackupRun, run_id), reason, clock.now())
        return
    with db.writing() as session:
        run = session.get_one(BackupRun, run_id)
        run.place, run.name, run.is_locked = place.shown, name, name.endswith(LOCKED)
        run.size, run.sha256 = made.size, made.sha256
        run.rows, run.files, run.restored_ms = proof.rows, proof.files, proof.milliseconds
        run.finished_at = clock.now()
        if proof.dangers:
            _fail(run, "Restored, it showed damage: " + " ".join(proof.dangers[:5]), clock.now())
        else:
            run.state = RunState.GOOD
            record("site.backed_up", by=None, on=run, file=f"{place.shown}/{name}")
    if not proof.dangers:
        thin(place)


def _make_and_prove(app: Flask) -> tuple[Made, Place, str, rehearsal.Proof]:
    """Write, lock, put away, fetch again, open, restore."""
    settings = _settings()
    try:
        schedule.read_rule(settings.backup_keep)
    except ValueError as error:
        raise BackupRefusedError(f"LMS_BACKUP_KEEP can't be read: {error}.") from error
    place = place_of(settings.backup_to)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.instance) as temporary:
        folder = Path(temporary)
        made = write_backup(app, free_name(folder))
        plain = Path(made.path)
        name = plain.name
        put = plain
        if settings.backup_key:
            name += LOCKED
            put = folder / name
            lockbox.lock(plain, put, settings.backup_key)
        digest, size = digest_of(put), put.stat().st_size
        place.put(put, name)
        fetched = folder / "fetched"
        place.get(name, fetched)
        if digest_of(fetched) != digest:
            raise BackupRefusedError(f"{place.shown} gave back another file than it was given.")
        proof = rehearsal.rehearse(_opened(fetched, plain, settings), settings)
    return Made(name, size, made.rows, made.files, digest), place, name, proof


def _opened(fetched: Path, plain: Path, settings: Settings) -> Path:
    """Open what was fetched; where this machine only locks, its like is what is restored."""
    if not settings.backup_key:
        return fetched
    if not lockbox.can_open(settings.backup_key):
        return plain
    opened = fetched.with_name("opened")
    lockbox.unlock(fetched, opened, settings.backup_key)
    return opened


def thin(place: Place) -> list[str]:
    """Remove the backups that the rule keeps no longer; return their names."""
    settings = _settings()
    there = place.list()
    kept = schedule.to_keep([k.at for k in there], schedule.read_rule(settings.backup_keep), ZONE)
    gone = [k.name for k in there if k.at not in kept]
    for name in gone:
        place.delete(name)
    return gone


def make_now(*, by: int | None = None) -> BackupRun:
    """Make a backup in this process, and return what came of it."""
    with db.writing():
        run = ask(by=by)
        if run is None:
            raise BackupRefusedError("A backup is being made already.")
        run_id = run.id
    make(run_id)
    found = db.session().get_one(BackupRun, run_id)
    db.session().expunge(found)
    db.end_reading()
    return found


def there(settings: Settings) -> list[Kept]:
    """List the backups at the place."""
    return place_of(settings.backup_to).list()


def fetch(settings: Settings, name: str, target: Path) -> str:
    """Fetch a backup, or the newest, into a new file, opened; return its name."""
    place = place_of(settings.backup_to)
    if name == "latest":
        held = place.list()
        if not held:
            raise BackupRefusedError(f"{place.shown} holds no backup.")
        name = held[-1].name
    elif kept_of(name, 0) is None:
        raise BackupRefusedError(f"{name} is no name of a backup; see: lms backup list")
    if target.exists():
        raise BackupRefusedError(f"{target} exists already; nothing was written.")
    with tempfile.TemporaryDirectory(prefix=".fetched-", dir=target.resolve().parent) as folder:
        fetched = Path(folder) / name
        place.get(name, fetched)
        if lockbox.is_locked(fetched):
            opened = Path(folder) / "opened"
            lockbox.unlock(fetched, opened, settings.backup_key)
            fetched = opened
        fetched.rename(target)
    return name
