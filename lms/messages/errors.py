"""What is refused with messages and reminders."""

from lms.errors import Hidden, Refused


class NobodyToWriteTo(Refused):
    """Nobody of those chosen can get a mail; nothing was sent."""


class LinkNotOffered(Refused):
    """A text asks for everybody's own link, and who writes may not invite; nothing was sent."""


class StopLinkNotValid(Hidden):
    """The link that ends reminders was not made here."""
