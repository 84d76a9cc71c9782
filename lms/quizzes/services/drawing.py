"""Which questions an attempt gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.errors import QuizNotReady
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Question,
    QuestionState,
    QuestionVersion,
    Quiz,
    QuizQuestion,
    QuizVersion,
)
from lms.quizzes.question_types.protocol import Question as AskedQuestion
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.rules.assembly import (
    BankShort,
    NotEnoughQuestions,
    arranged,
    derived_seed,
    draw_questions,
)
from lms.quizzes.rules.draws import Draw
from lms.quizzes.rules.sections import parse_sections
from lms.quizzes.rules.settings import QuizSettings
from lms.quizzes.services.bank_draws import drawn_from_bank, fixed_in, is_dropped
from lms.quizzes.services.kin import has_kin, kin_of


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
    has_kin: bool = False  # it is a copy, or somebody called it an alternative of another


def pool_of(version_id: int) -> list[Candidate]:
    """Return the published questions of a version of a quiz, in order."""
    rows = db.session().execute(
        sa.select(
            QuizQuestion.question_version_id,
            QuestionVersion.question_id,
            QuizQuestion.slot,
            queries.newest_revision_of(QuestionVersion.id),
            QuizQuestion.section,
            has_kin(),
        )
        .join(QuestionVersion, QuestionVersion.id == QuizQuestion.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(
            QuizQuestion.quiz_version_id == version_id,
            Question.state == QuestionState.PUBLISHED,
            ~is_dropped(),
        )
        .order_by(QuizQuestion.position)
    )
    return [Candidate(*row) for row in rows]


def draw(
    enrolment_id: int, version: QuizVersion, settings: QuizSettings, seed: int
) -> list[Candidate]:
    """Draw an attempt's questions; raise QuizNotReady where there are too few."""
    pool = pool_of(version.id)
    seen = _seen(enrolment_id, version.quiz_id)
    sections = parse_sections(version.sections)
    course_id = db.session().get_one(Quiz, version.quiz_id).course_id
    kin = kin_of(course_id) if settings.draws or any(c.has_kin for c in pool) else {}
    try:
        picked = draw_questions(
            [str(c.version_id) for c in pool],
            settings.draw,
            seed,
            shuffle=False,
            seen={str(c.version_id): seen.get(c.question_id, 0) for c in pool},
            slots={str(c.version_id): c.slot for c in pool if c.slot},
            kin={str(c.version_id): str(kin[c.question_id]) for c in pool if c.question_id in kin},
        )
        others = (
            _from_bank(course_id, version, settings.draws, seed, seen=seen, kin=kin)
            if settings.draws
            else []
        )
    except (NotEnoughQuestions, BankShort) as error:
        raise QuizNotReady from error
    by_version = {str(c.version_id): c for c in [*pool, *others]}
    drawn = arranged(
        [*picked, *(str(c.version_id) for c in others)],
        seed,
        shuffle=settings.shuffle_questions,
        sections={key: c.section for key, c in by_version.items() if c.section},
        shuffles={n: s.shuffle for n, s in enumerate(sections, 1) if s.shuffle is not None},
    )
    if not drawn:
        raise QuizNotReady
    return [by_version[key] for key in drawn]


def _from_bank(
    course_id: int,
    version: QuizVersion,
    draws: Sequence[Draw],
    seed: int,
    *,
    seen: Mapping[int, int],
    kin: Mapping[int, int],
) -> list[Candidate]:
    """Draw from the course's bank; each draw goes under its heading, or under the last one."""
    sections = parse_sections(version.sections)
    given = drawn_from_bank(
        course_id,
        draws,
        seed,
        fixed=fixed_in(version.id),
        seen=seen,
        kin=kin,
        quiz_id=version.quiz_id,
    )
    places = {section.title: number for number, section in reversed([*enumerate(sections, 1)])}
    found = [
        (question, places.get(wish.section, len(sections)))
        for wish, questions in zip(draws, given, strict=True)
        for question in questions
    ]
    newest = _newest_revisions([question.version_id for question, _place in found])
    return [
        Candidate(q.version_id, q.question_id, None, newest[q.version_id], section=place)
        for q, place in found
    ]


def _newest_revisions(version_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session().execute(
        sa.select(QuestionVersion.id, queries.newest_revision_of(QuestionVersion.id)).where(
            QuestionVersion.id.in_(version_ids)
        )
    )
    return {row[0]: row[1] for row in rows}
