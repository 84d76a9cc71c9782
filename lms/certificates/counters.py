"""The rows that numbers are taken from: awards, made on first use, and counters, held by a lock."""

from __future__ import annotations

import sqlalchemy as sa

from lms import db
from lms.certificates.errors import IssuingLocked
from lms.certificates.models import Award, NumberCounter
from lms.courses.models import Edition


def award_of(edition_id: int, module_id: int | None = None) -> Award:
    """Return what is earned on an edition, made on first use.

    It is asked for before a place is locked: whoever makes it locks the edition.
    """
    session = db.session()
    statement = sa.select(Award).where(
        Award.edition_id == edition_id,
        Award.module_id.is_(None) if module_id is None else Award.module_id == module_id,
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        # Two may come here at once: the second waits, and then finds what the first has made.
        session.execute(sa.select(Edition.id).where(Edition.id == edition_id).with_for_update())
        found = session.scalars(statement).one_or_none()
    if found is None:
        found = Award(edition_id=edition_id, module_id=module_id)
        session.add(found)
        session.flush()  # certificates need its id
    return found


def locked_counter(series: str, year: int) -> NumberCounter:
    """Lock the counter of a series and year, made on first use."""
    session = db.session()
    statement = (
        sa.select(NumberCounter)
        .where(NumberCounter.series == series, NumberCounter.year == year)
        .with_for_update()
    )
    found = session.scalars(statement).one_or_none()
    if found is not None:
        return found
    _insert_quietly(series, year)
    return session.scalars(statement).one()


def refuse_locked(series: str) -> None:
    """Refuse while any year of the series is locked: a lock outlives the turn of the year.

    Raises IssuingLocked.
    """
    reason = db.session().scalar(
        sa.select(NumberCounter.locked_reason)
        .where(NumberCounter.series == series, NumberCounter.locked_reason.is_not(None))
        .limit(1)
    )
    if reason:
        raise IssuingLocked(reason)


def _insert_quietly(series: str, year: int) -> None:
    """Add a counter unless another transaction is just adding it."""
    if db.session().get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    db.session().execute(
        insert(NumberCounter)
        .values(series=series, year=year, last_serial=0)
        .on_conflict_do_nothing()
    )


class Numbers:
    """The awards and counters of one transaction, each locked or made on first use."""

    def __init__(self) -> None:
        self._awards: dict[int, Award] = {}
        self._counters: dict[tuple[str, int], NumberCounter] = {}

    def award(self, edition_id: int) -> Award:
        """Return what is earned on an edition."""
        if edition_id not in self._awards:
            self._awards[edition_id] = award_of(edition_id)
        return self._awards[edition_id]

    def next_serial(self, series: str, year: int) -> int:
        """Take the next serial. Raises IssuingLocked."""
        if (series, year) not in self._counters:
            counter = locked_counter(series, year)
            refuse_locked(series)
            self._counters[series, year] = counter
        self._counters[series, year].last_serial += 1
        return self._counters[series, year].last_serial
