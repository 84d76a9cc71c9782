"""Run migrations on the application's own engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context
from flask import current_app

from lms import append_only
from lms.db import WRITE, ScaledDecimal, UtcDateTime, db

config = context.config


def render_item(kind: str, obj: object, _autogen: object) -> str | bool:
    """Write plain SQL types into migrations, so that they stand when our own types change."""
    if kind == "type" and isinstance(obj, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(obj, ScaledDecimal):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(obj, sa.JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


@contextmanager
def _references_unwatched(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite make a table anew under its name without touching the rows that refer to it.

    It must be said before the transaction begins; what was done is looked at before it ends.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _refuse_dangling(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if dangling is not None:
        raise RuntimeError(f"a row of {dangling[0]} would point to no row of {dangling[2]}")


def run() -> None:
    """Migrate inside one transaction, so that a killed migration leaves the old version."""
    arguments = dict(current_app.extensions["migrate"].configure_args)
    engine = db.engine.execution_options(**{WRITE: True})
    with engine.connect() as connection, _references_unwatched(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transactional_ddl=True,
            render_item=render_item,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()
            append_only.guard(connection)
            _refuse_dangling(connection)


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; the offline mode is not offered.")
run()
