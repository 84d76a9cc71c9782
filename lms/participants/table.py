"""An edition's table: everybody who has a place, where each stands, and where it is going."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from markupsafe import Markup

from lms.courses.activities import Activity
from lms.courses.completion import Result
from lms.courses.outline import Outline
from lms.courses.participant_hooks import Cell
from lms.organisations.models import OrganisationKind
from lms.participants.forecast import Forecast, Risk, Way
from lms.participants.standing import (
    Figures,
    Filters,
    Stage,
    Traits,
    figures_of,
    matches,
    searchable,
)
from lms.people_names import fold, sort_key_ro


@dataclass(frozen=True)
class Invitation:
    """How somebody was last invited, and what became of it."""

    at: datetime | None = None
    opened_at: datetime | None = None
    mail_failed: bool = False


NOT_INVITED = Invitation()


@dataclass(frozen=True)
class TableRow:
    """One participant as an edition's table shows them."""

    enrolment_id: int
    person_id: int
    family_name: str
    given_names: str
    sign_in_name: str
    email: str
    phone: str
    organisation: str
    kind: OrganisationKind | None
    function: str
    county: str
    group_id: int | None
    group: str
    stage: Stage
    has_own_address: bool
    invitation: Invitation
    last_activity_at: datetime | None
    completed_at: datetime | None
    is_name_confirmed: bool
    is_released: bool
    withdrawn_on: date | None
    withdrawal_reason: str
    replaced_by_id: int | None
    modules: tuple[str, ...]
    results: tuple[Result, ...]
    exhausted: tuple[Activity, ...]  # tests of which no attempt is left
    extra: Mapping[str, Cell]
    way: Way
    sort_key: str

    @property
    def invited_at(self) -> datetime | None:
        """When the person was last invited."""
        return self.invitation.at

    @property
    def listed_name(self) -> str:
        """The name as lists have it: family name first."""
        return f"{self.family_name} {self.given_names}"

    @cached_property
    def traits(self) -> Traits:
        """What filters ask."""
        return Traits(
            stage=self.stage,
            group_id=self.group_id,
            county=self.county,
            kind=self.kind.value if self.kind else "",
            has_own_address=self.has_own_address,
            is_blocked=bool(self.exhausted),
            organisation=fold(self.organisation),
            searchable=searchable(
                (
                    self.listed_name,
                    self.organisation,
                    self.sign_in_name,
                    self.email,
                    self.group,
                )
            ),
        )


# Rows stand by name already.
SORTS: dict[str, Callable[[TableRow], Any]] = {
    "organisation": lambda row: (not row.organisation, sort_key_ro(row.organisation), row.sort_key),
    "activity": lambda row: (
        -(row.last_activity_at.timestamp() if row.last_activity_at else 0),
        row.sort_key,
    ),
    "progress": lambda row: (-row.modules.count("done"), -row.modules.count("half"), row.sort_key),
}
MOST_KEPT = 50  # a search box can ask for more than is worth keeping


@dataclass(frozen=True)
class NamedGroup:
    """A group as filters name it."""

    id: int
    name: str


@dataclass(frozen=True)
class EditionTable:
    """An edition with everybody who has a place on it, in Romanian order."""

    outline: Outline
    groups: tuple[NamedGroup, ...]
    rows: tuple[TableRow, ...]
    columns: tuple[tuple[str, str], ...]  # (key, heading) of what other packages add
    forecast: Forecast
    read_at: datetime
    shared: frozenset[str]  # addresses that several people have
    drawn: dict[bool, dict[int, Markup]] = field(
        default_factory=lambda: {True: {}, False: {}}, compare=False
    )  # rows as the page draws them, with boxes to tick and without
    pages: dict[object, Markup] = field(default_factory=dict, compare=False)  # as last drawn
    said: dict[str, object] = field(default_factory=dict, compare=False)  # worked out once
    worked: dict[str, object] = field(default_factory=dict, compare=False)  # of everybody's rows
    _chosen: dict[tuple[Filters, str], list[TableRow]] = field(default_factory=dict, compare=False)

    @cached_property
    def figures(self) -> Figures:
        """The head line."""
        certified = sum(1 for row in self.rows if any(cell.is_done for cell in row.extra.values()))
        return figures_of([row.traits for row in self.rows], certified)

    @cached_property
    def due_by_mail(self) -> int:
        """How many wait for an invitation, and have an address that is theirs alone."""
        return sum(r.stage is Stage.NOT_INVITED and r.has_own_address for r in self.rows)

    @cached_property
    def due_on_paper(self) -> int:
        """How many wait for an invitation that no mail can bring."""
        return sum(r.stage is Stage.NOT_INVITED and not r.has_own_address for r in self.rows)

    @cached_property
    def counties(self) -> list[str]:
        """County codes that occur."""
        return sorted({row.county for row in self.rows if row.county})

    @cached_property
    def names(self) -> dict[int, str]:
        """Names by place, to name who took a seat over."""
        return {row.enrolment_id: row.listed_name for row in self.rows}

    def chosen(self, filters: Filters, sort: str = "name") -> list[TableRow]:
        """Return the rows that filters leave, in order; what was asked before is at hand."""
        found = self._chosen.get((filters, sort))
        if found is None:
            risky = self.forecast.at_risk
            found = [
                row
                for row in self.rows
                if matches(row.traits, filters, is_at_risk=row.enrolment_id in risky)
            ]
            if sort in SORTS:
                found.sort(key=SORTS[sort])
            if len(self._chosen) < MOST_KEPT:
                self._chosen[filters, sort] = found
        return found

    def risk_of(self, row: TableRow) -> Risk | None:
        """Why somebody may not complete in time; none where nothing speaks for it."""
        return self.forecast.at_risk.get(row.enrolment_id)
