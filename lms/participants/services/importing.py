"""A participants' list brought in: planned without a change, then carried out whole or not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.models import Edition, Enrolment, EnrolmentState, Group
from lms.organisations.models import OrganisationKind
from lms.organisations.services import OrganisationBook, OrganisationFacts, hold_membership
from lms.participants.errors import ImportNotReady, NoNames, PlanMoved
from lms.participants.known import Standing, read_known
from lms.participants.roster import (
    Answer,
    Change,
    Field,
    ImportPlan,
    PlannedRow,
    RosterRow,
    Verdict,
    apply_offers,
    map_columns,
    plan,
    read_roster,
)
from lms.participants.services.people import rename, set_addresses
from lms.participants.services.sign_in_names import SignInNames
from lms.people_names import fold
from lms.safety.sheets import Table

PERSON_FIELDS = frozenset({Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.EMAIL, Field.PHONE})
ORGANISATION_FIELDS = frozenset({Field.ORGANISATION, Field.KIND, Field.CUI})


@dataclass(frozen=True)
class RosterFile:
    """A list as it was read: its rows, and the headings that nothing was read from."""

    rows: tuple[RosterRow, ...]
    ignored: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()


def read_file(table: Table) -> RosterFile:
    """Read a table's rows as people; raise NoNames where no column holds their names."""
    mapping = map_columns(table.columns)
    if not mapping.has_names:
        raise NoNames
    # Urban or rural has no place in the store: it is shown among what is not read.
    area = mapping.positions.get(Field.AREA)
    ignored = mapping.ignored if area is None else (*mapping.ignored, table.columns[area])
    rows = tuple(replace(row, area=None) for row in read_roster(table, mapping))
    return RosterFile(rows, ignored, mapping.repeated, table.other_sheets)


