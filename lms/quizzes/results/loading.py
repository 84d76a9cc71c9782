"""Reading a quiz's attempts for statistics: a handful of statements, however many attempts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses.models import Enrolment, Group
from lms.organisations.models import OrganisationKind
from lms.quizzes import queries
from lms.quizzes.corrections.keyed import keyed
from lms.quizzes.corrections.standing import UNTOUCHED, Standing
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    QuestionVersion,
    Quiz,
    QuizQuestion,
    QuizVersion,
    ResponseVersion,
)
from lms.quizzes.models import Question as QuestionRow
from lms.quizzes.queries import Words
from lms.quizzes.question_types.protocol import Marking, Question
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.results.scope import Scope, Which, chosen
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.merging import Standing as AnswerStanding
from lms.quizzes.services.corrected import standings_of
from lms.quizzes.statistics.responses import Answer
from lms.quizzes.statistics.scores import Cell, scaled


@dataclass(frozen=True, slots=True)
class Tried:
    """A submitted attempt, with what it is counted by."""

    id: int
    enrolment_id: int
    number: int
    percent: Decimal | None
    passed: bool | None
    kind: OrganisationKind | None
    group: str | None


@dataclass(frozen=True)
class Asked:
    """A version of a question, as the quiz knows it."""

    version_id: int
    question_id: int
    content_id: str
    number: int  # of the version
    slot: str
    position: int | None  # in the quiz as it stands; none where it has left it
    words: Words
    standing: Standing = UNTOUCHED  # what was corrected on it
    is_drawn: bool = False  # from the bank: it never stood in the quiz itself

    def in_language(self, locale: str) -> Question:
        """The question as readers of a language meet it, with the key that holds."""
        return keyed(self.words.in_language(locale), self.standing.key)

    @property
    def is_marked(self) -> bool:
        """Whether there is anything to earn with it."""
        question = self.words.ro
        return question.marking is not Marking.NONE and question.marks > 0

    @property
    def is_answerable(self) -> bool:
        """Whether there is something to answer."""
        question = self.words.ro
        return bool(rules_for(question).field_names(question))

    @property
    def varies(self) -> bool:
        """Whether attempts meet it in different forms."""
        rules, question = rules_for(self.words.ro), self.words.ro
        return rules.as_drawn(question, rules.draw(question, 1)) is not question


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of an attempt as it was stored: the text of what counts, and what it earned."""

    version_id: int
    fraction: Decimal | None
    payload: str  # empty where nothing was answered
    order: tuple[str, ...]  # how the attempt drew it, where each meets it in a form of its own


@dataclass(frozen=True)
class Loaded:
    """Attempts row by row, and the answers to each version of a question."""

    tried: Sequence[Tried]
    asked: Sequence[Asked]
    cells: Sequence[Sequence[Cell]]
    answers: Mapping[int, Sequence[Answer]]


def load(scope: Scope, which: Which) -> Loaded:
    """Read the attempts that count."""
    tried = chosen(_tried(scope), which)
    rows = {one.id: row for row, one in enumerate(tried)}
    asked = _asked(scope)
    possible = {one.version_id: one.words.ro.marks for one in asked}
    marked = {one.version_id for one in asked if one.is_marked}
    slots = {one.version_id: f"s{one.slot}" if one.slot else one.question_id for one in asked}
    orders = _orders(scope, [one.version_id for one in asked if one.varies])
    cells: list[list[Cell]] = [[] for _one in tried]
    answers: dict[int, dict[_Given, list[int]]] = {version_id: {} for version_id in possible}
    worth: dict[tuple[int, Decimal | None], int | None] = {}
    for item_id, attempt_id, position, version_id, fraction, left_out, payload in _items(scope):
        row = rows.get(attempt_id)
        if row is None or version_id not in possible:
            continue
        answers[version_id].setdefault((payload or "", orders.get(item_id, ())), []).append(row)
        if version_id not in marked:
            continue  # nothing to earn: it is no part of the test's figures
        key = (version_id, fraction)
        if key not in worth:
            worth[key] = None if fraction is None else scaled(possible[version_id] * fraction)
        cells[row].append(Cell(slots[version_id], position, version_id, worth[key], left_out))
    return Loaded(
        tried, asked, cells, {version_id: _read(each) for version_id, each in answers.items()}
    )


_Given = tuple[str, tuple[str, ...]]  # the text of an answer, and the draw where it matters


def _read(answers: Mapping[_Given, list[int]]) -> list[Answer]:
    """Read each different answer once."""
    return [
        Answer(json.loads(text) if text else {}, rows, order)
        for (text, order), rows in answers.items()
    ]


