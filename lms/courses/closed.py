"""Why a module is closed, and that an edition's last day closes nothing, in the reader's words."""

from __future__ import annotations

from lms.courses.outline import ModuleEntry
from lms.courses.queries import Standing
from lms.web.i18n import current_locale, format_date
from lms.web.i18n import gettext as _


def why_closed(standing: Standing, module: ModuleEntry) -> str:
    """Say what a module waits for; empty where it is open."""
    closed, locale = standing.closed_modules.get(module.id), current_locale()
    if closed is None:
        return ""
    if closed.start is not None:
        first = standing.outline.activity(closed.start).title(locale)
        if closed.on is not None:
            return _(
                "Opens on %(date)s, once you have taken “%(test)s”.",
                date=format_date(closed.on),
                test=first,
            )
        return _("Opens once you have taken “%(test)s”.", test=first)
    if closed.after is None:
        assert closed.on is not None  # it waits for something
        return _("Opens on %(date)s.", date=format_date(closed.on))
    other = standing.outline.module(closed.after).title(locale)
    if closed.on is None:
        return _("Opens once you have completed “%(module)s”.", module=other)
    return _(
        "Opens on %(date)s, once you have completed “%(module)s”.",
        date=format_date(closed.on),
        module=other,
    )


def after_the_last_day() -> str:
    """Say what an edition's last day changes for whoever learns: reminders end with it."""
    return _(
        "Nothing closes by itself after it: lessons and tests stay open to you, "
        "unless a test has a deadline of its own. Only reminders stop."
    )
