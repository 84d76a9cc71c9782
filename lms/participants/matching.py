"""Who of a list is already here: certain matches, open questions and new people.

A shared address or an equal name is a question to a person, never an answer and never a refusal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lms.participants.columns import Field
from lms.participants.facts import KnownPerson, PersonFacts, RosterRow


class Verdict(StrEnum):
    """What an import will do with a row."""

    NEW = "new"
    KNOWN = "known"
    CHANGED = "changed"
    QUESTION = "question"
    WRONG = "wrong"


class Why(StrEnum):
    """What a verdict or a candidate rests on."""

    NOBODY_ALIKE = "nobody_alike"
    WRONG_VALUES = "wrong_values"
    SAME_NAME_AND_EMAIL = "same_name_and_email"
    SAME_NAME_AND_PHONE = "same_name_and_phone"
    SAME_IN_EVERYTHING = "same_in_everything"
    SHARED_EMAIL = "shared_email"
    SAME_NAME_IN_ORGANISATION = "same_name_in_organisation"
    SAME_NAME_ELSEWHERE = "same_name_elsewhere"
    ANSWERED_SAME = "answered_same"
    ANSWERED_DIFFERENT = "answered_different"
    STAFF_UNTOUCHED = "staff_untouched"


_CERTAIN = frozenset({Why.SAME_NAME_AND_EMAIL, Why.SAME_NAME_AND_PHONE, Why.SAME_IN_EVERYTHING})
_ASKED = _CERTAIN | {Why.SHARED_EMAIL, Why.SAME_NAME_IN_ORGANISATION}
_COMPARED = tuple(
    name for name in Field if name not in {Field.FULL_NAME, Field.FULL_NAME_GIVEN_FIRST}
)


@dataclass(frozen=True)
class Answer:
    """A person's answer to „aceeași persoană?”: somebody here, an earlier row, or neither."""

    person_id: int | None = None
    row: int | None = None


DIFFERENT = Answer()


@dataclass(frozen=True)
class Candidate:
    """Somebody whom a row may mean: a person already here, or an earlier row of the list."""

    facts: KnownPerson | RosterRow
    why: Why

    @property
    def person_id(self) -> int | None:
        """The person, where it is one already here."""
        return self.facts.id if isinstance(self.facts, KnownPerson) else None

    @property
    def row(self) -> int | None:
        """The row's number, where it is one of the list."""
        return self.facts.number if isinstance(self.facts, RosterRow) else None

    @property
    def answer(self) -> Answer:
        """The answer that chooses this candidate."""
        return Answer(person_id=self.person_id, row=self.row)


@dataclass(frozen=True)
class Change:
    """A fact that the list gives differently from what is known."""

    field: Field
    before: str
    after: str


