"""The key at the end of a text: „Răspunsuri: 1 b, 2 c; 3 a și d”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lms.quizzes.workshop.values import Fault, Remark

_TOKEN = re.compile(r"\d{1,3}|[^\W\d_]+")
_BETWEEN = frozenset({"și", "şi", "si", "and", "or", "sau"})
_TRUTH = {
    **dict.fromkeys(("adevărat", "adevarat", "true"), "adevărat"),
    **dict.fromkeys(("fals", "false"), "fals"),
}


@dataclass
class KeyList:
    """What a key says of each number, and where."""

    answers: dict[int, tuple[str, int]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def looks_like_key(line: str) -> bool:
    """Say whether a line is nothing but numbers and letters, as lines of a key are."""
    tokens = _tokens(line)
    return (
        bool(tokens)
        and tokens[0].isdecimal()
        and all(_is_known(token) for token in tokens)
        and not re.fullmatch(r"\d{1,3}\s?[.)]\s+\S.*", line.strip())
    ) or _is_pairs(tokens)


def answers_row(numbers: str, line: str) -> bool:
    """Say whether a line gives a letter for each number of the line before."""
    asked, said = _tokens(numbers), _tokens(line)
    return (
        len(asked) == len(said)
        and all(token.isdecimal() for token in asked)
        and all(len(token) == 1 and token.isalpha() for token in said)
    )


def _is_pairs(tokens: Sequence[str]) -> bool:
    """One number with its letters on a line of its own: „1. b”, „2) c, d”."""
    return (
        len(tokens) >= 2
        and tokens[0].isdecimal()
        and all(not t.isdecimal() and _is_known(t) for t in tokens[1:])
    )


def _tokens(line: str) -> list[str]:
    return _TOKEN.findall(line)


def _is_known(token: str) -> bool:
    word = token.lower()
    return token.isdecimal() or len(token) == 1 or word in _TRUTH or word in _BETWEEN


def read_key(lines: Sequence[tuple[int, str]]) -> KeyList:
    """Read the lines of a key; numbers in one row and letters in the next are paired."""
    found = KeyList()
    waiting: list[int] = []  # numbers whose letters come in the next row
    for number, line in lines:
        tokens = [t for t in _tokens(line) if t.lower() not in _BETWEEN]
        unknown = next((t for t in tokens if not _is_known(t)), None)
        if unknown is not None:
            found.remarks.append(Remark(number, Fault.KEY_UNREAD, unknown))
            continue
        if tokens and all(t.isdecimal() for t in tokens):
            waiting = [int(t) for t in tokens]
            continue
        if waiting and len(tokens) == len(waiting) and not any(t.isdecimal() for t in tokens):
            for question, token in zip(waiting, tokens, strict=True):
                _note(found, question, token, number)
            waiting = []
            continue
        _pairs(found, tokens, number)
    return found


def _pairs(found: KeyList, tokens: Sequence[str], line: int) -> None:
    question: int | None = None
    for token in tokens:
        if token.isdecimal():
            question = int(token)
        elif question is None:
            found.remarks.append(Remark(line, Fault.KEY_UNREAD, token))
        else:
            _note(found, question, token, line)


def _note(found: KeyList, question: int, token: str, line: int) -> None:
    said = _TRUTH.get(token.lower(), token.lower())
    before = found.answers.get(question)
    found.answers[question] = (f"{before[0]} {said}" if before else said, line)
