"""What a quiz draws from its course's bank: which questions may come, and whether they suffice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    Question,
    QuestionState,
    QuestionTag,
    QuestionVersion,
    Quiz,
    QuizPlace,
    QuizQuestion,
)
from lms.quizzes.rules.assembly import BankShort, draw_from_bank
from lms.quizzes.rules.draws import Draw, Shortage
from lms.quizzes.services.authoring import fact_basis
from lms.quizzes.services.kin import kin_of

LATEST = 100  # attempts of a quiz that say which questions were used often


@dataclass(frozen=True)
class BankQuestion:
    """A question that may be asked, in its newest version."""

    question_id: int
    version_id: int
    category: str
    tags: frozenset[str]

    @property
    def key(self) -> str:
        """How the draw knows it."""
        return str(self.question_id)


def is_dropped() -> sa.ColumnElement[bool]:
    """Whether a correction that holds has dropped the version: it is not asked any more."""
    withdrawal = sa.orm.aliased(Correction)
    return sa.exists().where(
        Correction.version_id == QuestionVersion.id,
        Correction.kind.in_([kind for kind in CorrectionKind if kind.drops_question]),
        ~sa.exists().where(withdrawal.withdraws_id == Correction.id),
    )


def _may_be_asked() -> sa.ColumnElement[bool]:
    """Whether a module's quiz asks it already, or it waits in the bank alone and was looked over.

    What a test of the whole course asks is not shown before it, with its key, by another quiz.
    """
    of_the_course = sa.exists().where(Quiz.id == Question.quiz_id, Quiz.place != QuizPlace.MODULE)
    return sa.or_(
        sa.and_(Question.state == QuestionState.PUBLISHED, ~of_the_course),
        sa.and_(
            Question.state == QuestionState.DRAFT, Question.quiz_id.is_(None), Question.is_ready
        ),
    )


def bank_of(course_id: int, draws: Sequence[Draw]) -> list[BankQuestion]:
    """Read the questions of a course that any of the draws may take.

    Those that a module's quiz asks, and those in the bank alone that are ready and rest on no fact
    that waits for a sign-off. Two statements, two more where one in the bank alone rests on facts.
    """
    newest = sa.orm.aliased(QuestionVersion)
    statement = (
        sa.select(
            Question.id, QuestionVersion.id, Question.category, Question.state, Question.fact_ids
        )
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(
            Question.course_id == course_id,
            _may_be_asked(),
            QuestionVersion.number
            == sa.select(sa.func.max(newest.number))
            .where(newest.question_id == Question.id)
            .correlate(Question)
            .scalar_subquery(),
            ~is_dropped(),
        )
        .order_by(Question.id)
    )
    if all(draw.category for draw in draws):
        statement = statement.where(sa.or_(*(_in_category(draw) for draw in draws)))
    rows = db.session().execute(statement).all()
    if any(row.state is QuestionState.DRAFT and row.fact_ids for row in rows):
        basis = fact_basis(course_id)
        rows = [
            row
            for row in rows
            if row.state is QuestionState.PUBLISHED or not basis.unvouched(row.fact_ids)
        ]
    tags = _tags_of(course_id, {tag for draw in draws for tag in draw.tags})
    return [
        BankQuestion(question_id, version_id, category, frozenset(tags.get(question_id, ())))
        for question_id, version_id, category, _state, _facts in rows
    ]


def _in_category(draw: Draw) -> sa.ColumnElement[bool]:
    same = Question.category == draw.category
    if not draw.subcategories:
        return same
    return sa.or_(same, Question.category.startswith(f"{draw.category}/", autoescape=True))


def _tags_of(course_id: int, wanted: Collection[str]) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = {}
    if not wanted:
        return found
    for question_id, tag in db.session().execute(
        sa.select(QuestionTag.question_id, QuestionTag.tag)
        .join(Question, Question.id == QuestionTag.question_id)
        .where(Question.course_id == course_id, QuestionTag.tag.in_(sorted(wanted)))
    ):
        found.setdefault(question_id, set()).add(tag)
    return found


def fitting(bank: Iterable[BankQuestion], draw: Draw) -> list[BankQuestion]:
    """Return the questions that a draw may take."""
    return [each for each in bank if draw.fits(each.category, each.tags)]


def drawn_from_bank(
    course_id: int,
    draws: Sequence[Draw],
    seed: int,
    *,
    fixed: Collection[int],
    seen: Mapping[int, int],
    kin: Mapping[int, int],
    quiz_id: int,
) -> list[list[BankQuestion]]:
    """Draw for each draw its questions; `fixed` are questions that stand in the quiz itself.

    Raises BankShort.
    """
    bank = bank_of(course_id, draws)
    by_key = {each.key: each for each in bank}
    used = _used(quiz_id)
    given = draw_from_bank(
        [(draw.count, [each.key for each in fitting(bank, draw)]) for draw in draws],
        seed,
        taken={str(question_id) for question_id in fixed},
        seen={str(question_id): times for question_id, times in seen.items()},
        used={str(question_id): times for question_id, times in used.items()},
        kin=named(kin),
    )
    return [[by_key[key] for key in keys] for keys in given]


def named(kin: Mapping[int, int]) -> dict[str, str]:
    """Give families the names that draws know questions by."""
    return {str(question_id): str(family) for question_id, family in kin.items()}


def _used(quiz_id: int) -> dict[int, int]:
    """Count how often the latest attempts of a quiz had each question."""
    latest = (
        sa.select(Attempt.id)
        .where(Attempt.quiz_id == quiz_id)
        .order_by(Attempt.id.desc())
        .limit(LATEST)
    )
    rows = db.session().execute(
        sa.select(QuestionVersion.question_id, sa.func.count())
        .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
        .where(AttemptItem.attempt_id.in_(latest))
        .group_by(QuestionVersion.question_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Supply:
    """How far a bank suffices for draws: how many fit each, and the first that is short."""

    fits: tuple[int, ...] = ()
    shortage: Shortage | None = None


def supply_of(course_id: int, draws: Sequence[Draw], fixed: Collection[int]) -> Supply:
    """Tell whether the bank suffices now, beside the questions that stand in the quiz itself."""
    if not draws:
        return Supply()
    return supply_in(bank_of(course_id, draws), draws, fixed, kin_of(course_id))


def supply_in(
    bank: Iterable[BankQuestion],
    draws: Sequence[Draw],
    fixed: Collection[int],
    kin: Mapping[int, int],
) -> Supply:
    """Tell whether these questions suffice; of copies and doubles an attempt gets one."""
    away = {kin.get(question_id, question_id) for question_id in fixed}
    left = [each for each in bank if kin.get(each.question_id, each.question_id) not in away]
    families = named(kin)
    keys = [[each.key for each in fitting(left, draw)] for draw in draws]
    fits = (len({families.get(key, key) for key in own}) for own in keys)
    return Supply(tuple(fits), shortage_in(draws, keys, families))


def shortage_in(
    draws: Sequence[Draw], keys: Sequence[Sequence[str]], kin: Mapping[str, str] | None = None
) -> Shortage | None:
    """Find the first draw that its candidates, shared with the others, don't suffice for."""
    try:
        draw_from_bank([(d.count, k) for d, k in zip(draws, keys, strict=True)], 0, kin=kin)
    except BankShort as short:
        return Shortage(draws[short.at], short.available)
    return None


def fixed_in(version_id: int | None) -> set[int]:
    """Return the questions that stand in a version of a quiz itself."""
    rows = db.session().scalars(
        sa.select(QuestionVersion.question_id)
        .join(QuizQuestion, QuizQuestion.question_version_id == QuestionVersion.id)
        .where(QuizQuestion.quiz_version_id == version_id)
    )
    return set(rows)


@dataclass(frozen=True)
class Choices:
    """What the questions of a course may be drawn by."""

    categories: tuple[str, ...]
    tags: tuple[str, ...]


def choices_of(course_id: int) -> Choices:
    """Read the categories and tags of a course's questions to draw; two statements."""
    asked = Question.course_id == course_id, _may_be_asked()
    session = db.session()
    categories = session.scalars(
        sa.select(Question.category).where(*asked, Question.category != "").distinct()
    )
    above = {
        "/".join(path.split("/")[:depth])
        for path in categories
        for depth in range(1, path.count("/") + 2)
    }
    tags = session.scalars(
        sa.select(QuestionTag.tag)
        .join(Question, Question.id == QuestionTag.question_id)
        .where(*asked)
        .distinct()
    )
    return Choices(tuple(sorted(above)), tuple(sorted(tags)))
