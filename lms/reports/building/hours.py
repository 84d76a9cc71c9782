"""Hours attended: where they come from, and who has as many as are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.courses.models import Group, HourEntry
from lms.courses.models.hours import NO_HOURS, OFFICE
from lms.meetings.models import Meeting, Presence, Way
from lms.reports import figures
from lms.reports.figures import Behind, Chart, Column, Figure, Part, Report, Row, Unit
from lms.reports.population import PlaceLine, Population, Scope
from lms.web.i18n import format_number, format_short_date
from lms.web.i18n import gettext as _

KIND = "hours"
_MEETING = "meeting:"


def build(scope: Scope, population: Population) -> Report:
    """Add up the ledger by source, and hold it against what is asked; three statements."""
    ledger = _ledger(scope)
    presences = _presences(scope)
    return Report(
        KIND,
        title(),
        (
            _("Everyone taking part is counted once; people who withdrew are not."),
            _("The hours are those of the ledger, corrections among them."),
            _(
                "People enrolled several times are counted once, with the place closest to the "
                "required hours."
            ),
        ),
        _head(scope, population),
        (
            _reached(scope, population),
            _sources(population, ledger, presences),
            *_meetings(scope, population, presences),
        ),
    )


def title() -> str:
    """Name the report."""
    return _("Hours attended")


# --- Who has how many --------------------------------------------------------------------------


@dataclass(frozen=True)
class Mine:
    """A person's place that stands nearest to what its edition asks."""

    place_id: int
    hours: Decimal
    asked: Decimal

    @property
    def share(self) -> Decimal:
        """How much of what is asked is there; all of it where nothing is."""
        return self.hours / self.asked if self.asked else Decimal(1)


def _asked(scope: Scope) -> dict[int, Decimal]:
    return {run.id: run.hours_required for run in scope.runs}


def _nearest(places: Iterable[PlaceLine], asked: Mapping[int, Decimal]) -> list[Mine]:
    best: dict[int, Mine] = {}
    for place in places:
        mine = Mine(place.id, place.hours_attended, asked[place.edition_id])
        known = best.get(place.person_id)
        if known is None or mine.share > known.share:
            best[place.person_id] = mine
    return list(best.values())


def _asking(scope: Scope, population: Population) -> list[PlaceLine]:
    """The places on editions that ask for hours."""
    asked = _asked(scope)
    return [place for place in population.active if asked[place.edition_id] > 0]


def _head(scope: Scope, population: Population) -> Part:
    by_place = {p.id: p.hours_attended for p in population.active if p.hours_attended}
    attended = {p.person_id for p in population.active if p.hours_attended > 0}
    people = population.people
    asking = _asking(scope, population)
    mine = _nearest(asking, _asked(scope))
    reached: Figure = figures.NOTHING
    if mine:
        there = (Behind(m.place_id, m.hours) for m in mine if m.hours >= m.asked)
        reached = figures.count(there, of=len(mine))
    return figures.head(
        _("In all"),
        [
            ("people", _("take part"), _count(people)),
            (
                "attended",
                _("have hours"),
                _count((p for p in people if p.person_id in attended), len(people)),
            ),
            ("reached", _("have the required hours"), reached),
            ("total", _("hours in all"), figures.total(by_place)),
        ],
        brings=_("Hours"),
    )


def _count(places: Iterable[PlaceLine], of: int | None = None) -> Figure:
    return figures.count((Behind(p.id, p.hours_attended) for p in places), of=of)


def _reached(scope: Scope, population: Population) -> Part:
    mine = _nearest(_asking(scope, population), _asked(scope))
    half = Decimal("0.5")
    bands = (
        ("none", _("no hours"), [m for m in mine if m.hours <= 0]),
        ("some", _("under half"), [m for m in mine if m.hours > 0 and m.share < half]),
        ("half", _("half or more"), [m for m in mine if m.hours > 0 and half <= m.share < 1]),
        ("all", _("all of them"), [m for m in mine if m.hours > 0 and m.share >= 1]),
    )
    rows = tuple(
        Row(
            name,
            label,
            (
                figures.count((Behind(m.place_id, m.hours) for m in found), of=len(mine)),
                figures.percent(len(found), len(mine)),
            ),
        )
        for name, label, found in bands
    )
    heading = _("Required hours")
    asked = sorted({run.hours_required for run in scope.runs if run.hours_required > 0})
    note = _("No attendance is required here.")
    if asked:
        note = _("Required: %(hours)s.", hours=" / ".join(map(format_number, asked)))
    return Part(
        "reached",
        heading,
        _("They have"),
        (Column("n", _("People"), _("Hours")), Column("share", _("Per cent"))),
        rows if mine else (),
        note=note,
        chart=Chart(heading, ("n",)),
    )


# --- Where they come from ----------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """What a source gives a place, as the ledger's sum."""

    place_id: int
    source: str
    hours: Decimal

    @property
    def meeting_id(self) -> int | None:
        """The meeting that it rests on."""
        number = self.source.removeprefix(_MEETING)
        return int(number) if number != self.source and number.isdecimal() else None


