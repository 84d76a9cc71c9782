"""What stands in the store: a digest to tell a change by, and a copy to go back to."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import Any

from flask import Flask

from lms import append_only
from lms.courses import outline
from lms.db import WRITE, Base, db
from lms.exchange import facts
from lms.papers import shelf
from lms.quizzes import queries as quiz_queries

UNWATCHED = frozenset({"audit_entries", "audit_details", "sessions"})


def files_of(app: Flask) -> dict[str, bytes]:
    """Return all kept files by their path."""
    folder = Path(app.config["LMS"].instance) / "files"
    found = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def rows_of(app: Flask, unwatched: Collection[str] = ()) -> dict[str, list[Any]]:
    """Return all rows by table."""
    with app.app_context(), db.engine.connect() as connection:
        found = {
            table.name: connection.execute(table.select().order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
            if table.name not in unwatched
        }
        connection.rollback()
        return found


def digests_of(app: Flask, unwatched: Collection[str] = UNWATCHED) -> dict[str, str]:
    """Return a digest for each table, for the kept files and for the work told to the queue."""
    found = {name: _digest(rows) for name, rows in rows_of(app, unwatched).items()}
    found["files"] = _digest(sorted(files_of(app)))
    found["queue"] = _digest(app.extensions.get("lms_told", []))
    return found


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Name what differs between two digests."""
    return [name for name, digest in after.items() if before[name] != digest]


class Watch:
    """Tells what a request has changed; cheap where SQLite itself says that nothing was."""

    def __init__(self, app: Flask, known: dict[str, str] | None = None) -> None:
        self.app = app
        with app.app_context():
            url = db.engine.url
        self.own = sqlite3.connect(str(url.database)) if url.drivername == "sqlite" else None
        self.begin(known)

    def begin(self, known: dict[str, str] | None = None) -> None:
        """Take the present state, its digests known or not, as the one to compare with."""
        self.version, self.beside = self._version(), self._beside()
        self.before = known or digests_of(self.app)

    def _version(self) -> object:
        """Return what SQLite counts up with each change by another connection."""
        return self.own.execute("PRAGMA data_version").fetchone() if self.own else None

    def _beside(self) -> object:
        return sorted(files_of(self.app)), list(self.app.extensions.get("lms_told", []))

    def moved(self) -> list[str]:
        """Name what has changed since the beginning."""
        version = self._version()
        if self.own and version == self.version and self._beside() == self.beside:
            return []
        self.version = version
        return changed(self.before, digests_of(self.app))

    def close(self) -> None:
        """Let go of the connection that counts."""
        if self.own:
            self.own.close()


class Snapshot:
    """A copy of rows and files that can be laid down again in a moment."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.rows = rows_of(app)
        self.files = files_of(app)
        self.digests = digests_of(app)
        self.mark: object = None

    def _marks(self) -> object:
        """Return what the system keeps of SQLite's files and changes with each write."""
        with self.app.app_context():
            path = Path(str(db.engine.url.database))
        found = [path, path.with_name(path.name + "-wal")]
        return [(p.stat().st_mtime_ns, p.stat().st_size) for p in found if p.exists()]

    @property
    def stands(self) -> bool:
        """Whether nobody has written since the copy was laid down; unknown counts as no."""
        return bool(self.mark) and self.mark == self._marks() and self.files == files_of(self.app)

    def restore(self) -> None:
        """Lay the copy down again, and forget what the process kept of the rest."""
        self.forget()
        folder = Path(self.app.config["LMS"].instance) / "files"
        for name in files_of(self.app).keys() - self.files.keys():
            (folder / name).unlink()
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        with self.app.app_context(), db.engine.connect() as opened:
            connection = opened.execution_options(**{WRITE: True})
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            with append_only.lifted(connection):
                for table in Base.metadata.sorted_tables:
                    connection.execute(table.delete())
                    if rows := self.rows[table.name]:
                        connection.execute(table.insert(), [dict(row._mapping) for row in rows])
            connection.commit()
        self.mark = self._marks()

    def forget(self) -> None:
        """Forget what the process keeps beside the store."""
        outline.forget()
        shelf.forget()
        facts._kept.clear()
        quiz_queries._parsed.clear()
        self.app.extensions.pop("lms_told", None)
        self.app.extensions.pop("lms_verify_windows", None)
