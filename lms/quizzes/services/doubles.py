"""Questions that are there twice: found, said to be different, or made one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.errors import Refused
from lms.quizzes.bank.entry import item_in
from lms.quizzes.bank_tools.hints import Hint, New, Standing, hints_for
from lms.quizzes.bank_tools.likeness import Index, Likeness, Print, print_of
from lms.quizzes.exchange.quiz_file import slot_of
from lms.quizzes.models import (
    DistinctPair,
    Question,
    QuestionRevision,
    QuestionState,
    QuestionVersion,
)
from lms.quizzes.question_types.registry import dump_question
from lms.quizzes.services import filing, locks, workshop
from lms.quizzes.services.authoring import fact_basis
from lms.quizzes.services.prepared import Change, is_enough_for, rendered
from lms.quizzes.services.restoring import NotInText, edited, with_words_of
from lms.quizzes.services.workshop import ReadyText
from lms.quizzes.services.workshop_plan import Bench, QuizRef, TextPlan, bench_of
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.writing import gift_of, without_piece

MOST_PRINTS = 20_000  # kept by a process

# Finding -------------------------------------------------------------------------------------

_prints: dict[bytes, Print] = {}


def printed(payload: Mapping[str, Any]) -> Print:
    """Take a question's print, once per process and wording."""
    written = json.dumps(payload, sort_keys=True).encode()
    key = hashlib.sha256(written).digest()
    found = _prints.get(key)
    if found is None:
        if len(_prints) >= MOST_PRINTS:
            _prints.clear()
        found = _prints[key] = print_of(payload)
    return found


@dataclass(frozen=True)
class Known:
    """A question that stands in some bank, with its newest words."""

    id: int
    content_id: str
    course_id: int
    quiz_id: int | None
    payload: Mapping[str, Any]


def _newest(scope: sa.ColumnElement[bool]) -> sa.Select[Any]:
    version = (
        sa.select(QuestionVersion.question_id, sa.func.max(QuestionVersion.number).label("number"))
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(scope, Question.state != QuestionState.RETIRED)
        .group_by(QuestionVersion.question_id)
        .subquery()
    )
    later = sa.orm.aliased(QuestionRevision)
    newest = (
        sa.select(sa.func.max(later.number))
        .where(later.version_id == QuestionRevision.version_id)
        .correlate(QuestionRevision)
        .scalar_subquery()
    )
    return (
        sa.select(
            Question.id,
            Question.content_id,
            Question.course_id,
            Question.quiz_id,
            QuestionRevision.payload,
        )
        .join(version, version.c.question_id == Question.id)
        .join(
            QuestionVersion,
            sa.and_(
                QuestionVersion.question_id == Question.id,
                QuestionVersion.number == version.c.number,
            ),
        )
        .join(
            QuestionRevision,
            sa.and_(
                QuestionRevision.version_id == QuestionVersion.id,
                QuestionRevision.number == newest,
            ),
        )
        .order_by(Question.id)
    )


def known_to(course_id: int) -> dict[int, Known]:
    """Return a course's questions and those that other courses share; one statement."""
    scope = sa.or_(Question.course_id == course_id, Question.is_shared.is_(True))
    rows = db.session().execute(_newest(scope))
    return {row[0]: Known(*row) for row in rows}


@dataclass(frozen=True)
class Pair:
    """Two questions that look alike; the first is of the course."""

    one: Known
    other: Known
    likeness: Likeness


def pairs_of(course_id: int) -> list[Pair]:
    """Return a course's doubles, the likest first; two statements."""
    known = known_to(course_id)
    own = {name for name, each in known.items() if each.course_id == course_id}
    index = Index({name: printed(each.payload) for name, each in known.items()})
    found = index.pairs(own, but=distinct_pairs(own))
    return [Pair(known[one], known[other], likeness) for one, other, likeness in found]


