"""A floor to measure against: the database's driver doing the very writes that a service did.

What a service sends to the database is noted, transaction by transaction; then the driver alone
(sqlite3, psycopg) sends the same statements with the same values to a copy of the store as it was
before, with the same durability and one commit for each.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from lms.db import db

CHANGES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Sent:
    """One statement as the driver got it."""

    statement: str
    values: Any
    is_many: bool


Transaction = list[Sent]


@contextmanager
def writes(app: Flask) -> Iterator[list[Transaction]]:
    """Note what is written within the block, a list for each transaction that wrote something."""
    done: list[Transaction] = []
    now: Transaction = []

    def sent(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith(CHANGES):
            now.append(Sent(statement, values, many))

    def committed(_connection: Any) -> None:
        if now:
            done.append(now.copy())
            now.clear()

    with app.app_context():
        engine: sa.Engine = db.engine
    event.listen(engine, "before_cursor_execute", sent)
    event.listen(engine, "commit", committed)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", sent)
        event.remove(engine, "commit", committed)


@contextmanager
def copied(app: Flask) -> Iterator[Callable[[], Any]]:
    """Copy the store as it is now; give a way to open the copy with the bare driver."""
    with app.app_context():
        url = db.engine.url
        db.session.remove()
        db.engine.dispose()
    if url.get_backend_name() == "sqlite":
        stored = Path(str(url.database))
        copy = stored.with_name("bare.sqlite3")
        copy.unlink(missing_ok=True)
        with sqlite3.connect(stored) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        yield lambda: _sqlite(copy)
        return
    server = url.set(drivername="postgresql")
    name = f"bare_{url.database}"
    office = server.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(office, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"')
    yield lambda: psycopg.connect(
        server.set(database=name).render_as_string(hide_password=False), autocommit=True
    )


def _sqlite(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        base.execute(f"PRAGMA {pragma}")
    return base


def replayed(open_copy: Callable[[], Any], transactions: Sequence[Transaction]) -> list[float]:
    """Send every transaction with the bare driver; return the seconds of each."""
    base = open_copy()
    begin = "BEGIN IMMEDIATE" if isinstance(base, sqlite3.Connection) else "BEGIN"
    spent = []
    try:
        for transaction in transactions:
            begun = time.perf_counter()
            cursor = base.cursor()
            cursor.execute(begin)
            for one in transaction:
                if one.is_many:
                    cursor.executemany(one.statement, one.values)
                else:
                    cursor.execute(one.statement, one.values)
                if cursor.description is not None:
                    cursor.fetchall()  # ids that the database gave
            cursor.execute("COMMIT")
            spent.append(time.perf_counter() - begun)
    finally:
        base.close()
    return spent
