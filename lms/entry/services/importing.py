"""Answers from a list: a verdict for each row, then all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.models import Edition, Enrolment
from lms.entry import rules
from lms.entry.answer_sheet import AnswerRow, Key, columns_of, read_row, squeezed
from lms.entry.errors import AnswersRefused
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.models import EntryRecord, Source
from lms.entry.services import answers as services
from lms.safety.sheets import Table


class Verdict(StrEnum):
    """What a row would do."""

    WHOLE = "whole"  # complete, and frozen
    PART = "part"  # kept, something still missing
    SAME = "same"  # says nothing new
    FROZEN = "frozen"  # says otherwise than what is frozen: left alone
    EMPTY = "empty"
    WRONG = "wrong"


class RowFault(StrEnum):
    """Why a row can't be taken, beside what its cells say."""

    NOBODY = "nobody"
    SEVERAL = "several"
    TWICE = "twice"
    BAD_ANSWER = "bad_answer"


@dataclass(frozen=True)
class Planned:
    """A row with its verdict."""

    row: AnswerRow
    verdict: Verdict
    name: str = ""
    enrolment_id: int | None = None
    fault: RowFault | None = None
    question: str = ""  # of a bad answer
    answer_fault: rules.AnswerFault | None = None


@dataclass(frozen=True)
class Plan:
    """What a list would do; only one without a wrong row is carried out."""

    rows: tuple[Planned, ...]
    ignored: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether it can be carried out."""
        return not any(row.verdict is Verdict.WRONG for row in self.rows)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows have each verdict."""
        return Counter(row.verdict.value for row in self.rows)

    @property
    def to_keep(self) -> list[Planned]:
        """The rows that change something."""
        return [row for row in self.rows if row.verdict in (Verdict.WHOLE, Verdict.PART)]


class NoColumns(Exception):
    """The list has no column for a question, or none that says whose a row is."""


def plan(edition: Edition, asked: IndicatorSet, table: Table, *, today: date) -> Plan:
    """Say what each row of a list would do; nothing is changed."""
    columns = columns_of(table.columns, asked)
    if not columns.is_usable:
        raise NoColumns
    rows = [read_row(row.number, row.cells, columns, asked) for row in table.rows]
    return Plan(tuple(decide(edition, asked, rows, today=today)), columns.ignored)


def decide(
    edition: Edition, asked: IndicatorSet, rows: Sequence[AnswerRow], *, today: date
) -> list[Planned]:
    """Match rows with participants, and say what each would do; three statements."""
    places = _places(edition)
    entries = _entries(edition)
    seen: Counter[int] = Counter()
    planned = []
    for row in rows:
        found = places.find(row.keys)
        if isinstance(found, RowFault):
            planned.append(Planned(row, Verdict.WRONG, _said_name(row), fault=found))
            continue
        seen[found.id] += 1
        name = f"{found.person.family_name} {found.person.given_names}"
        wrong = Planned(row, Verdict.WRONG, name, found.id)
        if seen[found.id] > 1:
            planned.append(replace(wrong, fault=RowFault.TWICE))
            continue
        planned.append(_verdict(asked, wrong, entries.get(found.person_id), today=today))
    return planned


def _said_name(row: AnswerRow) -> str:
    names = [row.keys.get(Key.FAMILY_NAME, ""), row.keys.get(Key.GIVEN_NAMES, "")]
    return " ".join(n for n in names if n) or row.keys.get(Key.SIGN_IN_NAME, "")


def _verdict(
    asked: IndicatorSet, planned: Planned, entry: EntryRecord | None, *, today: date
) -> Planned:
    """Say what a row of a known person would do."""
    row = planned.row
    if row.wrong:
        return planned
    if not row.answers:
        return replace(planned, verdict=Verdict.EMPTY)
    day = row.entered_on or (entry.entered_on if entry else today)
    if fault := _fault(asked, row, day, today):
        column, why = fault
        return replace(planned, fault=RowFault.BAD_ANSWER, question=column, answer_fault=why)
    return replace(planned, verdict=_promise(asked, row, entry))


