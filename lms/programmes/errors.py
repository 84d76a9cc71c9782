"""What is refused about programmes."""

from __future__ import annotations

from collections.abc import Sequence

from lms.errors import Refused, Unusable
from lms.programmes.requirements import Requirement


class ProgrammeIncomplete(Refused):
    """The programme can't be declared complete; `missing` says what it lacks."""

    def __init__(self, missing: Sequence[Requirement]) -> None:
        super().__init__(", ".join(m.value for m in missing))
        self.missing = tuple(missing)


class ProgrammeDeclared(Refused):
    """The programme is declared complete: what is printed changes only after it was reopened."""


class SeriesFixed(Refused):
    """A number was given in the series, so the series stays as it is."""


class SeriesTaken(Refused):
    """Another programme has the series."""


class SlugTaken(Refused):
    """Another edition has the address."""


class CourseFixed(Refused):
    """The edition has participants, so its course stays as it is."""


class ReasonMissing(Unusable):
    """What is to be done asks for a reason, and none was given."""
