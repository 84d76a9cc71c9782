"""Why a person isn't erased."""

from __future__ import annotations

from collections.abc import Sequence

from lms.errors import Refused


class AlreadyErased(Refused):
    """The person's data are gone already."""


class StillStaff(Refused):
    """The person holds a role; it is taken back first."""


class NameNotTyped(Refused):
    """What was typed is not the person's name."""


class NoReason(Refused):
    """Nobody is erased without a reason."""


class Held(Refused):
    """A programme must still show the person's data; `why` are sentences."""

    def __init__(self, why: Sequence[str]) -> None:
        super().__init__("; ".join(why))
        self.why = tuple(why)
