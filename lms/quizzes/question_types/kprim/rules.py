"""Four statements, each to be called true or false: four right earn all, three earn half.

The rule is OpenOLAT's: fewer than three right decisions earn nothing. Statements are shuffled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import choices, plain
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.ids import Known, digest, keep_ids, same_text
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    MarkResult,
    OptionOrder,
    PartResult,
    Payload,
    Question,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    result,
)

NAME: str = "kprim"
STATEMENTS = 4
TRUE, FALSE = "true", "false"
EARNED = {4: ONE, 3: Decimal("0.5")}


@dataclass(frozen=True)
class Statement:
    """Hold one statement, whether it is true, and why."""

    id: str
    text: str
    is_true: bool
    feedback: str = ""

    @property
    def key(self) -> str:
        """The right decision."""
        return TRUE if self.is_true else FALSE


@dataclass(frozen=True, kw_only=True)
class Kprim(Question):
    """Ask for a decision on each of four statements."""

    type: ClassVar[str] = NAME
    statements: tuple[Statement, ...]


def parse(payload: Payload) -> Kprim:
    """Read the question; there are exactly four statements, all different."""
    items = read.objects(payload, "statements", least=STATEMENTS, most=STATEMENTS)
    statements = tuple(_read_statement(item, index) for index, item in enumerate(items))
    read.refuse_duplicates("text", [same_text(each.text) for each in statements])
    read.refuse_duplicates("id", [each.id for each in statements])
    return Kprim(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        statements=statements,
    )


def _read_statement(item: Payload, index: int) -> Statement:
    words = read.text(item, "text", index=index)
    return Statement(
        id=read.identifier(item, words, index=index),
        text=words,
        is_true=read.flag(item, "is_true"),
        feedback=read.text(item, "feedback", index=index, required=False),
    )


def dump(question: Kprim) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "statements": [
            {"id": s.id, "text": s.text, "is_true": s.is_true, "feedback": s.feedback}
            for s in question.statements
        ],
        "general_feedback": question.general_feedback,
    }


def match_ids(new: Kprim, old: Kprim) -> Kprim:
    """Keep the ids of statements that stayed."""
    ids = keep_ids(
        [Known(s.id, s.text, s.key) for s in new.statements],
        [Known(s.id, s.text, s.key) for s in old.statements],
    )
    return replace(new, statements=tuple(replace(s, id=ids[s.id]) for s in new.statements))


def map_texts(question: Kprim, change: Callable[[str], str]) -> Kprim:
    """Change stem, statements and feedback; keep ids."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        statements=tuple(
            replace(s, text=change(s.text), feedback=change(s.feedback))
            for s in question.statements
        ),
    )


def translated(question: Kprim, words: Kprim) -> Kprim:
    """Take the words of another language, each statement at its place."""
    pairs = list(zip(question.statements, words.statements, strict=True))
    for index, (statement, other) in enumerate(pairs):
        if statement.is_true != other.is_true:
            raise WordsDiffer(WordsFault.KEY, index)
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        statements=tuple(
            replace(statement, text=other.text, feedback=other.feedback)
            for statement, other in pairs
        ),
    )


def structure_digest(question: Kprim) -> str:
    """Hash what marking depends on."""
    keys = sorted([each.id, each.key] for each in question.statements)
    return digest([NAME, read.number_text(question.marks), keys])


def option_ids(question: Kprim) -> OptionOrder:
    """List the statements in the author's order."""
    return tuple(each.id for each in question.statements)


def draw(question: Kprim, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Fix the order of the statements."""
    return choices.order_of(option_ids(question), seed, shuffle=shuffle)


as_drawn = plain.as_drawn


def public(question: Kprim, order: Sequence[str]) -> dict[str, object]:
    """Show the statements; the page words true and false."""
    texts = {each.id: each.text for each in question.statements}
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "statements": [
            {**each, "field": field_of(each["id"])} for each in choices.public_options(texts, order)
        ],
    }


def field_of(statement_id: str) -> str:
    """Name the form field of one statement."""
    return f"kprim-{statement_id}"


def field_names(question: Kprim) -> tuple[str, ...]:
    """Name one field for each statement."""
    return tuple(field_of(each.id) for each in question.statements)


def read_response(question: Kprim, form_values: FormValues) -> dict[str, object]:
    """Read the decisions taken; statements left open are left out."""
    read_one = choices.read_one
    taken = {
        each.id: read_one((TRUE, FALSE), form_values, field_of(each.id))
        for each in question.statements
    }
    decisions = {statement: said for statement, said in taken.items() if said}
    return {"decisions": decisions} if decisions else {}


def is_answered(question: Kprim, payload: Payload) -> bool:
    """Say whether every statement has a decision."""
    return len(decisions_in(question, payload)) == STATEMENTS


def notice(question: Kprim, payload: Payload) -> ResponseNotice | None:
    """Remark that some statements are still open."""
    given = len(decisions_in(question, payload))
    return ResponseNotice.INCOMPLETE if 0 < given < STATEMENTS else None


def mark(question: Kprim, payload: Payload) -> MarkResult:
    """Give all for four right decisions, half for three, else nothing."""
    given = decisions_in(question, payload)
    parts = [_part(each, given.get(each.id)) for each in question.statements]
    right = sum(part.is_right for part in parts)
    fraction = EARNED.get(right, ZERO)
    return result(fraction, parts, answered=bool(given), feedback=list(given))


def _part(statement: Statement, given: str | None) -> PartResult:
    is_right = given == statement.key
    share = ONE / STATEMENTS if is_right else ZERO
    return PartResult(statement.id, given, statement.key, is_right, share)


def feedback(question: Kprim, payload: Payload) -> tuple[str, ...]:
    """Show the feedback of the statements decided, and the general one."""
    given = decisions_in(question, payload)
    texts = [each.feedback for each in question.statements if each.id in given]
    return tuple(text for text in (*texts, question.general_feedback) if text)


def key_text(question: Kprim) -> tuple[str, ...]:
    """Mark each statement with + or −, which need no translation."""
    return tuple(f"{_sign(each.key)} {each.text}" for each in question.statements)


def response_text(question: Kprim, payload: Payload) -> tuple[str, ...]:
    """Mark each statement decided with + or −."""
    given = decisions_in(question, payload)
    return tuple(
        f"{_sign(given[each.id])} {each.text}" for each in question.statements if each.id in given
    )


def _sign(decision: str) -> str:
    return "+" if decision == TRUE else "−"


def answer_classes(question: Kprim) -> tuple[AnswerClass, ...]:
    """List both decisions on each statement."""
    return tuple(_class(each, said) for each in question.statements for said in (TRUE, FALSE))


def summarise(question: Kprim, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count the decision on each statement."""
    given = decisions_in(question, payload)
    return tuple(_class(each, given.get(each.id, "")) for each in question.statements)


def _class(statement: Statement, said: str) -> AnswerClass:
    share = ONE / STATEMENTS if said == statement.key else ZERO
    text = f"{_sign(said)} {statement.text}" if said else ""
    return AnswerClass(statement.id, said, text, share)


def random_guess(question: Kprim) -> Decimal | None:
    """Expect 3/16: one of sixteen has all four, four of sixteen have three."""
    return Decimal(3) / 16


def decisions_in(question: Kprim, payload: Payload) -> dict[str, str]:
    """Find the decisions in a stored answer, whatever else it holds."""
    stored = payload.get("decisions")
    if not isinstance(stored, dict):
        return {}
    given = ((each.id, stored.get(each.id)) for each in question.statements)
    return {key: value for key, value in given if value in (TRUE, FALSE)}
