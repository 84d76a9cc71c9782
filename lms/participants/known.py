"""People already here, with what is known of them, as the planning of an import compares them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person, RoleGrant
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.organisations.models import Membership, Organisation
from lms.participants.roster import KnownPerson


@dataclass(frozen=True)
class Standing:
    """A person already here: row, facts, open membership, and the place on the edition."""

    person: Person
    facts: KnownPerson
    membership: Membership | None = None
    enrolment: Enrolment | None = None

    @property
    def state(self) -> EnrolmentState | None:
        """The state of the place on the edition; none where there is no place."""
        return self.enrolment.state if self.enrolment else None

    @property
    def organisation_id(self) -> int | None:
        """Where the person works now, as far as we know."""
        return self.membership.organisation_id if self.membership else None


def read_known(edition: Edition) -> dict[int, Standing]:
    """Read everybody, by id; five statements whatever their number.

    Organisation and function are those of the open membership, else those of the newest place.
    """
    session = db.session()
    people = session.scalars(sa.select(Person).order_by(Person.id)).all()
    staff = set(session.scalars(sa.select(RoleGrant.person_id)))
    held: dict[int, tuple[Membership, Organisation]] = {}
    for membership, organisation in session.execute(
        sa.select(Membership, Organisation)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.to_on.is_(None))
        .order_by(Membership.id)
    ):
        held[membership.person_id] = (membership, organisation)
    newest: dict[int, Enrolment] = {}
    here: dict[int, Enrolment] = {}
    for enrolment in session.scalars(sa.select(Enrolment).order_by(Enrolment.id)):
        newest[enrolment.person_id] = enrolment
        if enrolment.edition_id == edition.id:
            here[enrolment.person_id] = enrolment
    groups = {group.id: group.name for group in edition.groups}
    return {
        person.id: Standing(
            person=person,
            facts=_facts(
                person,
                held.get(person.id),
                here.get(person.id) or newest.get(person.id),
                groups.get((here[person.id].group_id or 0) if person.id in here else 0, ""),
                is_staff=person.id in staff,
            ),
            membership=held[person.id][0] if person.id in held else None,
            enrolment=here.get(person.id),
        )
        for person in people
    }


def _facts(
    person: Person,
    held: tuple[Membership, Organisation] | None,
    place: Enrolment | None,
    group: str,
    *,
    is_staff: bool,
) -> KnownPerson:
    organisation, kind, cui, function, county = "", None, "", "", ""
    if place is not None:
        organisation = place.organisation_name or ""
        kind = place.organisation_kind
        function, county = place.function or "", place.county or ""
    if held is not None:
        organisation, kind = held[1].name, held[1].kind
        cui, function = held[1].cui or "", held[0].function or ""
        county = county or held[1].county or ""
    return KnownPerson(
        id=person.id,
        family_name=person.family_name,
        given_names=person.given_names,
        email=person.email or "",
        phone=person.phone or "",
        organisation=organisation,
        kind=None if kind is None else kind.value,
        cui=cui,
        function=function,
        county=county,
        group=group,
        is_staff=is_staff,
    )
