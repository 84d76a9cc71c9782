"""Rows that the database itself lets nobody edit or remove: links of the register and the record.

What is erasable of people lies in side rows. The guards are put up after every migration, since a
table that SQLite makes anew loses them; a migration that must touch such rows lifts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa


@dataclass(frozen=True)
class Guarded:
    """A table whose rows stay as they are, but for what one column waits for."""

    table: str
    columns: tuple[str, ...] = ()  # what stays the same while a row is still open …
    open_while_empty: str = ""  # … which it is while this column is empty

    @property
    def may_change(self) -> str:
        """When a row may be updated all the same, in SQL."""
        if not self.open_while_empty:
            return "1 = 0"
        same = (f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in self.columns)
        return " AND ".join((f"OLD.{self.open_while_empty} IS NULL", *same))


GUARDED: Final = (
    Guarded("register_entries"),
    Guarded(
        "audit_entries",
        ("id", "at", "actor_id", "action", "object_type", "object_id", "course_id", "digest"),
        "sequence",
    ),
)


def guard(connection: sa.Connection) -> None:
    """Put the guards up, anew where they stand already; tables that aren't there need none."""
    there = set(sa.inspect(connection).get_table_names())
    for guarded in GUARDED:
        _take_down(connection, guarded, there)
        if guarded.table in there:
            for statement in _statements(connection.dialect.name, guarded):
                connection.exec_driver_sql(statement)


@contextmanager
def lifted(connection: sa.Connection) -> Iterator[None]:
    """Let a migration touch guarded rows."""
    there = set(sa.inspect(connection).get_table_names())
    for guarded in GUARDED:
        _take_down(connection, guarded, there)
    yield
    guard(connection)


def missing(connection: sa.Connection) -> list[str]:
    """Name the tables without all of their guards."""
    if connection.dialect.name == "postgresql":
        found = set(
            connection.exec_driver_sql(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            ).scalars()
        )
        ends = ("rows", "truncate")
    else:
        found = set(
            connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).scalars()
        )
        ends = ("update", "delete")
    return [g.table for g in GUARDED if not {f"keep_{g.table}_{end}" for end in ends} <= found]


def _take_down(connection: sa.Connection, guarded: Guarded, there: set[str]) -> None:
    name = f"keep_{guarded.table}"
    if connection.dialect.name == "postgresql":
        if guarded.table in there:
            for end in ("rows", "truncate"):
                connection.exec_driver_sql(
                    f"DROP TRIGGER IF EXISTS {name}_{end} ON {guarded.table}"
                )
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")
        return
    for end in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}_{end}")


def _statements(dialect: str, guarded: Guarded) -> tuple[str, ...]:
    table, name = guarded.table, f"keep_{guarded.table}"
    refusal = f"rows of {table} are never edited or removed"
    if dialect == "postgresql":
        return (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' THEN IF {guarded.may_change} THEN RETURN NEW; END IF; END IF; "
            f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END $$",
            f"CREATE TRIGGER {name}_rows BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
            f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        )
    may_change = guarded.may_change.replace("IS NOT DISTINCT FROM", "IS")
    return (
        f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} WHEN NOT ({may_change}) "
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
    )
