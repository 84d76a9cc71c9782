"""What meetings refuse."""

from __future__ import annotations

from datetime import datetime

from lms.errors import Refused, TooMany, Unusable


class ReasonMissing(Unusable):
    """What stands already is changed only with a reason."""


class OwnPresence(Refused):
    """Nobody writes down their own presence."""

    status = 403


class HoursRefused(Unusable):
    """A presence has more hours than its meeting, or none."""


class NotOfMeeting(Unusable):
    """Somebody who has no place on the meeting's edition."""


class HasPresence(Refused):
    """A meeting at which somebody was present is not called off."""


class Cancelled(Refused):
    """The meeting was called off."""


class CodeUnknown(Refused):
    """The code is of no meeting of one's own."""


class CodeEarly(Refused):
    """The code is right, and not taken yet."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__("early")
        self.opens_at = opens_at


class CodeLate(Refused):
    """The code is right, and no longer taken."""

    def __init__(self, closed_at: datetime) -> None:
        super().__init__("late")
        self.closed_at = closed_at


class PresenceStruck(Refused):
    """The presence was struck out: the code does not bring it back."""


class TooManyCodes(TooMany):
    """Too many codes that were not right."""
