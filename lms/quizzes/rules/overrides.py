"""What holds for one person: the quiz's own terms, what a group was granted, what the person was.

A person's own grant wins field by field; else the kindest of the groups' does. A field that
nobody was granted stays as the quiz and its edition have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from lms.quizzes.rules.settings import QuizSettings

FIELDS: Final = (*("opens_at", "closes_at", "time_limit", "extra_percent", "attempts", "password"),)
MOST_PERCENT: Final = 400


@dataclass(frozen=True, kw_only=True)
class Granted:
    """Hold what an override grants; `named` says which fields, for None is „without limit”."""

    named: frozenset[str] = frozenset()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    time_limit: int | None = None  # minutes
    extra_percent: int | None = None
    attempts: int | None = None
    password: str | None = None  # its digest; None: no password is asked


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Hold what holds for one person at one quiz."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    time_limit: int | None = None
    attempts: int | None = None
    extra_attempts: int = 0
    passwords: tuple[str, ...] = ()  # digests; every one of them opens
    extra_time: timedelta = timedelta(0)  # part of the limit already told


def terms_of(
    settings: QuizSettings,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    password: str | None = None,
    own: Granted | None = None,
    groups: Sequence[Granted] = (),
    extra_attempts: int = 0,
) -> Terms:
    """Work out what holds for a person."""
    own = own or Granted()
    return Terms(
        opens_at=_one("opens_at", opens_at, own, groups),
        closes_at=_one("closes_at", closes_at, own, groups),
        time_limit=_limit(settings.time_limit, own, groups),
        attempts=_one("attempts", settings.attempts, own, groups),
        extra_attempts=extra_attempts,
        passwords=_passwords(password, own, groups),
    )


def _one(name: str, base: Any, own: Granted, groups: Sequence[Granted]) -> Any:
    if name in own.named:
        return getattr(own, name)
    given = [getattr(each, name) for each in groups if name in each.named]
    if not given:
        return base
    if any(value is None for value in given):  # without limit is the kindest of all
        return None
    return min(given) if name == "opens_at" else max(given)


def _limit(base: int | None, own: Granted, groups: Sequence[Granted]) -> int | None:
    """Work out the minutes: a limit of one's own, or the quiz's with more time added to it.

    A person's own percentage lengthens what a group was granted, not only the quiz's limit.
    """
    by_groups = [_lengthened(base, each) for each in groups if _says_time(each)]
    kindest = base
    if by_groups:
        kindest = None if None in by_groups else max(x for x in by_groups if x is not None)
    return _lengthened(kindest, own) if _says_time(own) else kindest


def _says_time(granted: Granted) -> bool:
    return bool(granted.named & {"time_limit", "extra_percent"})


def _lengthened(base: int | None, granted: Granted) -> int | None:
    limit = granted.time_limit if "time_limit" in granted.named else base
    if limit is None or "extra_percent" not in granted.named:
        return limit
    more = Decimal(limit) * (100 + (granted.extra_percent or 0)) / 100
    return int(more.to_integral_value(ROUND_CEILING))  # a broken minute is a whole one


def _passwords(base: str | None, own: Granted, groups: Sequence[Granted]) -> tuple[str, ...]:
    if "password" in own.named:
        return (own.password,) if own.password else ()
    given = [each.password for each in groups if "password" in each.named]
    if not given:
        return (base,) if base else ()
    if None in given:
        return ()
    return tuple(dict.fromkeys(password for password in given if password))


def dump_granted(granted: Granted) -> dict[str, Any]:
    """Write what is granted as JSON-able values; only what is named."""
    return {
        name: _plain(getattr(granted, name))
        for name in (f.name for f in fields(granted))
        if name in granted.named
    }


def parse_granted(stored: Mapping[str, Any]) -> Granted:
    """Read what was granted as it was stored."""
    values = {name: stored[name] for name in FIELDS if name in stored}
    for name in ("opens_at", "closes_at"):
        if isinstance(values.get(name), str):
            values[name] = datetime.fromisoformat(values[name])
    return Granted(named=frozenset(values), **values)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
