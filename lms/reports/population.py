"""Whom a report counts: the places of an edition or of a programme's editions, once narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Course, Edition, Enrolment, EnrolmentState, Group, Programme
from lms.people_names import person_sort_key, sort_key_ro


@dataclass(frozen=True)
class Filters:
    """What the people are narrowed to; empty is everybody."""

    group: int | None = None
    organisation: str = ""
    county: str = ""

    @property
    def are_set(self) -> bool:
        """Whether anybody is left out."""
        return self != Filters()


@dataclass(frozen=True)
class Run:
    """An edition, as reports name it."""

    id: int
    title: str
    slug: str
    course_id: int
    course_ro: str
    course_en: str
    hours_required: Decimal


@dataclass(frozen=True)
class Scope:
    """What is reported on: a programme with the editions that are looked at."""

    programme_id: int
    programme: str
    zone: str
    runs: tuple[Run, ...]
    edition_id: int | None = None  # of one edition alone
    filters: Filters = Filters()

    @property
    def edition_ids(self) -> list[int]:
        """The editions that are looked at."""
        return [run.id for run in self.runs]

    @property
    def course_ids(self) -> list[int]:
        """Their courses, each once."""
        return list(dict.fromkeys(run.course_id for run in self.runs))

    @property
    def title(self) -> str:
        """What files and pages head it with."""
        return self.programme if self.edition_id is None else self.runs[0].title

    @property
    def here(self) -> sa.ColumnElement[bool]:
        """The condition, about Enrolment, that a place is looked at."""
        return Enrolment.edition_id.in_(self.edition_ids)

    def places(self) -> sa.Select[int]:
        """Select the ids of its places."""
        return sa.select(Enrolment.id).where(self.here)

    def course_title(self, course_id: int, locale: str) -> str:
        """Name a course; one of several is named in the reports' tables."""
        run = next(run for run in self.runs if run.course_id == course_id)
        return run.course_en if locale == "en" else run.course_ro


def scope_of(
    programme: Programme, edition: Edition | None = None, filters: Filters = Filters()
) -> Scope:
    """Read what is reported on: an edition, or all editions of a programme; one statement."""
    statement = (
        sa.select(
            Edition.id,
            Edition.title,
            Edition.slug,
            Edition.course_id,
            Course.title_ro,
            Course.title_en,
            Edition.hours_required,
        )
        .join(Course, Course.id == Edition.course_id)
        .where(Edition.programme_id == programme.id)
        .order_by(Edition.starts_on, Edition.id)
    )
    if edition is not None:
        statement = statement.where(Edition.id == edition.id)
    return Scope(
        programme_id=programme.id,
        programme=programme.title,
        zone=programme.zone,
        runs=tuple(Run(*row) for row in db.session().execute(statement)),
        edition_id=edition.id if edition is not None else None,
        filters=filters,
    )


@dataclass(frozen=True)
class PlaceLine:
    """Somebody's place, as lists show it."""

    id: int
    person_id: int
    edition_id: int
    group_id: int | None
    is_withdrawn: bool
    organisation: str
    county: str
    hours_attended: Decimal
    family_name: str
    given_names: str
    group: str

    @property
    def listed_name(self) -> str:
        """The name as lists have it: family name first."""
        return f"{self.family_name} {self.given_names}"


@dataclass(frozen=True)
class Population:
    """The places that are counted, in the order of names, and what they can be narrowed by."""

    places: tuple[PlaceLine, ...]
    organisations: tuple[str, ...]
    counties: tuple[str, ...]
    groups: tuple[tuple[int, str], ...]

    @cached_property
    def by_id(self) -> dict[int, PlaceLine]:
        """The places by id."""
        return {place.id: place for place in self.places}

    @cached_property
    def active(self) -> tuple[PlaceLine, ...]:
        """Those who take part."""
        return tuple(place for place in self.places if not place.is_withdrawn)

    @cached_property
    def withdrawn(self) -> tuple[PlaceLine, ...]:
        """People who gave up their place and hold no other."""
        stays = {place.person_id for place in self.active}
        return self.once(p for p in self.places if p.person_id not in stays)

    @cached_property
    def people(self) -> tuple[PlaceLine, ...]:
        """Everybody who takes part, once."""
        return self.once(self.active)

    def of_editions(self, edition_ids: Iterable[int]) -> tuple[PlaceLine, ...]:
        """The places of those who take part in some editions."""
        wanted = set(edition_ids)
        return tuple(place for place in self.active if place.edition_id in wanted)

    @staticmethod
    def once(places: Iterable[PlaceLine]) -> tuple[PlaceLine, ...]:
        """Keep each person's first place."""
        first: dict[int, PlaceLine] = {}
        for place in places:
            first.setdefault(place.person_id, place)
        return tuple(first.values())


def population_of(scope: Scope) -> Population:
    """Read everybody who has, or had, a place; one statement."""
    rows = db.session().execute(
        sa.select(
            Enrolment.id,
            Enrolment.person_id,
            Enrolment.edition_id,
            Enrolment.group_id,
            Enrolment.state == EnrolmentState.WITHDRAWN,
            sa.func.coalesce(Enrolment.organisation_name, ""),
            sa.func.coalesce(Enrolment.county, ""),
            Enrolment.hours_attended,
            Person.family_name,
            Person.given_names,
            sa.func.coalesce(Group.name, ""),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Group, Group.id == Enrolment.group_id)
        .where(scope.here)
        .order_by(Enrolment.id)
    )
    places = [PlaceLine(*row) for row in rows]
    places.sort(key=lambda p: (person_sort_key(p.family_name, p.given_names), p.id))
    groups = {p.group_id: p.group for p in places if p.group_id is not None}
    return Population(
        places=tuple(place for place in places if _suits(place, scope.filters)),
        organisations=tuple(
            sorted({p.organisation for p in places if p.organisation}, key=sort_key_ro)
        ),
        counties=tuple(sorted({p.county for p in places if p.county})),
        groups=tuple(sorted(groups.items(), key=lambda item: sort_key_ro(item[1]))),
    )


def _suits(place: PlaceLine, filters: Filters) -> bool:
    return (
        filters.group in (None, place.group_id)
        and filters.organisation in ("", place.organisation)
        and filters.county in ("", place.county)
    )
