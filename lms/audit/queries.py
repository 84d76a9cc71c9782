"""Reads of the record: newest first, narrowed, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.audit import names
from lms.audit.models import AuditDetail, AuditEntry
from lms.audit.names import Name

PER_PAGE = 100
ZONE = "Europe/Bucharest"
MOST_EXPORTED = 50_000


@dataclass(frozen=True)
class Asked:
    """What somebody asked the record for; empty means everything."""

    action: str = ""
    person: str = ""
    table: str = ""
    row: str = ""
    since: str = ""  # days, as browsers write them
    until: str = ""
    text: str = ""  # anywhere in the details


@dataclass(frozen=True)
class Line:
    """One act as a page shows it."""

    entry: AuditEntry
    values: dict[str, Any]
    actor: Name | None
    subject: Name | None


def _narrowed(asked: Asked) -> sa.Select[AuditEntry]:
    statement = sa.select(AuditEntry)
    if asked.action:
        statement = statement.where(AuditEntry.action == asked.action)
    if asked.person:
        people = list(names.find_people(asked.person))
        statement = statement.where(
            sa.or_(
                AuditEntry.actor_id.in_(people),
                sa.and_(AuditEntry.object_type == "persons", AuditEntry.object_id.in_(people)),
            )
        )
    if asked.table:
        statement = statement.where(AuditEntry.object_type == asked.table)
    if asked.row.isdecimal() and len(asked.row) < 16:
        statement = statement.where(AuditEntry.object_id == int(asked.row))
    for day, is_last in ((asked.since, False), (asked.until, True)):
        if at := _midnight(day, after=is_last):
            statement = statement.where(AuditEntry.at < at if is_last else AuditEntry.at >= at)
    if asked.text:
        statement = statement.where(AuditEntry.id.in_(_with_text(asked.text)))
    return statement


def _midnight(day: str, *, after: bool) -> datetime | None:
    """Return when a day begins where the record is read, or ends; None where it is no day."""
    try:
        found = date.fromisoformat(day)
        found += timedelta(days=1) if after else timedelta()
    except (ValueError, OverflowError):
        return None
    return datetime(found.year, found.month, found.day, tzinfo=ZoneInfo(ZONE))


def _with_text(text: str) -> sa.Select[int]:
    """Select the acts whose details hold a text; SQLite keeps letters with diacritics escaped."""
    kept = sa.cast(AuditDetail.values, sa.Text)
    forms = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    return sa.select(AuditDetail.entry_id).where(
        sa.or_(*(kept.icontains(form, autoescape=True) for form in sorted(forms)))
    )


def count(asked: Asked) -> int:
    """How many acts fit."""
    narrowed = _narrowed(asked).subquery()
    return db.session().scalar(sa.select(sa.func.count()).select_from(narrowed)) or 0


def lines(asked: Asked, *, offset: int, limit: int = PER_PAGE) -> list[Line]:
    """Return acts, the newest first, with what their people and objects are called."""
    rows = (
        db.session()
        .execute(
            _narrowed(asked)
            .add_columns(AuditDetail.values)
            .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
            .order_by(AuditEntry.id.desc())
            .offset(offset)
            .limit(limit)
        )
        .all()
    )
    entries = [(entry, values or {}) for entry, values in rows]
    return list(_named(entries))


def lines_where(condition: sa.ColumnElement[bool]) -> Iterator[Line]:
    """Return the acts that a condition selects, the oldest first, a thousand at a time."""
    after = 0
    while True:
        rows = (
            db.session()
            .execute(
                sa.select(AuditEntry, AuditDetail.values)
                .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
                .where(condition, AuditEntry.id > after)
                .order_by(AuditEntry.id)
                .limit(1000)
            )
            .all()
        )
        if not rows:
            return
        after = rows[-1][0].id
        yield from _named([(entry, values or {}) for entry, values in rows])


def _named(entries: list[tuple[AuditEntry, dict[str, Any]]]) -> Iterator[Line]:
    wanted = {("persons", e.actor_id) for e, _v in entries if e.actor_id is not None}
    wanted |= {(e.object_type, e.object_id) for e, _v in entries if e.object_id is not None}
    found = names.names_of(wanted)
    for entry, values in entries:
        yield Line(
            entry=entry,
            values=values,
            actor=found.get(("persons", entry.actor_id or 0)),
            subject=found.get((entry.object_type, entry.object_id or 0)),
        )


def actions() -> list[str]:
    """Return the kinds of act that occur."""
    return list(
        db.session().scalars(sa.select(AuditEntry.action).distinct().order_by(AuditEntry.action))
    )


def tables() -> list[str]:
    """Return the kinds of object that occur."""
    return list(
        db.session().scalars(
            sa.select(AuditEntry.object_type).distinct().order_by(AuditEntry.object_type)
        )
    )
