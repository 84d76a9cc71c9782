"""An edition's table: everybody who has a place, where each stands, and where it is going."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from markupsafe import Markup

from lms import db
from lms.accounts.models import Person, Token, TokenKind
from lms.courses import participant_hooks
from lms.courses.activities import Activity
from lms.courses.completion import Kind, Result
from lms.courses.models import Edition, Enrolment, EnrolmentState, LessonProgress
from lms.courses.outline import Outline
from lms.courses.participant_hooks import Cell
from lms.courses.queries import CohortRow, cohort_of
from lms.mail.models import MailMessage, MailState
from lms.organisations.models import OrganisationKind
from lms.participants.forecast import PACE_DAYS, Forecast, Risk, Way, forecast
from lms.participants.services.invitations import shared_addresses
from lms.participants.standing import (
    NOT_IN,
    Figures,
    Filters,
    Signs,
    Stage,
    Traits,
    figures_of,
    matches,
    searchable,
    stage_of,
)
from lms.people_names import fold, person_sort_key, sort_key_ro
from lms.quizzes import exhausted

_STEPS = frozenset({Kind.LESSONS_READ, Kind.QUIZZES_PASSED, Kind.TESTS_TAKEN})


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
    drawn: dict[bool, dict[int, Markup]] = field(
        default_factory=lambda: {True: {}, False: {}}, compare=False
    )  # rows as the page draws them, with boxes to tick and without
    said: dict[str, object] = field(default_factory=dict, compare=False)  # worked out once
    _chosen: dict[tuple[Filters, str], list[TableRow]] = field(default_factory=dict, compare=False)

    @cached_property
    def figures(self) -> Figures:
        """The head line."""
        certified = sum(1 for row in self.rows if any(cell.is_done for cell in row.extra.values()))
        return figures_of([row.traits for row in self.rows], certified)

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


def edition_table(edition: Edition, *, now: datetime, with_columns: bool = True) -> EditionTable:
    """Read who stands where: a fixed number of statements, whatever the number of people.

    The columns of other packages hold addresses of pages: work outside a request goes without.
    """
    outline, cohort = cohort_of(edition, edition.course.version)
    zone = ZoneInfo(edition.programme.zone)
    reader = _Reader(edition, outline, now, zone)
    columns = participant_hooks.COLUMNS if with_columns else {}
    extra = {key: provider.cells(edition.id) for key, provider in columns.items()}
    rows = []
    for listed in db.session().execute(_LISTED.where(Enrolment.edition_id == edition.id)):
        cells = {key: found[listed.id] for key, found in extra.items() if listed.id in found}
        rows.append(reader.row(listed, cohort[listed.id], cells))
    rows.sort(key=lambda row: row.sort_key)
    headings = tuple((k, p.heading()) for k, p in columns.items())
    outlook = forecast(
        (row.way for row in rows if row.stage not in (Stage.WITHDRAWN, Stage.SUSPENDED)),
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
        today=now.astimezone(zone).date(),
        target=edition.target_number,
    )
    groups = tuple(NamedGroup(group.id, group.name) for group in edition.groups)
    return EditionTable(outline, groups, tuple(rows), headings, outlook, now)


_LISTED = sa.select(
    Enrolment.id,
    Enrolment.person_id,
    Enrolment.group_id,
    Enrolment.state,
    Enrolment.organisation_name,
    Enrolment.organisation_kind,
    Enrolment.function,
    Enrolment.county,
    Enrolment.enrolled_at,
    Enrolment.first_activity_at,
    Enrolment.last_activity_at,
    Enrolment.release_id,
    Enrolment.withdrawn_on,
    Enrolment.withdrawal_reason,
    Enrolment.replaced_by_id,
    Person.family_name,
    Person.given_names,
    Person.sign_in_name,
    Person.email,
    Person.phone,
    Person.password_hash.is_not(None).label("has_signed_in"),
    Person.password_set_at,
    Person.suspended_at,
    Person.name_confirmed_at,
).join(Person, Person.id == Enrolment.person_id)


class _Reader:
    """Makes an edition's rows from what was read for all of them at once."""

    def __init__(self, edition: Edition, outline: Outline, now: datetime, zone: ZoneInfo) -> None:
        since = now - timedelta(days=PACE_DAYS)
        self.now, self.zone = now, zone
        self.groups = {group.id: group.name for group in edition.groups}
        self.invited = invitations_of(edition.id)
        self.shared = shared_addresses()
        self.exhausted = exhausted.of_edition(edition.id)
        self.read = _read_since(edition.id, since)
        self.passed = exhausted.passed_since(edition.id, since)
        self.activities = {activity.key: activity for activity in outline.activities}
        self.asked = {condition.kind for condition in outline.conditions}

    def row(
        self, listed: sa.Row[*tuple[object, ...]], standing: CohortRow, cells: Mapping[str, Cell]
    ) -> TableRow:
        """Put one participant's row together."""
        e = listed._mapping
        invitation = self.invited.get(e["person_id"], NOT_INVITED)
        stage = stage_of(signs_of(e, invitation, standing.completed_at), now=self.now)
        address = (e["email"] or "").lower()
        keys = self.exhausted.get(e["id"], ()) if standing.completed_at is None else ()
        lacking = tuple(self.activities[key] for key in keys if key in self.activities)
        return TableRow(
            enrolment_id=e["id"],
            person_id=e["person_id"],
            family_name=e["family_name"],
            given_names=e["given_names"],
            sign_in_name=e["sign_in_name"],
            email=e["email"] or "",
            phone=e["phone"] or "",
            organisation=e["organisation_name"] or "",
            kind=e["organisation_kind"],
            function=e["function"] or "",
            county=e["county"] or "",
            group_id=e["group_id"],
            group=self.groups.get(e["group_id"] or 0, ""),
            stage=stage,
            has_own_address=bool(address) and address not in self.shared,
            invitation=invitation,
            last_activity_at=e["last_activity_at"],
            completed_at=standing.completed_at,
            is_name_confirmed=e["name_confirmed_at"] is not None,
            is_released=e["release_id"] is not None,
            withdrawn_on=e["withdrawn_on"],
            withdrawal_reason=e["withdrawal_reason"] or "",
            replaced_by_id=e["replaced_by_id"],
            modules=standing.modules,
            results=standing.results,
            exhausted=lacking,
            extra=cells,
            way=self._way(e, standing, stage, is_blocked=bool(lacking)),
            sort_key=person_sort_key(e["family_name"], e["given_names"]),
        )

    def _way(self, e: sa.RowMapping, standing: CohortRow, stage: Stage, *, is_blocked: bool) -> Way:
        recent = self.read.get(e["id"], 0) if Kind.LESSONS_READ in self.asked else 0
        begun, done = e["first_activity_at"], standing.completed_at
        return Way(
            enrolment_id=e["id"],
            enrolled_on=e["enrolled_at"].astimezone(self.zone).date(),
            completed_on=done.astimezone(self.zone).date() if done else None,
            is_in=stage not in NOT_IN,
            is_blocked=is_blocked,
            is_quiet=stage is Stage.QUIET,
            steps_left=sum(int(r.left) for r in standing.results if r.condition.kind in _STEPS),
            recent_steps=recent + self.passed.get(e["id"], 0),
            begun_on=begun.astimezone(self.zone).date() if begun else None,
        )


