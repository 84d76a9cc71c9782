"""A ready plan carried out: people, organisations, groups and places, and a note of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.models import Edition, Enrolment, EnrolmentState, Group
from lms.organisations.models import Membership, Organisation
from lms.organisations.services import OrganisationBook, hold_membership
from lms.participants.known import Standing, read_known
from lms.participants.models import Deed, ImportRow, ParticipantImport
from lms.participants.roster import Change, Field, PlannedRow, RosterRow, Verdict
from lms.participants.services.people import rename, set_addresses
from lms.participants.services.planning import (
    ORGANISATION_FIELDS,
    PERSON_FIELDS,
    Prepared,
    organisation_facts,
)
from lms.participants.services.sign_in_names import SignInNames
from lms.people_names import fold
from lms.quizzes.services import terms


@dataclass(frozen=True)
class Outcome:
    """What an import has done."""

    enrolment_ids: tuple[int, ...]
    new_people: int
    updated_people: int
    unchanged: int
    import_id: int | None = field(default=None, compare=False)


class Importer:
    """Carries a ready plan out, row by row; made for one import."""

    def __init__(self, edition: Edition, prepared: Prepared, by: int | None, now: datetime) -> None:
        self.edition, self.prepared, self.by, self.now = edition, prepared, by, now
        self.today: date = now.astimezone(ZoneInfo(edition.programme.zone)).date()
        self.book = OrganisationBook.read()
        self.known = read_known(edition)
        self.groups = {fold(group.name): group for group in edition.groups}
        self.names = SignInNames.read()
        self.memberships: dict[int, tuple[Membership, Membership | None]] = {}
        self.made_groups: list[int] = []
        self.moved: list[int] = []  # places that went to another group
        self.made_organisations: list[int] = []

    def carry_out(self, source: int | None) -> Outcome:
        """Do what the plan says, write down what was done with each row, and return it.

        `source` is the stored list; none where one person was typed in.
        """
        rows = self.prepared.plan.rows
        places = [row for row in rows if self.prepared.will_enrol(row)]
        updates = [
            row
            for row in rows
            if row.verdict is Verdict.CHANGED and row.row.number in self.prepared.decisions.updates
        ]
        for row in updates:
            self._update(row)
        people = self._people_of(places)
        enrolments = [self._enrol(row, people[row.row.number]) for row in places]
        db.session().flush()  # the audit names the places by id
        terms.retime_places(self.moved)
        given = {row.row.number: e for row, e in zip(places, enrolments, strict=True)}
        changed = {row.row.number for row in updates}
        batch = self._write_down(source, given, changed)
        for enrolment in enrolments:
            record(
                "enrolment.created",
                by=self.by,
                on=enrolment,
                course_id=self.edition.course_id,
                organisation=enrolment.organisation_name or "",
                function=enrolment.function or "",
            )
        for organisation_id, field_name, value in batch.filled:
            record(
                "organisation.completed_by_list",
                by=self.by,
                on=self.book.by_id[organisation_id],
                course_id=self.edition.course_id,
                changes=[[field_name, "", value]],
            )
        return Outcome(
            enrolment_ids=tuple(e.id for e in enrolments),
            new_people=sum(1 for row in places if row.person_id is None),
            updated_people=len(updates),
            unchanged=len(rows) - len(places) - len(updates),
            import_id=batch.id,
        )

    def _write_down(
        self, source: int | None, given: Mapping[int, Enrolment], changed: Collection[int]
    ) -> ParticipantImport:
        """Keep what was done with each row, so that it can be shown and taken back."""
        batch = ParticipantImport(
            edition_id=self.edition.id,
            file_id=source,
            made_at=self.now,
            made_by_id=self.by,
            made_groups=self.made_groups,
            made_organisations=self.made_organisations,
            filled=[
                [one.organisation_id, one.field, one.value]
                for one in self.book.filled
                if one.organisation_id not in self.made_organisations
            ],
        )
        db.session().add(batch)
        db.session().flush()  # rows name it; memberships get their ids
        for row in self.prepared.plan.rows:
            number = row.row.number
            place = given.get(number)
            held, closed = self.memberships.get(number, (None, None))
            here = self.known[row.person_id].enrolment if row.person_id in self.known else None
            batch.rows.append(
                ImportRow(
                    import_id=batch.id,
                    number=number,
                    deed=_deed(row, place, number in changed),
                    person_id=place.person_id if place is not None else row.person_id,
                    enrolment_id=(place.id if place else here.id if here else None),
                    changes=[[c.field.value, c.before, c.after] for c in row.changes]
                    if number in changed
                    else [],
                    membership_id=held.id if held is not None else None,
                    closed_membership_id=closed.id if closed is not None else None,
                )
            )
        db.session().flush()  # one write for all rows
        return batch

    def _hold(self, number: int, person_id: int, organisation_id: int, function: str) -> None:
        """Let somebody hold a function, and remember what that made and closed."""
        standing = self.known.get(person_id)
        current = standing.membership if standing else None
        held = hold_membership(
            current,
            person_id=person_id,
            organisation_id=organisation_id,
            function=function or None,
            on=self.today,
        )
        if held is not current:
            self.memberships[number] = (held, current)

    def _organisation(self, facts: RosterRow) -> Organisation:
        """Find or make a row's organisation, and remember what was made."""
        wanted = organisation_facts(facts)
        is_new = self.book.find(wanted) is None
        found = self.book.find_or_make(wanted, now=self.now)
        if is_new:
            self.made_organisations.append(found.id)
        return found

    def _people_of(self, places: Sequence[PlannedRow]) -> dict[int, Person]:
        """Make the new people in one go, and name the known ones, by row number."""
        new = [row.row for row in places if row.person_id is None]
        own = self._own_addresses(new)
        made = {row.number: new_person(row, self.names.take(), own, now=self.now) for row in new}
        db.session().add_all(made.values())
        db.session().flush()  # places need the ids
        known = {
            row.row.number: self.known[row.person_id].person
            for row in places
            if row.person_id is not None
        }
        return made | known

    def _own_addresses(self, new: Sequence[RosterRow]) -> set[str]:
        """Return the new people's addresses that are nobody else's: they sign in with them."""
        held = {a.lower() for s in self.known.values() for a in _addresses(s.person)}
        counted = Counter(row.email.lower() for row in new if row.email)
        return {a for a, number in counted.items() if number == 1 and a not in held}

    def _enrol(self, row: PlannedRow, person: Person) -> Enrolment:
        """Give a place, with organisation and function frozen as they are at entry."""
        facts = row.row
        organisation = None
        if facts.organisation:
            organisation = self._organisation(facts)
            self._hold(facts.number, person.id, organisation.id, facts.function)
        enrolment = Enrolment(
            person_id=person.id,
            edition_id=self.edition.id,
            group_id=self._group(facts.group),
            state=EnrolmentState.ACTIVE,
            organisation_id=organisation.id if organisation else None,
            organisation_name=organisation.name if organisation else None,
            organisation_kind=organisation.kind if organisation else None,
            function=facts.function or None,
            county=facts.county or (organisation.county if organisation else None),
            enrolled_at=self.now,
            hours_attended=Decimal(0),
        )
        db.session().add(enrolment)
        return enrolment

    def _group(self, name: str) -> int | None:
        if not name:
            return None
        group = self.groups.get(fold(name))
        if group is None:
            group = Group(edition_id=self.edition.id, name=name, trainers=[])
            db.session().add(group)
            db.session().flush()  # places need its id
            self.groups[fold(name)] = group
            self.made_groups.append(group.id)
        return group.id

    def _update(self, row: PlannedRow) -> None:
        """Change a known person as was ticked; the organisation frozen at entry stays frozen."""
        assert row.person_id is not None
        standing = self.known[row.person_id]
        apply_person_changes(standing.person, row.changes, by=self.by, now=self.now)
        fields = {c.field for c in row.changes}
        if fields & (ORGANISATION_FIELDS | {Field.FUNCTION}):
            self._move(standing, row.row)
        enrolment = standing.enrolment
        if enrolment is not None and Field.GROUP in fields:
            enrolment.group_id = self._group(row.row.group)
            self.moved.append(enrolment.id)
        if enrolment is not None and Field.COUNTY in fields:
            enrolment.county = row.row.county
        record(
            "person.updated_by_list",
            by=self.by,
            on=standing.person,
            changes=[[c.field.value, c.before, c.after] for c in row.changes],
        )

    def _move(self, standing: Standing, facts: RosterRow) -> None:
        organisation_id = standing.organisation_id
        if facts.organisation:
            organisation_id = self._organisation(facts).id
        if organisation_id is not None:
            self._hold(facts.number, standing.person.id, organisation_id, facts.function)


