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
