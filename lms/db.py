"""The database: engine and session, shared column types, and the one place that commits."""

from __future__ import annotations

import enum
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BoundSession
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WRITE = "lms_write"
RESTED = 1.0  # seconds in the pool after which a connection is asked whether it still lives


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in store; a naive value raises ValueError."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant; store the rest in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ScaledDecimal(TypeDecorator[Decimal]):
    """An exact decimal of fixed places, stored as a whole number on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """Refuse a value with more places than the column keeps, rather than round it silently."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return the decimal with its declared places."""
        return None if value is None else Decimal(value).scaleb(-self.places)


# An absent value is no value, on both databases: never the JSON word null.
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Percent = Annotated[Decimal, mapped_column(ScaledDecimal(2))]
Points = Annotated[Decimal, mapped_column(ScaledDecimal(5))]
Hours = Annotated[Decimal, mapped_column(ScaledDecimal(2))]
Short = Annotated[str, mapped_column(sa.String(255))]


class Base(DeclarativeBase):
    """Parent of every table."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy's own spelling
        datetime: UtcDateTime(),
        date: sa.Date(),
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
        bytes: sa.LargeBinary(),
    }


def text_enum(kind: type[enum.StrEnum]) -> sa.Enum:
    """Store an enumeration as its values, checked by the database."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=kind.__name__.lower(),
        values_callable=lambda k: [m.value for m in k],
        length=40,
    )


class OpenReadError(RuntimeError):
    """A write was asked for after something was read outside it, which may be stale by now."""


class StrayWriteError(RuntimeError):
    """Something was changed outside the one write transaction."""


class _Session(BoundSession):
    """Reads and writes through two faces of one engine.

    PostgreSQL sees each statement of a reader by itself under READ COMMITTED, inside a transaction
    or not. Without one a page spares two of the ways to the server. What is read piece by piece
    needs one: PostgreSQL keeps such a cursor only inside a transaction.
    """

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any
    ) -> sa.Engine:
        """Choose the face: for what is written, or read piece by piece, that with transactions."""
        engines: _Engines = current_app.extensions["lms_engines"]
        if self.info.get("writing"):
            return engines.writes
        is_piecewise = clause is not None and "yield_per" in clause.get_execution_options()
        return engines.writes if is_piecewise else engines.reads


@dataclass(frozen=True)
class _Engines:
    reads: sa.Engine
    writes: sa.Engine


db = SQLAlchemy(
    metadata=Base.metadata, session_options={"expire_on_commit": False, "class_": _Session}
)


def _refuse_stray_write(session: Session, *_: object) -> None:
    if not session.info.get("writing"):
        raise StrayWriteError("changes belong inside writing()")


event.listen(_Session, "before_flush", _refuse_stray_write)


class _FairLock:
    """One writer at a time over all processes, in order; SQLite's own wait is a lottery."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.local = threading.local()

    def __enter__(self) -> None:
        descriptor = getattr(self.local, "descriptor", None)
        if descriptor is None or self.local.pid != os.getpid():
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self.local.descriptor, self.local.pid = descriptor, os.getpid()
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self.local.descriptor, fcntl.LOCK_UN)


class _NoLock:
    """PostgreSQL queues writers by its own row locks."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def engine_options(url: str) -> dict[str, Any]:
    """Return the engine's options for an address."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15}}
    return {"pool_size": 8, "max_overflow": 8}


def _note_return(_connection: Any, record: Any) -> None:
    record.info["returned"] = time.monotonic()


def _ask_after_a_pause(connection: Any, record: Any, _proxy: object) -> None:
    """Ask a connection that rested whether it is still there; the pool makes a dead one anew."""
    if time.monotonic() - record.info.get("returned", 0.0) < RESTED:
        return
    try:
        db.engine.dialect.do_ping(connection)
    except db.engine.dialect.dbapi.Error as fault:  # type: ignore[union-attr]
        raise sa.exc.DisconnectionError from fault


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = (
        None  # the driver's own BEGIN comes too late and is never immediate
    )
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 15000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def init_app(app: Flask) -> None:
    """Bind the engine to the application and lay down its rules for each connection."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _prepare_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)
            path = Path(str(db.engine.url.database))
            app.extensions["lms_write_lock"] = _FairLock(path.with_name(path.name + ".lock"))
            app.extensions["lms_engines"] = _Engines(db.engine, db.engine)
        else:
            event.listen(db.engine, "checkin", _note_return)
            event.listen(db.engine, "checkout", _ask_after_a_pause)
            reads = db.engine.execution_options(isolation_level="AUTOCOMMIT")
            app.extensions["lms_write_lock"] = _NoLock()
            app.extensions["lms_engines"] = _Engines(reads, db.engine)


def session() -> Session:
    """Return the session of the present context."""
    return db.session()


def after_commit(callback: Callable[[], None]) -> None:
    """Call back once the present write transaction has been committed; forget it on a rollback."""
    session().info.setdefault("after_commit", []).append(callback)


def is_writing() -> bool:
    """Tell whether the present context is inside its write transaction."""
    return bool(session().info.get("writing"))


@contextmanager
def writing() -> Iterator[Session]:
    """Open the one write transaction, give the session, commit at the end.

    Raises OpenReadError where the context has already read or begun to write: a subject read before
    the lock is a stale one. Callbacks given to `after_commit` run after the commit.
    """
    current = session()
    if current.in_transaction():
        raise OpenReadError("end the open transaction before writing")
    current.expunge_all()
    with current_app.extensions["lms_write_lock"]:
        current.info["writing"] = True
        try:
            current.connection(execution_options={WRITE: True})
            yield current
            current.commit()
        except BaseException:
            current.rollback()
            current.info.pop("after_commit", None)
            raise
        finally:
            current.info["writing"] = False
    for callback in current.info.pop("after_commit", []):
        callback()


def end_reading() -> None:
    """Close an open read, so that a write may begin; nothing is lost."""
    session().rollback()


def deleted(statement: sa.Delete | sa.Update) -> int:
    """Carry out a deletion or change inside a write and return how many rows it met."""
    done = session().execute(statement.execution_options(synchronize_session=False))
    return int(getattr(done, "rowcount", 0))


def lock(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Ask for the rows' locks where the database knows them (SQLite has one writer anyway)."""
    return statement.with_for_update()
