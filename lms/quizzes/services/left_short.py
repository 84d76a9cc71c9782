"""Which tests would have too little left to draw, were questions of the bank changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from lms import db
from lms.quizzes.bank.entry import category_of, tags_of
from lms.quizzes.models import Question, QuestionState, Quiz, QuizPlace
from lms.quizzes.rules.draws import Draw, Shortage
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.services.bank_draws import BankQuestion, bank_of, fixed_in, supply_in
from lms.quizzes.services.kin import kin_of

Changed = Callable[[BankQuestion], BankQuestion | None]
_EVERYTHING = Draw(1)


@dataclass(frozen=True)
class LeftShort:
    """A test that draws from the bank, and the first of its draws that would be short."""

    slug: str
    title_ro: str
    title_en: str
    shortage: Shortage

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class Meant:
    """What is meant to be done to questions of the bank."""

    do: str
    category: str = ""
    tag: str = ""
    tags: str = ""
    quiz_id: int | None = None


def left_short(course_id: int, ids: Collection[int], meant: Meant) -> list[LeftShort]:
    """Tell which published tests suffice now, and would not once that is done.

    One statement where no test draws from the bank; else a few, and one for each that does.
    """
    change = _change(meant)
    drawing = _drawing(course_id)
    if change is None or not drawing or not ids:
        return []
    own = set(ids)
    held = {row.id: row for row in _rows(course_id, own)} if meant.do in _OF_ITSELF else {}
    joins = own if meant.do == "add" else frozenset[int]()

    def after(each: BankQuestion) -> BankQuestion | None:
        if each.question_id not in own:
            return each
        if held and not _is_concerned(held[each.question_id], meant):
            return each
        return change(each)

    return compared(course_id, drawing, after, {meant.quiz_id or 0: joins})


_OF_ITSELF = {"retire", "draft", "add"}  # that quizzes' own questions are spared


def _is_concerned(row: Question, meant: Meant) -> bool:
    """Whether the act changes a question; what a test has is neither retired nor a draft."""
    return row.quiz_id is None and row.state is not QuestionState.RETIRED


def _rows(course_id: int, ids: Collection[int]) -> list[Question]:
    statement = sa.select(Question).where(Question.course_id == course_id, Question.id.in_(ids))
    return list(db.session().scalars(statement))


def _change(meant: Meant) -> Changed | None:
    """Say what becomes of a question; None where nobody could miss one."""
    if meant.do in ("retire", "draft"):
        return lambda _each: None
    if meant.do == "add":
        stays = _may_still_be_drawn(meant.quiz_id)
        return lambda each: each if stays else None
    moved = category_of(meant.category)
    changes: dict[str, Changed] = {
        "move": lambda each: replace(each, category=moved),
        "tag": lambda each: replace(each, tags=each.tags | {meant.tag}),
        "untag": lambda each: replace(each, tags=each.tags - {meant.tag}),
        "file": lambda each: replace(
            each, category=moved, tags=frozenset(tags_of(meant.tags.split(",")))
        ),
    }
    return changes.get(meant.do)


def _may_still_be_drawn(quiz_id: int | None) -> bool:
    """Whether other tests may draw what this one asks."""
    quiz = db.session().get(Quiz, quiz_id) if quiz_id is not None else None
    return quiz is not None and quiz.published_at is not None and quiz.place is QuizPlace.MODULE


@dataclass(frozen=True)
class Drawing:
    """A published test that draws from the bank."""

    quiz: Quiz
    draws: tuple[Draw, ...]
    fixed: frozenset[int]  # questions that stand in it


def _drawing(course_id: int) -> list[Drawing]:
    quizzes = db.session().scalars(
        sa.select(Quiz)
        .options(sa.orm.joinedload(Quiz.current_version))
        .where(
            Quiz.course_id == course_id,
            Quiz.published_at.is_not(None),
            Quiz.withdrawn_at.is_(None),
        )
        .order_by(Quiz.position, Quiz.id)
    )
    return [
        Drawing(quiz, parse_settings(version.settings).draws, frozenset(fixed_in(version.id)))
        for quiz in quizzes
        if (version := quiz.current_version) is not None and version.has_draws
    ]


def compared(
    course_id: int,
    drawing: Collection[Drawing],
    after: Changed,
    joins: Mapping[int, Collection[int]],
) -> list[LeftShort]:
    """Hold what each test may draw now against what it might then; `joins`: what a test gets."""
    draws = [draw for each in drawing for draw in each.draws]
    bank, kin = bank_of(course_id, [*draws, _EVERYTHING]), kin_of(course_id)
    then = [changed for each in bank if (changed := after(each)) is not None]
    found = []
    for each in drawing:
        quiz, fixed = each.quiz, each.fixed
        if supply_in(bank, each.draws, fixed, kin).shortage is not None:
            continue  # it is short already, and says so
        fixed |= frozenset(joins.get(quiz.id, ()))
        short = supply_in(then, each.draws, fixed, kin).shortage
        if short is not None:
            found.append(LeftShort(quiz.slug, quiz.title_ro, quiz.title_en, short))
    return found


def left_short_by_merging(
    course_id: int, kept: Question, dropped: Question, quiz_id: int | None
) -> list[LeftShort]:
    """Tell which tests would be short once one question takes another's place, or its part."""
    drawing = _drawing(course_id)
    if not drawing:
        return []
    moves = quiz_id is not None and kept.quiz_id is None
    gone = {dropped.id, *([kept.id] if moves and not _may_still_be_drawn(quiz_id) else [])}
    return compared(
        course_id,
        drawing,
        lambda each: None if each.question_id in gone else each,
        {quiz_id or 0: [kept.id] if moves else []},
    )
