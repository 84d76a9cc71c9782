"""Marks and grades of attempts from what is stored: one attempt, or thousands in few statements."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.corrections.marking import ItemMark, Total, as_behaved, mark_item, total_of
from lms.quizzes.corrections.standing import UNTOUCHED, Standing
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    ManualMark,
    QuizVersion,
    ResponseVersion,
)
from lms.quizzes.question_types.protocol import Payload
from lms.quizzes.rules.settings import Behaviour, QuizSettings, parse_settings
from lms.quizzes.services import checking
from lms.quizzes.services.corrected import standings_of

AT_ONCE = 500  # attempts that are read together
MOST_KNOWN = 20_000  # different answers that are remembered with their marks


@dataclass(frozen=True)
class Worth:
    """What the store says that an answer is worth."""

    fraction: Decimal | None
    is_left_out: bool


@dataclass(frozen=True)
class Stored:
    """An answer that counts, as it is stored."""

    item_id: int
    version_id: int
    revision_id: int
    option_order: str  # JSON, like the payload: equal texts are read and marked once
    payload: str | None
    by_hand: Decimal | None
    is_corrected: bool
    settings: QuizSettings  # its behaviour, and what a wrong try costs
    was: Worth


@dataclass(frozen=True)
class Marked:
    """An attempt with what each of its answers is worth."""

    total: Total
    items: Mapping[int, ItemMark]
    was: Mapping[int, Worth]

    @property
    def moved(self) -> dict[int, ItemMark]:
        """The answers that the store holds otherwise."""
        return {
            item_id: mark
            for item_id, mark in self.items.items()
            if Worth(mark.kept_fraction, mark.is_left_out) != self.was[item_id]
        }


def _answers(attempt_ids: Collection[int]) -> dict[int, list[Stored]]:
    """Read the answers that count, by attempt and in order; one statement.

    With each come the newest words of its question, its newest mark by hand, and whether anything
    was corrected on its question.
    """
    ours = AttemptItem.attempt_id.in_(attempt_ids)
    newest = queries.newest_answers(ours)
    by_hand = (
        sa.select(ManualMark.item_id, sa.func.max(ManualMark.id).label("id"))
        .join(AttemptItem, AttemptItem.id == ManualMark.item_id)
        .where(ours)
        .group_by(ManualMark.item_id)
        .subquery()
    )
    is_newest = ResponseVersion.sequence == newest.c.sequence
    rows = db.session().execute(
        sa.select(
            AttemptItem.attempt_id,
            AttemptItem.id,
            AttemptItem.question_version_id,
            queries.newest_revision_of(AttemptItem.question_version_id),
            sa.cast(AttemptItem.option_order, sa.Text),
            sa.cast(ResponseVersion.payload, sa.Text),
            ManualMark.fraction,
            sa.exists().where(Correction.version_id == AttemptItem.question_version_id),
            QuizVersion.settings["behaviour"].as_string(),
            QuizVersion.settings["penalty"].as_string(),
            AttemptItem.fraction,
            AttemptItem.left_out,
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(QuizVersion, QuizVersion.id == Attempt.quiz_version_id)
        .outerjoin(newest, newest.c.item_id == AttemptItem.id)
        .outerjoin(ResponseVersion, sa.and_(ResponseVersion.item_id == AttemptItem.id, is_newest))
        .outerjoin(by_hand, by_hand.c.item_id == AttemptItem.id)
        .outerjoin(ManualMark, ManualMark.id == by_hand.c.id)
        .where(ours)
        .order_by(AttemptItem.attempt_id, AttemptItem.position)
    )
    found: dict[int, list[Stored]] = {}
    for row in rows:
        (attempt_id, item_id, version_id, revision_id, order, payload, fraction, corrected) = row[
            :8
        ]
        found.setdefault(attempt_id, []).append(
            Stored(
                item_id,
                version_id,
                revision_id,
                order,
                payload,
                fraction,
                bool(corrected),
                _behaving(row[8], row[9]),
                Worth(row[10], row[11]),
            )
        )
    return found


@cache
def _behaving(behaviour: str | None, penalty: str | None) -> QuizSettings:
    named = {"behaviour": behaviour, "penalty": penalty}
    return parse_settings({name: value for name, value in named.items() if value is not None})


class Marker:
    """Marks attempts by the corrections that hold, or by others that are only thought of."""

    def __init__(self, thought_of: Mapping[int, Standing] | None = None) -> None:
        self.thought_of = thought_of or {}
        self.standings: dict[int, Standing] = {}
        self.known: dict[tuple[int, str, str | None, Decimal | None], ItemMark] = {}

    def marked(self, pass_marks: Mapping[int, Decimal | None]) -> dict[int, Marked]:
        """Mark attempts, given each one's pass mark.

        One statement, and few more for words and corrections that were not met yet.
        """
        return self.of(_answers(list(pass_marks)), pass_marks)

    def of(
        self, found: Mapping[int, Sequence[Stored]], pass_marks: Mapping[int, Decimal | None]
    ) -> dict[int, Marked]:
        """Mark attempts of which the answers were read."""
        answers = [answer for each in found.values() for answer in each]
        words = queries.words_of_revisions(sorted({answer.revision_id for answer in answers}))
        corrected = {answer.version_id for answer in answers if answer.is_corrected}
        if unknown := sorted(corrected - self.standings.keys()):
            self.standings.update(standings_of(unknown))
        self.standings.update(self.thought_of)
        checked = [a.item_id for a in answers if a.settings.behaviour.checks]
        tries = checking.payloads_of(checked) if checked else {}
        return {
            attempt_id: self._mark(found.get(attempt_id, ()), words, pass_mark, tries)
            for attempt_id, pass_mark in pass_marks.items()
        }

    def _mark(
        self,
        answers: Sequence[Stored],
        words: Mapping[int, queries.Words],
        pass_mark: Decimal | None,
        tries: Mapping[int, Sequence[Payload]],
    ) -> Marked:
        items = {answer.item_id: self._mark_one(answer, words, tries) for answer in answers}
        total = total_of(items.values(), pass_mark=pass_mark)
        return Marked(total, items, {answer.item_id: answer.was for answer in answers})

    def _mark_one(
        self,
        answer: Stored,
        words: Mapping[int, queries.Words],
        tries: Mapping[int, Sequence[Payload]],
    ) -> ItemMark:
        """Mark an answer; the same answer to the same question is worth the same."""
        key = (answer.revision_id, answer.option_order, answer.payload, answer.by_hand)
        is_plain = answer.settings.behaviour is Behaviour.DEFERRED
        if is_plain and key in self.known:
            return self.known[key]
        order, payload = json.loads(answer.option_order), json.loads(answer.payload or "{}")
        question = words[answer.revision_id].as_drawn(order).ro
        drawn = self.standings.get(answer.version_id, UNTOUCHED).as_drawn(order)
        mark = mark_item(question, payload, drawn, answer.by_hand)
        if is_plain:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            self.known[key] = mark
            return mark
        checked = tries.get(answer.item_id, ())
        return as_behaved(mark, question, payload, drawn, checked=checked, settings=answer.settings)


def in_portions(attempt_ids: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Cut attempts into portions that are read together."""
    for start in range(0, len(attempt_ids), AT_ONCE):
        yield tuple(attempt_ids[start : start + AT_ONCE])


def pass_mark_of(version: QuizVersion) -> Decimal | None:
    """Return the pass mark that a version of a quiz holds."""
    return parse_settings(version.settings).pass_mark


def item_marks(attempt: Attempt) -> Mapping[int, ItemMark]:
    """Mark an attempt's answers to be shown; nothing is stored."""
    return Marker().marked({attempt.id: pass_mark_of(attempt.quiz_version)})[attempt.id].items


def regrade(attempt: Attempt) -> Marked:
    """Compute an attempt's marks and grade from what is stored, and store them."""
    marked = Marker().marked({attempt.id: pass_mark_of(attempt.quiz_version)})[attempt.id]
    store_marks(marked.items)
    total = marked.total
    attempt.earned, attempt.possible = total.earned, total.possible
    attempt.percent, attempt.passed = total.percent, total.passed
    attempt.waiting = total.waiting
    return marked


def store_marks(items: Mapping[int, ItemMark]) -> None:
    """Store what answers are worth; one statement."""
    rows = [
        {"id": item_id, "fraction": mark.kept_fraction, "left_out": mark.is_left_out}
        for item_id, mark in items.items()
    ]
    if rows:
        db.session().execute(sa.update(AttemptItem), rows)
