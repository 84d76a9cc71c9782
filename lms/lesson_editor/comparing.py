"""How two texts of a lesson differ, as people read it: whole lines around, words inside."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.quizzes.bank_tools.difference import Kind, Run, words_changed

NEAR = 1  # lines shown around a difference
_LONGEST = 20_000  # beyond that, words are not matched with each other


@dataclass(frozen=True)
class Part:
    """A stretch of the text: the same on both sides, changed, or a gap of what is not shown."""

    kind: str  # same, changed or gap
    runs: tuple[Run, ...] = ()


def compared(before: str, after: str) -> list[Part]:
    """Compare two texts; nothing comes of two that are the same."""
    return list(_parts(_lines(before), _lines(after)))


def _lines(text: str) -> list[str]:
    """Cut a text at its lines; an empty one, or a fence, is no line of its own."""
    return [line for line in text.split("\n") if line.strip() not in ("", "---")]


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(NEAR)):
        if number or group[0][1] or group[0][3]:
            yield Part("gap")
        for tag, first, last, begin, end in group:
            if tag == "equal":
                yield from (Part("same", (Run(Kind.SAME, line),)) for line in old[first:last])
            elif last - first == end - begin:
                pairs = zip(old[first:last], new[begin:end], strict=True)
                yield from (Part("changed", _runs(*pair)) for pair in pairs)
            else:
                runs = _runs("\n".join(old[first:last]), "\n".join(new[begin:end]))
                yield Part("changed", runs)


def _runs(before: str, after: str) -> tuple[Run, ...]:
    if len(before) + len(after) <= _LONGEST:
        return words_changed(before, after)
    return tuple(run for run in (Run(Kind.OUT, before), Run(Kind.IN, after)) if run.text)
