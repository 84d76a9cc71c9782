"""Language: catalogues read once, sentences translated at the edge, dates and numbers by locale."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import has_request_context, request

from lms import clock
from lms.access import current_actor

LOCALES = ("ro", "en")
FOLDER = Path(__file__).parent.parent / "translations"
LOCALE_COOKIE = "lang"
_forced: ContextVar[str | None] = ContextVar("locale", default=None)
_default = "ro"


def set_default(locale: str) -> None:
    """Set the language of people who have chosen none."""
    global _default  # noqa: PLW0603 -- one site, one default
    _default = locale


@cache
def catalogue(locale: str) -> NullTranslations:
    """Return the sentences of a language, gathered from translations/<locale>/<package>.po.

    English needs no catalogue: its sentences are the message ids.
    """
    gathered = Catalog(locale=Locale.parse(locale))
    folder = FOLDER / locale
    for path in sorted(folder.glob("*.po")) if folder.is_dir() else []:
        with path.open("rb") as stream:
            for message in read_po(stream, locale=locale):
                if message.id and message.string:
                    gathered.add(message.id, message.string, context=message.context)
    if not len(gathered):
        return NullTranslations()
    buffer = io.BytesIO()
    write_mo(buffer, gathered)
    buffer.seek(0)
    return GNUTranslations(buffer)


def current_locale() -> str:
    """Return the language of this answer: forced, the person's, the cookie's, the site's."""
    if forced := _forced.get():
        return forced
    if has_request_context():
        chosen = request.cookies.get(LOCALE_COOKIE)
        if chosen in LOCALES:
            return chosen
        if (actor := current_actor()) is not None and actor.locale in LOCALES:
            return actor.locale
    return _default


class in_locale:  # noqa: N801 -- reads as a sentence: with in_locale("ro")
    """Speak a given language in the block: a mail speaks its recipient's."""

    def __init__(self, locale: str) -> None:
        self.locale = locale if locale in LOCALES else _default

    def __enter__(self) -> None:
        self.token = _forced.set(self.locale)

    def __exit__(self, *_: object) -> None:
        _forced.reset(self.token)


@dataclass(frozen=True)
class Speech:
    """How one language says sentences, numbers and times; `speech` keeps one for each.

    Templates hold the one of their own language, so that a page does not ask for it at every word.
    """

    locale: str

    def gettext(self, message: str, **values: object) -> str:
        """Translate a sentence; %(name)s is replaced by the keyword's value."""
        text = catalogue(self.locale).gettext(message)
        return text % values if values else text

    def ngettext(self, singular: str, plural: str, count: int, **values: object) -> str:
        """Translate a sentence that counts; %(num)s is the count, in the language's digits."""
        text = catalogue(self.locale).ngettext(singular, plural, count)
        return text % {"num": self.number(count), **values}

    def number(self, value: int | Decimal | float, places: int | None = None) -> str:
        """Write a number as the language does: 1.661.422,5."""
        pattern = None if places is None else "#,##0." + "0" * places
        return _decimal(value, pattern, self.locale)

    def listed(self, parts: Iterable[str]) -> str:
        """Write a list as the language does: lecții, teste și ore."""
        *most, last = map(str, parts)
        if not most:
            return last
        return self.gettext("%(most)s and %(last)s", most=", ".join(most), last=last)

    def percent(self, value: Decimal | float) -> str:
        """Write a percentage given in per cent: 66,67 %."""
        text = _decimal(value, "#,##0.##", self.locale)
        return f"{text}\N{NO-BREAK SPACE}%" if self.locale == "ro" else f"{text}%"

    def hours(self, value: Decimal | float) -> str:
        """Write a duration in hours: 18,5 ore; 1 oră; 24 de ore."""
        text = _decimal(value, "#,##0.##", self.locale)
        whole = value == int(value)
        form = self.ngettext("%(num)s hour", "%(num)s hours", int(value) if whole else 2)
        counted = self.number(int(value) if whole else 2)
        return form.replace(counted, text, 1)

    def day(self, value: date | datetime, zone: str = "Europe/Bucharest") -> str:
        """Write a day in full: 22 noiembrie 2026."""
        return _day(_local_day(value, zone), "d MMMM y", self.locale)

    def days(self, first: date, last: date) -> str:
        """Write a period once over what both ends share: 7 septembrie – 20 decembrie 2026."""
        end = self.day(last)
        if first == last:
            return end
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{end}"
        start = _day(first, "d MMMM", self.locale) if first.year == last.year else self.day(first)
        return f"{start} – {end}"

    def short_day(self, value: date | datetime, zone: str = "Europe/Bucharest") -> str:
        """Write a day for a table: 22.11.2026."""
        return _day(_local_day(value, zone), "dd.MM.y", self.locale)

    def week_day(self, value: date | datetime, zone: str = "Europe/Bucharest") -> str:
        """Write a day that people put into a diary: sâmbătă, 22 noiembrie 2026."""
        return _day(_local_day(value, zone), "EEEE, d MMMM y", self.locale)

    def stamp(self, value: datetime, zone: str = "Europe/Bucharest") -> str:
        """Write an instant for a table: 22.11.2026, 14:05."""
        return f"{self.short_day(value, zone)}, {format_time(value, zone)}"

    def month(self, value: date) -> str:
        """Write a month as a heading: noiembrie 2026."""
        return _day(value, "LLLL y", self.locale)

    def day_name(self, value: date) -> str:
        """Write a day of the week: duminică."""
        return _day(value, "EEEE", self.locale)

    def lately(self, value: datetime, zone: str = "Europe/Bucharest") -> str:
        """Write an instant as people say it of the last days: azi, ora 14:05."""
        days = (_local_day(clock.now(), zone) - _local_day(value, zone)).days
        if days not in (0, 1):
            return self.instant(value, zone)
        time = format_time(value, zone)
        if days:
            return self.gettext("yesterday, at %(time)s", time=time)
        return self.gettext("today, at %(time)s", time=time)

    def instant(self, value: datetime, zone: str = "Europe/Bucharest") -> str:
        """Write an instant: 22 noiembrie 2026, ora 14:05."""
        return self.gettext(
            "%(date)s, at %(time)s", date=self.day(value, zone), time=format_time(value, zone)
        )


