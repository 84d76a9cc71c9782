"""Run migrations on the application's own engine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

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


def run() -> None:
    """Migrate inside one transaction, so that a killed migration leaves the old version."""
    arguments = dict(current_app.extensions["migrate"].configure_args)
    engine = db.engine.execution_options(**{WRITE: True})
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transactional_ddl=True,
            render_item=render_item,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; the offline mode is not offered.")
run()
