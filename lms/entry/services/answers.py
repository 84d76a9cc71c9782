"""Answers at entry: drafted, made whole and frozen, corrected with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Enrolment
from lms.entry import rules
from lms.entry.errors import AnswersRefused, EntryFrozen, NothingAsked, ReasonMissing
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.models import EntryCorrection, EntryRecord, Source
from lms.entry.services.settings import set_of, settings_of


def asked_of(enrolment: Enrolment) -> IndicatorSet:
    """Return what a place's programme asks; raise NothingAsked."""
    asked = set_of(settings_of(enrolment.edition.programme_id))
    if asked is None:
        raise NothingAsked
    return asked


def record_of(enrolment: Enrolment, *, locked: bool = False) -> EntryRecord | None:
    """Return a person's entry into the programme of a place, whichever place it was made for."""
    statement = sa.select(EntryRecord).where(
        EntryRecord.person_id == enrolment.person_id,
        EntryRecord.programme_id == enrolment.edition.programme_id,
    )
    if locked:
        statement = statement.with_for_update(of=EntryRecord)
    return db.session().scalars(statement).one_or_none()


def current(entry: EntryRecord | None) -> dict[str, str]:
    """Return the answers as they stand, corrections taken in."""
    if entry is None:
        return {}
    return rules.corrected(entry.answers, [c.answers for c in entry.corrections])


def current_day(entry: EntryRecord) -> date:
    """Return the day of entry, corrections taken in."""
    days = [c.entered_on for c in entry.corrections if c.entered_on is not None]
    return days[-1] if days else entry.entered_on


def today_of(enrolment: Enrolment, now: datetime) -> date:
    """Return the day in the programme's zone."""
    return now.astimezone(ZoneInfo(enrolment.edition.programme.zone)).date()


def check(asked: IndicatorSet, answers: Mapping[str, str], *, on: date) -> None:
    """Raise AnswersRefused where an answer is none that the set offers."""
    faults = {
        question: fault
        for question, value in answers.items()
        if value
        and (
            fault := rules.fault_of(asked.by_id[question], value, on=on)
            if question in asked.by_id
            else rules.AnswerFault.UNKNOWN
        )
    }
    if faults:
        raise AnswersRefused(faults)


def save(
    enrolment: Enrolment,
    answers: Mapping[str, str],
    *,
    source: Source,
    by: int | None,
    now: datetime,
    on: date | None = None,
) -> EntryRecord:
    """Keep answers, beside those given before; freeze them once nothing needed is missing.

    Runs under the enrolment's lock. A learner's record waits for the questions that may be
    refused too: an online form leaves none of them open. The same answers again change nothing.
    """
    asked = asked_of(enrolment)
    entry = record_of(enrolment, locked=True)
    if entry is not None and entry.completed_at is not None:
        kept = current(entry)
        if all(kept.get(q, "") == v for q, v in answers.items()):
            return entry  # pressed twice
        raise EntryFrozen
    is_own = source is Source.LEARNER
    if entry is not None and entry.source is not Source.LEARNER:
        on, source = on or entry.entered_on, entry.source  # as on the paper it was begun from
    day = on or today_of(enrolment, now)
    check(asked, answers, on=day)
    if entry is None:
        entry = EntryRecord(
            person_id=enrolment.person_id,
            programme_id=enrolment.edition.programme_id,
            enrolment_id=enrolment.id,
            answers={},
        )
        db.session().add(entry)
    merged = {**entry.answers, **answers}
    entry.answers = {question: value for question, value in merged.items() if value}
    entry.entered_on, entry.source = day, source
    entry.saved_at, entry.saved_by_id = now, by
    left = rules.unanswered if is_own else rules.missing
    if not left(asked, entry.answers):
        entry.completed_at = now
        db.session().flush()  # the record names the row
        record(
            "entry.frozen", by=by, on=enrolment, course_id=enrolment.course_id, source=source.value
        )
    return entry


def correct(
    enrolment: Enrolment,
    answers: Mapping[str, str],
    *,
    reason: str,
    by: int | None,
    now: datetime,
    on: date | None = None,
) -> bool:
    """Put frozen answers right; they stay, and what changed stands beside with the reason.

    Returns whether anything changed. The record names the questions, never the answers.
    """
    asked = asked_of(enrolment)
    entry = record_of(enrolment, locked=True)
    if entry is None or entry.completed_at is None:
        raise EntryFrozen
    before, day = current(entry), current_day(entry)
    changed = {q: v for q, v in answers.items() if before.get(q, "") != v}
    new_day = on if on is not None and on != day else None
    if not changed and new_day is None:
        return False
    if not reason.strip():
        raise ReasonMissing
    check(asked, {**before, **changed}, on=new_day or day)
    entry.corrections.append(
        EntryCorrection(
            answers=changed,
            entered_on=new_day,
            reason=reason.strip()[:255],
            corrected_at=now,
            corrected_by_id=by,
        )
    )
    record(
        "entry.corrected",
        by=by,
        on=enrolment,
        course_id=enrolment.course_id,
        changed=[*sorted(changed), *(["entered_on"] if new_day else [])],
        reason=reason.strip(),
    )
    return True
