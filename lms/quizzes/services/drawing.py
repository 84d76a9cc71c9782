"""Which questions an attempt gets."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.assembly import NotEnoughQuestions, derived_seed, draw_questions
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.errors import QuizNotReady
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    Question,
    QuestionState,
    QuestionVersion,
    QuizQuestion,
    QuizVersion,
)
from lms.quizzes.question_types.protocol import Question as AskedQuestion
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.sections import parse_sections
from lms.quizzes.settings import QuizSettings


def option_order(
    question: AskedQuestion, version_id: int, settings: QuizSettings, seed: int
) -> tuple[str, ...]:
    """Fix the order of a question's options in an attempt with this seed."""
    return rules_for(question).draw(
        question, derived_seed(seed, str(version_id)), shuffle=settings.shuffle_options
    )


def _seen(enrolment_id: int, quiz_id: int) -> dict[int, int]:
    """Count how often somebody met each question of a quiz, in whatever version."""
    rows = db.session().execute(
        sa.select(QuestionVersion.question_id, sa.func.count())
        .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.quiz_id == quiz_id)
        .group_by(QuestionVersion.question_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Candidate:
    """A question that an attempt may get, with its newest words."""

    version_id: int
    question_id: int
    slot: str | None
    revision_id: int
    section: int = 0


def pool_of(version_id: int) -> list[Candidate]:
    """Return the published questions of a version of a quiz, in order."""
    rows = db.session().execute(
        sa.select(
            QuizQuestion.question_version_id,
            QuestionVersion.question_id,
            QuizQuestion.slot,
            queries.newest_revision_of(QuestionVersion.id),
            QuizQuestion.section,
        )
        .join(QuestionVersion, QuestionVersion.id == QuizQuestion.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(
            QuizQuestion.quiz_version_id == version_id,
            Question.state == QuestionState.PUBLISHED,
            ~_is_dropped(),
        )
        .order_by(QuizQuestion.position)
    )
    return [Candidate(*row) for row in rows]


def _is_dropped() -> sa.ColumnElement[bool]:
    """Whether a correction that holds has dropped the version: it is not asked any more."""
    withdrawal = sa.orm.aliased(Correction)
    return sa.exists().where(
        Correction.version_id == QuestionVersion.id,
        Correction.kind.in_([kind for kind in CorrectionKind if kind.drops_question]),
        ~sa.exists().where(withdrawal.withdraws_id == Correction.id),
    )


def draw(
    enrolment_id: int, version: QuizVersion, settings: QuizSettings, seed: int
) -> list[Candidate]:
    """Draw an attempt's questions; raise QuizNotReady where there are too few."""
    pool = pool_of(version.id)
    seen = _seen(enrolment_id, version.quiz_id)
    sections = enumerate(parse_sections(version.sections), 1)
    try:
        drawn = draw_questions(
            [str(c.version_id) for c in pool],
            settings.draw,
            seed,
            shuffle=settings.shuffle_questions,
            seen={str(c.version_id): seen.get(c.question_id, 0) for c in pool},
            slots={str(c.version_id): c.slot for c in pool if c.slot},
            sections={str(c.version_id): c.section for c in pool if c.section},
            shuffles={n: s.shuffle for n, s in sections if s.shuffle is not None},
        )
    except NotEnoughQuestions as error:
        raise QuizNotReady from error
    if not drawn:
        raise QuizNotReady
    by_version = {str(c.version_id): c for c in pool}
    return [by_version[d] for d in drawn]
