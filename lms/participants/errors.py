"""What is refused about participants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lms.errors import Forbidden, Refused, Unusable

if TYPE_CHECKING:
    from lms.participants.services.importing import Prepared


class NoNames(Unusable):
    """The list has no column in which people's names could stand."""


class ImportNotReady(Refused):
    """The list can't be carried out as it stands; `prepared` says why, and nothing was changed."""

    def __init__(self, prepared: Prepared) -> None:
        super().__init__("not ready")
        self.prepared = prepared


class PlanMoved(Refused):
    """Since the dry run was shown, something changed that changes the plan; nothing was done."""

    def __init__(self, prepared: Prepared) -> None:
        super().__init__("plan moved")
        self.prepared = prepared


class ReasonMissing(Unusable):
    """What is to be done asks for a reason, and none was given."""


class NothingToRelease(Refused):
    """None of those chosen has completed the course and waits for a release."""


class NotReleasedByList(Refused):
    """The edition issues its certificates at completion; there is nothing to release."""


class NoAddress(Refused):
    """The person has no e-mail address to be written to."""


class AccountAbove(Forbidden):
    """The account belongs to somebody whose role only an owner may touch."""


class AlreadyUndone(Refused):
    """The import was undone before."""


class UndoOver(Refused):
    """The import is older than the days for which it can be undone."""


class NothingToUndo(Refused):
    """Nothing of the import can be taken back any more; nothing was changed."""


class UndoMoved(Refused):
    """Since it was shown, somebody acted, so that undoing would do something else."""


class SameColumnTwice(Unusable):
    """Two columns of a list are said to hold the same."""


class NotReplaceable(Refused):
    """The place can't be given to somebody else: it was given up, or the course is completed."""


class SeatTaken(Refused):
    """Somebody else has taken the seat over, so it can't be held again."""


class HasPlaceAlready(Refused):
    """The newcomer has, or had, a place on this edition."""


class NobodyChosen(Refused):
    """Of those chosen nobody is left for whom it could be done."""
