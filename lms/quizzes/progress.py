"""What the tests at a course's start and end show of a learner: both results, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.courses.activities import Activity, Edge
from lms.courses.outline import Outline
from lms.quizzes.provider import key_of
from lms.quizzes.queries import Line, PaperLine
from lms.quizzes.rules.attempt_rules import AttemptState


@dataclass(frozen=True)
class Progress:
    """The results of the two tests, and the attempts (or papers) they are of."""

    start: Line
    end: Line

    @property
    def points(self) -> Decimal:
        """How many percentage points lie between the two; below nothing where it went down."""
        assert self.start.percent is not None
        assert self.end.percent is not None
        return self.end.percent - self.start.percent


def _submitted(tests: Iterable[Activity], lines: Sequence[Line]) -> Line | None:
    """Return the best result of a test; an attempt before a paper where they are alike."""
    keys = {test.key for test in tests}
    held = [line for line in lines if _counts(line) and key_of(line.quiz_id) in keys]
    return max(held, key=lambda line: line.percent or Decimal(0), default=None)


def _counts(line: Line) -> bool:
    if isinstance(line, PaperLine):
        return line.stands
    return line.state is AttemptState.SUBMITTED


def is_final_taken(outline: Outline, lines: Sequence[Line]) -> bool:
    """Tell whether a learner with these attempts has submitted the test at the course's end."""
    return _submitted(outline.tests_at(Edge.END), lines) is not None


def progress_of(outline: Outline, lines: Sequence[Line]) -> Progress | None:
    """Put the two tests side by side; None while one of them is not submitted."""
    start = _submitted(outline.tests_at(Edge.START), lines)
    end = _submitted(outline.tests_at(Edge.END), lines)
    return None if start is None or end is None else Progress(start, end)
