"""Organisations found or made, and who works there; nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa

from lms import db
from lms.organisations.models import Membership, Organisation, OrganisationKind
from lms.people_names import fold


@dataclass(frozen=True)
class OrganisationFacts:
    """An organisation as somebody writes it down; empty where nothing is said."""

    name: str
    kind: OrganisationKind | None = None
    cui: str = ""
    county: str = ""


@dataclass(frozen=True)
class Filled:
    """A fact that an organisation lacked, and that somebody gives."""

    organisation_id: int
    name: str
    field: Literal["cui", "county"]
    value: str


def lacking(known: Organisation, facts: OrganisationFacts) -> list[Filled]:
    """Return what would be filled in with facts about an organisation that is here."""
    found: list[Filled] = []
    if facts.cui and known.cui is None:
        found.append(Filled(known.id, known.name, "cui", facts.cui))
    if facts.county and known.county is None:
        found.append(Filled(known.id, known.name, "county", facts.county))
    return found


@dataclass
class OrganisationBook:
    """All organisations, read once, so that a whole list is matched without asking again.

    `filled` says what was filled in through this book, in the order in which it was.
    """

    by_id: dict[int, Organisation] = field(default_factory=dict)
    filled: list[Filled] = field(default_factory=list)
    _by_cui: dict[str, Organisation] = field(default_factory=dict)
    _by_name: dict[str, list[Organisation]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> OrganisationBook:
        """Read the book; one statement."""
        book = cls()
        for organisation in db.session().scalars(sa.select(Organisation).order_by(Organisation.id)):
            book._enter(organisation)
        return book

    def _enter(self, organisation: Organisation) -> None:
        if organisation.id is not None:
            self.by_id[organisation.id] = organisation
        if organisation.cui:
            self._by_cui[organisation.cui] = organisation
        self._by_name.setdefault(fold(organisation.name), []).append(organisation)

    def find(self, facts: OrganisationFacts) -> Organisation | None:
        """Find by CUI, else by name, kind and county; what isn't said doesn't part two.

        Where several in other counties would fit, none is taken: a new one is better than the
        wrong one.
        """
        if facts.cui and facts.cui in self._by_cui:
            return self._by_cui[facts.cui]
        alike = [o for o in self._by_name.get(fold(facts.name), ()) if _may_be(facts, o)]
        exact = [o for o in alike if (o.county or "") == facts.county]
        if exact:
            return exact[0]
        return alike[0] if len(alike) == 1 else None

    def find_or_make(self, facts: OrganisationFacts, *, now: datetime) -> Organisation:
        """Find, or make in the present write; fills in a code or county that was missing."""
        found = self.find(facts)
        if found is None:
            found = Organisation(
                name=facts.name,
                kind=facts.kind or OrganisationKind.OTHER,
                cui=facts.cui or None,
                county=facts.county or None,
                created_at=now,
            )
            db.session().add(found)
            db.session().flush()  # memberships need its id
            self._enter(found)
            return found
        for one in lacking(found, facts):
            setattr(found, one.field, one.value)
            self.filled.append(one)
            if one.field == "cui":
                self._by_cui[one.value] = found
        return found


def _may_be(facts: OrganisationFacts, known: Organisation) -> bool:
    if facts.cui and known.cui and facts.cui != known.cui:
        return False
    if facts.kind is not None and facts.kind is not known.kind:
        return False
    return not (facts.county and known.county and facts.county != known.county)


def hold_membership(
    current: Membership | None,
    *,
    person_id: int,
    organisation_id: int,
    function: str | None,
    on: date,
) -> Membership:
    """Let a person hold a function in an organisation from a day; what was held before ends there.

    `current` is the open membership, where there is one; the same one again changes nothing.
    """
    if current is not None:
        same = current.organisation_id == organisation_id
        if same and (function is None or current.function == function):
            return current
        current.to_on = on
    held = Membership(
        person_id=person_id,
        organisation_id=organisation_id,
        function=function,
        from_on=on,
    )
    db.session().add(held)
    return held
