"""What is refused with messages and reminders."""

from lms.errors import Refused


class NobodyToWriteTo(Refused):
    """Nobody of those chosen can get a mail; nothing was sent."""


class LinkNotOffered(Refused):
    """A text asks for everybody's own link, and who writes may not invite; nothing was sent."""