def distinct_pairs(own: Collection[int]) -> set[tuple[int, int]]:
    """Return the pairs of which somebody said that they are not the same."""
    rows = db.session().execute(sa.select(DistinctPair.first_id, DistinctPair.second_id))
    return {(row[0], row[1]) for row in rows if row[0] in own or row[1] in own}


# Not the same --------------------------------------------------------------------------------


def tell_apart(
    one: Question, other: Question, *, by: int, now: datetime, are_alternatives: bool = False
) -> bool:
    """Remember that two questions are not offered as doubles again; False where that was known.

    They are not the same; or alternatives, and then no draw gives an attempt both.
    """
    first, second = sorted((one.id, other.id))
    locks.course(one.course_id)  # two clicks come one after the other
    row = db.session().get(DistinctPair, (first, second))
    if row is not None and row.are_alternatives is are_alternatives:
        return False
    if row is None:
        row = DistinctPair(first_id=first, second_id=second)
        db.session().add(row)
    row.said_at, row.are_alternatives = now, are_alternatives
    act = "question.made_alternative" if are_alternatives else "question.told_apart"
    _record(act, one, other, by=by)
    return True


def offer_again(one: Question, other: Question, *, by: int) -> bool:
    """Forget what was said of two questions; False where nobody had said anything."""
    first, second = sorted((one.id, other.id))
    locks.course(one.course_id)  # two clicks come one after the other
    row = db.session().get(DistinctPair, (first, second))
    if row is None:
        return False
    db.session().delete(row)
    _record("question.offered_again", one, other, by=by)
    return True


def _record(act: str, one: Question, other: Question, *, by: int) -> None:
    record(
        act,
        by=by,
        on=one,
        course_id=one.course_id,
        question=one.content_id,
        other=other.content_id,
    )


def told_apart_of(course_id: int) -> list[tuple[Question, Question, bool]]:
    """Return the pairs of a course that are not offered as doubles, and whether as alternatives.

    What another course no longer shares is not told of.
    """
    one, other = sa.orm.aliased(Question), sa.orm.aliased(Question)
    either = sa.or_(one.course_id == course_id, other.course_id == course_id)
    are_seen = [sa.or_(each.course_id == course_id, each.is_shared) for each in (one, other)]
    rows = db.session().execute(
        sa.select(one, other, DistinctPair.are_alternatives)
        .join(DistinctPair, DistinctPair.first_id == one.id)
        .join(other, other.id == DistinctPair.second_id)
        .where(either, *are_seen)
        .order_by(DistinctPair.said_at.desc())
    )
    return [
        (row[0], row[1], row[2]) if row[0].course_id == course_id else (row[1], row[0], row[2])
        for row in rows
    ]


# Made one ------------------------------------------------------------------------------------


class Effect(StrEnum):
    """Say what becomes of the test that has the question that goes."""

    NONE = "none"  # no test has it
    LEAVES = "leaves"  # the one that stays is in a test already
    TAKES_PLACE = "takes_place"  # the one that stays comes out of the bank in its place


class CannotMerge(Refused):
    """One of the two is retired already, or they are of two courses."""


class TooFew(Refused):
    """The test would have fewer questions than an attempt draws."""


@dataclass(frozen=True)
class Merging:
    """Two questions of a course made one: the other is retired."""

    bench: Bench
    kept: str
    dropped: str
    effect: Effect
    texts: tuple[ReadyText, ...] = ()
    is_short: bool = False
    stays_in: QuizRef | None = None  # the test that has the one that stays

    @property
    def quiz(self) -> QuizRef | None:
        """The test that has the one that goes."""
        return self.bench.quiz