def _deed(row: PlannedRow, place: Enrolment | None, is_changed: bool) -> Deed:
    if place is not None:
        return Deed.NEW if row.person_id is None else Deed.PLACED
    return Deed.CHANGED if is_changed else Deed.UNCHANGED


def apply_person_changes(
    person: Person,
    changes: Sequence[Change],
    *,
    by: int | None,
    now: datetime,
    reason: str = "participants' list",
) -> None:
    """Change a person's own facts; a change of name goes through its history."""
    new = {c.field: c.after for c in changes if c.field in PERSON_FIELDS}
    if Field.FAMILY_NAME in new or Field.GIVEN_NAMES in new:
        rename(
            person,
            family_name=new.get(Field.FAMILY_NAME, person.family_name),
            given_names=new.get(Field.GIVEN_NAMES, person.given_names),
            reason=reason,
            by=by,
            now=now,
        )
    set_addresses(
        person,
        email=new.get(Field.EMAIL, person.email) or None,
        phone=new.get(Field.PHONE, person.phone) or None,
        by=by,
        now=now,
    )


def _addresses(person: Person) -> list[str]:
    return [a for a in (person.email, person.sign_in_email) if a]


def new_person(
    row: RosterRow, sign_in_name: str, own_addresses: Collection[str], *, now: datetime
) -> Person:
    """Make a person from a row, who has not signed in yet."""
    address = row.email.lower()
    return Person(
        family_name=row.family_name,
        given_names=row.given_names,
        sign_in_name=sign_in_name,
        sign_in_email=address if address in own_addresses else None,
        email=row.email or None,
        phone=row.phone or None,
        created_at=now,
    )
