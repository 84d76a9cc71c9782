"""Write a backup: the database first, then the files, which are never changed once written.

So every file that a row of the backup names is in the backup too.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from flask import Flask

from lms import __version__, clock, db, schema
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
    Table,
    instance_files,
)
from lms.certificates import checkpoints
from lms.config import Settings
from lms.files.durable import sync

PORTION = 1024 * 1024


@dataclass(frozen=True)
class Made:
    """A finished backup."""

    path: str
    size: int
    rows: int
    files: int
    sha256: str


class Archive:
    """The backup being written; each entry's digest is taken as it passes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=4)
        self.digests: dict[str, str] = {}

    @contextmanager
    def entry(self, name: str) -> Iterator[Entry]:
        """Open an entry for writing; it is listed once it is complete."""
        info = zipfile.ZipInfo(name, clock.now().timetuple()[:6])
        info.external_attr = 0o600 << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(info, "w", force_zip64=True) as stream:
            counted = Entry(stream)
            yield counted
        self.digests[name] = counted.digest.hexdigest()

    def copy(self, name: str, path: Path) -> None:
        """Copy a file in."""
        with path.open("rb") as source, self.entry(name) as target:
            while portion := source.read(PORTION):
                target.write(portion)

    def close(self, manifest: bytes) -> None:
        """Add the manifest and the directory."""
        self._zip.writestr(zipfile.ZipInfo(MANIFEST), manifest)
        self._zip.close()


class Entry:
    """An entry being written; takes the digest of what passes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write a portion."""
        self.digest.update(data)
        return self._stream.write(data)


def free_name(folder: Path) -> Path:
    """Return a name for a new backup in a folder, by the present instant."""
    stamp = clock.now().strftime("%Y-%m-%d-%H%M%S")
    return folder / f"atestat-{__version__}-{stamp}-{secrets.token_hex(2)}.zip"


def write_backup(app: Flask, target: Path) -> Made:
    """Write the whole site into a new file, mode 0600, there whole or not at all.

    Needs no pause of the site. Raises BackupRefusedError with nothing written.
    """
    settings: Settings = app.config["LMS"]
    target = target.resolve()
    if target.exists():
        raise BackupRefusedError(f"{target} exists already; nothing was written.")
    if not target.parent.is_dir():
        raise BackupRefusedError(f"There is no folder {target.parent}; nothing was written.")
    revision = schema.current()
    if revision is None:
        raise BackupRefusedError("There is no site here to back up.")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            manifest = _write(settings, stream, revision)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(part, target)  # unlike a rename, never over another file
    finally:
        part.unlink(missing_ok=True)
    sync(target.parent)
    return Made(
        path=str(target),
        size=target.stat().st_size,
        rows=manifest.rows,
        files=sum(name.startswith(INSTANCE) for name in manifest.digests),
        sha256=digest_of(target),
    )


def record_backup(made: Made) -> None:
    """Record that everything was copied, and where to."""
    with db.writing():
        audit.record("site.backed_up", by=None, file=made.path, sha256=made.sha256)


def _write(settings: Settings, stream: IO[bytes], revision: str) -> Manifest:
    archive = Archive(stream)
    if revision == schema.head():
        checkpoints.keep()
    # One that is signed while the database is copied would know more than the copy.
    known = set(checkpoints.folder().resolve().iterdir())
    made_at = clock.now().isoformat(timespec="seconds")
    tables: list[Table] = []
    database = Path(str(db.db.engine.url.database)) if settings.is_sqlite else None
    if database is not None:
        count = _copy_sqlite(archive, database, settings.instance)
    else:
        tables = _copy_postgresql(archive)
        count = sum(table.rows for table in tables)
    with archive.entry(SETTINGS) as entry:
        entry.write(json.dumps(snapshot(settings), ensure_ascii=False, indent=1).encode())
    for path in instance_files(settings.instance.resolve(), database):
        if path.parent == checkpoints.folder().resolve() and path not in known:
            continue
        archive.copy(INSTANCE + path.relative_to(settings.instance.resolve()).as_posix(), path)
    about = schema.about(settings.instance)
    manifest = Manifest(
        version=about.version if about else __version__,
        revision=revision,
        mode=about.mode if about else settings.mode.value,
        database="sqlite" if settings.is_sqlite else "postgresql",
        made_at=made_at,
        rows=count,
        tables=tables,
        digests=archive.digests,
    )
    archive.close(manifest.to_json())
    return manifest


def snapshot(settings: Settings) -> dict[str, str]:
    """Return the settings as they stand in the environment, secrets among them."""
    return {f"LMS_{f.name.upper()}": str(getattr(settings, f.name)) for f in fields(settings)}


def _copy_sqlite(archive: Archive, database: Path, folder: Path) -> int:
    """Copy the database as of one instant, by SQLite's own means; writers go on meanwhile."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as temporary:
        copy = Path(temporary) / "copy.sqlite3"
        with (
            closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            if (verdict := target.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise BackupRefusedError(f"The database file is damaged: {verdict}.")
            count = sum(_count(target, table) for table in rows.table_names())
        archive.copy(SQLITE_ENTRY, copy)
    return count


def _count(connection: sqlite3.Connection, table: str) -> int:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if known is None:  # a backup before an upgrade may lack the newest tables
        return 0
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608


def _copy_postgresql(archive: Archive) -> list[Table]:
    """Copy every table in one read-only transaction, so that all rows are of the same instant."""
    tables: list[Table] = []
    with db.db.engine.connect() as connection:
        connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        for name in rows.existing_tables(connection):
            with archive.entry(f"{DATABASE}{name}.copy") as entry:
                tables.append(rows.copy_out(connection, name, entry))
    return tables


def digest_of(path: Path) -> str:
    """Take a file's SHA-256."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
