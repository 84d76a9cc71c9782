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
from lms.quizzes.behaviours.values import MOST_TRIES, Standing, Try
from lms.quizzes.corrections.neutral import mark_without
from lms.quizzes.corrections.standing import UNTOUCHED
from lms.quizzes.corrections.standing import Standing as Corrected
from lms.quizzes.errors import NotAnswered, OddAnswer, TriesSpent
from lms.quizzes.models import Attempt, AttemptItem, ResponseTry
from lms.quizzes.queries import PaperItem
from lms.quizzes.question_types.protocol import MarkResult
from lms.quizzes.rules.settings import Navigation, QuizSettings
from lms.quizzes.services.corrected import standings_of


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


def corrections_of(items: Collection[PaperItem], settings: QuizSettings) -> dict[int, Corrected]:
    """Read what was corrected on questions, by item and as the attempt drew them; one statement.

    Those that nobody corrected are not among them. Nothing is asked where nothing is ever checked.
    """
    if not items or not settings.behaviour.checks:
        return {}
    held = standings_of({item.version_id for item in items})
    return {
        item.item_id: held[item.version_id].as_drawn(item.option_order)
        for item in items
        if item.version_id in held
    }


def mark_of(
    item: PaperItem, payload: Mapping[str, Any], corrected: Corrected = UNTOUCHED
) -> MarkResult:
    """Mark an answer by the key that holds now."""
    key = corrected.key if corrected.key is not None else item.question
    return mark_without(key, payload, corrected).marked


def try_of(item: PaperItem, payload: Mapping[str, Any], corrected: Corrected = UNTOUCHED) -> Try:
    """Mark an answer for its behaviour."""
    return marking.try_of(payload, mark_of(item, payload, corrected))


def is_checked(item: PaperItem, settings: QuizSettings, corrected: Corrected = UNTOUCHED) -> bool:
    """Tell whether a question is checked by a button; one that was dropped is not any more."""
    return registry.checks(settings.behaviour, item.question) and corrected.whole is None


def standing_of(
    item: PaperItem,
    settings: QuizSettings,
    tried: Sequence[Tried],
    corrected: Corrected = UNTOUCHED,
) -> Standing:
    """Tell how a question stands after its checks, by the key that holds now."""
    if not is_checked(item, settings, corrected):
        return Standing()
    payloads = [each.payload for each in tried]
    return marking.standing(
        item.question, settings, payloads, lambda p: mark_of(item, p, corrected)
    )


def check_answer(attempt: Attempt, settings: QuizSettings, item_id: int, *, now: datetime) -> int:
    """Keep a check of the answer as it stands and return the question's place.

    A second click on the same answer adds nothing, nor does a question that is closed.

    Raises NotAnswered where something is still to fill in, TriesSpent after the most checks there
    are, OddAnswer where there is no question.
    """
    item = next(iter(queries.paper_of(attempt.id, [item_id])), None)
    if item is None:
        raise OddAnswer
    corrected = corrections_of([item], settings).get(item_id, UNTOUCHED)
    if not is_checked(item, settings, corrected):
        return item.position  # the answer is saved; there is nothing to check
    tried = tries_of(attempt.id, [item_id]).get(item_id, [])
    is_behind = settings.navigation is Navigation.SEQUENTIAL and item.position != attempt.reached
    if is_behind or standing_of(item, settings, tried, corrected).is_over:
        return item.position
    if not item.is_answered:
        raise NotAnswered(item.position)
    if tried and try_of(item, tried[-1].payload).answer == try_of(item, item.payload).answer:
        return item.position
    if len(tried) >= MOST_TRIES:
        raise TriesSpent(item.position)
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