@dataclass(frozen=True)
class Decisions:
    """What the person who imports has decided, by row number.

    `letters` are rows whose offered letters are taken, `updates` rows whose changes are.
    """

    answers: Mapping[int, Answer] = field(default_factory=dict)
    letters: frozenset[int] = frozenset()
    updates: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Prepared:
    """What an import would do now: the plan, and who of it already has a place."""

    plan: ImportPlan
    enrolled: Mapping[int, EnrolmentState]  # by person
    decisions: Decisions

    @property
    def is_ready(self) -> bool:
        """Whether it may be carried out."""
        return self.plan.is_ready

    def will_enrol(self, row: PlannedRow) -> bool:
        """Whether a row gives a place to somebody."""
        if row.verdict in (Verdict.WRONG, Verdict.QUESTION) or row.same_as_row is not None:
            return False
        return row.person_id is None or row.person_id not in self.enrolled

    @property
    def to_enrol(self) -> int:
        """How many places will be given."""
        return sum(1 for row in self.plan.rows if self.will_enrol(row))

    @property
    def to_update(self) -> int:
        """How many known people will be changed."""
        return sum(
            1
            for row in self.plan.rows
            if row.verdict is Verdict.CHANGED and row.row.number in self.decisions.updates
        )

    @property
    def fingerprint(self) -> str:
        """Name the plan by what it would do, so that a plan that moved is noticed."""
        said = [
            (r.row.number, r.verdict.value, r.person_id, r.same_as_row, self.will_enrol(r))
            for r in self.plan.rows
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Outcome:
    """What an import has done."""

    enrolment_ids: tuple[int, ...]
    new_people: int
    updated_people: int
    unchanged: int


def prepare(edition: Edition, file: RosterFile, decisions: Decisions | None = None) -> Prepared:
    """Plan an import without a change; a fixed number of statements, whatever the list."""
    decisions = decisions or Decisions()
    known = read_known(edition)
    book = OrganisationBook.read()
    rows = apply_offers(file.rows, decisions.letters)
    people = [standing.facts for standing in known.values()]
    planned = plan(rows, people, decisions.answers)
    settled = tuple(_settled(row, known, book) for row in planned.rows)
    enrolled = {i: s.state for i, s in known.items() if s.state is not None}
    return Prepared(ImportPlan(settled), enrolled, decisions)


def _settled(row: PlannedRow, known: Mapping[int, Standing], book: OrganisationBook) -> PlannedRow:
    """Keep the changes that an import would make; the rest is part of a new place, or no change."""
    if row.verdict is not Verdict.CHANGED or row.person_id is None:
        return row
    standing = known[row.person_id]
    wanted = {c.field for c in row.changes}
    if standing.state is None:
        wanted &= PERSON_FIELDS
    elif wanted & ORGANISATION_FIELDS:
        found = book.find(organisation_facts(row.row)) if row.row.organisation else None
        is_same = found is not None and found.id == standing.organisation_id
        if is_same or not row.row.organisation:
            wanted -= ORGANISATION_FIELDS
    changes = tuple(c for c in row.changes if c.field in wanted)
    return replace(row, changes=changes, verdict=Verdict.CHANGED if changes else Verdict.KNOWN)


def organisation_facts(row: RosterRow) -> OrganisationFacts:
    """Return a row's organisation as the book of organisations wants it."""
    kind = None if row.kind is None else OrganisationKind(row.kind)
    return OrganisationFacts(row.organisation, kind, row.cui, row.county)


def commit(
    edition: Edition,
    file: RosterFile,
    decisions: Decisions,
    *,
    by: int | None,
    now: datetime,
    source: int | None = None,
    expected: str | None = None,
) -> Outcome:
    """Carry a list out, whole: people, organisations, groups and places. Runs inside a write.

    Plans afresh on the rows as they now stand. Raises ImportNotReady where something is wrong or
    a question is open, PlanMoved where the plan is no longer the one of the `expected`
    fingerprint. `source` is the stored file.
    """
    prepared = prepare(edition, file, decisions)
    if not prepared.is_ready:
        raise ImportNotReady(prepared)
    if expected is not None and expected != prepared.fingerprint:
        raise PlanMoved(prepared)
    importer = _Importer(edition, prepared, by, now)
    outcome = importer.carry_out()
    record(
        "participants.imported",
        by=by,
        on=edition,
        course_id=edition.course_id,
        file=source,
        enrolled=len(outcome.enrolment_ids),
        new_people=outcome.new_people,
        updated=outcome.updated_people,
        unchanged=outcome.unchanged,
    )
    return outcome


class _Importer:
    """Carries a ready plan out, row by row; made for one import."""

    def __init__(self, edition: Edition, prepared: Prepared, by: int | None, now: datetime) -> None:
        self.edition, self.prepared, self.by, self.now = edition, prepared, by, now
        self.today: date = now.astimezone(ZoneInfo(edition.programme.zone)).date()
        self.book = OrganisationBook.read()
        self.known = read_known(edition)
        self.groups = {fold(group.name): group for group in edition.groups}
        self.names = SignInNames.read()

    def carry_out(self) -> Outcome:
        """Do what the plan says and return what was done."""
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
        for enrolment in enrolments:
            record(
                "enrolment.created",
                by=self.by,
                on=enrolment,
                course_id=self.edition.course_id,
                organisation=enrolment.organisation_name or "",
                function=enrolment.function or "",
            )
        return Outcome(
            enrolment_ids=tuple(e.id for e in enrolments),
            new_people=sum(1 for row in places if row.person_id is None),
            updated_people=len(updates),
            unchanged=len(rows) - len(places) - len(updates),
        )

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
            organisation = self.book.find_or_make(organisation_facts(facts), now=self.now)
            standing = self.known.get(person.id)
            hold_membership(
                standing.membership if standing else None,
                person_id=person.id,
                organisation_id=organisation.id,
                function=facts.function or None,
                on=self.today,
            )
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
            organisation_id = self.book.find_or_make(organisation_facts(facts), now=self.now).id
        if organisation_id is None:
            return
        hold_membership(
            standing.membership,
            person_id=standing.person.id,
            organisation_id=organisation_id,
            function=facts.function or None,
            on=self.today,
        )


def apply_person_changes(
    person: Person, changes: Sequence[Change], *, by: int | None, now: datetime
) -> None:
    """Change a person's own facts; a change of name goes through its history."""
    new = {c.field: c.after for c in changes if c.field in PERSON_FIELDS}
    if Field.FAMILY_NAME in new or Field.GIVEN_NAMES in new:
        rename(
            person,
            family_name=new.get(Field.FAMILY_NAME, person.family_name),
            given_names=new.get(Field.GIVEN_NAMES, person.given_names),
            reason="participants' list",
            by=by,
            now=now,
        )
    set_addresses(
        person,
        email=new.get(Field.EMAIL, person.email),
        phone=new.get(Field.PHONE, person.phone),
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
