"""How two texts differ, line by line: for who saved second."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

NEAR = 2  # lines shown around a difference


@dataclass(frozen=True)
class DiffLine:
    """A line of a difference: `kind` is same, theirs, mine or gap."""

    kind: str
    text: str


def difference(theirs: str, mine: str) -> list[DiffLine]:
    """Compare the text that stands with the one that was to replace it."""
    return list(_lines(theirs.strip("\n").split("\n"), mine.strip("\n").split("\n")))


def _lines(theirs: list[str], mine: list[str]) -> Iterator[DiffLine]:
    matcher = difflib.SequenceMatcher(a=theirs, b=mine, autojunk=False)
    groups = list(matcher.get_grouped_opcodes(NEAR))
    for number, group in enumerate(groups):
        if number:
            yield DiffLine("gap", "")
        for tag, first, last, begin, end in group:
            if tag == "equal":
                yield from (DiffLine("same", line) for line in theirs[first:last])
                continue
            yield from (DiffLine("theirs", line) for line in theirs[first:last])
            yield from (DiffLine("mine", line) for line in mine[begin:end])
