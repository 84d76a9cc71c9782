"""What was answered to a question: each option or answer, by whom, and what it earned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lms.quizzes.question_types.protocol import ZERO, AnswerClass, Question, QuestionType

MOST_LISTED = 15
"""Of typed answers so many are listed, the most frequent ones; the others are counted."""

ANYTHING = "…"
"""How a class is written that takes whatever was typed."""

THIRD = 3
"""The weaker and the stronger third of the attempts are set side by side, from nine on."""


@dataclass(frozen=True)
class Answer:
    """An answer with the attempts (rows) that gave it, and the draw that it belongs to."""

    payload: Mapping[str, Any]
    rows: Sequence[int]
    order: tuple[str, ...] = ()  # needed where the question is not the same in each attempt


@dataclass(frozen=True)
class Line:
    """A way to answer, in the table of a question."""

    part: str  # what it answers; empty where the question has one part
    text: str  # empty of what is in own words
    is_blank: bool  # this part was left open
    is_right: bool
    credit: Decimal
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
    thirds: tuple[int, int] | None  # how many attempts the weaker third has, and the stronger
    is_closed: bool = True  # the answers are chosen from a list, not typed
    is_single: bool = True  # an answer says one thing


@dataclass
class _Chosen:
    each: AnswerClass
    rows: list[int] = field(default_factory=list)


_Key = tuple[str, str, str]


def _key(each: AnswerClass, known: Iterable[tuple[str, str]]) -> _Key:
    """Name a class: by its own key where the question lists it, else by what was written."""
    listed = (each.part, each.key) in known
    return (each.part, each.key, "" if listed else each.text)


def table_of(
    rules: QuestionType[Any],
    question: Question,
    answers: Sequence[Answer],
    results: Mapping[int, float],
) -> Table:
    """Count what was answered; `results` holds each attempt's result in per cent, if it has one."""
    classes = rules.answer_classes(question)
    known = frozenset((each.part, each.key) for each in classes)
    found = {_key(each, known): _Chosen(each) for each in classes}
    met = unanswered = 0
    is_single = True
    for answer in answers:
        met += len(answer.rows)
        drawn = rules.as_drawn(question, answer.order) if answer.order else question
        given = rules.summarise(drawn, answer.payload)
        if not any(each.key for each in given):
            unanswered += len(answer.rows)
            continue
        is_single = is_single and len(given) == 1
        for each in given:
            found.setdefault(_key(each, known), _Chosen(each)).rows += answer.rows
    return _table(
        rules,
        question,
        _Counted(found, known, met, unanswered, is_single),
        _thirds([row for answer in answers for row in answer.rows], results),
        results,
    )


@dataclass(frozen=True)
class _Counted:
    found: Mapping[_Key, _Chosen]
    known: frozenset[tuple[str, str]]
    met: int
    unanswered: int
    is_single: bool


def _table(
    rules: QuestionType[Any],
    question: Question,
    counted: _Counted,
    thirds: _Thirds | None,
    results: Mapping[int, float],
) -> Table:
    found, known = counted.found, counted.known
    typed = sorted(
        (key for key in found if key[:2] not in known and key[1]),
        key=lambda key: (-len(found[key].rows), key),
    )
    blank = [key for key in found if not key[1]]
    listed = [*(key for key in found if key[:2] in known), *typed[:MOST_LISTED], *blank]
    parts = list(dict.fromkeys(key[0] for key in found))
    listed.sort(key=lambda key: parts.index(key[0]))
    best = {part: max(_credit(found, part), default=ZERO) for part in parts}
    names = _part_names(rules, question, found, parts)
    if len(parts) > 1:  # every pair that nobody made would drown those that somebody did
        listed = [
            key for key in listed if found[key].rows or _is_right(found[key].each, best, counted)
        ]
    return Table(
        met=counted.met,
        unanswered=counted.unanswered,
        lines=tuple(
            _line(
                found[key],
                names.get(key[0], ""),
                is_right=_is_right(found[key].each, best, counted),
                met=counted.met,
                thirds=thirds,
                results=results,
            )
            for key in listed
        ),
        others=sum(len(found[key].rows) for key in typed[MOST_LISTED:]),
        thirds=None if thirds is None else (len(thirds[0]), len(thirds[1])),
        is_closed=bool(rules.option_ids(question)),
        is_single=counted.is_single and len(parts) == 1,
    )


def _credit(found: Mapping[_Key, _Chosen], part: str) -> list[Decimal]:
    return [chosen.each.fraction for key, chosen in found.items() if key[0] == part]


def _is_right(each: AnswerClass, best: Mapping[str, Decimal], counted: _Counted) -> bool:
    """Whether an answer is right: the best of its part, or one of several that earn something."""
    if each.fraction <= ZERO:
        return False
    return not counted.is_single or each.fraction == best[each.part]


def _part_names(
    rules: QuestionType[Any],
    question: Question,
    found: Mapping[_Key, _Chosen],
    parts: Sequence[str],
) -> Mapping[str, str]:
    """Name the parts of a question that has several, unless the answers name them already."""
    if len(parts) < 2:
        return {}
    texts = _texts_in(rules.public(question, rules.option_ids(question)))
    names = {part: texts.get(part, part) for part in parts}
    for part, name in names.items():
        said = [each.each.text for key, each in found.items() if key[0] == part and key[1]]
        if said and all(name in text for text in said):
            names[part] = ""
    return names


def _texts_in(value: object) -> dict[str, str]:
    """Find the texts of everything with an id that a question shows."""
    found: dict[str, str] = {}
    if isinstance(value, Mapping):
        if isinstance(value.get("id"), str) and isinstance(value.get("text"), str):
            found[value["id"]] = value["text"]
        for each in value.values():
            found |= _texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            found |= _texts_in(each)
    return found


_Thirds = tuple[frozenset[int], frozenset[int]]


def _thirds(rows: Iterable[int], results: Mapping[int, float]) -> _Thirds | None:
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


def _line(
    chosen: _Chosen,
    part: str,
    *,
    is_right: bool,
    met: int,
    thirds: _Thirds | None,
    results: Mapping[int, float],
) -> Line:
    told = [results[row] for row in chosen.rows if row in results]
    weaker, stronger = thirds or (None, None)
    return Line(
        part=part,
        text=chosen.each.text,
        is_blank=not chosen.each.key,
        is_right=is_right,
        credit=chosen.each.fraction,
        chosen=len(chosen.rows),
        share=100 * len(chosen.rows) / met if met else 0.0,
        weaker=None if weaker is None else sum(row in weaker for row in chosen.rows),
        stronger=None if stronger is None else sum(row in stronger for row in chosen.rows),
        mean=sum(told) / len(told) if told else None,
    )


def is_distractor(line: Line) -> bool:
    """Whether a line is a wrong answer that earns nothing; not „whatever else”."""
    return line.text not in {"", ANYTHING} and not line.is_right and line.credit <= ZERO
