"""One's attempts beside one another: which counts, how each differs from the one before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from lms.quizzes.rules.grading import Method


class Line(Protocol):
    """What is compared of an attempt."""

    @property
    def id(self) -> int:
        """Which attempt it is."""

    @property
    def started_at(self) -> datetime:
        """When it began."""

    @property
    def submitted_at(self) -> datetime | None:
        """When it ended."""

    @property
    def percent(self) -> Decimal | None:
        """Its result."""


@dataclass(frozen=True)
class Compared:
    """How an attempt stands among the others; what may not be shown is not worked out."""

    minutes: int | None  # that it took, a begun one as a whole
    change: Decimal | None  # in per cent points, from the attempt before
    counts: bool  # whether the result of the quiz rests on it


def compare(
    lines: Sequence[Line], method: Method, with_marks: Collection[int]
) -> dict[int, Compared]:
    """Compare closed attempts, oldest first, as far as their marks may be seen."""
    told: dict[int, Compared] = {}
    counting = _counting(lines, method, with_marks)
    before: Decimal | None = None
    for line in lines:
        percent = line.percent if line.id in with_marks else None
        change = percent - before if percent is not None and before is not None else None
        told[line.id] = Compared(_minutes(line), change, line.id in counting)
        if percent is not None:
            before = percent
    return told


def _minutes(line: Line) -> int | None:
    if line.submitted_at is None or line.submitted_at < line.started_at:
        return None
    return max(1, -(-int((line.submitted_at - line.started_at).total_seconds()) // 60))


def _counting(lines: Sequence[Line], method: Method, with_marks: Collection[int]) -> frozenset[int]:
    """Tell on which attempts the result rests; of one alone there is nothing to tell."""
    marked = [line for line in lines if line.id in with_marks and line.percent is not None]
    if len(marked) < 2 or len(marked) < len([ln for ln in lines if ln.percent is not None]):
        return frozenset()
    if method is Method.AVERAGE:
        return frozenset()  # all of them do
    if method is Method.BEST:
        return frozenset({max(marked, key=lambda line: line.percent or Decimal(0)).id})
    return frozenset({marked[0 if method is Method.FIRST else -1].id})
