"""The registry by which packages above say what has a day or an hour, for a learner's home.

A provider lives above this package and registers itself. It adds SELECTs to the one statement that
reads what is ahead of all of a person's places, and puts what it read into words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from markupsafe import Markup

from lms import db
from lms.db import UtcDateTime
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext

if TYPE_CHECKING:
    from lms.courses.queries import Standing

PLACES: sa.BindParameter[Sequence[int]] = sa.bindparam("enrolment_ids", expanding=True)
NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=UtcDateTime())
# Half a day before: for what is still going on a little after its end.
EARLIER: sa.BindParameter[datetime] = sa.bindparam("earlier", type_=UtcDateTime())
NO_TIME: sa.ColumnElement[datetime | None] = sa.cast(sa.null(), UtcDateTime())
NO_TEXT: sa.ColumnElement[str | None] = sa.cast(sa.null(), sa.String)
MOST = 5  # of a place: what is further off is on its own page
MOST_MESSAGES = 2  # that a page shows; all are told, to be counted


@dataclass(frozen=True)
class Row:
    """What a provider has read, in its own meaning."""

    enrolment_id: int
    source: str
    number: int
    at: datetime | None
    until: datetime | None
    text: str | None
    note: str | None


@dataclass(frozen=True)
class Due:
    """One thing with its moment; the words are in the page's language."""

    at: datetime
    title: str
    detail: str
    href: str
    icon: str = "clock"
    is_message: bool = False  # somebody wrote it then; nothing is due
    is_answer: bool = False  # a message that answers a question
    is_late: bool = False  # the moment has passed and the thing is not done
    panel: Callable[[], Markup] | None = None  # drawn above all else, while it is going on

    def how_long(self, now: datetime, zone: str) -> str:
        """Say how far off it is, in days as people count them."""
        there = ZoneInfo(zone)
        days = (self.at.astimezone(there).date() - now.astimezone(there).date()).days
        if self.is_late:
            return _("over")
        if days <= 0:
            return _("today")
        if days == 1:
            return _("tomorrow")
        return ngettext("in %(num)s day", "in %(num)s days", days)


class Provider(Protocol):
    """What whoever knows of moments must answer."""

    def rows(self) -> Sequence[sa.Select[*tuple[Any, ...]]]:
        """Select (place, source, number, moment, moment, text, text) of the places in `PLACES`."""

    def tell(self, standing: Standing, rows: Sequence[Row], now: datetime) -> list[Due]:
        """Say what is ahead of one place; `rows` are all that was read of it."""


PROVIDERS: list[Provider] = []
_statement: list[sa.CompoundSelect[*tuple[Any, ...]]] = []


def register(provider: Provider) -> None:
    """Add whoever knows of moments."""
    PROVIDERS.append(provider)
    _statement.clear()


def ahead_of(standings: Sequence[Standing], *, now: datetime) -> dict[int, list[Due]]:
    """Return what is ahead of each place, the nearest first, then the newest messages.

    One statement for all.
    """
    if not PROVIDERS or not standings:
        return {}
    if not _statement:
        _statement.append(sa.union_all(*(s for p in PROVIDERS for s in p.rows())))
    given: dict[str, Any] = {"enrolment_ids": [s.place.enrolment_id for s in standings], "now": now}
    given["earlier"] = now - timedelta(hours=12)
    by_place: dict[int, list[Row]] = {}
    for found in db.session().execute(_statement[0], given):
        row = Row(*found)
        by_place.setdefault(row.enrolment_id, []).append(row)
    told = {}
    for standing in standings:
        rows = by_place.get(standing.place.enrolment_id, [])
        ahead = [due for p in PROVIDERS for due in p.tell(standing, rows, now)]
        ahead.sort(key=lambda due: due.at)
        told[standing.place.enrolment_id] = [
            *[due for due in ahead if not due.is_message][:MOST],
            *[due for due in reversed(ahead) if due.is_message],
        ]
    return told
