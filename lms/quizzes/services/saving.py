"""Keep answers as they arrive: nothing written over, nothing that was acknowledged lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.quizzes import queries
from lms.quizzes.behaviours.certainty import FIELD, USUAL, level_of
from lms.quizzes.corrections.standing import UNTOUCHED
from lms.quizzes.errors import AttemptClosed, OddAnswer
from lms.quizzes.models import Attempt, AttemptItem, ResponseVersion
from lms.quizzes.queries import PaperItem
from lms.quizzes.question_types.protocol import InvalidResponse
from lms.quizzes.question_types.registry import is_sent_apart
from lms.quizzes.rules import attempt_rules, merging
from lms.quizzes.rules.merging import Given, Held, Placing, Standing
from lms.quizzes.rules.settings import Navigation, QuizSettings, parse_settings
from lms.quizzes.services import checking

FormValues = Mapping[str, Sequence[str]]
SEEN, AGE = "seen", "age"
MOST_LATE = 500  # rows that an attempt takes after its end


@dataclass
class Saved:
    """Where the answers of one delivery went, and what each question's newest sequence is now."""

    placings: dict[int, Placing] = field(default_factory=dict)
    sequences: dict[int, int] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)

    def told(self, placing: Placing) -> list[int]:
        """Number the questions that went there."""
        found = (self.positions[i] for i, p in self.placings.items() if p is placing)
        return sorted(found)


def grace(settings: QuizSettings) -> timedelta:
    """How long after its time an attempt still takes answers: slow lines are nobody's fault."""
    usual = current_app.config["LMS"].answer_grace_seconds
    return timedelta(seconds=usual if settings.grace is None else settings.grace)


def save_answers(
    attempt: Attempt,
    given: Mapping[int, FormValues],
    *,
    key: str,
    now: datetime,
    writer: str = "",
) -> Saved:
    """Append the answers given; a repeated key or an unchanged answer adds nothing.

    Each question may say which answer it had „seen” and its „age” in ms; `merging` tells whether
    it counts. What a whole form leaves as it was drawn never covers what another window has saved
    since. What is left behind, or checked for good, takes no other answer: it is kept beside.
    Raises OddAnswer, and AttemptClosed after keeping what was given in time.
    """
    settings = parse_settings(attempt.quiz_version.settings)
    items = queries.paper_of(attempt.id, list(given))
    if len(items) != len(given):
        raise OddAnswer
    items = [item for item in items if not is_sent_apart(item.question.type)]
    given = {item.item_id: given[item.item_id] for item in items}
    sure = settings.behaviour.has_certainty
    answers = {
        i.item_id: _read(i, given[i.item_id], attempt, now, writer, sure=sure) for i in items
    }
    if not takes_answers(attempt, settings, now):
        raise AttemptClosed(_keep_late(attempt, items, answers, given, key=key, now=now))
    saved = _placed(items, answers, given, key, behind=left_behind(attempt, settings, items))
    rows = []
    for item in items:
        standing = saved.placings[item.item_id].standing
        if standing is None:
            continue
        seen = _number(given[item.item_id], SEEN)
        rows.append(_row(item, answers[item.item_id], standing, seen=seen, key=key, now=now))
        if standing is Standing.COUNTS:
            saved.sequences[item.item_id] = item.last + 1
    if rows:
        db.session().execute(sa.insert(ResponseVersion), rows)
    return saved


def _placed(
    items: Sequence[PaperItem],
    answers: Mapping[int, Given],
    given: Mapping[int, FormValues],
    key: str,
    *,
    behind: Collection[int],
) -> Saved:
    """Tell where each answer goes; one that came under this key before changes nothing."""
    saved, drawn = Saved(), _as_drawn(items, given)
    for item in items:
        placing = Placing.UNCHANGED
        as_sent = _as_sent(drawn.get(item.item_id), given[item.item_id])
        if as_sent != answers[item.item_id].payload:
            seen = _number(given[item.item_id], SEEN)
            new = answers[item.item_id]
            if item.item_id in behind:
                placing = merging.place_behind(new, _held(item))
            else:
                placing = merging.place(new, _held(item), seen=seen)
        saved.placings[item.item_id] = placing
        saved.positions[item.item_id] = item.position
        saved.sequences[item.item_id] = item.sequence
    if any(placing is not Placing.UNCHANGED for placing in saved.placings.values()):
        for item_id, sequence in _keyed(given, key).items():
            saved.placings[item_id] = Placing.UNCHANGED
            saved.sequences[item_id] = sequence
    return saved


def left_behind(
    attempt: Attempt, settings: QuizSettings, items: Sequence[PaperItem]
) -> frozenset[int]:
    """Which questions take no more answers: those gone past for good, those checked for good."""
    found = set()
    if settings.navigation is Navigation.SEQUENTIAL:
        if any(item.position > attempt.reached for item in items):
            raise OddAnswer  # no page has shown it yet
        found = {item.item_id for item in items if item.position < attempt.reached}
    if settings.behaviour.checks:
        tries = checking.tries_of(attempt.id, [item.item_id for item in items])
        tried = [item for item in items if item.item_id in tries]
        corrected = checking.corrections_of(tried, settings)
        found |= {
            item.item_id
            for item in tried
            if checking.standing_of(
                item, settings, tries[item.item_id], corrected.get(item.item_id, UNTOUCHED)
            ).is_over
        }
    return frozenset(found)