def plan_merging(kept: Question, dropped: Question) -> Merging:
    """Work out what making two questions one does; slow, so before the write.

    Raise CannotMerge, NotInText and TextNotReady.
    """
    states = {kept.state, dropped.state}
    is_one_course = kept.course_id == dropped.course_id and kept.id != dropped.id
    if QuestionState.RETIRED in states or not is_one_course:
        raise CannotMerge(dropped.content_id)
    bench = bench_of(kept.course_id, dropped.quiz_id)
    stays_in = next((quiz for quiz in bench.quizzes if quiz.id == kept.quiz_id), None)
    names = (kept.content_id, dropped.content_id)
    if bench.quiz is None:
        return Merging(bench, *names, Effect.NONE, stays_in=stays_in)
    read = read_text(bench.source.text)
    piece = next((p for p in read.pieces if p.item and p.item.id == dropped.content_id), None)
    if piece is None or piece.item is None:
        raise NotInText(dropped.content_id)
    words = None
    if kept.quiz_id is not None:
        effect, text = Effect.LEAVES, without_piece(read, piece.first)
    else:
        effect = Effect.TAKES_PLACE
        item = item_in(kept.source, kept.words_source)
        gone = piece.item
        item = replace(item, slot=gone.slot, status=gone.status, category="", pinned=None)
        lines = read.text.split("\n")
        lines[piece.first - 1 : piece.last] = ["", gift_of(item), ""]
        text = "\n".join(lines)
        if item.words is not None:
            words = with_words_of(bench.source.words, item)
    texts = tuple(edited(bench, text, words=words))
    return Merging(bench, *names, effect, texts, _is_short(bench, texts), stays_in)


def _is_short(bench: Bench, texts: Collection[ReadyText]) -> bool:
    """Whether a published test would have too few questions left to draw from."""
    assert bench.quiz is not None
    basis = fact_basis(bench.course_id)
    asked = [
        slot_of(item.content_id, item.slot)
        for text in texts
        for item in text.ready.items
        if basis.state(item.status, item.fact_ids) is QuestionState.PUBLISHED
    ]
    return bench.quiz.is_published and not is_enough_for(bench.quiz.settings, asked)


def merge(merging: Merging, *, by: int, now: datetime) -> None:
    """Make two questions one, in the caller's write.

    Raise TooFew, and what `workshop.save_texts` raises.
    """
    if merging.is_short:
        raise TooFew(merging.dropped)
    bench = merging.bench
    if bench.quiz is not None:
        bases = {bench.quiz.content_id: bench.source.base}
        workshop.save_texts(merging.texts, bench, bases=bases, by=by, now=now, retires=True)
    else:
        course = workshop.locked_course(bench)
        filing.retire(_row(course.id, merging.dropped), now=now)
        filing.keep_file(course.id, by=by, now=now)
        course.version += 1
    kept, dropped = (_row(bench.course_id, name) for name in (merging.kept, merging.dropped))
    dropped.merged_into_id = kept.id
    _record("question.merged", kept, dropped, by=by)


def _row(course_id: int, content_id: str) -> Question:
    return (
        db.session()
        .scalars(
            sa.select(Question).where(
                Question.course_id == course_id, Question.content_id == content_id
            )
        )
        .one()
    )


# In the workshop -----------------------------------------------------------------------------


def hints_in(bench: Bench, plan: TextPlan) -> Mapping[int, Hint]:
    """Find the new questions of a text that the course has already, or that the text has twice."""
    pieces = [
        piece
        for planned in plan.quizzes
        for piece in planned.pieces
        if piece.item is not None and planned.change_of(piece) is Change.NEW
    ]
    pieces += [piece for piece in plan.homeless if piece.item is not None]
    if not pieces:
        return {}
    new = []
    for piece in pieces:
        assert piece.item is not None
        payload = dump_question(rendered(piece.item.question, bench.slug))
        new.append(New(piece.first, piece.stem, printed(payload)))
    ids = {piece.item.id for piece in pieces if piece.item is not None}
    standing = [
        Standing(name, str(stored.revision.payload["stem"]), printed(stored.revision.payload))
        for name, stored in bench.known.items()
        if stored.row.state is not QuestionState.RETIRED and name not in ids
    ]
    return hints_for(new, standing)