@dataclass(frozen=True)
class PlannedRow:
    """A row with its verdict, what it rests on, and what would change."""

    row: RosterRow
    verdict: Verdict
    why: Why
    person_id: int | None = None
    same_as_row: int | None = None
    candidates: tuple[Candidate, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do, row by row; it may be carried out only when it is ready."""

    rows: tuple[PlannedRow, ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether nothing is wrong and no question is open."""
        open_verdicts = {Verdict.WRONG, Verdict.QUESTION}
        return bool(self.rows) and not any(r.verdict in open_verdicts for r in self.rows)

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many rows have each verdict; all verdicts are there."""
        counted = Counter(row.verdict for row in self.rows)
        return {verdict: counted[verdict] for verdict in Verdict}


def plan(
    rows: Sequence[RosterRow],
    known_people: Sequence[KnownPerson],
    answers: Mapping[int, Answer] | None = None,
) -> ImportPlan:
    """Compare a list with the people already here.

    `answers` go by row number. An answer that names nobody, or a row that isn't an earlier one,
    leaves the question open. An empty cell never takes anything away from a known person.
    """
    planner = _Planner(known_people, answers or {})
    return ImportPlan(tuple(planner.planned(row) for row in rows))


@dataclass
class _Index:
    """People by what may be equal, in the order in which they were added."""

    by_name: dict[tuple[str, ...], list[KnownPerson | RosterRow]] = field(
        default_factory=lambda: defaultdict(list)
    )
    by_email: dict[str, list[KnownPerson | RosterRow]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, facts: KnownPerson | RosterRow) -> None:
        self.by_name[facts.name_key].append(facts)
        if facts.email:
            self.by_email[facts.email_key].append(facts)

    def alike(self, row: RosterRow) -> list[Candidate]:
        found = [*self.by_name.get(row.name_key, ()), *self.by_email.get(row.email_key, ())]
        once = {id(facts): facts for facts in found}
        return [Candidate(facts, _likeness(row, facts)) for facts in once.values()]


def _likeness(row: RosterRow, other: PersonFacts) -> Why:
    """Name the strongest likeness of two people who share a name or an address."""
    if row.name_key != other.name_key:
        return Why.SHARED_EMAIL
    if row.email and row.email_key == other.email_key:
        return Why.SAME_NAME_AND_EMAIL
    if row.phone and row.phone == other.phone:
        return Why.SAME_NAME_AND_PHONE
    if row.works_with(other):
        return Why.SAME_NAME_IN_ORGANISATION if _differs(row, other) else Why.SAME_IN_EVERYTHING
    return Why.SAME_NAME_ELSEWHERE


def _differs(row: RosterRow, other: PersonFacts) -> bool:
    return bool(_changes(row, other)) or (bool(other.email) and not row.email)


def _changes(row: RosterRow, other: PersonFacts) -> tuple[Change, ...]:
    """List what the row gives and gives differently."""
    changes: list[Change] = []
    for name in _COMPARED:
        before, after = other.value_of(name), row.value_of(name)
        if after and after != before and not _is_same_value(name, row, other):
            changes.append(Change(name, before, after))
    return tuple(changes)


def _is_same_value(name: Field, row: RosterRow, other: PersonFacts) -> bool:
    """Know a value that is only written otherwise: letter case of an address, quotes of a name."""
    if name is Field.EMAIL:
        return row.email_key == other.email_key
    return name is Field.ORGANISATION and row.organisation_key == other.organisation_key


class _Planner:
    """Walks through the rows once, remembering who has been found so far."""

    def __init__(self, known: Iterable[KnownPerson], answers: Mapping[int, Answer]) -> None:
        self._answers = answers
        self._people: dict[int, KnownPerson] = {}
        self._index = _Index()
        self._row_of_person: dict[int, int] = {}
        self._earlier: dict[int, PlannedRow] = {}
        for person in known:
            self._people[person.id] = person
            self._index.add(person)

    def planned(self, row: RosterRow) -> PlannedRow:
        if row.problems:
            return PlannedRow(row, Verdict.WRONG, Why.WRONG_VALUES)
        alike = self._index.alike(row)
        result = self._answered(row, alike) or self._judged(row, alike)
        self._remember(result)
        return result

    def _remember(self, result: PlannedRow) -> None:
        self._earlier[result.row.number] = result
        if result.person_id is not None:
            self._row_of_person.setdefault(result.person_id, result.row.number)
        # A row that is somebody already here adds nobody to compare with.
        if result.verdict in {Verdict.NEW, Verdict.QUESTION}:
            self._index.add(result.row)

    def _answered(self, row: RosterRow, alike: Sequence[Candidate]) -> PlannedRow | None:
        answer = self._answers.get(row.number)
        if answer is None:
            return None
        if answer.person_id is not None:
            person = self._people.get(answer.person_id)
            return self._is_person(row, person, Why.ANSWERED_SAME) if person else None
        if answer.row is not None:
            return self._repeats(row, answer.row)
        return PlannedRow(row, Verdict.NEW, Why.ANSWERED_DIFFERENT, candidates=_asked(alike))

    def _judged(self, row: RosterRow, alike: Sequence[Candidate]) -> PlannedRow:
        certain = [c for c in alike if c.why in _CERTAIN and isinstance(c.facts, KnownPerson)]
        if len(certain) == 1 and certain[0].person_id not in self._row_of_person:
            person = certain[0].facts
            assert isinstance(person, KnownPerson)
            return self._is_person(row, person, certain[0].why)
        if asked := _asked(alike):
            return PlannedRow(row, Verdict.QUESTION, asked[0].why, candidates=asked)
        why = alike[0].why if alike else Why.NOBODY_ALIKE
        return PlannedRow(row, Verdict.NEW, why)

    def _is_person(self, row: RosterRow, person: KnownPerson, why: Why) -> PlannedRow:
        first = self._row_of_person.get(person.id)
        if first is not None:
            return PlannedRow(row, Verdict.KNOWN, why, person.id, same_as_row=first)
        if person.is_staff:
            return PlannedRow(row, Verdict.KNOWN, Why.STAFF_UNTOUCHED, person.id)
        changes = _changes(row, person)
        verdict = Verdict.CHANGED if changes else Verdict.KNOWN
        return PlannedRow(row, verdict, why, person.id, changes=changes)

    def _repeats(self, row: RosterRow, number: int) -> PlannedRow | None:
        """Let a row stand for an earlier one; follow that one to where it led itself."""
        earlier = self._earlier.get(number)
        if earlier is None:
            return None
        first = earlier.same_as_row if earlier.same_as_row is not None else number
        person_id = earlier.person_id
        return PlannedRow(row, Verdict.KNOWN, Why.ANSWERED_SAME, person_id, same_as_row=first)


def _asked(alike: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(candidate for candidate in alike if candidate.why in _ASKED)