def _read(
    item: PaperItem,
    values: FormValues,
    attempt: Attempt,
    now: datetime,
    writer: str,
    *,
    sure: bool,
) -> Given:
    try:
        payload = item.rules.read_response(item.question, values)
    except InvalidResponse as error:
        raise OddAnswer from error
    if sure and FIELD in values:
        level = level_of(next(iter(values[FIELD]), ""))
        payload = payload if level is None else {**payload, FIELD: level}
    age = _number(values, AGE)
    moment = merging.given_at(
        now=now,
        age=None if age is None else timedelta(milliseconds=age),
        started_at=attempt.started_at,
    )
    return Given(payload, moment, writer)


def _held(item: PaperItem) -> Held | None:
    if not item.sequence or item.given_at is None:
        return None
    return Held(item.payload, item.given_at, item.writer, item.sequence)


def _row(
    item: PaperItem,
    new: Given,
    standing: Standing,
    *,
    seen: int | None,
    key: str,
    now: datetime,
) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "sequence": item.last + 1,
        "idempotency_key": key,
        "payload": new.payload,
        "revision_id": item.revision_id,
        "received_at": now,
        "given_at": new.given_at,
        "seen": seen,
        "writer": new.writer,
        "standing": standing,
    }


def _number(values: FormValues, name: str) -> int | None:
    """Read a number that the page's script wrote; anything else is as if it were not there."""
    text = next(iter(values.get(name, ())), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _keep_late(
    attempt: Attempt,
    items: Sequence[PaperItem],
    answers: Mapping[int, Given],
    given: Mapping[int, FormValues],
    *,
    key: str,
    now: datetime,
) -> int:
    """Keep what was given before the end and came after it; it doesn't count, and can be seen."""
    end = attempt.submitted_at or attempt.due_at or now
    known = _keyed(given, key)
    rows = [
        _row(
            item,
            answers[item.item_id],
            Standing.LATE,
            seen=_number(given[item.item_id], SEEN),
            key=key,
            now=now,
        )
        for item in items
        if item.item_id not in known
        and AGE in given[item.item_id]
        and answers[item.item_id].given_at <= end
        and answers[item.item_id].payload != dict(item.payload)
    ]
    late = (
        sa.select(sa.func.count())
        .select_from(ResponseVersion)
        .join(AttemptItem, AttemptItem.id == ResponseVersion.item_id)
        .where(AttemptItem.attempt_id == attempt.id, ResponseVersion.standing == Standing.LATE)
    )
    if not rows or (db.session().scalar(late) or 0) + len(rows) > MOST_LATE:
        return 0
    db.session().execute(sa.insert(ResponseVersion), rows)
    return len(rows)


def _as_drawn(
    items: Sequence[PaperItem], given: Mapping[int, FormValues]
) -> dict[int, Mapping[str, Any]]:
    """Return the answers that a whole form was drawn with, where newer ones were saved since."""
    drawn: dict[int, Mapping[str, Any]] = {}
    seen: dict[int, int] = {}
    for item in items:
        number = _number(given[item.item_id], SEEN)
        if number is None or AGE in given[item.item_id] or number >= item.sequence:
            continue
        seen[item.item_id] = number
        drawn[item.item_id] = item.rules.read_response(item.question, {})
    if not any(seen.values()):
        return drawn
    rows = db.session().execute(
        sa.select(ResponseVersion.item_id, ResponseVersion.payload).where(
            sa.tuple_(ResponseVersion.item_id, ResponseVersion.sequence).in_(list(seen.items()))
        )
    )
    drawn.update((item_id, payload) for item_id, payload in rows)
    return drawn


def _as_sent(drawn: Mapping[str, Any] | None, values: FormValues) -> Mapping[str, Any] | None:
    """Give what a form was drawn with as it sends it: how sure one is says the page by itself."""
    if drawn is None or FIELD not in values:
        return drawn
    return {FIELD: USUAL, **drawn}


def _keyed(given: Mapping[int, FormValues], key: str) -> dict[int, int]:
    """Which of the questions already have an answer under this key, and its sequence."""
    rows = db.session().execute(
        sa.select(ResponseVersion.item_id, ResponseVersion.sequence).where(
            ResponseVersion.item_id.in_(list(given)), ResponseVersion.idempotency_key == key
        )
    )
    return {row[0]: row[1] for row in rows}


def takes_answers(attempt: Attempt, settings: QuizSettings, now: datetime) -> bool:
    """Tell whether an answer that arrives now counts."""
    verdict = attempt_rules.judge_answer(
        attempt.state, now=now, due=attempt.due_at, grace=grace(settings)
    )
    return verdict.counts
