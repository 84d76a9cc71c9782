"""PostgreSQL's rows out and in by COPY, so that no program of the server's is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol

import sqlalchemy as sa
from psycopg import sql

from lms.backup.manifest import BackupRefusedError, Table
from lms.db import Base

PORTION = 256 * 1024


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take a portion."""


def table_names() -> list[str]:
    """Return our tables, each after those it refers to."""
    return [table.name for table in Base.metadata.sorted_tables]


def existing_tables(connection: sa.Connection) -> list[str]:
    """Return those of our tables that the database has, in the same order."""
    found = set(sa.inspect(connection).get_table_names())
    return [name for name in table_names() if name in found]


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection


def copy_out(connection: sa.Connection, name: str, target: Sink) -> Table:
    """Write a table's rows in PostgreSQL's text form; return what is needed to read them back."""
    columns = [str(c["name"]) for c in sa.inspect(connection).get_columns(name)]
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with _driver(connection).cursor() as cursor:
        with cursor.copy(statement) as copy:
            for portion in copy:
                target.write(bytes(portion))
        count = cursor.rowcount
        next_ids = {c: at for c in columns if (at := _sequence_at(cursor, name, c)) is not None}
    return Table(name=name, columns=columns, rows=count, next_ids=next_ids)


def copy_in(connection: sa.Connection, table: Table, source: IO[bytes]) -> None:
    """Read a table's rows back, and let its ids go on where they stood."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    with _driver(connection).cursor() as cursor:
        with cursor.copy(statement) as copy:
            while portion := source.read(PORTION):
                copy.write(portion)
        if cursor.rowcount != table.rows:
            raise BackupRefusedError(f"This backup lacks rows of {table.name}.")
        for column, at in table.next_ids.items():
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table.name, column, at)
            )


@contextmanager
def later_keys_loosened(connection: sa.Connection, names: Sequence[str]) -> Iterator[None]:
    """Load tables in their order though some refer to one that comes later.

    Those keys are taken off, and put back as they were: PostgreSQL then looks at every row.
    """
    place = {name: number for number, name in enumerate(names)}
    cursor = _driver(connection).cursor()
    keys = cursor.execute(
        "SELECT own.relname, key.conname, other.relname, pg_get_constraintdef(key.oid) "
        "FROM pg_constraint AS key "
        "JOIN pg_class AS own ON own.oid = key.conrelid "
        "JOIN pg_class AS other ON other.oid = key.confrelid "
        "WHERE key.contype = 'f' AND key.connamespace = current_schema()::regnamespace"
    ).fetchall()
    later = [key for key in keys if place.get(key[0], -1) < place.get(key[2], -1)]
    for table, name, _other, _definition in later:
        cursor.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(table), sql.Identifier(name)
            )
        )
    yield
    for table, name, _other, definition in later:
        cursor.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)
            )
        )


def empty(connection: sa.Connection, names: Iterable[str]) -> None:
    """Empty tables that a migration may have filled with rows of its own."""
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    _driver(connection).execute(sql.SQL("TRUNCATE {} CASCADE").format(listed))


def _sequence_at(cursor: Any, table: str, column: str) -> int | None:
    """Last value of a column's sequence; None where it has none or has given nothing yet."""
    name = cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (table, column)).fetchone()[0]
    if name is None:
        return None
    found = cursor.execute(
        "SELECT last_value FROM pg_sequences "
        "WHERE (quote_ident(schemaname) || '.' || quote_ident(sequencename)) = %s",
        (name,),
    ).fetchone()
    return None if found is None or found[0] is None else int(found[0])
