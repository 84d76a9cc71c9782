"""Reads of the record: newest first, narrowed, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.audit import names
from lms.audit.details import NOTHING_KNOWN, Known, parts_named, rows_named
from lms.audit.models import AuditDetail, AuditEntry
from lms.audit.names import Name

PER_PAGE = 100
ZONE = "Europe/Bucharest"
MOST_EXPORTED = 50_000
MOST_MEANT = 5

DATA_CHANGES = "changes-of-data"
"""What is asked for instead of one kind of act: all by which somebody's data became others."""

CHANGES_OF_DATA = (
    *("person.renamed", "person.name_confirmed_on_paper", "person.addresses_changed"),
    *("person.email_changed", "person.phone_changed", "person.updated_by_list"),
    *("person.restored_by_undo", "person.erased", "enrolment.corrected", "enrolment.hours_set"),
    *("enrolment.withdrawn", "enrolment.taken_back", "enrolment.replaced", "entry.corrected"),
    *("condition.confirmed", "presence.marked", "attempt.marked", "attempt.given"),
    *("dispute.answered", "paper_result.recorded", "paper_result.revoked"),
    *("question.corrected", "national_number.given", "quiz.terms_granted"),
)


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

    @cached_property
    def people(self) -> list[int]:
        """Whom the person's name means; read once."""
        return sorted(names.find_people(self.person)) if self.person else []


@dataclass(frozen=True)
class Line:
    """One act as a page shows it."""

    entry: AuditEntry
    values: dict[str, Any]
    actor: Name | None
    subject: Name | None
    known: Known = NOTHING_KNOWN  # what the values name


def _narrowed(asked: Asked) -> sa.Select[AuditEntry]:
    statement = sa.select(AuditEntry)
    if asked.action == DATA_CHANGES:
        statement = statement.where(AuditEntry.action.in_(CHANGES_OF_DATA))
    elif asked.action:
        statement = statement.where(AuditEntry.action == asked.action)
    if asked.person:
        acted = AuditEntry.actor_id.in_(asked.people)
        statement = statement.where(sa.or_(acted, about(asked.people)))
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


def about(people: Collection[int]) -> sa.ColumnElement[bool]:
    """Select the acts on people, and on what is theirs: places, certificates, attempts …"""
    conditions = [
        sa.and_(AuditEntry.object_type == "persons", AuditEntry.object_id.in_(people)),
    ]
    for (table, action), concern in names.CONCERNS.items():
        of_them = [AuditEntry.object_type == table, AuditEntry.object_id.in_(concern(people))]
        if action:
            of_them.append(AuditEntry.action == action)
        conditions.append(sa.and_(*of_them))
    return sa.or_(*conditions)


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


def meant(asked: Asked) -> list[Name]:
    """Return what the first of those are called whom the person's name means."""
    first = asked.people[:MOST_MEANT]
    found = names.names_of([("persons", row) for row in first]) if first else {}
    return list(found.values())


def count(asked: Asked) -> int:
    """How many acts fit."""
    narrowed = _narrowed(asked).subquery()
    return db.session().scalar(sa.select(sa.func.count()).select_from(narrowed)) or 0


def lines(asked: Asked, *, offset: int, limit: int = PER_PAGE) -> list[Line]:
    """Return acts, the newest first, with what their people and objects are called."""
    return _newest(_narrowed(asked), offset=offset, limit=limit)


def newest_where(condition: sa.ColumnElement[bool], *, limit: int) -> list[Line]:
    """Return the newest acts that a condition selects."""
    return _newest(sa.select(AuditEntry).where(condition), offset=0, limit=limit)


def _newest(statement: sa.Select[AuditEntry], *, offset: int, limit: int) -> list[Line]:
    rows = (
        db.session()
        .execute(
            statement.add_columns(AuditDetail.values)
            .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
            .offset(offset)
            .limit(limit)
        )
        .all()
    )
    return list(_named([(entry, values or {}) for entry, values in rows]))


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
    wanted |= {row for _e, values in entries for row in rows_named(values)}
    parts = {part for _e, values in entries for part in parts_named(values)}
    found = names.names_of(wanted)
    known = Known(found, names.titles_of(parts))
    for entry, values in entries:
        yield Line(
            entry=entry,
            values=values,
            actor=found.get(("persons", entry.actor_id or 0)),
            subject=found.get((entry.object_type, entry.object_id or 0)),
            known=known,
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
