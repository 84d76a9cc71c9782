"""Several answers out of several, scored by a declared rule (`schemes.py`).

An option with a positive fraction is right; all others are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from lms.quizzes.question_types import choices
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.choices import Option, Options
from lms.quizzes.question_types.ids import digest
from lms.quizzes.question_types.multiple_choice.schemes import Scheme, Ticks, exact, fraction_of
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    MarkResult,
    OptionOrder,
    PartResult,
    Payload,
    Question,
    QuestionFault,
    ResponseNotice,
    result,
)

NAME: str = "multiple_choice"

# Three weights of 33.33 % are meant as the whole; 0.01 % is what authors' rounding needs.
POSITIVES_TOLERANCE = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class MultipleChoice(Question):
    """Ask for every right option."""

    type: ClassVar[str] = NAME
    options: Options
    scoring: Scheme = Scheme.SUM_OF_FRACTIONS


def parse(payload: Payload) -> MultipleChoice:
    """Read the question; the fractions of right options make up the whole."""
    options = choices.read_options(payload)
    positives = sum((option.fraction for option in options if is_key(option)), ZERO)
    if not positives:
        raise InvalidQuestion("options", QuestionFault.NO_RIGHT_ANSWER)
    if abs(positives - ONE) > POSITIVES_TOLERANCE:
        raise InvalidQuestion("options", QuestionFault.POSITIVES_NOT_100)
    return MultipleChoice(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        options=options,
        scoring=_read_scheme(payload),
    )


def _read_scheme(payload: Payload) -> Scheme:
    name = read.text(payload, "scoring", required=False) or Scheme.SUM_OF_FRACTIONS
    try:
        return Scheme(name)
    except ValueError:
        raise InvalidQuestion("scoring", QuestionFault.UNKNOWN) from None


def dump(question: MultipleChoice) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "scoring": question.scoring.value,
        "options": choices.dump_options(question.options),
        "general_feedback": question.general_feedback,
    }


def is_key(option: Option) -> bool:
    """Say whether an option should be ticked."""
    return option.fraction > 0


def match_ids(new: MultipleChoice, old: MultipleChoice) -> MultipleChoice:
    """Keep the ids of options that stayed."""
    return replace(new, options=choices.with_kept_ids(new.options, old.options))


def map_texts(question: MultipleChoice, change: Callable[[str], str]) -> MultipleChoice:
    """Change stem, options and feedback; keep ids."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        options=choices.map_options(question.options, change),
    )


def translated(question: MultipleChoice, words: MultipleChoice) -> MultipleChoice:
    """Take the words of another language."""
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        options=choices.translated(question.options, words.options),
    )


def structure_digest(question: MultipleChoice) -> str:
    """Hash what marking depends on, the scoring rule included."""
    marks = read.number_text(question.marks)
    return digest([NAME, marks, question.scoring.value, choices.structure(question.options)])


def option_ids(question: MultipleChoice) -> OptionOrder:
    """List the options in the author's order."""
    return tuple(option.id for option in question.options)


def draw(question: MultipleChoice, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Fix the order of the options."""
    return choices.order_of(option_ids(question), seed, shuffle=shuffle)


def as_drawn(question: MultipleChoice, order: Sequence[str]) -> MultipleChoice:
    """Change nothing: every attempt meets the same question."""
    return question


def public(question: MultipleChoice, order: Sequence[str]) -> dict[str, object]:
    """Show stem, marks, options and the scoring rule; not how many are right."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "scoring": question.scoring.value,
        "options": choices.public_options(choices.texts_of(question.options), order),
    }


def field_names(question: MultipleChoice) -> tuple[str, ...]:
    """Name the one field, which may hold several values."""
    return (choices.FIELD,)


def read_response(question: MultipleChoice, form_values: FormValues) -> dict[str, object]:
    """Read the options ticked."""
    chosen = choices.read_several(option_ids(question), form_values)
    return {"choices": chosen} if chosen else {}


def is_answered(question: MultipleChoice, payload: Payload) -> bool:
    """Say whether anything is ticked."""
    return bool(_chosen(question, payload))


def notice(question: MultipleChoice, payload: Payload) -> ResponseNotice | None:
    """Find nothing to remark: any set of ticks is an answer."""
    return None


def mark(question: MultipleChoice, payload: Payload) -> MarkResult:
    """Score the ticks by the declared rule."""
    chosen = _chosen(question, payload)
    parts = [_part(option, option.id in chosen) for option in question.options]
    fraction = fraction_of(question.scoring, _count(question.options, chosen))
    return result(fraction, parts, answered=bool(chosen), feedback=chosen)


def _count(options: Options, chosen: Sequence[str]) -> Ticks:
    ticked = [option for option in options if option.id in chosen]
    right = sum(is_key(option) for option in options)
    right_ticked = sum(is_key(option) for option in ticked)
    return Ticks(
        right_ticked=right_ticked,
        right=right,
        wrong_ticked=len(ticked) - right_ticked,
        wrong=len(options) - right,
        weight=sum((exact(option.fraction) for option in ticked), Fraction(0)),
    )


def _part(option: Option, is_chosen: bool) -> PartResult:
    return PartResult(
        key=option.id,
        given=option.id if is_chosen else None,
        expected=option.id if is_key(option) else None,
        is_right=is_chosen == is_key(option),
        fraction=option.fraction if is_chosen else ZERO,
    )


def feedback(question: MultipleChoice, payload: Payload) -> tuple[str, ...]:
    """Show the feedback of every ticked option and the general one."""
    chosen = _chosen(question, payload)
    return choices.feedback_texts(question.options, chosen, question.general_feedback)


def key_text(question: MultipleChoice) -> tuple[str, ...]:
    """Give the words of the right options."""
    return tuple(option.text for option in question.options if is_key(option))


def response_text(question: MultipleChoice, payload: Payload) -> tuple[str, ...]:
    """Give the words of the ticked options."""
    chosen = _chosen(question, payload)
    return tuple(option.text for option in question.options if option.id in chosen)


def answer_classes(question: MultipleChoice) -> tuple[AnswerClass, ...]:
    """List the options with the weights they have."""
    return choices.classes_of(question.options)


def summarise(question: MultipleChoice, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count each option ticked."""
    return choices.summarised(answer_classes(question), _chosen(question, payload) or [""])


def random_guess(question: MultipleChoice) -> Decimal | None:
    """Tell nothing: how many a guesser would tick isn't known."""
    return None


def _chosen(question: MultipleChoice, payload: Payload) -> OptionOrder:
    return choices.chosen_of(option_ids(question), payload, "choices")
