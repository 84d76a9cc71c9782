"""A sample answer on the test bench: what it earns under each behaviour, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lms.quizzes.behaviours import registry
from lms.quizzes.behaviours.certainty import FIELD, LEVELS
from lms.quizzes.corrections.marking import ItemMark, as_behaved, mark_item
from lms.quizzes.corrections.standing import UNTOUCHED
from lms.quizzes.question_types.protocol import Marking, Question
from lms.quizzes.rules.settings import Behaviour, QuizSettings

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Earned:
    """What an answer earns under a behaviour, of the question's whole mark.

    `by_certainty` says it for each level where one says how sure one is.
    """

    behaviour: Behaviour
    fraction: Decimal | None  # None: a person marks it
    by_certainty: tuple[tuple[int, Decimal], ...] = ()


def marked(question: Question, payload: Payload) -> ItemMark:
    """Mark an answer by its type alone, as at the end of a test without checks."""
    return mark_item(question, payload)


def settings_for(settings: QuizSettings, behaviour: Behaviour) -> QuizSettings:
    """Return a quiz's settings as they would be under another behaviour."""
    return replace(settings, behaviour=behaviour)


def earned(
    question: Question, payload: Payload, tries: Sequence[Payload], settings: QuizSettings
) -> list[Earned]:
    """Tell what an answer earns under each behaviour, after the tries that were made."""
    if question.marking is Marking.NONE:
        return []
    bare = {name: value for name, value in payload.items() if name != FIELD}
    found = []
    for behaviour in Behaviour:
        if registry.asks_certainty(behaviour, question):
            by_level = tuple(
                (level, _fraction(question, bare | {FIELD: level}, (), settings, behaviour))
                for level in LEVELS
            )
            sure = tuple((level, each) for level, each in by_level if each is not None)
            found.append(Earned(behaviour, None, sure))
        elif not behaviour.has_certainty:
            made = tries if behaviour.checks else ()
            fraction = _fraction(question, bare, made, settings, behaviour)
            found.append(Earned(behaviour, fraction))
    return found


def _fraction(
    question: Question,
    payload: Payload,
    tries: Sequence[Payload],
    settings: QuizSettings,
    behaviour: Behaviour,
) -> Decimal | None:
    mark = as_behaved(
        mark_item(question, payload),
        question,
        payload,
        UNTOUCHED,
        checked=tries,
        settings=settings_for(settings, behaviour),
    )
    return mark.fraction
