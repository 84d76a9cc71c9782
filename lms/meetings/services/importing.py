"""Presence from a list: a verdict for each row, then all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from lms.meetings import queries
from lms.meetings.models import Meeting, Way
from lms.meetings.presence_sheet import Key, PresenceRow, columns_of, read_row, squeezed
from lms.meetings.queries import PersonLine
from lms.meetings.services import presence
from lms.safety.sheets import Table


class Verdict(StrEnum):
    """What a row would do."""

    NEW = "new"  # a presence that nobody wrote down yet
    CORRECTED = "corrected"  # says otherwise than what stands
    SAME = "same"
    EMPTY = "empty"
    WRONG = "wrong"


class RowFault(StrEnum):
    """Why a row can't be taken, beside what its cells say."""

    NOBODY = "nobody"
    SEVERAL = "several"
    TWICE = "twice"
    OWN = "own"


@dataclass(frozen=True)
class Planned:
    """A row with its verdict."""

    row: PresenceRow
    verdict: Verdict
    name: str = ""
    enrolment_id: int | None = None
    before: Decimal = Decimal(0)
    fault: RowFault | None = None


@dataclass(frozen=True)
class Plan:
    """What a list would do; only one without a wrong row is carried out."""

    rows: tuple[Planned, ...]
    ignored: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether it can be carried out."""
        return not any(row.verdict is Verdict.WRONG for row in self.rows)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows have each verdict."""
        return Counter(row.verdict.value for row in self.rows)

    @property
    def to_keep(self) -> list[Planned]:
        """The rows that change something."""
        return [r for r in self.rows if r.verdict in (Verdict.NEW, Verdict.CORRECTED)]

    @property
    def asks_reason(self) -> bool:
        """Whether something that stands would change."""
        return any(row.verdict is Verdict.CORRECTED for row in self.rows)


class NoColumns(Exception):
    """The list has no column that says who, or none that says whether they were there."""


class NotReady(Exception):
    """A row became wrong meanwhile; nothing was kept."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("not ready")
        self.plan = plan


def read(meeting: Meeting, table: Table) -> tuple[list[PresenceRow], tuple[str, ...]]:
    """Read a list's rows, and name the columns that are not read; raise NoColumns."""
    columns = columns_of(table.columns)
    if not columns.is_usable:
        raise NoColumns
    rows = [read_row(r.number, r.cells, columns, whole=meeting.hours) for r in table.rows]
    return rows, columns.ignored


def plan(
    meeting: Meeting, rows: Sequence[PresenceRow], ignored: tuple[str, ...], *, by: int | None
) -> Plan:
    """Say what each row would do; nothing is changed. One statement."""
    found = queries.people_of(meeting)
    people = _People.of([*found.expected, *found.others])
    seen: Counter[int] = Counter()
    planned = []
    for row in rows:
        line = people.find(row.keys)
        if isinstance(line, RowFault):
            planned.append(Planned(row, Verdict.WRONG, row.name, fault=line))
            continue
        seen[line.enrolment_id] += 1
        planned.append(_verdict(row, line, is_second=seen[line.enrolment_id] > 1, by=by))
    return Plan(tuple(planned), ignored)


def _verdict(row: PresenceRow, line: PersonLine, *, is_second: bool, by: int | None) -> Planned:
    fault = None
    if is_second:
        fault = RowFault.TWICE
    elif row.hours is not None and row.hours != line.hours and line.person_id == by:
        fault = RowFault.OWN
    if fault or row.fault:
        verdict = Verdict.WRONG
    elif row.hours is None:
        verdict = Verdict.EMPTY
    elif row.hours == line.hours:
        verdict = Verdict.SAME
    else:
        verdict = Verdict.NEW if line.presence is None else Verdict.CORRECTED
    return Planned(row, verdict, line.listed_name, line.enrolment_id, line.hours, fault)


@dataclass(frozen=True)
class _People:
    """An edition's people by all that a row may name them with."""

    by_sign_in: Mapping[str, list[PersonLine]]
    by_email: Mapping[str, list[PersonLine]]
    by_name: Mapping[str, list[PersonLine]]

    @classmethod
    def of(cls, lines: Sequence[PersonLine]) -> _People:
        by: tuple[dict[str, list[PersonLine]], ...] = ({}, {}, {})
        for line in lines:
            by[0].setdefault(line.sign_in_name.lower(), []).append(line)
            if line.email:
                by[1].setdefault(line.email.lower(), []).append(line)
            for name in {
                squeezed(line.listed_name),
                squeezed(f"{line.given_names} {line.family_name}"),
            }:
                by[2].setdefault(name, []).append(line)
        return cls(*by)

    def find(self, keys: Mapping[Key, str]) -> PersonLine | RowFault:
        """Return whom a row means: by sign-in name, else e-mail, else the whole name."""
        parts = f"{keys.get(Key.FAMILY_NAME, '')} {keys.get(Key.GIVEN_NAMES, '')}"
        name = squeezed(keys.get(Key.WHOLE_NAME, "") or parts)
        ways = (
            self.by_sign_in.get(keys.get(Key.SIGN_IN_NAME, "").lower(), []),
            self.by_email.get(keys.get(Key.EMAIL, "").lower(), []),
            self.by_name.get(name, []) if name else [],
        )
        for found in ways:
            if len(found) == 1:
                return found[0]
        return RowFault.SEVERAL if any(ways) else RowFault.NOBODY


def carry_out(
    meeting: Meeting,
    rows: Sequence[PresenceRow],
    *,
    by: int | None,
    now: datetime,
    reason: str = "",
) -> Plan:
    """Write down the presence of all rows, or of none; raise NotReady. Runs in a write."""
    done = plan(meeting, rows, (), by=by)
    if not done.is_ready:
        raise NotReady(done)
    wanted = {
        p.enrolment_id: p.row.hours
        for p in done.to_keep
        if p.enrolment_id is not None and p.row.hours is not None
    }
    presence.mark(meeting, wanted, by=by, now=now, way=Way.IMPORTED, reason=reason)
    return done
