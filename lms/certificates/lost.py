"""After a restore: which numbers were given out, which of them are lost, and when all is settled.

Issuing stays locked, for each series, until the last number handed out is confirmed for each of its
years and every number up to it is in the register again, or annulled there. Counters only ever move
forward, so that no number goes to a second person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from lms import clock, db
from lms.audit.models import AuditEntry
from lms.audit.services import record
from lms.certificates import chain
from lms.certificates.counters import locked_counter
from lms.certificates.errors import BelowTheRegister, NothingLocked, WrongState
from lms.certificates.models import Find, LostNumber, NumberCounter
from lms.certificates.numbering import CertificateNumber, format_number
from lms.certificates.register import missing_serials
from lms.jobs import queue

NEW_SERIES_LOCKED_FOR = timedelta(days=60)
"""So long after a restore a series made anew may be one that had given numbers before the loss."""


@dataclass(frozen=True)
class Locked:
    """A series and year whose numbers are locked, as the page shows it."""

    series: str
    year: int
    last_serial: int
    reason: str
    confirmed_serial: int | None
    lost: tuple[int, ...]

    @property
    def name(self) -> str:
        """How the series and year are called."""
        return f"{self.series}-{self.year}"

    @property
    def last_number(self) -> str:
        """The last number that the register knows of; empty where there is none."""
        return format_number(self.series, self.year, self.last_serial) if self.last_serial else ""

    def number(self, serial: int) -> str:
        """Write one of its numbers."""
        return format_number(self.series, self.year, serial)


def open_ones() -> list[Locked]:
    """List the series and years that are locked or lack numbers, with those that are lost."""
    rows = db.session().scalars(
        sa.select(NumberCounter).order_by(NumberCounter.series, NumberCounter.year)
    )
    found = [
        Locked(
            r.series,
            r.year,
            r.last_serial,
            r.locked_reason or "",
            r.confirmed_serial,
            tuple(missing_serials(r.series, r.year)),
        )
        for r in rows.all()
    ]
    return [each for each in found if each.reason or each.lost]


def confirm_last(series: str, year: int, serial: int, *, by: int | None, reason: str) -> bool:
    """Keep the last serial that was handed out in a series and year; tell whether it is unlocked.

    The counter moves past it at once. Raises NothingLocked, and BelowTheRegister where the register
    itself holds a later number.
    """
    counter = locked_counter(series, year)
    if counter.locked_reason is None:
        raise NothingLocked(f"{series}-{year}")
    if serial < counter.last_serial:
        raise BelowTheRegister(format_number(series, year, counter.last_serial))
    counter.last_serial = serial
    counter.confirmed_serial = serial
    record(
        "numbers.confirmed",
        by=by,
        series=series,
        year=year,
        last_serial=serial,
        locked=counter.locked_reason,
        reason=reason,
    )
    db.session().flush()  # what is missing is counted by a query
    return settle(series, year, by=by)


def settle(series: str, year: int, *, by: int | None) -> bool:
    """Let numbers be given again where the last one is confirmed and none is lost any more."""
    counter = locked_counter(series, year)
    if counter.locked_reason is None:
        return False
    if counter.confirmed_serial is None or missing_serials(series, year):
        return False
    record(
        "numbers.unlocked",
        by=by,
        series=series,
        year=year,
        last_serial=counter.last_serial,
        locked=counter.locked_reason,
    )
    counter.locked_reason = counter.confirmed_serial = None
    queue.tell("certificates.sweep")
    return True


def annul(number: CertificateNumber, *, by: int | None, reason: str, now: datetime) -> LostNumber:
    """Annul a lost number for good, with its reason: nobody gets it. Raises WrongState."""
    locked_counter(number.series, number.year)
    if number.serial not in missing_serials(number.series, number.year):
        raise WrongState("not lost")
    lost = LostNumber(
        series=number.series,
        year=number.year,
        serial=number.serial,
        number=str(number),
        voided_at=now,
        voided_by_id=by,
        reason=reason,
    )
    session = db.session()
    session.add(lost)
    session.execute(sa.delete(Find).where(Find.number == str(number)))
    session.flush()  # the record names it, and what is missing is counted by a query
    chain.enter_lost(lost, by=by, now=now)
    record("number.annulled", by=by, on=lost, number=lost.number, reason=reason)
    settle(number.series, number.year, by=by)
    return lost


def guard_new_series(series: str, year: int) -> bool:
    """Lock a series that is made soon after a restore; tell whether it was locked.

    It may be one that was made after the backup: its numbers would begin at 1 a second time.
    """
    session = db.session()
    known = session.scalar(sa.select(NumberCounter.series).where(NumberCounter.series == series))
    restored_at = session.scalar(
        sa.select(sa.func.max(AuditEntry.at)).where(AuditEntry.action == "site.restored")
    )
    if known is not None or restored_at is None:
        return False
    if clock.now() - restored_at > NEW_SERIES_LOCKED_FOR:
        return False
    counter = locked_counter(series, year)
    counter.locked_reason = f"series made anew after the restore of {restored_at.date()}"
    return True
