"""Refusals of this package."""

from lms.errors import Refused


class ModuleNotOpen(Refused):
    """The course opens its modules in order, and one before is not complete."""

    def __init__(self, waiting_for: str) -> None:
        super().__init__(waiting_for)
        self.waiting_for = waiting_for


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
