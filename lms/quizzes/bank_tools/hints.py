"""A hint beside a question in the workshop: the course has it already, or the text has it twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.quizzes.bank_tools.likeness import Index, Print
from lms.quizzes.bank_tools.payloads import plain

SHOWN = 160


@dataclass(frozen=True)
class Standing:
    """A question that stands already."""

    name: str
    stem: str
    print: Print


@dataclass(frozen=True)
class New:
    """A question of a text that stands nowhere yet; `line` is the one it begins on."""

    line: int
    stem: str
    print: Print


@dataclass(frozen=True)
class Hint:
    """What a new question is like: one that stands, or the one on a line above it."""

    is_exact: bool
    stem: str
    name: str = ""  # of the one that stands
    line: int | None = None  # of the one above


def hints_for(new: Sequence[New], standing: Sequence[Standing]) -> Mapping[int, Hint]:
    """Find what each new question is like, by its line; the likest alone is told."""
    if not new:
        return {}
    index = Index({place: each.print for place, each in enumerate(standing)})
    found: dict[int, Hint] = {}
    for each in new:
        like = index.like(each.print)
        if like:
            place, likeness = like[0]
            stood = standing[place]
            found[each.line] = Hint(likeness.is_exact, _short(stood.stem), name=stood.name)
    among = Index({each.line: each.print for each in new})
    for each in new:
        above = [(line, likeness) for line, likeness in among.like(each.print) if line < each.line]
        if above and each.line not in found:
            line, likeness = above[0]
            stem = next(other.stem for other in new if other.line == line)
            found[each.line] = Hint(likeness.is_exact, _short(stem), line=line)
    return found


def _short(stem: str) -> str:
    words = plain(stem)
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1].rstrip()}…"
