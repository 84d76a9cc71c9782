"""Reads made for the registrar's pages, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import db
from lms.access import Actor
from lms.accounts.models import Person, Token, TokenKind
from lms.courses import participant_hooks
from lms.courses.completion import Result
from lms.courses.models import (
    Completion,
    Course,
    Edition,
    Enrolment,
    EnrolmentState,
    Programme,
    SubjectKind,
)
from lms.courses.outline import Outline
from lms.courses.participant_hooks import Cell
from lms.courses.queries import CohortRow, cohort_of
from lms.organisations.models import OrganisationKind
from lms.participants.services.invitations import has_own_address, shared_addresses
from lms.participants.standing import (
    Figures,
    Signs,
    Stage,
    Traits,
    figures_of,
    searchable,
    stage_of,
)
from lms.people_names import person_sort_key


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
    invited_at: datetime | None
    last_activity_at: datetime | None
    completed_at: datetime | None
    is_name_confirmed: bool
    is_released: bool
    modules: tuple[str, ...]
    results: tuple[Result, ...]
    extra: Mapping[str, Cell]
    sort_key: str

    @property
    def listed_name(self) -> str:
        """The name as lists have it: family name first."""
        return f"{self.family_name} {self.given_names}"

    @property
    def traits(self) -> Traits:
        """What filters ask."""
        return Traits(
            stage=self.stage,
            group_id=self.group_id,
            county=self.county,
            kind=self.kind.value if self.kind else "",
            has_own_address=self.has_own_address,
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


@dataclass(frozen=True)
class EditionTable:
    """An edition with everybody who has a place on it, in Romanian order."""

    edition: Edition
    outline: Outline
    rows: tuple[TableRow, ...]
    columns: tuple[tuple[str, str], ...]  # (key, heading) of what other packages add

    @property
    def figures(self) -> Figures:
        """The head line."""
        certified = sum(1 for row in self.rows if any(cell.is_done for cell in row.extra.values()))
        return figures_of([row.stage for row in self.rows], certified)

    @property
    def counties(self) -> list[str]:
        """County codes that occur."""
        return sorted({row.county for row in self.rows if row.county})


def edition_table(edition: Edition, *, now: datetime, with_columns: bool = True) -> EditionTable:
    """Read who stands where: a fixed number of statements, whatever the number of people.

    The columns of other packages hold addresses of pages: work outside a request goes without.
    """
    outline, cohort = cohort_of(edition, edition.course.version)
    invited = _invited(edition.id)
    shared = shared_addresses()
    groups = {group.id: group.name for group in edition.groups}
    columns = participant_hooks.COLUMNS if with_columns else {}
    extra = {key: provider.cells(edition.id) for key, provider in columns.items()}
    rows = []
    for enrolment, person in db.session().execute(
        sa.select(Enrolment, Person)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.edition_id == edition.id)
    ):
        cells = {key: found[enrolment.id] for key, found in extra.items() if enrolment.id in found}
        rows.append(
            _row(
                enrolment,
                person,
                cohort[enrolment.id],
                invited_at=invited.get(person.id),
                groups=groups,
                has_own_address=has_own_address(person, shared),
                cells=cells,
                now=now,
            )
        )
    rows.sort(key=lambda row: row.sort_key)
    headings = tuple((k, p.heading()) for k, p in columns.items())
    return EditionTable(edition, outline, tuple(rows), headings)


def _row(
    enrolment: Enrolment,
    person: Person,
    standing: CohortRow,
    *,
    invited_at: datetime | None,
    groups: Mapping[int, str],
    has_own_address: bool,
    cells: Mapping[str, Cell],
    now: datetime,
) -> TableRow:
    signs = signs_of(enrolment, person, invited_at, standing.completed_at)
    return TableRow(
        enrolment_id=enrolment.id,
        person_id=person.id,
        family_name=person.family_name,
        given_names=person.given_names,
        sign_in_name=person.sign_in_name,
        email=person.email or "",
        phone=person.phone or "",
        organisation=enrolment.organisation_name or "",
        kind=enrolment.organisation_kind,
        function=enrolment.function or "",
        county=enrolment.county or "",
        group_id=enrolment.group_id,
        group=groups.get(enrolment.group_id or 0, ""),
        stage=stage_of(signs, now=now),
        has_own_address=has_own_address,
        invited_at=invited_at,
        last_activity_at=enrolment.last_activity_at,
        completed_at=standing.completed_at,
        is_name_confirmed=person.name_confirmed_at is not None,
        is_released=enrolment.release_id is not None,
        modules=standing.modules,
        results=standing.results,
        extra=cells,
        sort_key=person_sort_key(person.family_name, person.given_names),
    )


def signs_of(
    enrolment: Enrolment,
    person: Person,
    invited_at: datetime | None,
    completed_at: datetime | None,
) -> Signs:
    """Gather what decides about a participant's stage."""
    return Signs(
        is_withdrawn=enrolment.state is EnrolmentState.WITHDRAWN,
        is_suspended=person.suspended_at is not None,
        is_invited=invited_at is not None,
        has_signed_in=person.password_hash is not None,
        last_activity_at=enrolment.last_activity_at,
        completed_at=completed_at,
    )


