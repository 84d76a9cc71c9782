"""Refusals of this package."""

from lms.errors import Refused


class ModuleNotOpen(Refused):
    """A module waits for its day, or for what comes before it; `why` says for what."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotEnrolled(Refused):
    """The person has no place on an edition of the course."""

    status = 403


class GateWaits(Refused):
    """Something is asked before the first lesson; `href` is where, `lead` says what."""

    def __init__(self, href: str, lead: str) -> None:
        super().__init__(href)
        self.href, self.lead = href, lead


class TooManyNotes(Refused):
    """Somebody's notes on one lesson are more than a page can show."""
