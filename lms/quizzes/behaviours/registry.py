"""Which rules a question follows: its quiz's behaviour, unless its type knows better."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from lms.quizzes.behaviours import adaptive, certainty, deferred, immediate, interactive, manual
from lms.quizzes.behaviours.values import ZERO, Rule
from lms.quizzes.behaviours.values import Behaviour as Rules
from lms.quizzes.question_types.protocol import Marking, Question
from lms.quizzes.rules.settings import Behaviour, QuizSettings

RULES: Mapping[Behaviour, Rules] = MappingProxyType(
    {
        Behaviour.DEFERRED: cast(Rules, deferred),
        Behaviour.IMMEDIATE: cast(Rules, immediate),
        Behaviour.INTERACTIVE: cast(Rules, interactive),
        Behaviour.ADAPTIVE: cast(Rules, adaptive),
        Behaviour.ADAPTIVE_NO_PENALTY: cast(Rules, adaptive),
        Behaviour.DEFERRED_CBM: certainty.Deferred(),
        Behaviour.IMMEDIATE_CBM: certainty.Immediate(),
    }
)

# Types whose mark is the average of parts that can be right or wrong by themselves.
WITH_PARTS: Final = frozenset({"matching", "cloze", "gap_select", "drag_words", "picture_labels"})


def rules_of(behaviour: Behaviour, question: Question) -> Rules:
    """Find the rules that a question follows in a quiz; one marked by a person follows its own."""
    if question.marking is Marking.BY_HAND:
        return cast(Rules, manual)
    if question.marking is Marking.NONE:
        return cast(Rules, deferred)
    return RULES[behaviour]


def checks(behaviour: Behaviour, question: Question) -> bool:
    """Tell whether a question is checked by a button."""
    return behaviour.checks and question.marking is Marking.BY_RULE


def asks_certainty(behaviour: Behaviour, question: Question) -> bool:
    """Tell whether a question asks how sure one is."""
    return behaviour.has_certainty and question.marking is Marking.BY_RULE


def rule_of(settings: QuizSettings, kind: str, hints: int) -> Rule:
    """Make the rule that a question of a quiz follows."""
    penalty = settings.penalty / 100 if settings.behaviour.has_penalty else ZERO
    return Rule(penalty=penalty, hints=hints, counts_back=kind in WITH_PARTS)
