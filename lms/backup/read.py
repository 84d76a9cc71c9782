"""Put a backup into an empty instance and database; verify all of it before the first write."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import sqlalchemy as sa
from flask import Flask

from lms import __version__, append_only, clock, db, schema
from lms.accounts.models import SignInSession
from lms.audit import services as audit
from lms.backup import rows
from lms.backup.manifest import (
    DATABASE,
    INSTANCE,
    MANIFEST,
    SETTINGS,
    SQLITE_ENTRY,
    BackupRefusedError,
    Manifest,
    instance_files,
    read_manifest,
)
from lms.backup.models import BackupRun, RunState
from lms.backup.write import PORTION, snapshot
from lms.certificates.models import NumberCounter
from lms.config import Settings
from lms.courses.models import Programme

LARGEST_MANIFEST = 256 * 1024 * 1024
KEPT_SETTINGS = "settings-at-backup.json"
# What a program that merely starts leaves in an empty instance.
MADE_BY_STARTING = frozenset({"keys/secret"})


@dataclass(frozen=True)
class Restored:
    """What a restore brought back."""

    made_at: str
    rows: int
    files: int
    settings_that_differ: list[str]


def restore_backup(app: Flask, path: Path) -> Restored:
    """Restore a backup of this very version; raise BackupRefusedError with nothing touched.

    Everybody is signed out, and issuing is locked until somebody unlocks it: a number given after
    the backup was taken may exist on paper.
    """
    settings: Settings = app.config["LMS"]
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _verified(archive, settings)
            _refuse_full_place(settings)
            then = _settings_of(archive)
            files = _restore_files(archive, manifest, settings)
            _restore_database(archive, manifest, settings)
    except (zipfile.BadZipFile, EOFError) as error:
        raise BackupRefusedError(
            "This file is damaged or no backup; nothing was restored."
        ) from error
    (settings.instance / schema.ANCHORS).unlink(missing_ok=True)  # of what stood here before
    schema.mark(settings)
    _make_safe(manifest)
    now = snapshot(settings)
    differ = sorted(name for name in then if then[name] != now.get(name, ""))
    return Restored(manifest.made_at, manifest.rows, files, differ)


def _verified(archive: zipfile.ZipFile, settings: Settings) -> Manifest:
    """Return the manifest once the whole file is known to be whole, and to fit here."""
    names = archive.namelist()
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BackupRefusedError("This file is not a backup of this program.")
    manifest = read_manifest(archive.read(MANIFEST))
    kind = "sqlite" if settings.is_sqlite else "postgresql"
    if manifest.version != __version__ or manifest.revision != schema.head():
        raise BackupRefusedError(
            f"This backup is of version {manifest.version} ({manifest.revision}), and this program "
            f"is {__version__} ({schema.head()}). Restore it with its own, then run lms upgrade."
        )
    if manifest.database != kind:
        raise BackupRefusedError(
            f"This backup is of {manifest.database}, and LMS_DATABASE_URL names {kind}."
        )
    if manifest.mode != settings.mode.value:
        raise BackupRefusedError(
            f"This backup is of LMS_MODE={manifest.mode}, not {settings.mode}."
        )
    if sorted(names) != sorted([*manifest.digests, MANIFEST]):
        raise BackupRefusedError("This backup lacks an entry or has one too many.")
    for name, digest in manifest.digests.items():
        if _digest_of(archive, name) != digest:
            raise BackupRefusedError(f"This backup is damaged: {name} was changed.")
        _place(name)
    return manifest


def _digest_of(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as entry:
        while portion := entry.read(PORTION):
            digest.update(portion)
    return digest.hexdigest()


def _place(name: str) -> PurePosixPath:
    """Return where an entry belongs; refuse one that would leave its folder."""
    place = PurePosixPath(name)
    if place.is_absolute() or any(part in ("..", ".", "") for part in name.split("/")):
        raise BackupRefusedError(f"This backup names a place outside: {name}.")
    return place


def _refuse_full_place(settings: Settings) -> None:
    """Only an empty instance and an empty database are filled."""
    instance = settings.instance.resolve()
    database = Path(str(db.db.engine.url.database)) if settings.is_sqlite else None
    for path in instance_files(instance, database):
        if path.relative_to(instance).as_posix() not in MADE_BY_STARTING:
            raise BackupRefusedError(f"The instance is not empty ({path}); nothing was restored.")
    if database is not None and not database.exists():
        return
    with db.db.engine.connect() as connection:
        for name in rows.existing_tables(connection):
            if connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name))).first():
                raise BackupRefusedError(
                    f"The database is not empty (table {name}); nothing was restored."
                )


def _settings_of(archive: zipfile.ZipFile) -> dict[str, str]:
    values = json.loads(archive.read(SETTINGS))
    return {str(name): str(value) for name, value in values.items()}


def _restore_files(archive: zipfile.ZipFile, manifest: Manifest, settings: Settings) -> int:
    instance = settings.instance.resolve()
    names = [name for name in manifest.digests if name.startswith(INSTANCE)]
    for name in names:
        _write_file(archive, name, instance / _place(name[len(INSTANCE) :]))
    _write_file(archive, SETTINGS, instance / KEPT_SETTINGS)
    return len(names)


def _write_file(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.restoring")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream, archive.open(name) as entry:
        shutil.copyfileobj(entry, stream, PORTION)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(target)


def _restore_database(archive: zipfile.ZipFile, manifest: Manifest, settings: Settings) -> None:
    db.db.session.remove()
    db.db.engine.dispose()
    if settings.is_sqlite:
        target = Path(str(db.db.engine.url.database))
        for end in ("-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        _write_file(archive, SQLITE_ENTRY, target)
        with closing(sqlite3.connect(target)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        return
    schema.upgrade()
    with db.db.engine.begin() as connection:  # the load is one transaction: all rows or none
        names = [table.name for table in manifest.tables]
        with append_only.lifted(connection):
            rows.empty(connection, names)
        with rows.later_keys_loosened(connection, names):
            for table in manifest.tables:
                with archive.open(f"{DATABASE}{table.name}.copy") as entry:
                    rows.copy_in(connection, table, entry)


def _make_safe(manifest: Manifest) -> None:
    """Sign everybody out, lock every counter of numbers, and record the restore."""
    reason = f"restored from the backup of {manifest.made_at}"
    with db.writing() as session:
        session.execute(sa.delete(SignInSession))
        # The run that made this very backup stands in it as under way, and would seem to have died.
        session.execute(
            sa.delete(BackupRun).where(BackupRun.state.in_([RunState.WAITING, RunState.RUNNING]))
        )
        session.execute(
            sa.update(NumberCounter).values(locked_reason=reason, confirmed_serial=None)
        )
        kept = {(c.series, c.year) for c in session.scalars(sa.select(NumberCounter))}
        for programme in session.scalars(sa.select(Programme)):
            year = clock.today(programme.zone).year
            # A series begun after the backup has no counter in it, and may have given numbers.
            if (programme.certificate_series, year) not in kept:
                session.add(
                    NumberCounter(
                        series=programme.certificate_series,
                        year=year,
                        last_serial=0,
                        locked_reason=reason,
                    )
                )
        audit.record("site.restored", by=None, made_at=manifest.made_at, version=manifest.version)
