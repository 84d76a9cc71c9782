"""Refusals of this package."""

from lms.errors import Refused


class ExerciseClosed(Refused):
    """The trainer has closed the exercise; nothing more can be handed in."""


class Superseded(Refused):
    """Another window has saved something that this one has not seen."""


class NewerVersion(Refused):
    """The learner has handed in again since the page was drawn."""
