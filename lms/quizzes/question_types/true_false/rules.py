"""A statement that is true or false. The two options are never shuffled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import choices
from lms.quizzes.question_types import payload as read
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
    WordsDiffer,
    WordsFault,
    result,
)

NAME: str = "true_false"
TRUE, FALSE = "true", "false"
IDS: OptionOrder = (TRUE, FALSE)


@dataclass(frozen=True, kw_only=True)
class TrueFalse(Question):
    """Ask whether the stem is true; each feedback is for whoever said so."""

    type: ClassVar[str] = NAME
    answer: bool
    feedback_true: str = ""
    feedback_false: str = ""


def parse(payload: Payload) -> TrueFalse:
    """Read the question; `answer` is a JSON true or false."""
    answer = payload.get("answer")
    if answer is None:
        raise InvalidQuestion("answer", QuestionFault.MISSING)
    if not isinstance(answer, bool):
        raise InvalidQuestion("answer", QuestionFault.NOT_TRUE_OR_FALSE)
    return TrueFalse(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        answer=answer,
        feedback_true=read.text(payload, "feedback_true", required=False),
        feedback_false=read.text(payload, "feedback_false", required=False),
    )


def dump(question: TrueFalse) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "answer": question.answer,
        "feedback_true": question.feedback_true,
        "feedback_false": question.feedback_false,
        "general_feedback": question.general_feedback,
    }


def match_ids(new: TrueFalse, old: TrueFalse) -> TrueFalse:
    """Keep everything: the ids never change."""
    return new


def map_texts(question: TrueFalse, change: Callable[[str], str]) -> TrueFalse:
    """Change stem and feedback."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        feedback_true=change(question.feedback_true),
        feedback_false=change(question.feedback_false),
    )


def translated(question: TrueFalse, words: TrueFalse) -> TrueFalse:
    """Take the words of another language."""
    if question.answer != words.answer:
        raise WordsDiffer(WordsFault.KEY)
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        feedback_true=words.feedback_true,
        feedback_false=words.feedback_false,
    )


def structure_digest(question: TrueFalse) -> str:
    """Hash what marking depends on."""
    return digest([NAME, read.number_text(question.marks), _key(question)])


def option_ids(question: TrueFalse) -> OptionOrder:
    """List true, then false."""
    return IDS


def draw(question: TrueFalse, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Keep true before false, whatever the seed."""
    return IDS


def as_drawn(question: TrueFalse, order: Sequence[str]) -> TrueFalse:
    """Change nothing: every attempt meets the same question."""
    return question


def public(question: TrueFalse, order: Sequence[str]) -> dict[str, object]:
    """Show stem and marks; the page words the two options in the reader's language."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "options": [{"id": option_id} for option_id in IDS],
    }


def field_names(question: TrueFalse) -> tuple[str, ...]:
    """Name the one field."""
    return (choices.FIELD,)


def read_response(question: TrueFalse, form_values: FormValues) -> dict[str, object]:
    """Read which of the two was chosen."""
    chosen = choices.read_one(IDS, form_values)
    return {"choice": chosen} if chosen else {}


def is_answered(question: TrueFalse, payload: Payload) -> bool:
    """Say whether one of the two is chosen."""
    return _chosen(payload) is not None


def notice(question: TrueFalse, payload: Payload) -> ResponseNotice | None:
    """Find nothing to remark."""
    return None


def mark(question: TrueFalse, payload: Payload) -> MarkResult:
    """Give all or nothing."""
    chosen, key = _chosen(payload), _key(question)
    fraction = ONE if chosen == key else ZERO
    part = PartResult(choices.FIELD, chosen, key, chosen == key, fraction)
    answered = chosen is not None
    return result(fraction, [part], answered=answered, feedback=[chosen] if chosen else [])


def feedback(question: TrueFalse, payload: Payload) -> tuple[str, ...]:
    """Show the feedback for what was said, and the general one."""
    said = {TRUE: question.feedback_true, FALSE: question.feedback_false}
    specific = said.get(_chosen(payload) or "", "")
    return tuple(text for text in (specific, question.general_feedback) if text)


def key_text(question: TrueFalse) -> tuple[str, ...]:
    """Give `true` or `false`; the page translates."""
    return (_key(question),)


def response_text(question: TrueFalse, payload: Payload) -> tuple[str, ...]:
    """Give `true`, `false` or nothing; the page translates."""
    chosen = _chosen(payload)
    return (chosen,) if chosen else ()


def answer_classes(question: TrueFalse) -> tuple[AnswerClass, ...]:
    """List true and false; the page words them."""
    return tuple(
        AnswerClass(choices.FIELD, each, each, ONE if each == _key(question) else ZERO)
        for each in IDS
    )


def summarise(question: TrueFalse, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count what was said."""
    return choices.summarised(answer_classes(question), [_chosen(payload) or ""])


def random_guess(question: TrueFalse) -> Decimal | None:
    """Expect one guess in two to be right."""
    return Decimal("0.5")


def _key(question: TrueFalse) -> str:
    return TRUE if question.answer else FALSE


def _chosen(payload: Payload) -> str | None:
    found = choices.chosen_of(IDS, payload, "choice")
    return found[0] if len(found) == 1 else None