def signs_of(
    place: Mapping[str, object] | sa.RowMapping,
    invitation: Invitation,
    completed_at: datetime | None,
) -> Signs:
    """Gather what decides about a participant's stage; `place` holds what `_LISTED` names."""
    e = place
    entered = [at for at in (e["password_set_at"], e["enrolled_at"]) if isinstance(at, datetime)]
    active_at = e["last_activity_at"]
    return Signs(
        is_withdrawn=e["state"] is EnrolmentState.WITHDRAWN,
        is_suspended=e["suspended_at"] is not None,
        is_invited=invitation.at is not None,
        mail_failed=invitation.mail_failed,
        has_opened=invitation.opened_at is not None,
        has_signed_in=bool(e["has_signed_in"]),
        signed_in_at=max(entered) if entered and e["has_signed_in"] else None,
        last_activity_at=active_at if isinstance(active_at, datetime) else None,
        completed_at=completed_at,
    )


def signs_of_place(
    enrolment: Enrolment, invitation: Invitation, completed_at: datetime | None
) -> Signs:
    """Gather what decides about the stage of one place, read whole."""
    person = enrolment.person
    return signs_of(
        {
            "state": enrolment.state,
            "enrolled_at": enrolment.enrolled_at,
            "last_activity_at": enrolment.last_activity_at,
            "suspended_at": person.suspended_at,
            "has_signed_in": person.password_hash is not None,
            "password_set_at": person.password_set_at,
        },
        invitation,
        completed_at,
    )


def invitations_of(edition_id: int, person_id: int | None = None) -> dict[int, Invitation]:
    """Read how people of an edition were last invited, and whose mail failed; two statements."""
    people = sa.select(Enrolment.person_id).where(Enrolment.edition_id == edition_id)
    if person_id is not None:
        people = people.where(Enrolment.person_id == person_id)
    failed: dict[int, set[str]] = {}
    for person, event in db.session().execute(
        sa.select(MailMessage.person_id, MailMessage.event).where(
            MailMessage.person_id.in_(people),
            MailMessage.state == MailState.FAILED,
            MailMessage.event.startswith("account.invited:"),
        )
    ):
        failed.setdefault(person, set()).add(event)
    return {
        person: Invitation(at, opened, f"account.invited:{token}" in failed.get(person, ()))
        for person, token, at, opened in db.session().execute(
            sa.select(
                Token.person_id,
                sa.func.max(Token.id),
                sa.func.max(Token.created_at),
                sa.func.max(Token.opened_at),
            )
            .where(
                Token.person_id.in_(people),
                Token.kind == TokenKind.INVITATION,
                Token.withdrawn_at.is_(None),
            )
            .group_by(Token.person_id)
        )
    }


def _read_since(edition_id: int, since: datetime) -> dict[int, int]:
    """Count the lessons that each place has read since a time."""
    counted = (
        sa.select(LessonProgress.enrolment_id, sa.func.count())
        .join(Enrolment, Enrolment.id == LessonProgress.enrolment_id)
        .where(Enrolment.edition_id == edition_id, LessonProgress.read_at >= since)
        .group_by(LessonProgress.enrolment_id)
    )
    return {row[0]: row[1] for row in db.session().execute(counted)}