@dataclass(frozen=True)
class Was:
    """That somebody was at a meeting."""

    place_id: int
    meeting_id: int
    way: Way
    hours: Decimal
    stands: bool


def _ledger(scope: Scope) -> list[Entry]:
    rows = db.session().execute(
        sa.select(HourEntry.enrolment_id, HourEntry.source, sa.func.sum(HourEntry.hours))
        .where(HourEntry.enrolment_id.in_(scope.places()))
        .group_by(HourEntry.enrolment_id, HourEntry.source)
    )
    return [Entry(*row) for row in rows]


def _presences(scope: Scope) -> list[Was]:
    rows = db.session().execute(
        sa.select(
            Presence.enrolment_id,
            Presence.meeting_id,
            Presence.way,
            Presence.hours,
            Presence.struck_at.is_(None),
        ).where(Presence.enrolment_id.in_(scope.places()))
    )
    return [Was(*row) for row in rows]


def _sources(population: Population, ledger: list[Entry], presences: list[Was]) -> Part:
    ways = {(was.place_id, was.meeting_id): was.way for was in presences}
    active = {place.id for place in population.active}
    sums: dict[str, dict[int, Decimal]] = {name: {} for name in _source_names()}
    for entry in ledger:
        if entry.place_id not in active or not entry.hours:
            continue
        way = ways.get((entry.place_id, entry.meeting_id or 0))
        name = way.value if way is not None else OFFICE if entry.source == OFFICE else "other"
        mine = sums[name]
        mine[entry.place_id] = mine.get(entry.place_id, NO_HOURS) + entry.hours
    every: dict[int, Decimal] = {}
    for mine in sums.values():
        for place, hours in mine.items():
            every[place] = every.get(place, NO_HOURS) + hours
    rows = [
        Row(name, label, _source(population, sums[name]))
        for name, label in _source_names().items()
        if name != "other" or sums[name]
    ]
    rows.append(Row("all", _("Total"), _source(population, every), is_total=True))
    heading = _("Where the hours come from")
    return Part(
        "sources",
        heading,
        _("Source"),
        (Column("people", _("People"), _("Hours")), Column("hours", _("Hours"), _("Hours"))),
        tuple(rows),
        note=_("Entries by the office may be negative: they are corrections."),
        chart=Chart(heading, ("hours",)),
    )


def _source_names() -> dict[str, str]:
    return {
        Way.TICKED.value: _("Meetings, ticked on the list"),
        Way.CODE.value: _("Meetings, by code"),
        Way.IMPORTED.value: _("Meetings, imported"),
        OFFICE: _("Written down by the office"),
        "other": _("Other"),
    }


def _source(population: Population, by_place: Mapping[int, Decimal]) -> tuple[Figure, Figure]:
    here = population.once(p for p in population.active if p.id in by_place)
    people = (Behind(place.id, by_place[place.id]) for place in here)
    return figures.count(people), figures.total(by_place)


# --- Meeting by meeting ------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A meeting that was not called off."""

    id: int
    edition_id: int
    group_id: int | None
    title: str
    starts_at: datetime
    hours: Decimal
    group: str

    def label(self, zone: str) -> str:
        """Name it by its day, its topic and its group."""
        parts = [format_short_date(self.starts_at, zone), self.title, self.group]
        return " · ".join(part for part in parts if part)


def _meetings(scope: Scope, population: Population, presences: list[Was]) -> list[Part]:
    held = [
        Held(*row)
        for row in db.session().execute(
            sa.select(
                Meeting.id,
                Meeting.edition_id,
                Meeting.group_id,
                Meeting.title,
                Meeting.starts_at,
                Meeting.hours,
                sa.func.coalesce(Group.name, ""),
            )
            .outerjoin(Group, Group.id == Meeting.group_id)
            .where(Meeting.edition_id.in_(scope.edition_ids), Meeting.cancelled_at.is_(None))
            .order_by(Meeting.starts_at, Meeting.id)
        )
    ]
    if not held:
        return []
    stood: dict[int, dict[int, Decimal]] = {}
    for was in presences:
        if was.stands:
            stood.setdefault(was.meeting_id, {})[was.place_id] = was.hours
    rows = []
    for meeting in held:
        there = stood.get(meeting.id, {})
        expected = [
            place
            for place in population.active
            if place.edition_id == meeting.edition_id
            and (meeting.group_id in (None, place.group_id) or place.id in there)
        ]
        present = [place for place in expected if place.id in there]
        behind = tuple(Behind(place.id, there[place.id]) for place in present)
        given = sum((there[place.id] for place in present), NO_HOURS)
        rows.append(
            Row(
                f"m{meeting.id}",
                meeting.label(scope.zone),
                (
                    Figure(meeting.hours, Unit.HOURS),
                    figures.count(behind, of=len(expected)),
                    Figure(given, Unit.HOURS, behind=behind),
                ),
            )
        )
    columns = (
        Column("each", _("Hours it gives")),
        Column("present", _("Were present"), _("Hours")),
        Column("hours", _("Hours given"), _("Hours")),
    )
    return [Part("meetings", _("Meeting by meeting"), _("Meeting"), columns, tuple(rows))]
