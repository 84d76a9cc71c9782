"""Moments as an iCalendar file (RFC 5545); escaping, folding and zones are the library's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from lms.calendars.moments import Kind, Moment, sequence

MEDIA_TYPE = "text/calendar"
_ASK_AGAIN = timedelta(hours=4)


def to_ical(moments: Sequence[Moment], *, name: str, site: str, locale: str) -> bytes:
    """Write moments as a file; `site` is our own address, and makes their keys the world's."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Atestat//Calendar//{locale.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    for zone in sorted({m.zone for m in moments if not m.is_whole_day}):
        calendar.add_component(_zone(zone))
    for moment in moments:
        calendar.add_component(_event(moment, site))
    written: bytes = calendar.to_ical()
    return written


@lru_cache(maxsize=8)
def _zone(name: str) -> Timezone:
    return Timezone.from_tzid(name, first_date=date(2024, 1, 1), last_date=date(2038, 1, 1))


def _event(moment: Moment, site: str) -> Event:
    host = site.partition("://")[2].partition("/")[0].partition(":")[0]
    event = Event()
    event.add("uid", f"{moment.key}@{host}")
    event.add("dtstamp", moment.changed_at.astimezone(UTC))
    event.add("last-modified", moment.changed_at.astimezone(UTC))
    event.add("sequence", sequence(moment.changed_at))
    event.add("summary", moment.title)
    if isinstance(moment.starts, datetime):
        zone = ZoneInfo(moment.zone)
        event.add("dtstart", moment.starts.astimezone(zone))
        if moment.ends is not None:
            event.add("dtend", moment.ends.astimezone(zone))
    else:
        event.add("dtstart", moment.starts)
        event.add("dtend", moment.starts + timedelta(days=1))
    if moment.where:
        event.add("location", moment.where)
    event.add("description", "\n".join(part for part in (moment.course, moment.note) if part))
    if moment.href:
        event.add("url", site + moment.href)
    event.add("status", "CANCELLED" if moment.is_cancelled else "CONFIRMED")
    # Only a meeting takes somebody's time; a deadline leaves the hour free.
    event.add("transp", "OPAQUE" if moment.kind is Kind.MEETING else "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