def _fault(
    asked: IndicatorSet, row: AnswerRow, day: date, today: date
) -> tuple[str, rules.AnswerFault] | None:
    """Return the first column whose answer can't be kept, and why."""
    if day > today:
        return Key.ENTERED_ON.value, rules.AnswerFault.IN_FUTURE
    try:
        services.check(asked, row.answers, on=day)
    except AnswersRefused as refused:
        return next(iter(refused.faults.items()))
    return None


def _promise(asked: IndicatorSet, row: AnswerRow, entry: EntryRecord | None) -> Verdict:
    kept = services.current(entry)
    if all(kept.get(q) == v for q, v in row.answers.items()):
        return Verdict.SAME
    if entry is not None and entry.completed_at is not None:
        return Verdict.FROZEN
    whole = rules.is_countable(asked, {**kept, **row.answers})
    return Verdict.WHOLE if whole else Verdict.PART


@dataclass(frozen=True)
class _Places:
    """An edition's places by all that a row may name them with."""

    by_sign_in: Mapping[str, list[Enrolment]]
    by_email: Mapping[str, list[Enrolment]]
    by_name: Mapping[str, list[Enrolment]]

    def find(self, keys: Mapping[Key, str]) -> Enrolment | RowFault:
        """Return the place that a row means: by sign-in name, else e-mail, else the whole name."""
        name = squeezed(f"{keys.get(Key.FAMILY_NAME, '')} {keys.get(Key.GIVEN_NAMES, '')}")
        ways = (
            self.by_sign_in.get(keys.get(Key.SIGN_IN_NAME, "").lower(), []),
            self.by_email.get(keys.get(Key.EMAIL, "").lower(), []),
            self.by_name.get(name, []) if name else [],
        )
        for found in ways:
            if len(found) == 1:
                return found[0]
        return RowFault.SEVERAL if any(ways) else RowFault.NOBODY


def _places(edition: Edition) -> _Places:
    by: tuple[dict[str, list[Enrolment]], ...] = ({}, {}, {})
    for place in db.session().scalars(
        sa.select(Enrolment)
        .options(joinedload(Enrolment.person))
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.edition_id == edition.id)
    ):
        person = place.person
        by[0].setdefault(person.sign_in_name.lower(), []).append(place)
        if person.email:
            by[1].setdefault(person.email.lower(), []).append(place)
        by[2].setdefault(squeezed(f"{person.family_name} {person.given_names}"), []).append(place)
    return _Places(*by)


def _entries(edition: Edition) -> dict[int, EntryRecord]:
    return {
        entry.person_id: entry
        for entry in db.session().scalars(
            sa.select(EntryRecord)
            .options(selectinload(EntryRecord.corrections))
            .where(EntryRecord.programme_id == edition.programme_id)
        )
    }


class NotReady(Exception):
    """A row became wrong meanwhile; nothing was kept."""

    def __init__(self, planned: Plan) -> None:
        super().__init__("not ready")
        self.plan = planned


def carry_out(
    edition: Edition,
    asked: IndicatorSet,
    rows: Sequence[AnswerRow],
    *,
    by: int | None,
    now: datetime,
    today: date,
) -> Plan:
    """Keep the answers of all rows, or of none; raise NotReady. Runs under the edition's lock."""
    done = Plan(tuple(decide(edition, asked, rows, today=today)), ())
    if not done.is_ready:
        raise NotReady(done)
    for planned in done.to_keep:
        place = db.session().get_one(Enrolment, planned.enrolment_id, with_for_update=True)
        services.save(
            place,
            planned.row.answers,
            source=Source.IMPORT,
            by=by,
            now=now,
            on=planned.row.entered_on,
        )
    record(
        "entry.imported",
        by=by,
        on=edition,
        course_id=edition.course_id,
        rows=len(done.rows),
        new=len(done.to_keep),
    )
    return done
