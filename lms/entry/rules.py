"""From answers to indicators: who is counted, where, and what is still missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.entry.indicator_sets import (
    REFUSED,
    Ages,
    Condition,
    Counts,
    IndicatorSet,
    Kind,
    Question,
    Status,
)

Answers = Mapping[str, str]  # by question: an option's id, „refused”, or a date of birth

YOUNGEST, OLDEST = 14, 110
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class AnswerFault(StrEnum):
    """Why an answer can't be kept."""

    UNKNOWN = "unknown"  # no such option
    NOT_A_DATE = "not_a_date"
    IN_FUTURE = "in_future"
    UNLIKELY_AGE = "unlikely_age"


def born_on(value: str) -> date | None:
    """Return the date that an answer about birth gives; None where it gives a band of ages."""
    return date.fromisoformat(value) if _DAY.fullmatch(value) else None


def age_on(birth: date, day: date) -> int:
    """Return the age in whole years; who is born on 29 February is older from 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def fault_of(question: Question, value: str, *, on: date) -> AnswerFault | None:
    """Tell what is wrong with an answer, where something is; `on` is the day of entry."""
    if value == REFUSED:
        return None if question.may_refuse else AnswerFault.UNKNOWN
    if question.kind is not Kind.BIRTH or value in question.by_id:
        return None if value in question.by_id else AnswerFault.UNKNOWN
    try:
        born = born_on(value)
    except ValueError:
        return AnswerFault.NOT_A_DATE
    if born is None:
        return AnswerFault.NOT_A_DATE
    if born > on:
        return AnswerFault.IN_FUTURE
    return None if YOUNGEST <= age_on(born, on) <= OLDEST else AnswerFault.UNLIKELY_AGE


def unanswered(asked: IndicatorSet, answers: Answers) -> tuple[Question, ...]:
    """Return the questions without an answer; saying that one won't answer is one."""
    return tuple(q for q in asked.questions if not answers.get(q.id))


def missing(asked: IndicatorSet, answers: Answers) -> tuple[Question, ...]:
    """Return the unanswered questions without which somebody can't be counted.

    Those that one may refuse hold nobody back: on paper they are often left empty.
    """
    return tuple(q for q in unanswered(asked, answers) if not q.may_refuse)


def is_countable(asked: IndicatorSet, answers: Answers) -> bool:
    """Whether the answers are enough to be counted as a participant."""
    return not missing(asked, answers)


def status_of(asked: IndicatorSet, answers: Answers) -> Status | None:
    """Return the status on the labour market; None where it was not said."""
    question = asked.of_kind(Kind.LABOUR)
    option = question.by_id.get(answers.get(question.id, ""))
    return option.status if option else None


def gender_of(asked: IndicatorSet, answers: Answers) -> str:
    """Return the gender's option; empty where it was not said."""
    return answers.get(asked.of_kind(Kind.GENDER).id, "")


def ages_of(asked: IndicatorSet, answers: Answers, on: date) -> Ages | None:
    """Return the age on a day, as a range where only a band was given; None where none was."""
    question = asked.of_kind(Kind.BIRTH)
    value = answers.get(question.id, "")
    if not value:
        return None
    if value in question.by_id:
        return question.by_id[value].ages
    born = born_on(value)
    return Ages(age_on(born, on), age_on(born, on)) if born else None


def _holds(when: Condition, answers: Answers, ages: Ages | None) -> bool:
    return (
        all(answers.get(question) in options for question, options in when.answers.items())
        and (when.ages is None or (ages is not None and when.ages.holds(ages)))
        and (not when.any_of or any(_holds(each, answers, ages) for each in when.any_of))
    )


def indicators_of(asked: IndicatorSet, answers: Answers, *, on: date) -> frozenset[str]:
    """Return the codes that a person counts for; none, while the answers are not enough.

    The same answers and day of entry give the same codes, whenever this is asked.
    """
    if not is_countable(asked, answers):
        return frozenset()
    ages = ages_of(asked, answers, on)
    return frozenset(
        indicator.code
        for indicator in asked.indicators
        if indicator.when is not None and _holds(indicator.when, answers, ages)
    )


def corrected(answers: Answers, corrections: Iterable[Answers]) -> dict[str, str]:
    """Return the answers as they stand after corrections, oldest first; empty takes one away."""
    result = dict(answers)
    for correction in corrections:
        result.update(correction)
    return {question: value for question, value in result.items() if value}


@dataclass(frozen=True)
class Participant:
    """One person at entry, whatever number of editions; the organisation as frozen at enrolment."""

    person_id: int
    answers: Answers
    entered_on: date
    organisation_kind: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Tally:
    """The figures of a set: by code and gender, in all, and who can't be counted yet."""

    by_gender: Mapping[str, Mapping[str, int]]
    people: Mapping[str, tuple[int, ...]]  # by code: who stands behind the figure
    counted: int
    not_countable: int
    entities: Mapping[str, int]

    def total(self, code: str) -> int:
        """The figure of an indicator, whatever the gender."""
        return sum(self.by_gender[code].values())


def tally(asked: IndicatorSet, participants: Sequence[Participant]) -> Tally:
    """Count people by indicator and gender; somebody who comes twice is counted once.

    Of several entries of a person the earliest counts: what was frozen first stays.
    """
    first: dict[int, Participant] = {}
    for each in sorted(participants, key=lambda p: (p.entered_on, p.person_id)):
        first.setdefault(each.person_id, each)
    genders = [option.id for option in asked.of_kind(Kind.GENDER).options]
    by_gender = {i.code: Counter(dict.fromkeys(genders, 0)) for i in asked.indicators}
    people: dict[str, list[int]] = {i.code: [] for i in asked.indicators}
    counted = 0
    for each in first.values():
        codes = indicators_of(asked, each.answers, on=each.entered_on)
        counted += is_countable(asked, each.answers)
        for code in codes:
            by_gender[code][gender_of(asked, each.answers)] += 1
            people[code].append(each.person_id)
    return Tally(
        by_gender=by_gender,
        people={code: tuple(sorted(ids)) for code, ids in people.items()},
        counted=counted,
        not_countable=len(first) - counted,
        entities=_entities(asked, list(first.values())),
    )


def _entities(asked: IndicatorSet, participants: Sequence[Participant]) -> dict[str, int]:
    found = {}
    for entity in asked.entities:
        names = {p.organisation for p in participants if p.organisation_kind in entity.kinds}
        if entity.counts is Counts.PROJECT:
            found[entity.code] = int(bool(names))
        else:
            found[entity.code] = len(names - {""})
    return found