def _invited(edition_id: int) -> dict[int, datetime]:
    """When each person of an edition was last invited."""
    return {
        person_id: at
        for person_id, at in db.session().execute(
            sa.select(Token.person_id, sa.func.max(Token.created_at))
            .join(Enrolment, Enrolment.person_id == Token.person_id)
            .where(
                Enrolment.edition_id == edition_id,
                Token.kind == TokenKind.INVITATION,
                Token.withdrawn_at.is_(None),
            )
            .group_by(Token.person_id)
        )
        if at is not None
    }


@dataclass(frozen=True)
class EditionLine:
    """An edition in the list, with its figures."""

    edition: Edition
    people: int
    signed_in: int
    completed: int
    certified: int


def edition_lines(actor: Actor) -> list[EditionLine]:
    """Read the editions one may see, the newest first, with their figures; five statements."""
    session = db.session()
    editions = (
        session.scalars(
            Edition.visible_to(actor)
            .options(joinedload(Edition.programme), joinedload(Edition.course))
            .order_by(Edition.starts_on.desc(), Edition.id.desc())
        )
        .unique()
        .all()
    )
    ids = [edition.id for edition in editions]
    people: dict[int, tuple[int, int]] = {
        row[0]: (row[1], row[2] or 0)
        for row in session.execute(
            sa.select(
                Enrolment.edition_id,
                sa.func.count(),
                sa.func.sum(sa.case((Person.password_hash.is_not(None), 1), else_=0)),
            )
            .join(Person, Person.id == Enrolment.person_id)
            .where(Enrolment.edition_id.in_(ids), Enrolment.state == EnrolmentState.ACTIVE)
            .group_by(Enrolment.edition_id)
        )
    }
    completed: dict[int, int] = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(Enrolment.edition_id, sa.func.count())
            .join(Completion, Completion.enrolment_id == Enrolment.id)
            .where(
                Enrolment.edition_id.in_(ids),
                Enrolment.state == EnrolmentState.ACTIVE,
                Completion.kind == SubjectKind.COURSE,
            )
            .group_by(Enrolment.edition_id)
        )
    }
    certified: dict[int, int] = {}
    for provider in participant_hooks.COLUMNS.values():
        for edition_id, count in provider.done_by_edition(ids).items():
            certified[edition_id] = max(count, certified.get(edition_id, 0))
    return [
        EditionLine(
            edition=edition,
            people=people.get(edition.id, (0, 0))[0],
            signed_in=people.get(edition.id, (0, 0))[1],
            completed=completed.get(edition.id, 0),
            certified=certified.get(edition.id, 0),
        )
        for edition in editions
    ]


@dataclass(frozen=True)
class Beginning:
    """How far a new site has come towards its first participants."""

    has_programme: bool
    has_course: bool
    programme: Programme | None


def beginning() -> Beginning:
    """Read what a site without editions has already."""
    session = db.session()
    programme = session.scalars(sa.select(Programme).order_by(Programme.id.desc()).limit(1)).first()
    course = session.scalar(sa.select(Course.id).limit(1))
    return Beginning(programme is not None, course is not None, programme)
