"""Reads made for pages: papers, results, standings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.courses.models import Module
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    PaperResult,
    QuestionRevision,
    QuestionVersion,
    Quiz,
    QuizPlace,
    ResponseVersion,
)
from lms.quizzes.models import Question as QuestionRow
from lms.quizzes.question_types.numerical.number_input import unit_in_english
from lms.quizzes.question_types.protocol import Question, QuestionType
from lms.quizzes.question_types.registry import parse_question, rules_for
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.merging import Standing


@dataclass(frozen=True)
class Words:
    """A question's words in Romanian, and in English where they are written."""

    ro: Question
    en: Question | None = None

    def in_language(self, locale: str) -> Question:
        """The question as readers of a language meet it; in Romanian where it has no other."""
        return self.en if locale == "en" and self.en is not None else self.ro

    def as_drawn(self, order: Sequence[str]) -> Words:
        """The question as the attempt with this draw meets it."""
        rules = rules_for(self.ro)
        ro = rules.as_drawn(self.ro, order)
        if ro is self.ro:
            return self
        return Words(ro, self.en and rules.as_drawn(self.en, order))

    def language(self, locale: str) -> str:
        """The language that readers of `locale` meet it in, for the page's markup."""
        return "en" if locale == "en" and self.en is not None else "ro"


@dataclass(frozen=True)
class PaperItem:
    """One question of an attempt with the answer it has now."""

    item_id: int
    position: int
    question_id: int
    version_id: int
    revision_id: int
    words: Words
    option_order: tuple[str, ...]
    fraction: Decimal | None
    payload: Mapping[str, Any]
    sequence: int
    received_at: datetime | None
    lesson_number: str | None  # of the lesson that explains it
    given_at: datetime | None = None
    writer: str = ""
    last: int = 0  # the highest sequence, of answers kept beside the one that counts too
    section: int = 0  # of the quiz's version, counted from one
    is_flagged: bool = False  # by the learner, for later

    @property
    def question(self) -> Question:
        """The question in Romanian: ids, key and marks are the same in both languages."""
        return self.words.ro

    @property
    def rules(self) -> QuestionType[Any]:
        """The rules of the question's type."""
        return rules_for(self.question)

    @property
    def is_answered(self) -> bool:
        """Whether nothing is left to fill in."""
        return self.rules.is_answered(self.question, self.payload)

    def public(self, locale: str) -> dict[str, Any]:
        """What may be shown during an attempt, in a language as far as there are words in it."""
        shown = self.rules.public(self.words.in_language(locale), self.option_order)
        if self.words.language(locale) == "en" and "unit" in shown:
            shown["unit"] = unit_in_english(str(shown["unit"]))
        return shown


def _newest_revision() -> sa.ScalarSelect[int]:
    other = sa.orm.aliased(QuestionRevision)
    return (
        sa.select(sa.func.max(other.number))
        .where(other.version_id == QuestionRevision.version_id)
        .correlate(QuestionRevision)
        .scalar_subquery()
    )