def _orders(scope: Scope, version_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Read how attempts drew the questions that each meets in a form of its own."""
    if not version_ids:
        return {}
    rows = db.session().execute(
        sa.select(AttemptItem.id, AttemptItem.option_order)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(_of_scope(scope), AttemptItem.question_version_id.in_(version_ids))
    )
    return {row[0]: tuple(row[1]) for row in rows}


def given_in(scope: Scope) -> tuple[list[Asked], dict[int, list[Given]]]:
    """Read the answers of every submitted attempt, by attempt, and what was asked."""
    asked = _asked(scope)
    orders = _orders(scope, [one.version_id for one in asked if one.varies])
    found: dict[int, list[Given]] = {}
    for item_id, attempt_id, _position, version_id, fraction, left_out, payload in _items(scope):
        given = Given(
            version_id, None if left_out else fraction, payload or "", orders.get(item_id, ())
        )
        found.setdefault(attempt_id, []).append(given)
    return asked, found


def _of_scope(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.and_(
        Attempt.quiz_id == scope.quiz_id,
        Attempt.state == AttemptState.SUBMITTED,
        Enrolment.edition_id.in_(scope.edition_ids),
    )


def _tried(scope: Scope) -> list[Tried]:
    rows = db.session().execute(
        sa.select(
            Attempt.id,
            Attempt.enrolment_id,
            Attempt.number,
            Attempt.percent,
            Attempt.passed,
            Enrolment.organisation_kind,
            Group.name,
        )
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Group, Group.id == Enrolment.group_id)
        .where(_of_scope(scope))
    )
    return [Tried(*row) for row in rows]


def _items(scope: Scope) -> Any:
    """Read every question of every attempt with the text of its answer; nothing is parsed here."""
    other = sa.orm.aliased(ResponseVersion)
    newest = (
        sa.select(sa.func.max(other.sequence))
        .where(other.item_id == AttemptItem.id, other.standing == AnswerStanding.COUNTS)
        .correlate(AttemptItem)
        .scalar_subquery()
    )
    return db.session().execute(
        sa.select(
            AttemptItem.id,
            AttemptItem.attempt_id,
            AttemptItem.position,
            AttemptItem.question_version_id,
            AttemptItem.fraction,
            AttemptItem.left_out,
            sa.cast(ResponseVersion.payload, sa.Text),
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(
            ResponseVersion,
            sa.and_(ResponseVersion.item_id == AttemptItem.id, ResponseVersion.sequence == newest),
        )
        .where(_of_scope(scope))
    )


def _asked(scope: Scope) -> list[Asked]:
    """Read the versions of questions that the quiz asks, or once asked, in its order."""
    now = QuizVersion.id == Quiz.current_version_id
    any_version = sa.orm.aliased(QuizVersion)
    ours = sa.select(any_version.id).where(any_version.quiz_id == scope.quiz_id)
    listed = sa.select(QuizQuestion.question_version_id).where(
        QuizQuestion.quiz_version_id.in_(ours)
    )
    drawn = (  # from the bank, by some attempt
        sa.select(AttemptItem.question_version_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.quiz_id == scope.quiz_id, ours.where(any_version.has_draws).exists())
    )
    rows = (
        db.session()
        .execute(
            sa.select(
                QuestionVersion.id,
                QuestionVersion.question_id,
                QuestionRow.content_id,
                QuestionVersion.number,
                sa.func.max(QuizQuestion.slot),
                sa.func.max(sa.case((now, QuizQuestion.position))),
                sa.func.count(QuizQuestion.position),
            )
            .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
            .join(Quiz, Quiz.id == scope.quiz_id)
            .outerjoin(
                QuizQuestion,
                sa.and_(
                    QuizQuestion.question_version_id == QuestionVersion.id,
                    QuizQuestion.quiz_version_id.in_(ours),
                ),
            )
            .outerjoin(QuizVersion, QuizVersion.id == QuizQuestion.quiz_version_id)
            .where(QuestionVersion.id.in_(listed.union(drawn)))
            .group_by(
                QuestionVersion.id,
                QuestionVersion.question_id,
                QuestionRow.content_id,
                QuestionVersion.number,
            )
        )
        .all()
    )
    ids = [row[0] for row in rows]
    words, standings = queries.newest_words(ids), standings_of(ids)
    found = [
        Asked(
            version_id=row[0],
            question_id=row[1],
            content_id=row[2],
            number=row[3],
            slot=row[4] or "",
            position=row[5],
            words=words[row[0]],
            standing=standings.get(row[0], UNTOUCHED),
            is_drawn=not row[6],
        )
        for row in rows
        if row[0] in words
    ]
    found = [one for one in found if one.is_answerable]
    return sorted(
        found, key=lambda a: (a.position is None, a.position or 0, a.content_id, a.number)
    )
