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
