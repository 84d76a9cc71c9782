"""A word or a few, typed. The first answer in order that fits gives its fraction.

Answers are plain texts with wildcards, not Markdown, and are the same in every language: what
learners may write in either stands in one list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types import plain
from lms.quizzes.question_types.ids import digest, same_text
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    MarkResult,
    PartResult,
    Payload,
    Question,
    QuestionFault,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    result,
)
from lms.quizzes.question_types.short_answer.text_match import (
    Sameness,
    is_catch_all,
    matches,
    readable,
)

NAME: str = "short_answer"
FIELD = "text"
OTHER = "other"
MAX_LENGTH = 500


@dataclass(frozen=True)
class TextAnswer:
    """Hold a text that is accepted, with wildcards, and what it earns."""

    text: str
    fraction: Decimal = ONE
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class ShortAnswer(Question):
    """Ask for a word or a few."""

    type: ClassVar[str] = NAME
    answers: tuple[TextAnswer, ...]
    sameness: Sameness = Sameness()


def parse(payload: Payload) -> ShortAnswer:
    """Read the question; at least one answer earns everything, and none is there twice."""
    answers = tuple(
        read_answer(item, index)
        for index, item in enumerate(read.objects(payload, "answers", least=1))
    )
    if all(answer.fraction < ONE for answer in answers):
        raise InvalidQuestion("answers", QuestionFault.NO_RIGHT_ANSWER)
    read.refuse_duplicates("answers", [same_text(answer.text) for answer in answers])
    return ShortAnswer(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        answers=answers,
        sameness=read_sameness(payload),
    )


def read_answer(item: Payload, index: int) -> TextAnswer:
    """Read one accepted text."""
    return TextAnswer(
        text=" ".join(read.text(item, "text", index=index, limit=MAX_LENGTH).split()),
        fraction=read.decimal(item, "fraction", ONE, index=index, low=ZERO, high=ONE),
        feedback=read.text(item, "feedback", index=index, required=False),
    )


def read_sameness(payload: Payload) -> Sameness:
    """Read what makes two texts the same."""
    return Sameness(read.flag(payload, "case"), read.flag(payload, "plain_letters"))


def dump(question: ShortAnswer) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "answers": [dump_answer(answer) for answer in question.answers],
        "case": question.sameness.case,
        "plain_letters": question.sameness.plain_letters,
        "general_feedback": question.general_feedback,
    }


def dump_answer(answer: TextAnswer) -> dict[str, object]:
    """Write one accepted text canonically."""
    fraction = read.number_text(answer.fraction)
    return {"text": answer.text, "fraction": fraction, "feedback": answer.feedback}


match_ids = plain.match_ids
option_ids = plain.option_ids
draw = plain.draw
as_drawn = plain.as_drawn


def map_texts(question: ShortAnswer, change: Callable[[str], str]) -> ShortAnswer:
    """Change stem and feedback; the accepted texts are plain and stay."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        answers=tuple(
            replace(answer, feedback=change(answer.feedback)) for answer in question.answers
        ),
    )


def translated(question: ShortAnswer, words: ShortAnswer) -> ShortAnswer:
    """Take stem and feedback of another language; what is accepted must be the same."""
    check_same(question.answers, words.answers)
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        answers=tuple(
            replace(answer, feedback=other.feedback)
            for answer, other in zip(question.answers, words.answers, strict=True)
        ),
    )


def check_same(answers: Sequence[TextAnswer], words: Sequence[TextAnswer]) -> None:
    """Raise `WordsDiffer` where another language accepts something else."""
    if len(answers) != len(words):
        raise WordsDiffer(WordsFault.OPTIONS)
    for index, (answer, other) in enumerate(zip(answers, words, strict=True)):
        if answer.fraction != other.fraction:
            raise WordsDiffer(WordsFault.WEIGHTS, index)
        if answer.text != other.text:
            raise WordsDiffer(WordsFault.KEY, index)


