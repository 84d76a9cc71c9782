"""Refusals of this package."""

from collections.abc import Sequence

from lms.errors import Refused, Unusable
from lms.exchange.problems import Problem


class CourseHasFaults(Unusable):
    """The files can't be imported; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} faults")
        self.problems = tuple(problems)


class CourseChanged(Refused):
    """The course changed after the dry run; nothing was imported, and a new dry run shows why."""


class OtherCourse(Refused):
    """The files are of another course than the one they were sent to."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"{found}, not {expected}")
        self.expected = expected
        self.found = found


class ConditionInUse(Refused):
    """A condition that the registrar confirmed for somebody can't be taken out of a course."""


class FolderRefused(Unusable):
    """A folder can't be read as a course: the text says why."""


class NoSuchFact(Refused):
    """The course states no such fact."""

    status = 404


class StatementChanged(Refused):
    """The fact's wording is no longer the one that was read before signing."""
