"""What a badge gets when its certificate's number is taken: its place in the lists, its salt."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.certificates.badge_facts import BadgeFacts
from lms.certificates.badges.credential import instant
from lms.certificates.badges.models import BadgeSettings, settings_of
from lms.certificates.badges.status_list import ENTRIES
from lms.certificates.models import Certificate
from lms.courses.models import Enrolment

_TRIES: Final = 4
"""Draws in one list before the next is begun; a list is left about four fifths full."""


class Places:
    """Free places for the badges of one transaction, drawn by lot.

    A place tells nothing: neither when the certificate was issued nor beside whose. What others
    have taken is read when the first is given: by then the transaction holds its counter.
    """

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._drawn: list[int] = []
        self._taken: set[int] = set()
        self._settings: dict[int, BadgeSettings] = {}

    def give(self, enrolment: Enrolment, *, expires_on: date | None) -> BadgeFacts:
        """Freeze what a badge needs, with a place of its own."""
        programme = enrolment.edition.programme
        if programme.id not in self._settings:
            self._settings[programme.id] = settings_of(programme.id)
        allowed, salt = self._settings[programme.id], secrets.token_hex(16)
        return BadgeFacts(
            index=self._free(),
            salt=salt,
            identity=identity_of(enrolment.person_id, salt),
            valid_until=_last_instant(expires_on, programme.zone) if expires_on else "",
            is_attached=allowed.is_attached,
            tells_modules=allowed.tells_modules,
            email=hashed(enrolment.person.email or "", salt) if allowed.hashes_email else "",
        )

    def _free(self) -> int:
        """Take a place that nobody has, here or in the register; the first list fills first."""
        if self._wanted:
            self._draw(0, _TRIES * self._wanted)
            self._wanted = 0
        number = 0
        while True:
            tries = [self._drawn.pop() for _ in range(min(_TRIES, len(self._drawn)))]
            for index in tries:
                if index not in self._taken:
                    self._taken.add(index)
                    return index
            number += 1
            self._draw(number, _TRIES)

    def _draw(self, number: int, count: int) -> None:
        """Draw places of one list, and ask which are taken."""
        chance = secrets.token_bytes(4 * count)  # ENTRIES is a power of two: no place is likelier
        drawn = [
            number * ENTRIES + int.from_bytes(chance[at : at + 4], "big") % ENTRIES
            for at in range(0, len(chance), 4)
        ]
        self._taken |= _taken(drawn)
        self._drawn += drawn


def identity_of(person_id: int, salt: str) -> str:
    """Stand for a person as Open Badges hashes an identifier; only this site can make it again.

    The identifier itself comes of the site's secret: ids and addresses could be tried out.
    """
    key = str(current_app.secret_key).encode()
    identifier = hmac.new(key, f"badge holder {person_id}".encode(), hashlib.sha256).hexdigest()
    return hashed(identifier, salt)


def hashed(identifier: str, salt: str) -> str:
    """Hash an identifier as Open Badges does; none stays none."""
    plain = identifier.strip()
    return "sha256$" + hashlib.sha256(f"{plain}{salt}".encode()).hexdigest() if plain else ""


def as_frozen(facts: Mapping[str, Any]) -> int | None:
    """Return the place of a certificate that is entered again; None where another has it now."""
    badge = BadgeFacts.from_plain(facts.get("badge"))
    if badge is None or _taken([badge.index]):
        return None
    return badge.index


def _taken(indexes: list[int]) -> set[int]:
    statement = sa.select(Certificate.status_index).where(Certificate.status_index.in_(indexes))
    return {index for index in db.session().scalars(statement) if index is not None}


def _last_instant(day: date, zone: str) -> str:
    """Write the last second of a day in its zone, in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return instant(midnight.astimezone(UTC) - timedelta(seconds=1))
