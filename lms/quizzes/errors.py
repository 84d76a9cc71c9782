"""Refusals of this package."""

from __future__ import annotations

from datetime import datetime

from lms.errors import Refused
from lms.quizzes.rules.attempt_rules import StartRefusal


class AttemptClosed(Refused):
    """The attempt was already submitted; what was given before and came after is kept, no more."""

    def __init__(self, kept: int = 0) -> None:
        super().__init__("closed")
        self.kept = kept


class CannotStart(Refused):
    """No new attempt may start, for the reason named."""

    def __init__(self, reason: StartRefusal, until: datetime | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.until = until  # from when one may, where that is known


class QuizNotReady(Refused):
    """The quiz has no published questions, or fewer than it draws."""


class OddAnswer(Refused):
    """What was sent is not an answer that the page offered; nothing was changed."""

    status = 400


class NotAnswered(Refused):
    """What is to be checked has no full answer yet; nothing was counted as a try."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class TriesSpent(Refused):
    """A question was checked as often as it can be; the answer stays and can still be changed."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class PaperTwice(Refused):
    """A result on paper of the same day is written down already."""

    def __init__(self, result_id: int) -> None:
        super().__init__("twice")
        self.result_id = result_id


class PaperInFuture(Refused):
    """The day lies ahead."""


class PaperOfLeaver(Refused):
    """The person no longer takes part in the edition."""