@cache
def speech(locale: str) -> Speech:
    """Return how a language says things."""
    return Speech(locale)


@lru_cache(maxsize=4096)
def _decimal(value: int | Decimal | float, pattern: str | None, locale: str) -> str:
    return numbers.format_decimal(value, format=pattern, locale=locale)


@lru_cache(maxsize=4096)
def _day(value: date, pattern: str, locale: str) -> str:
    return dates.format_date(value, pattern, locale=locale)


def _local_day(value: date | datetime, zone: str) -> date:
    return value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value


def gettext(message: str, **values: object) -> str:
    """Translate a sentence; %(name)s is replaced by the keyword's value."""
    return speech(current_locale()).gettext(message, **values)


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    """Translate a sentence that counts; %(num)s is the count, in the language's digits."""
    return speech(current_locale()).ngettext(singular, plural, count, **values)


def format_number(value: int | Decimal | float, places: int | None = None) -> str:
    """Write a number as the language does: 1.661.422,5."""
    return speech(current_locale()).number(value, places)


def format_percent(value: Decimal | float) -> str:
    """Write a percentage given in per cent: 66,67 %."""
    return speech(current_locale()).percent(value)


def format_hours(value: Decimal | float) -> str:
    """Write a duration in hours: 18,5 ore; 1 oră; 24 de ore."""
    return speech(current_locale()).hours(value)


def format_date(value: date | datetime, zone: str = "Europe/Bucharest") -> str:
    """Write a day in full: 22 noiembrie 2026."""
    return speech(current_locale()).day(value, zone)


def format_week_day(value: date | datetime, zone: str = "Europe/Bucharest") -> str:
    """Write a day with its name: sâmbătă, 22 noiembrie 2026."""
    return speech(current_locale()).week_day(value, zone)


def format_short_date(value: date | datetime, zone: str = "Europe/Bucharest") -> str:
    """Write a day for a table: 22.11.2026."""
    return speech(current_locale()).short_day(value, zone)


def format_time(value: datetime, zone: str = "Europe/Bucharest", *, seconds: bool = False) -> str:
    """Write a time of day: 14:05, or 14:05:07."""
    return value.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S" if seconds else "%H:%M")


def format_datetime(value: datetime, zone: str = "Europe/Bucharest") -> str:
    """Write an instant: 22 noiembrie 2026, ora 14:05."""
    return speech(current_locale()).instant(value, zone)
