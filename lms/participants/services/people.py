"""A participant's own data: the name with its history, addresses, an account shut or open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts import services as accounts
from lms.accounts.models import Person, PersonName, Token, TokenKind
from lms.audit.services import record
from lms.courses.events import enrolment_changed, person_renamed
from lms.courses.models import Enrolment
from lms.participants.errors import ReasonMissing
from lms.quizzes.services import terms


def rename(
    person: Person,
    *,
    family_name: str,
    given_names: str,
    reason: str,
    by: int | None,
    now: datetime,
) -> bool:
    """Give a person another name, keeping the old one with who changed it and why.

    Returns whether anything changed. Certificates hear of it; a name that was confirmed stays so,
    because the registrar's word stands for the change.
    """
    if (family_name, given_names) == (person.family_name, person.given_names):
        return False
    if not reason.strip():
        raise ReasonMissing
    before = person.full_name
    db.session().add(
        PersonName(
            person_id=person.id,
            family_name=person.family_name,
            given_names=person.given_names,
            until_at=now,
            changed_by_id=by,
            reason=reason,
        )
    )
    person.family_name, person.given_names = family_name, given_names
    record("person.renamed", by=by, on=person, before=before, after=person.full_name, reason=reason)
    person_renamed.send(person)
    return True


def set_addresses(
    person: Person, *, email: str | None, phone: str | None, by: int | None, now: datetime
) -> bool:
    """Change where a person is reached; links sent to the old address open nothing more.

    Somebody signs in with the address as well, while it is nobody else's.
    """
    before = {"email": person.email, "phone": person.phone}
    after = {"email": email, "phone": phone}
    if before == after:
        return False
    if email != person.email and person.password_hash is None:
        _withdraw_links(person.id, now=now)
    if person.sign_in_email in (None, (person.email or "").lower()):
        person.sign_in_email = accounts.address_to_sign_in_with(email, but=person.id)
    person.email, person.phone = email, phone
    record("person.addresses_changed", by=by, on=person, before=before, after=after)
    return True


def _withdraw_links(person_id: int, *, now: datetime) -> None:
    db.session().execute(
        sa.update(Token)
        .where(
            Token.person_id == person_id,
            Token.kind == TokenKind.INVITATION,
            Token.is_printed.is_(False),
            Token.used_at.is_(None),
            Token.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )


@dataclass(frozen=True)
class EntryFacts:
    """What an enrolment froze when it was made."""

    group_id: int | None
    organisation_name: str | None
    function: str | None
    county: str | None


def correct_entry(enrolment: Enrolment, facts: EntryFacts, *, reason: str, by: int) -> bool:
    """Correct what was written down wrongly at entry; the audit keeps what stood before.

    Moving to another group needs no reason; the rest does.
    """
    before = EntryFacts(
        enrolment.group_id,
        enrolment.organisation_name,
        enrolment.function,
        enrolment.county,
    )
    if before == facts:
        return False
    only_group = before == EntryFacts(
        before.group_id, facts.organisation_name, facts.function, facts.county
    )
    if not only_group and not reason.strip():
        raise ReasonMissing
    enrolment.group_id = facts.group_id
    enrolment.organisation_name = facts.organisation_name
    enrolment.function = facts.function
    enrolment.county = facts.county
    if before.group_id != facts.group_id:
        terms.retime_places([enrolment.id])
    record(
        "enrolment.corrected",
        by=by,
        on=enrolment,
        course_id=enrolment.course_id,
        before=vars(before),
        after=vars(facts),
        reason=reason,
    )
    return True


def suspend(person: Person, *, reason: str, by: int, now: datetime) -> None:
    """Shut an account and end its sign-ins at once; twice is once."""
    if not reason.strip():
        raise ReasonMissing
    accounts.suspend(person, by=by, reason=reason, now=now)
    _tell_places(person)


def reactivate(person: Person, *, reason: str, by: int) -> None:
    """Open an account again; twice is once."""
    if not reason.strip():
        raise ReasonMissing
    accounts.reactivate(person, by=by, reason=reason)
    _tell_places(person)


def _tell_places(person: Person) -> None:
    """Let those who wait for a place's state (certificates) look again."""
    db.session().flush()  # listeners read it
    for place in db.session().scalars(
        sa.select(Enrolment).where(Enrolment.person_id == person.id).order_by(Enrolment.id)
    ):
        enrolment_changed.send(place)
