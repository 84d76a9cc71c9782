"""The address of somebody's calendar: told with their data, gone with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.calendars.models import CalendarFeed
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return since when there is an address; never the address itself, which opens the calendar."""
    made = sa.select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id)
    return Exported({"calendar_address": plain_rows(made)})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove the address: it opens nothing any more. Runs inside a write."""
    gone = db.deleted(sa.delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
    return {_("addresses of a calendar"): gone}


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [_("The address under which the calendar is read by a phone or a program.")]


def keeps(_person_id: int) -> Sequence[str]:
    """Say what stays: nothing."""
    return ()


def register() -> None:
    """Tell the registry."""
    register_trace(
        "calendar",
        lambda: _("Calendar"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("calendar_feeds",),
    )
