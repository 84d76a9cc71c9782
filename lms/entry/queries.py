"""Reads about entry, for pages, files and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.entry import rules
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.models import (
    EntryCorrection,
    EntryRecord,
    EntrySettings,
    NationalNumberRow,
    Source,
)
from lms.people_names import sort_key_ro


def is_waited_for() -> sa.ColumnElement[bool]:
    """Make the condition, about Enrolment and Edition: asked at entry, and not whole yet."""
    asks = (
        sa.select(EntrySettings.programme_id)
        .where(
            EntrySettings.programme_id == Edition.programme_id, EntrySettings.set_id.is_not(None)
        )
        .correlate(Edition)
        .exists()
    )
    whole = (
        sa.select(EntryRecord.id)
        .where(
            EntryRecord.person_id == Enrolment.person_id,
            EntryRecord.programme_id == Edition.programme_id,
            EntryRecord.completed_at.is_not(None),
        )
        .correlate(Enrolment, Edition)
        .exists()
    )
    return sa.and_(asks, sa.not_(whole))


def waited_for(edition_id: int) -> list[int]:
    """Return the places of an edition whose entry is still waited for; for reminders."""
    return list(
        db.session().scalars(
            sa.select(Enrolment.id)
            .join(Edition, Edition.id == Enrolment.edition_id)
            .where(
                Enrolment.edition_id == edition_id,
                Enrolment.state == EnrolmentState.ACTIVE,
                is_waited_for(),
            )
            .order_by(Enrolment.id)
        )
    )


class EntryState(StrEnum):
    """How far somebody's entry has come."""

    NOT_ANSWERED = "not_answered"
    BEGUN = "begun"  # something needed is missing: can't be counted
    ANSWERED = "answered"


@dataclass(frozen=True)
class EntryLine:
    """One participant's entry, in the edition's list."""

    enrolment_id: int
    person_id: int
    family_name: str
    given_names: str
    sign_in_name: str
    email: str
    organisation: str
    organisation_kind: str
    group: int | None
    is_withdrawn: bool
    answers: Mapping[str, str]
    state: EntryState
    missing: tuple[str, ...]  # questions
    entered_on: date | None
    source: Source | None
    corrections: int
    has_number: bool

    @property
    def listed_name(self) -> str:
        """The name as lists have it."""
        return f"{self.family_name} {self.given_names}"

    @property
    def as_participant(self) -> rules.Participant | None:
        """The value that is counted; None where nothing was answered."""
        if self.entered_on is None:
            return None
        return rules.Participant(
            self.person_id,
            self.answers,
            self.entered_on,
            self.organisation_kind,
            self.organisation,
        )


_LINE = (
    Enrolment.id,
    Enrolment.person_id,
    Person.family_name,
    Person.given_names,
    Person.sign_in_name,
    Person.email,
    Enrolment.organisation_name,
    Enrolment.organisation_kind,
    Enrolment.group_id,
    Enrolment.state,
    EntryRecord.id,
    EntryRecord.answers,
    EntryRecord.entered_on,
    EntryRecord.source,
    EntryRecord.completed_at,
)


def entry_lines(
    asked: IndicatorSet, *, programme_id: int, edition_id: int | None = None
) -> list[EntryLine]:
    """Read the entries of an edition, or of all editions of a programme, in the order of names.

    Three statements. Who has withdrawn stays where something was answered: they took part.
    """
    session = db.session()
    here = Edition.programme_id == programme_id
    if edition_id is not None:
        here = sa.and_(here, Enrolment.edition_id == edition_id)
    rows = session.execute(
        sa.select(*_LINE)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .outerjoin(
            EntryRecord,
            sa.and_(
                EntryRecord.person_id == Enrolment.person_id,
                EntryRecord.programme_id == Edition.programme_id,
            ),
        )
        .where(
            here,
            sa.or_(Enrolment.state == EnrolmentState.ACTIVE, EntryRecord.id.is_not(None)),
        )
        .order_by(Enrolment.id)
    ).all()
    corrections = _corrections(programme_id)
    numbered = set(
        session.scalars(
            sa.select(NationalNumberRow.person_id).where(
                NationalNumberRow.programme_id == programme_id
            )
        )
    )
    lines = [_line(row, asked, corrections.get(row[10], []), row[1] in numbered) for row in rows]
    return sorted(lines, key=lambda line: sort_key_ro(line.listed_name))


def _corrections(programme_id: int) -> dict[int, list[tuple[dict[str, Any], date | None]]]:
    found: dict[int, list[tuple[dict[str, Any], date | None]]] = {}
    for record_id, answers, day in db.session().execute(
        sa.select(EntryCorrection.record_id, EntryCorrection.answers, EntryCorrection.entered_on)
        .join(EntryRecord, EntryRecord.id == EntryCorrection.record_id)
        .where(EntryRecord.programme_id == programme_id)
        .order_by(EntryCorrection.id)
    ):
        found.setdefault(record_id, []).append((answers, day))
    return found


def _line(
    row: Any,
    asked: IndicatorSet,
    corrections: list[tuple[dict[str, Any], date | None]],
    has_number: bool,
) -> EntryLine:
    answers = rules.corrected(row[11] or {}, [answers for answers, _day in corrections])
    days = [day for _answers, day in corrections if day is not None]
    missing = rules.missing(asked, answers)
    completed: datetime | None = row[14]
    state = EntryState.NOT_ANSWERED
    if completed is not None and not missing:
        state = EntryState.ANSWERED
    elif row[10] is not None:
        state = EntryState.BEGUN
    return EntryLine(
        enrolment_id=row[0],
        person_id=row[1],
        family_name=row[2],
        given_names=row[3],
        sign_in_name=row[4],
        email=row[5] or "",
        organisation=row[6] or "",
        organisation_kind=row[7].value if row[7] else "",
        group=row[8],
        is_withdrawn=row[9] is EnrolmentState.WITHDRAWN,
        answers=answers,
        state=state,
        missing=tuple(question.id for question in missing),
        entered_on=days[-1] if days else row[12],
        source=row[13],
        corrections=len(corrections),
        has_number=has_number,
    )


def tally_of(
    asked: IndicatorSet, *, programme_id: int, edition_id: int | None = None
) -> rules.Tally:
    """Count the entries of an edition or a programme; somebody on two editions counts once."""
    lines = entry_lines(asked, programme_id=programme_id, edition_id=edition_id)
    people = [line.as_participant for line in lines if line.state is EntryState.ANSWERED]
    return rules.tally(asked, [person for person in people if person is not None])
