"""What a question earns under its quiz's behaviour, from its answers as they are stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal

from lms.quizzes.behaviours import certainty, registry
from lms.quizzes.behaviours.values import Rule, Standing, Try
from lms.quizzes.question_types.protocol import MarkResult, Outcome, Payload, Question
from lms.quizzes.rules.settings import QuizSettings

MarkAnswer = Callable[[Payload], MarkResult]


def try_of(payload: Payload, marked: MarkResult) -> Try:
    """Make a try of an answer and its mark."""
    answer = {name: value for name, value in payload.items() if name != certainty.FIELD}
    return Try(
        fraction=marked.fraction,
        parts={part.key: part.is_right for part in marked.parts},
        answer=json.dumps(answer, sort_keys=True),
        is_answered=marked.outcome is not Outcome.UNANSWERED,
        certainty=certainty.level_of(payload.get(certainty.FIELD)),
    )


def _rule(question: Question, settings: QuizSettings) -> Rule:
    return registry.rule_of(settings, question.type, len(question.hints))


def standing(
    question: Question, settings: QuizSettings, checked: Sequence[Payload], mark: MarkAnswer
) -> Standing:
    """Tell how a question stands after the answers that were checked."""
    if not registry.checks(settings.behaviour, question):
        return Standing()
    tries = [try_of(payload, mark(payload)) for payload in checked]
    rules = registry.rules_of(settings.behaviour, question)
    return rules.standing(tries, _rule(question, settings))


def earned(
    question: Question,
    settings: QuizSettings,
    checked: Sequence[Payload],
    last: Payload,
    mark: MarkAnswer,
) -> Decimal:
    """Tell the fraction that a question earns at the end; `last` is the answer that stands."""
    tries = [try_of(payload, mark(payload)) for payload in checked]
    rules = registry.rules_of(settings.behaviour, question)
    return rules.earned(tries, try_of(last, mark(last)), _rule(question, settings))
