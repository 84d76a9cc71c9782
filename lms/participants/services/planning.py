"""What a participants' list would do, row by row; nothing here changes anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lms.courses.models import Edition, EnrolmentState
from lms.organisations.models import OrganisationKind
from lms.organisations.services import Filled, OrganisationBook, OrganisationFacts, lacking
from lms.participants.columns import ColumnUse
from lms.participants.errors import NoNames
from lms.participants.known import Standing, read_known
from lms.participants.roster import (
    Answer,
    Field,
    ImportPlan,
    KnownPerson,
    PlannedRow,
    RosterRow,
    Verdict,
    apply_offers,
    map_columns,
    plan,
    read_roster,
)
from lms.people_names import person_sort_key
from lms.safety.sheets import Table, TableRow

PERSON_FIELDS = frozenset({Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.EMAIL, Field.PHONE})
ORGANISATION_FIELDS = frozenset({Field.ORGANISATION, Field.KIND, Field.CUI})


@dataclass(frozen=True)
class RosterFile:
    """A list as it was read: its rows, and the headings that nothing was read from."""

    rows: tuple[RosterRow, ...]
    ignored: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()
    uses: tuple[ColumnUse, ...] = ()


def read_file(table: Table, chosen: Mapping[str, Field | None] | None = None) -> RosterFile:
    """Read a table's rows as people; raise NoNames where no column holds their names.

    `chosen` says, by key, how headings are to be read (see `column_choices.remembered`).
    """
    mapping = map_columns(table.columns, chosen)
    if not mapping.has_names:
        raise NoNames
    # Urban or rural has no place in the store: it is shown among what is not read.
    area = mapping.positions.get(Field.AREA)
    ignored = mapping.ignored if area is None else (*mapping.ignored, table.columns[area])
    rows = tuple(replace(row, area=None) for row in read_roster(table, mapping))
    return RosterFile(rows, ignored, mapping.repeated, table.other_sheets, mapping.uses)


TYPED_ROW = 2  # as the first row below a list's headings


def typed_file(values: Mapping[Field, str]) -> RosterFile:
    """Read what was typed of one person as a list of one row, so that the same reader reads it."""
    headings = tuple(field.value.replace("_", " ") for field in values)
    return read_file(Table(headings, (TableRow(TYPED_ROW, tuple(values.values())),)))


@dataclass(frozen=True)
class Decisions:
    """What the person who imports has decided, by row number.

    `letters` are rows whose offered letters are taken, `updates` rows whose changes are.
    """

    answers: Mapping[int, Answer] = field(default_factory=dict)
    letters: frozenset[int] = frozenset()
    updates: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Absent:
    """Somebody who takes part and whom the list doesn't name; nothing is done to them."""

    enrolment_id: int
    facts: KnownPerson


@dataclass(frozen=True)
class Prepared:
    """What an import would do now: the plan, who of it has a place, and whom it leaves out."""

    plan: ImportPlan
    enrolled: Mapping[int, EnrolmentState]  # by person
    decisions: Decisions
    absent: tuple[Absent, ...] = ()
    filled: tuple[Filled, ...] = ()  # what organisations lacked, and the list gives

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
    def taking_part(self) -> int:
        """How many will take part in the edition once the list is carried out."""
        here = sum(1 for state in self.enrolled.values() if state is EnrolmentState.ACTIVE)
        return here + self.to_enrol

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
        return hashlib.sha256(repr((said, self.filled)).encode()).hexdigest()[:20]


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
    prepared = Prepared(ImportPlan(settled), enrolled, decisions, _absent(settled, known))
    return replace(prepared, filled=_filled(prepared, book))


def _filled(prepared: Prepared, book: OrganisationBook) -> tuple[Filled, ...]:
    """Say which organisations the list completes, each fact once, by the first row that has it."""
    facts = (organisation_facts(row.row) for row in _with_organisations(prepared))
    found = ((book.find(each), each) for each in facts)
    given = (one for known, each in found if known is not None for one in lacking(known, each))
    once: dict[tuple[int, str], Filled] = {}
    for one in given:
        once.setdefault((one.organisation_id, one.field), one)
    return tuple(once.values())


def _with_organisations(prepared: Prepared) -> Iterable[PlannedRow]:
    """Give the rows whose organisations an import looks up."""
    for row in prepared.plan.rows:
        moves = row.row.number in prepared.decisions.updates and any(
            c.field in ORGANISATION_FIELDS | {Field.FUNCTION} for c in row.changes
        )
        if row.row.organisation and (moves or prepared.will_enrol(row)):
            yield row


def _absent(rows: Sequence[PlannedRow], known: Mapping[int, Standing]) -> tuple[Absent, ...]:
    """Name those with a place whom no row is, nor may be."""
    named = {row.person_id for row in rows}
    named |= {candidate.person_id for row in rows for candidate in row.candidates}
    left_out = (
        Absent(standing.enrolment.id, standing.facts)
        for person_id, standing in known.items()
        if standing.enrolment is not None
        and standing.state is EnrolmentState.ACTIVE
        and person_id not in named
    )
    return tuple(
        sorted(
            left_out,
            key=lambda a: person_sort_key(a.facts.family_name, a.facts.given_names),
        )
    )


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
