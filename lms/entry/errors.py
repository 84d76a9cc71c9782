"""What is refused about the data at entry."""

from __future__ import annotations

from collections.abc import Mapping

from lms.entry.rules import AnswerFault
from lms.errors import Refused, Unusable


class AnswersRefused(Unusable):
    """Some answers can't be kept; `faults` says why, by question. Nothing was kept."""

    def __init__(self, faults: Mapping[str, AnswerFault]) -> None:
        super().__init__(", ".join(f"{q}: {f}" for q, f in faults.items()))
        self.faults = dict(faults)


class EntryFrozen(Refused):
    """The answers are frozen: what is wrong is put right by a correction with a reason."""


class NothingAsked(Refused):
    """The programme asks nothing at entry."""

    status = 404


class ReasonMissing(Unusable):
    """What is to be done asks for a reason, and none was given."""


class SetInUse(Refused):
    """People have answered the programme's questions, so they stay; `number` says how many."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class UnknownSet(Unusable):
    """No indicator set has this id, or its file has faults."""


class PurposeMissing(Unusable):
    """The national number may be asked only for a purpose that is written down."""


class NumberNotAsked(Refused):
    """The programme does not ask for national numbers."""


class NumberContradicts(Unusable):
    """The number says another date of birth than the answers."""


class KeyMissing(Refused):
    """The key that a number was sealed with is not in the instance."""
