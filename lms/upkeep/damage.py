"""Damage to what is stored: looked for when asked, since it reads every row and file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lms import db
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error, lazy
from lms.config import Settings
from lms.db import Base
from lms.files import store
from lms.files.models import StoredFile

RESTORE = lazy("Restore the last good backup beside it, compare, and put back what is missing.")
MOST_TOLD = 20  # of one kind: a lost disk is one finding, not a thousand


@check(
    "store.integrity",
    Scope.DEEP,
    endangers=lazy(
        "Answers and results on the damaged pages may be lost, and more with each write."
    ),
)
def tables_are_whole(settings: Settings) -> Iterator[Problem]:
    """Pages, indexes and references of an SQLite file; PostgreSQL is made to read every row."""
    if not has_schema():
        return
    connection = db.session().connection()
    if not settings.is_sqlite:
        for table in Base.metadata.sorted_tables:
            connection.execute(sa.select(sa.func.count()).select_from(table))
        return
    faults = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
    if faults != ["ok"]:
        yield error(lazy("The database file is damaged: %(fault)s.", fault=faults[0]), RESTORE)
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if dangling is not None:
        yield error(
            lazy(
                "A row of %(table)s points to a missing row of %(other)s.",
                table=dangling[0],
                other=dangling[2],
            ),
            RESTORE,
        )


@check(
    "store.shape",
    Scope.DEEP,
    endangers=lazy("The rules that keep rows right are not all in force."),
)
def tables_are_as_made(_settings: Settings) -> Iterator[Problem]:
    """Tables, columns, indexes and constraints stand as the migrations made them."""
    if not has_schema():
        return
    connection = db.session().connection()
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    for difference in compare_metadata(context, Base.metadata)[:MOST_TOLD]:
        kind = difference[0] if isinstance(difference, tuple) else difference[0][0]
        yield error(
            lazy("The database’s tables are not as they were made (%(kind)s).", kind=kind), RESTORE
        )


@check(
    "store.files",
    Scope.DEEP,
    endangers=lazy("A logo, a handed-in work or a scan can’t be shown any more."),
)
def files_are_whole(settings: Settings) -> Iterator[Problem]:
    """Each stored file is there and is what its row says."""
    if not has_schema():
        return
    root = settings.folder("files")
    told = 0
    for digest, size in db.session().execute(
        sa.select(StoredFile.sha256, StoredFile.size).distinct().order_by(StoredFile.sha256)
    ):
        if (problem := _fault_of(root, digest, size)) is not None:
            told += 1
            if told <= MOST_TOLD:
                yield problem


def _fault_of(root: Path, digest: str, size: int) -> Problem | None:
    put_back = lazy("Copy the file of this name from the last good backup into instance/files.")
    try:
        data = store.get(root, digest)
    except FileNotFoundError:
        return error(lazy("The stored file %(name)s is missing.", name=digest), put_back)
    except ValueError:
        return error(lazy("The stored file %(name)s was changed.", name=digest), put_back)
    if len(data) != size:
        return error(lazy("The row of the stored file %(name)s was changed.", name=digest), RESTORE)
    return None