def structure_digest(question: ShortAnswer) -> str:
    """Hash what marking depends on; the order of answers counts, the first to fit wins."""
    same = question.sameness
    answers = [[answer.text, read.number_text(answer.fraction)] for answer in question.answers]
    marks = read.number_text(question.marks)
    return digest([NAME, marks, same.case, same.plain_letters, answers])


def public(question: ShortAnswer, order: Sequence[str]) -> dict[str, object]:
    """Show stem and marks, and whether capitals count."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "case": question.sameness.case,
    }


def field_names(question: ShortAnswer) -> tuple[str, ...]:
    """Name the one field."""
    return (FIELD,)


def read_response(question: ShortAnswer, form_values: FormValues) -> dict[str, object]:
    """Keep what was typed."""
    typed = plain.read_typed(form_values, FIELD, limit=MAX_LENGTH)
    return {"text": typed} if typed else {}


def is_answered(question: ShortAnswer, payload: Payload) -> bool:
    """Say whether something is typed."""
    return bool(plain.typed_in(payload))


def notice(question: ShortAnswer, payload: Payload) -> ResponseNotice | None:
    """Find nothing to remark: any word is an answer."""
    return None


def mark(question: ShortAnswer, payload: Payload) -> MarkResult:
    """Give the fraction of the first answer that fits."""
    typed = plain.typed_in(payload)
    key, fraction = first_fit(question.answers, typed, question.sameness)
    part = PartResult(FIELD, typed or None, key_text(question)[0], fraction == ONE, fraction)
    return result(fraction, [part], answered=bool(typed), feedback=[key] if typed else [])


def first_fit(answers: Sequence[TextAnswer], typed: str, sameness: Sameness) -> tuple[str, Decimal]:
    """Find the first answer that fits, as its place or `other`, and what it earns."""
    if typed and len(typed) <= MAX_LENGTH:
        for index, answer in enumerate(answers):
            if matches(answer.text, typed, sameness):
                return str(index), answer.fraction
    return OTHER, ZERO


def feedback(question: ShortAnswer, payload: Payload) -> tuple[str, ...]:
    """Show the feedback of the answer that fits, and the general one."""
    typed, specific = plain.typed_in(payload), ""
    key, _ = first_fit(question.answers, typed, question.sameness)
    if key != OTHER:
        specific = question.answers[int(key)].feedback
    return tuple(text for text in (specific, question.general_feedback) if text)


def key_text(question: ShortAnswer) -> tuple[str, ...]:
    """Give the first answer that earns everything."""
    right = next(answer for answer in question.answers if answer.fraction == ONE)
    return (plain.shown(readable(right.text)),)


def response_text(question: ShortAnswer, payload: Payload) -> tuple[str, ...]:
    """Give what was typed."""
    typed = plain.typed_in(payload)
    return (plain.shown(typed),) if typed else ()


def answer_classes(question: ShortAnswer) -> tuple[AnswerClass, ...]:
    """List the author's answers."""
    return classes_of(FIELD, question.answers)


def classes_of(part: str, answers: Sequence[TextAnswer]) -> tuple[AnswerClass, ...]:
    """List accepted texts as ways to answer a part."""
    return tuple(
        AnswerClass(part, str(index), plain.shown(readable(answer.text)), answer.fraction)
        for index, answer in enumerate(answers)
    )


def summarise(question: ShortAnswer, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count the author's answer that fits, or the words typed."""
    typed = plain.typed_in(payload)
    if not typed:
        return (AnswerClass(FIELD, "", "", ZERO),)
    key, _ = first_fit(question.answers, typed, question.sameness)
    if key == OTHER:
        return (AnswerClass(FIELD, OTHER, plain.shown(question.sameness.fold(typed)), ZERO),)
    return (answer_classes(question)[int(key)],)


def random_guess(question: ShortAnswer) -> Decimal | None:
    """Expect what the answer that takes anything gives, else nothing."""
    caught = (each.fraction for each in question.answers if is_catch_all(each.text))
    return next(caught, ZERO)
