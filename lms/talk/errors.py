"""What is refused between learners and trainers."""

from lms.errors import Refused, TooMany


class NothingWritten(Refused):
    """There are no words to send."""

    status = 422


class TooLong(Refused):
    """The text is longer than anybody reads; `length` is how long."""

    status = 422

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length


class WrittenTooOften(TooMany):
    """Somebody wrote very often in a short time; what was typed is kept on the page."""


class NotToBeShared(Refused):
    """What was asked about an answer in a test would give the test away to others."""
