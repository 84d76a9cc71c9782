"""What is left of a test that somebody has tried and not passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.web.i18n import format_datetime, ngettext
from lms.web.i18n import gettext as _


@dataclass(frozen=True)
class Tries:
    """What a person may still do at a test that is not passed yet."""

    left: int | None  # None: as many as they like
    closes_at: datetime | None = None
    is_closed: bool = False

    @property
    def is_over(self) -> bool:
        """Whether only somebody else can open the test again."""
        return self.left == 0 or self.is_closed

    @property
    def left_words(self) -> str:
        """Say how often it may still be tried; nothing where there is no limit."""
        if self.is_closed:
            return _("the test is closed")
        if self.left is None:
            return ""
        if not self.left:
            return _("you have no attempt left")
        return ngettext("%(num)s attempt left", "%(num)s attempts left", self.left)

    @property
    def words(self) -> str:
        """Say that it is not passed, and how often it may still be tried."""
        return " · ".join(filter(None, (_("not passed"), self.left_words)))

    @property
    def until(self) -> str:
        """Say until when it may be tried; nothing where that is over."""
        if self.is_over:
            return ""
        if self.closes_at is None:
            return _("no deadline")
        return _("to be taken until %(when)s", when=format_datetime(self.closes_at))
