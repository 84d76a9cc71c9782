"""Organisations found or made, and who works there; nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

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


@dataclass
class OrganisationBook:
    """All organisations, read once, so that a whole list is matched without asking again."""

    by_id: dict[int, Organisation] = field(default_factory=dict)
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
        if facts.cui and found.cui is None:
            found.cui = facts.cui
            self._by_cui[facts.cui] = found
        if facts.county and found.county is None:
            found.county = facts.county
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
