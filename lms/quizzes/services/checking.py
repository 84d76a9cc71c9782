"""Answers checked while the attempt goes on: kept as they were, shown as they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.quizzes import queries
from lms.quizzes.behaviours import marking, registry
from lms.quizzes.behaviours.values import Standing, Try
from lms.quizzes.errors import NotAnswered, OddAnswer
from lms.quizzes.models import Attempt, AttemptItem, ResponseTry
from lms.quizzes.queries import PaperItem
from lms.quizzes.settings import Navigation, QuizSettings


@dataclass(frozen=True)
class Tried:
    """A check as it was kept."""

    number: int
    payload: Mapping[str, Any]
    checked_at: datetime | None


def tries_of(attempt_id: int, item_ids: Sequence[int] | None = None) -> dict[int, list[Tried]]:
    """Read an attempt's checks by question, oldest first; one statement."""
    statement = (
        sa.select(
            ResponseTry.item_id, ResponseTry.number, ResponseTry.payload, ResponseTry.checked_at
        )
        .join(AttemptItem, AttemptItem.id == ResponseTry.item_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(ResponseTry.item_id, ResponseTry.number)
    )
    if item_ids is not None:
        statement = statement.where(AttemptItem.id.in_(item_ids))
    found: dict[int, list[Tried]] = {}
    for item_id, number, payload, checked_at in db.session().execute(statement):
        found.setdefault(item_id, []).append(Tried(number, payload, checked_at))
    return found


def payloads_of(item_ids: Collection[int]) -> dict[int, list[Mapping[str, Any]]]:
    """Read the answers that were checked, by question and oldest first; one statement."""
    rows = db.session().execute(
        sa.select(ResponseTry.item_id, ResponseTry.payload)
        .where(ResponseTry.item_id.in_(item_ids))
        .order_by(ResponseTry.item_id, ResponseTry.number)
    )
    found: dict[int, list[Mapping[str, Any]]] = {}
    for item_id, payload in rows:
        found.setdefault(item_id, []).append(payload)
    return found


def tries_for(
    settings: QuizSettings, attempt_id: int, item_ids: Sequence[int] | None = None
) -> dict[int, list[Tried]]:
    """Read the checks of an attempt; nothing is asked where nothing is ever checked."""
    return tries_of(attempt_id, item_ids) if settings.behaviour.checks else {}


def try_of(item: PaperItem, payload: Mapping[str, Any]) -> Try:
    """Mark an answer for its behaviour."""
    return marking.try_of(payload, item.rules.mark(item.question, payload))


def standing_of(item: PaperItem, settings: QuizSettings, tried: Sequence[Tried]) -> Standing:
    """Tell how a question stands after its checks."""
    payloads = [each.payload for each in tried]
    return marking.standing(
        item.question, settings, payloads, lambda p: item.rules.mark(item.question, p)
    )


def check_answer(attempt: Attempt, settings: QuizSettings, item_id: int, *, now: datetime) -> int:
    """Keep a check of the answer as it stands and return the question's place.

    A second click on the same answer adds nothing, nor does a question that is closed.

    Raises NotAnswered where something is still to fill in, OddAnswer where there is no question.
    """
    item = next(iter(queries.paper_of(attempt.id, [item_id])), None)
    if item is None:
        raise OddAnswer
    if not registry.checks(settings.behaviour, item.question):
        return item.position  # the answer is saved; there is nothing to check
    tried = tries_of(attempt.id, [item_id]).get(item_id, [])
    is_behind = settings.navigation is Navigation.SEQUENTIAL and item.position != attempt.reached
    if is_behind or standing_of(item, settings, tried).is_over:
        return item.position
    if not item.is_answered:
        raise NotAnswered(item.position)
    if tried and try_of(item, tried[-1].payload).answer == try_of(item, item.payload).answer:
        return item.position
    db.session().add(
        ResponseTry(
            item_id=item_id,
            number=len(tried) + 1,
            payload=dict(item.payload),
            revision_id=item.revision_id,
            checked_at=now,
        )
    )
    return item.position
