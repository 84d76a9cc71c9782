"""A flawed option made harmless: counted as right where it was chosen, or as if it weren't there.

- Single choice, true or false: counted as right, whoever chose it gets full marks; ignored, the
  question leaves the total of whoever chose it.
- Multiple choice: counted as right, it is one of the right options for whoever ticked it, and as
  if it weren't there for all others; ignored, it is so for everybody. The rest is scored by the
  question's own rule, the weights of the right options made whole again.
- Matching: counted as right, a row is right wherever it has an answer; ignored, it isn't counted.

Counting an option as right never lowers a mark; ignoring one may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lms.quizzes.corrections.standing import Standing
from lms.quizzes.question_types.choices import Option, Options
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice, is_key
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    MarkResult,
    Outcome,
    PartResult,
    Payload,
    Question,
    result,
)
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import IDS, TrueFalse


@dataclass(frozen=True)
class Neutral:
    """A mark with flawed options made harmless; left out: the question isn't in this total."""

    marked: MarkResult
    is_left_out: bool = False


@dataclass(frozen=True)
class Flawable:
    """Something of a question that may be flawed: an option, or a row to match."""

    id: str
    text: str
    is_right: bool


def mark_without(question: Question, payload: Payload, standing: Standing) -> Neutral:
    """Mark an answer; options that nobody neutralised count as ever."""
    marked = rules_for(question).mark(question, payload)
    marker = _MARKERS.get(question.type)
    if marker is None or not (standing.credited or standing.ignored):
        return Neutral(marked)
    return marker(question, payload, standing, marked)


def flawable(question: Question) -> tuple[Flawable, ...]:
    """List what can be neutralised; nothing where the type has no options."""
    if isinstance(question, SingleChoice | MultipleChoice):
        return tuple(Flawable(o.id, o.text, _is_right(question, o)) for o in question.options)
    if isinstance(question, TrueFalse):
        key = rules_for(question).key_text(question)
        return tuple(Flawable(i, i, i in key) for i in IDS)
    if isinstance(question, Matching):
        return tuple(Flawable(stem.id, stem.text, is_right=False) for stem in question.stems)
    return ()


def credited_texts(question: Question, standing: Standing) -> tuple[str, ...]:
    """Give the texts of options that count as right beside those of the key."""
    if isinstance(question, Matching):
        return ()
    right = set(rules_for(question).key_text(question))
    found = (each.text for each in flawable(question) if each.id in standing.credited)
    return tuple(text for text in found if text not in right)


def _is_right(question: Question, option: Option) -> bool:
    return option.fraction == ONE if isinstance(question, SingleChoice) else is_key(option)


def may_ignore(question: Question, option_id: str, standing: Standing) -> bool:
    """Tell whether something right is left to choose without an option."""
    if option_id not in {each.id for each in flawable(question)}:
        return False
    gone = {*standing.ignored, option_id}
    if isinstance(question, Matching):
        return any(stem.id not in gone for stem in question.stems)
    return any(each.is_right and each.id not in gone for each in flawable(question))


def may_credit(question: Question, option_id: str) -> bool:
    """Tell whether counting an option as right may change anything."""
    found = next((each for each in flawable(question) if each.id == option_id), None)
    if found is None:
        return False
    if isinstance(question, SingleChoice):
        return next(o.fraction for o in question.options if o.id == option_id) != ONE
    return not (found.is_right and isinstance(question, TrueFalse))


def _one_of(
    question: Question, payload: Payload, standing: Standing, marked: MarkResult
) -> Neutral:
    chosen = marked.parts[0].given
    if chosen is None:
        return Neutral(marked)
    if chosen in standing.ignored:
        return Neutral(marked, is_left_out=True)
    if chosen in standing.credited:
        return Neutral(replace(marked, fraction=ONE, outcome=Outcome.RIGHT))
    return Neutral(marked)


def _several_of(
    question: MultipleChoice, payload: Payload, standing: Standing, marked: MarkResult
) -> Neutral:
    kept = tuple(o for o in question.options if o.id not in standing.ignored)
    if any(is_key(option) for option in kept):
        marked = _mark_options(question, kept, payload)
    chosen = {part.key for part in marked.parts if part.given is not None}
    helped = tuple(
        _made_right(option, kept) if option.id in standing.credited else option
        for option in kept
        if option.id not in standing.credited or option.id in chosen
    )
    if not standing.credited or not any(is_key(option) for option in helped):
        return Neutral(marked)
    other = _mark_options(question, helped, payload)
    return Neutral(max(marked, other, key=lambda each: each.fraction))


def _made_right(option: Option, among: Options) -> Option:
    """Give an option the weight that right ones have on average."""
    if is_key(option):
        return option
    weights = [each.fraction for each in among if is_key(each)]
    return replace(option, fraction=sum(weights, ZERO) / len(weights) if weights else ONE)


def _mark_options(question: MultipleChoice, options: Options, payload: Payload) -> MarkResult:
    total = sum((option.fraction for option in options if is_key(option)), ZERO)
    whole = tuple(
        replace(option, fraction=option.fraction / total) if is_key(option) else option
        for option in options
    )
    changed = replace(question, options=whole)
    return rules_for(changed).mark(changed, payload)


def _rows(question: Matching, payload: Payload, standing: Standing, marked: MarkResult) -> Neutral:
    parts = [
        replace(part, is_right=True)
        if part.key in standing.credited and part.given is not None
        else part
        for part in marked.parts
        if part.key not in standing.ignored
    ]
    if not parts:
        return Neutral(marked, is_left_out=True)
    fraction = Decimal(sum(part.is_right for part in parts)) / len(parts)
    worth = [_worth(part, len(parts)) for part in parts]
    answered = marked.outcome is not Outcome.UNANSWERED
    return Neutral(result(fraction, worth, answered=answered, feedback=marked.feedback))


def _worth(part: PartResult, parts: int) -> PartResult:
    return replace(part, fraction=ONE / parts if part.is_right else ZERO)


_MARKERS: Mapping[str, Callable[[Any, Payload, Standing, MarkResult], Neutral]] = {
    SingleChoice.type: _one_of,
    TrueFalse.type: _one_of,
    MultipleChoice.type: _several_of,
    Matching.type: _rows,
}