def newest_revision_of(version_id: Any) -> sa.ScalarSelect[int]:
    """Select the id of the newest words of a version."""
    newest = sa.orm.aliased(QuestionRevision)
    return (
        sa.select(newest.id)
        .where(newest.version_id == version_id)
        .order_by(newest.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def newest_revisions(version_ids: sa.Select[Any] | Sequence[int]) -> sa.Select[Any]:
    """Select (version id, revision id, both payloads) of the newest words of versions."""
    return sa.select(
        QuestionRevision.version_id,
        QuestionRevision.id,
        QuestionRevision.payload,
        QuestionRevision.payload_en,
    ).where(
        QuestionRevision.version_id.in_(version_ids),
        QuestionRevision.number == _newest_revision(),
    )


_parsed: dict[int, Words] = {}

Stored = Mapping[str, Any]


def words_of(revision_id: int, payload: Stored, payload_en: Stored | None) -> Words:
    """Parse a stored question, once per process: a revision never changes."""
    found = _parsed.get(revision_id)
    if found is None:
        if len(_parsed) > 5000:
            _parsed.clear()
        english = parse_question(payload_en) if payload_en is not None else None
        found = _parsed[revision_id] = Words(parse_question(payload), english)
    return found


def newest_words(version_ids: Sequence[int]) -> dict[int, Words]:
    """Return the newest words of versions; one statement."""
    rows = db.session().execute(newest_revisions(version_ids))
    return {row[0]: words_of(row[1], row[2], row[3]) for row in rows}


def forget() -> None:
    """Drop what is kept; for a store that was replaced under the process."""
    _parsed.clear()


def words_of_revisions(revision_ids: Sequence[int]) -> dict[int, Words]:
    """Return words by revision; reads only those not kept yet, in one statement."""
    found = {i: _parsed[i] for i in revision_ids if i in _parsed}
    unknown = [i for i in revision_ids if i not in found]
    if unknown:
        rows = db.session().execute(
            sa.select(
                QuestionRevision.id, QuestionRevision.payload, QuestionRevision.payload_en
            ).where(QuestionRevision.id.in_(unknown))
        )
        found.update((row[0], words_of(row[0], row[1], row[2])) for row in rows)
    return found


def newest_answers(which: sa.ColumnElement[bool]) -> sa.Subquery:
    """Select, by item, the sequence of the newest answer that counts, and the last of all.

    `which` is a condition on the items of attempts.
    """
    counting = sa.case((ResponseVersion.standing == Standing.COUNTS, ResponseVersion.sequence))
    return (
        sa.select(
            ResponseVersion.item_id,
            sa.func.max(counting).label("sequence"),
            sa.func.max(ResponseVersion.sequence).label("last"),
        )
        .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
        .where(which)
        .group_by(ResponseVersion.item_id)
        .subquery()
    )


def _paper_statement() -> sa.Select[Any]:
    """An attempt's questions with their newest words and newest answers; built once."""
    newest = newest_answers(AttemptItem.attempt_id == sa.bindparam("attempt_id"))
    return (
        sa.select(
            AttemptItem.id,
            AttemptItem.position,
            AttemptItem.option_order,
            AttemptItem.fraction,
            AttemptItem.question_version_id,
            QuestionVersion.question_id,
            QuestionRevision.id,
            ResponseVersion.payload,
            ResponseVersion.sequence,
            ResponseVersion.received_at,
            QuestionRow.lesson_number,
            ResponseVersion.given_at,
            ResponseVersion.writer,
            newest.c.last,
            AttemptItem.section,
            AttemptItem.is_flagged,
        )
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
        .join(
            QuestionRevision,
            sa.and_(
                QuestionRevision.version_id == QuestionVersion.id,
                QuestionRevision.number == _newest_revision(),
            ),
        )
        .outerjoin(newest, newest.c.item_id == AttemptItem.id)
        .outerjoin(
            ResponseVersion,
            sa.and_(
                ResponseVersion.item_id == AttemptItem.id,
                ResponseVersion.sequence == newest.c.sequence,
            ),
        )
        .where(AttemptItem.attempt_id == sa.bindparam("attempt_id"))
        .order_by(AttemptItem.position)
    )


PAPER = _paper_statement()
_PAPER_SOME = PAPER.where(AttemptItem.id.in_(sa.bindparam("item_ids", expanding=True)))


def paper_of(attempt_id: int, item_ids: Sequence[int] | None = None) -> list[PaperItem]:
    """Read an attempt's questions in order with their newest answers; one statement.

    A second one reads the words of questions that this process has not met yet.
    """
    if item_ids is None:
        rows = db.session().execute(PAPER, {"attempt_id": attempt_id}).all()
    else:
        given = {"attempt_id": attempt_id, "item_ids": list(item_ids)}
        rows = db.session().execute(_PAPER_SOME, given).all()
    return paper_items(rows)


def paper_items(rows: Sequence[Any]) -> list[PaperItem]:
    """Make questions of rows that `PAPER` or a statement built on it has read."""
    words = words_of_revisions([row[6] for row in rows])
    return [
        PaperItem(
            item_id=row[0],
            position=row[1],
            option_order=tuple(row[2]),
            fraction=row[3],
            version_id=row[4],
            question_id=row[5],
            revision_id=row[6],
            words=words[row[6]].as_drawn(row[2]),
            payload=row[7] or {},
            sequence=row[8] or 0,
            received_at=row[9],
            lesson_number=row[10],
            given_at=row[11],
            writer=row[12] or "",
            last=row[13] or 0,
            section=row[14],
            is_flagged=row[15],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class AttemptLine:
    """An attempt in a list."""

    id: int
    quiz_id: int
    number: int
    state: AttemptState
    started_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None
    earned: Decimal | None
    possible: Decimal | None
    percent: Decimal | None
    passed: bool | None
    waiting: int  # answers that wait to be marked by hand: the result is not final
    has_papers: bool  # whether the enrolment has results on paper beside its attempts

    is_on_paper = False

    @property
    def is_done(self) -> bool:
        """Whether it counts as passed; what has no pass mark counts once it is submitted."""
        return self.state is AttemptState.SUBMITTED and self.passed is not False


def attempts_of(enrolment_id: int, quiz_id: int | None = None) -> list[AttemptLine]:
    """Read an enrolment's attempts, oldest first."""
    statement = (
        sa.select(
            Attempt.id,
            Attempt.quiz_id,
            Attempt.number,
            Attempt.state,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.due_at,
            Attempt.earned,
            Attempt.possible,
            Attempt.percent,
            Attempt.passed,
            Attempt.waiting,
            sa.exists().where(PaperResult.enrolment_id == enrolment_id),
        )
        .where(Attempt.enrolment_id == enrolment_id)
        .order_by(Attempt.quiz_id, Attempt.number)
    )
    if quiz_id is not None:
        statement = statement.where(Attempt.quiz_id == quiz_id)
    rows: Iterable[Any] = db.session().execute(statement)
    return [AttemptLine(*row) for row in rows]


@dataclass(frozen=True)
class PaperLine:
    """A result on paper in a list; it never stands among attempts."""

    id: int
    quiz_id: int
    taken_on: date
    place: str
    earned: Decimal | None
    possible: Decimal | None
    percent: Decimal
    passed: bool | None
    revoked_at: datetime | None

    is_on_paper = True

    @property
    def stands(self) -> bool:
        """Whether it holds."""
        return self.revoked_at is None

    @property
    def is_done(self) -> bool:
        """Whether it counts as passed; what has no pass mark counts once it was taken."""
        return self.stands and self.passed is not False


Line = AttemptLine | PaperLine


def papers_of(enrolment_id: int) -> list[PaperLine]:
    """Read an enrolment's results on paper, revoked ones among them, oldest first."""
    rows = db.session().execute(
        sa.select(
            PaperResult.id,
            PaperResult.quiz_id,
            PaperResult.taken_on,
            PaperResult.place,
            PaperResult.earned,
            PaperResult.possible,
            PaperResult.percent,
            PaperResult.passed,
            PaperResult.revoked_at,
        )
        .where(PaperResult.enrolment_id == enrolment_id)
        .order_by(PaperResult.taken_on, PaperResult.id)
    )
    return [PaperLine(*row) for row in rows]


def results_of(enrolment_id: int) -> tuple[list[AttemptLine], list[PaperLine]]:
    """Read an enrolment's attempts, and its results on paper where the attempts tell of some."""
    lines = attempts_of(enrolment_id)
    if lines and not lines[0].has_papers:
        return lines, []
    return lines, papers_of(enrolment_id)


def quizzes_of(course_id: int) -> list[Quiz]:
    """Read a course's quizzes that are in use: its first test, the modules' in order, its last."""
    places = {QuizPlace.START.value: 0, QuizPlace.MODULE.value: 1, QuizPlace.END.value: 2}
    return list(
        db.session().scalars(
            sa.select(Quiz)
            .where(Quiz.course_id == course_id, Quiz.withdrawn_at.is_(None))
            .outerjoin(Module, Module.id == Quiz.module_id)
            .order_by(sa.case(places, value=Quiz.place), Module.position, Quiz.position)
        )
    )
