"""One answer out of several. Others than the right one may earn a part of the marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import choices
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.choices import Options
from lms.quizzes.question_types.ids import digest
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

NAME: str = "single_choice"


@dataclass(frozen=True, kw_only=True)
class SingleChoice(Question):
    """Ask for exactly one option."""

    type: ClassVar[str] = NAME
    options: Options


def parse(payload: Payload) -> SingleChoice:
    """Read the question; exactly one option earns everything."""
    options = choices.read_options(payload)
    right = [index for index, option in enumerate(options) if option.fraction == ONE]
    if not right:
        raise InvalidQuestion("options", QuestionFault.NO_RIGHT_ANSWER)
    if len(right) > 1:
        raise InvalidQuestion("options", QuestionFault.SEVERAL_RIGHT_ANSWERS, right[1])
    return SingleChoice(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        options=options,
    )


def dump(question: SingleChoice) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "options": choices.dump_options(question.options),
        "general_feedback": question.general_feedback,
    }


def match_ids(new: SingleChoice, old: SingleChoice) -> SingleChoice:
    """Keep the ids of options that stayed."""
    return replace(new, options=choices.with_kept_ids(new.options, old.options))


def map_texts(question: SingleChoice, change: Callable[[str], str]) -> SingleChoice:
    """Change stem, options and feedback; keep ids."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        options=choices.map_options(question.options, change),
    )


def translated(question: SingleChoice, words: SingleChoice) -> SingleChoice:
    """Take the words of another language."""
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        options=choices.translated(question.options, words.options),
    )


def structure_digest(question: SingleChoice) -> str:
    """Hash what marking depends on."""
    return digest([NAME, read.number_text(question.marks), choices.structure(question.options)])


def option_ids(question: SingleChoice) -> OptionOrder:
    """List the options in the author's order."""
    return tuple(option.id for option in question.options)


def draw(question: SingleChoice, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Fix the order of the options."""
    return choices.order_of(option_ids(question), seed, shuffle=shuffle)


def as_drawn(question: SingleChoice, order: Sequence[str]) -> SingleChoice:
    """Change nothing: every attempt meets the same question."""
    return question


def public(question: SingleChoice, order: Sequence[str]) -> dict[str, object]:
    """Show stem, marks and options."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "options": choices.public_options(choices.texts_of(question.options), order),
    }


def field_names(question: SingleChoice) -> tuple[str, ...]:
    """Name the one field."""
    return (choices.FIELD,)


def read_response(question: SingleChoice, form_values: FormValues) -> dict[str, object]:
    """Read the option chosen."""
    chosen = choices.read_one(option_ids(question), form_values)
    return {"choice": chosen} if chosen else {}


def is_answered(question: SingleChoice, payload: Payload) -> bool:
    """Say whether an option is chosen."""
    return _chosen(question, payload) is not None


def notice(question: SingleChoice, payload: Payload) -> ResponseNotice | None:
    """Find nothing to remark: a choice is a choice."""
    return None


def mark(question: SingleChoice, payload: Payload) -> MarkResult:
    """Give the fraction of the chosen option; a negative one counts as nothing."""
    chosen = _chosen(question, payload)
    fractions = {option.id: option.fraction for option in question.options}
    fraction = max(ZERO, fractions.get(chosen, ZERO)) if chosen else ZERO
    expected = _right_id(question)
    part = PartResult(choices.FIELD, chosen, expected, chosen == expected, fraction)
    return result(
        fraction,
        [part],
        answered=chosen is not None,
        feedback=[chosen] if chosen else [],
    )


def feedback(question: SingleChoice, payload: Payload) -> tuple[str, ...]:
    """Show the chosen option's feedback and the general one."""
    chosen = choices.chosen_of(option_ids(question), payload, "choice")[:1]
    return choices.feedback_texts(question.options, chosen, question.general_feedback)


def key_text(question: SingleChoice) -> tuple[str, ...]:
    """Give the right option's words."""
    return (choices.texts_of(question.options)[_right_id(question)],)


def response_text(question: SingleChoice, payload: Payload) -> tuple[str, ...]:
    """Give the chosen option's words."""
    chosen = _chosen(question, payload)
    return (choices.texts_of(question.options)[chosen],) if chosen else ()


def answer_classes(question: SingleChoice) -> tuple[AnswerClass, ...]:
    """List the options."""
    return choices.classes_of(question.options)


def summarise(question: SingleChoice, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count the option chosen."""
    return choices.summarised(answer_classes(question), [_chosen(question, payload) or ""])


def random_guess(question: SingleChoice) -> Decimal | None:
    """Average what the options earn."""
    earned = sum((max(ZERO, option.fraction) for option in question.options), ZERO)
    return earned / len(question.options)


def _chosen(question: SingleChoice, payload: Payload) -> str | None:
    found = choices.chosen_of(option_ids(question), payload, "choice")
    # Two in one answer can't come from the page; neither may be picked for the learner.
    return found[0] if len(found) == 1 else None


def _right_id(question: SingleChoice) -> str:
    return next(option.id for option in question.options if option.fraction == ONE)
