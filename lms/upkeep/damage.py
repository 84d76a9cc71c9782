"""Damage to what is stored: looked for when asked, since it reads every row and file."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from lms import db
from lms.audit import services as audit
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error
from lms.config import Settings
from lms.files import store
from lms.files.models import StoredFile

RESTORE = "Restore the last backup beside it and compare."


@check("store.integrity", Scope.DEEP)
def tables_are_whole(settings: Settings) -> Iterator[Problem]:
    """Pages, indexes and references of an SQLite file; PostgreSQL minds its own."""
    if not settings.is_sqlite or not has_schema():
        return
    connection = db.session().connection()
    faults = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
    if faults != ["ok"]:
        yield error(f"The database file is damaged: {faults[0]}.", RESTORE)
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if dangling is not None:
        yield error(f"A row of {dangling[0]} points to a missing row of {dangling[2]}.", RESTORE)


@check("store.audit-chain", Scope.DEEP)
def record_is_unbroken(_settings: Settings) -> Iterator[Problem]:
    """An edited or removed act breaks the chain from there on."""
    if not has_schema():
        return
    broken = audit.find_break()
    if broken is not None:
        yield error(f"The record of acts was changed at entry {broken}.", RESTORE)


@check("store.files", Scope.DEEP)
def files_are_whole(settings: Settings) -> Iterator[Problem]:
    """Each stored file is there and is what its name says."""
    if not has_schema():
        return
    root = settings.folder("files")
    for digest in db.session().scalars(sa.select(StoredFile.sha256).distinct()):
        try:
            store.get(root, digest)
        except FileNotFoundError:
            yield error(f"The stored file {digest} is missing.", RESTORE)
        except ValueError:
            yield error(f"The stored file {digest} was changed.", RESTORE)
