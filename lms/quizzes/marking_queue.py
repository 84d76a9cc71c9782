"""Which answers to a quiz wait to be marked by a person, in the order of working through them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment
from lms.quizzes import queries
from lms.quizzes.attempt_rules import AttemptState
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    ManualMark,
    MarkDraft,
    QuestionVersion,
    ResponseVersion,
)
from lms.quizzes.question_types.protocol import Marking
from lms.quizzes.question_types.registry import TYPES, marking_of


@dataclass(frozen=True)
class Answer:
    """An answer that waits for a person's mark, or has one."""

    item_id: int
    attempt_id: int
    attempt_number: int
    version_id: int
    question_id: int
    position: int
    person_id: int
    name: str
    submitted_at: datetime | None
    waits: bool
    has_draft: bool


def by_hand_types() -> list[str]:
    """List the types that a person marks."""
    return [name for name in TYPES if marking_of(name) is Marking.BY_HAND]


def answers_of(quiz_id: int, edition_ids: Sequence[int]) -> list[Answer]:
    """Read the answers of submitted attempts that a person marks; one statement."""
    answered = sa.exists().where(ResponseVersion.item_id == AttemptItem.id)
    marked = sa.exists().where(ManualMark.item_id == AttemptItem.id)
    rows = db.session().execute(
        sa.select(
            AttemptItem.id,
            Attempt.id,
            Attempt.number,
            AttemptItem.question_version_id,
            QuestionVersion.question_id,
            AttemptItem.position,
            Person,
            Attempt.submitted_at,
            AttemptItem.fraction.is_(None),
            sa.exists().where(MarkDraft.item_id == AttemptItem.id),
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(
            Attempt.quiz_id == quiz_id,
            Attempt.state == AttemptState.SUBMITTED,  # what was given up has no grade
            Enrolment.edition_id.in_(edition_ids),
            QuestionVersion.type.in_(by_hand_types()),
            Person.erased_at.is_(None),
            answered,
            sa.or_(AttemptItem.fraction.is_(None), marked),
        )
    )
    return [_answer(row) for row in rows]


def _answer(row: Any) -> Answer:
    return Answer(
        item_id=row[0],
        attempt_id=row[1],
        attempt_number=row[2],
        version_id=row[3],
        question_id=row[4],
        position=row[5],
        person_id=row[6].id,
        name=row[6].full_name,
        submitted_at=row[7],
        waits=bool(row[8]),
        has_draft=bool(row[9]),
    )


def in_order(answers: Sequence[Answer], *, by: str, is_blind: bool) -> list[Answer]:
    """Put answers in the order of working: question by question, or learner by learner."""

    def who(answer: Answer) -> Any:
        if is_blind:
            # All answers of one attempt stay together when one works by learner.
            key = answer.attempt_id if by == "learner" else answer.item_id
            return hashlib.sha256(f"marking|{key}".encode()).hexdigest()
        return f"{answer.name.casefold()} {answer.attempt_number:03}"

    if by == "learner":
        return sorted(answers, key=lambda a: (who(a), a.attempt_id, a.position))
    return sorted(answers, key=lambda a: (a.question_id, who(a), a.item_id))


@dataclass(frozen=True)
class Pile:
    """Answers that belong together on the list: to one question, or of one attempt."""

    title: str
    title_language: str
    waiting: int
    total: int
    first: Answer
    drafts: int


def piles_of(answers: Sequence[Answer], *, by: str, is_blind: bool, locale: str) -> list[Pile]:
    """Gather answers, already in order, into piles; the first that waits opens one."""
    groups: dict[int, list[Answer]] = {}
    for answer in answers:
        key = answer.attempt_id if by == "learner" else answer.question_id
        groups.setdefault(key, []).append(answer)
    words = queries.newest_words(sorted({answer.version_id for answer in answers}))
    piles = []
    for number, group in enumerate(groups.values(), 1):
        title, language = "", locale
        if by != "learner":
            worded = words[group[-1].version_id]
            title, language = worded.in_language(locale).stem, worded.language(locale)
        elif not is_blind:
            title = group[0].name
        waiting = [answer for answer in group if answer.waits]
        piles.append(
            Pile(
                title=title or str(number),
                title_language=language,
                waiting=len(waiting),
                total=len(group),
                first=(waiting or group)[0],
                drafts=sum(answer.has_draft for answer in waiting),
            )
        )
    return piles
