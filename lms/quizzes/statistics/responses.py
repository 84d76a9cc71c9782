"""What was answered to a question: each option or answer, by whom, and what it earned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lms.quizzes.question_types.protocol import ZERO, Outcome, Question, QuestionType

MOST_LISTED = 15
"""Of typed answers so many are listed, the most frequent ones; the others are counted."""

THIRD = 3
"""The weaker and the stronger third of the attempts are set side by side, from nine on."""


@dataclass(frozen=True)
class Said:
    """One thing that an answer says: an option chosen, a pair, a value."""

    text: str
    is_right: bool
    credit: Decimal | None  # the share of the marks that it earned; none where it can't be told


def said_in(
    rules: QuestionType[Any], question: Question, payload: Mapping[str, Any]
) -> tuple[Said, ...]:
    """Take an answer apart; nothing is said where it is empty."""
    marked = rules.mark(question, payload)
    if marked.outcome is Outcome.UNANSWERED:
        return ()
    texts = rules.response_text(question, payload)
    parts = [part for part in marked.parts if part.given is not None]
    if len(parts) == len(texts):
        return tuple(
            Said(text, part.is_right, part.fraction)
            for text, part in zip(texts, parts, strict=True)
        )
    if len(texts) == 1:
        return (Said(texts[0], marked.outcome is Outcome.RIGHT, marked.fraction),)
    return tuple(Said(text, text in rules.key_text(question), None) for text in texts)


def known_answers(rules: QuestionType[Any], question: Question) -> tuple[Said, ...]:
    """List what could be answered as far as the question names it, in its own order."""
    options = getattr(question, "options", None)
    if options:
        found: list[Said] = []
        key = set(rules.key_text(question))
        for option in options:
            credit = getattr(option, "fraction", None)
            found.append(Said(option.text, option.text in key, credit))
        return tuple(found)
    if question.type == "true_false":
        key = set(rules.key_text(question))
        return tuple(Said(t, t in key, Decimal(int(t in key))) for t in ("true", "false"))
    return tuple(Said(text, is_right=True, credit=None) for text in rules.key_text(question))


@dataclass(frozen=True)
class Line:
    """An option or an answer in the table of a question."""

    text: str
    is_right: bool
    credit: Decimal | None
    chosen: int
    share: float  # per cent of those who met the question
    weaker: int | None  # how many of the weaker third chose it
    stronger: int | None
    mean: float | None  # the mean result of the tests in which it was chosen, per cent


@dataclass(frozen=True)
class Table:
    """All that was answered to a question."""

    met: int
    unanswered: int
    lines: tuple[Line, ...]
    others: int  # further answers, each given less often than those listed
    third: int | None  # how many attempts the weaker third has, and the stronger
    thirds: tuple[int, int] = (0, 0)
    is_closed: bool = True  # the answers are chosen from a list, not typed
    is_single: bool = True  # an answer says one thing


@dataclass
class _Chosen:
    said: Said
    rows: list[int] = field(default_factory=list)


def table_of(
    rules: QuestionType[Any],
    question: Question,
    answers: Mapping[Any, tuple[Mapping[str, Any], Sequence[int]]],
    results: Mapping[int, float],
) -> Table:
    """Count what was answered.

    `answers` holds each different answer with the attempts (rows) that gave it; `results` the
    result of each attempt in per cent, where it has one.
    """
    found = {said.text: _Chosen(said) for said in known_answers(rules, question)}
    is_closed = bool(found) and (question.type == "true_false" or hasattr(question, "options"))
    known, met, unanswered, is_single = set(found), 0, 0, True
    for payload, rows in answers.values():
        met += len(rows)
        things = said_in(rules, question, payload)
        unanswered += 0 if things else len(rows)
        is_single = is_single and len(things) < 2
        for said in things:
            line = found.setdefault(said.text, _Chosen(said))
            if line.said.credit is None:
                line.said = said
            line.rows += rows
    typed = sorted(
        (text for text in found if text not in known),
        key=lambda text: (-len(found[text].rows), text),
    )
    listed = [*(t for t in found if t in known), *typed[:MOST_LISTED]]
    every = [row for _payload, rows in answers.values() for row in rows]
    thirds = _thirds(every, results)
    return Table(
        met=met,
        unanswered=unanswered,
        lines=tuple(_line(found[text], met, thirds, results) for text in listed),
        others=sum(len(found[text].rows) for text in typed[MOST_LISTED:]),
        third=None if thirds is None else len(thirds[0]),
        thirds=(0, 0) if thirds is None else (len(thirds[0]), len(thirds[1])),
        is_closed=is_closed,
        is_single=is_single and question.type != "multiple_choice",
    )


Thirds = tuple[frozenset[int], frozenset[int]]


def _thirds(rows: Iterable[int], results: Mapping[int, float]) -> Thirds | None:
    """Find the weaker and the stronger third; equals stay together, so they may be larger.

    None where there are too few to tell, or where equals would stand in both.
    """
    known = [row for row in rows if row in results]
    values = sorted(results[row] for row in known)
    size = len(values) // THIRD
    if size < THIRD or values[size - 1] >= values[-size]:
        return None
    low, high = values[size - 1], values[-size]
    return (
        frozenset(row for row in known if results[row] <= low),
        frozenset(row for row in known if results[row] >= high),
    )


def _line(chosen: _Chosen, met: int, thirds: Thirds | None, results: Mapping[int, float]) -> Line:
    told = [results[row] for row in chosen.rows if row in results]
    weaker, stronger = thirds or (None, None)
    return Line(
        text=chosen.said.text,
        is_right=chosen.said.is_right,
        credit=chosen.said.credit,
        chosen=len(chosen.rows),
        share=100 * len(chosen.rows) / met if met else 0.0,
        weaker=None if weaker is None else sum(row in weaker for row in chosen.rows),
        stronger=None if stronger is None else sum(row in stronger for row in chosen.rows),
        mean=sum(told) / len(told) if told else None,
    )


def no_credit(line: Line) -> bool:
    """Whether an answer is a distractor: wrong, and worth nothing."""
    return not line.is_right and (line.credit is None or line.credit <= ZERO)
