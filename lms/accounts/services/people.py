"""Make people known, give and take roles, let accounts rest."""

from __future__ import annotations

import secrets
from datetime import date, datetime

import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts import sessions
from lms.accounts.errors import (
    AuditorStandsAlone,
    LastOwner,
    NameTaken,
    OneselfRefused,
    RoleNotYours,
)
from lms.accounts.models import Person, RoleGrant
from lms.accounts.roles import go_together, may_grant
from lms.accounts.services import links
from lms.audit import services as audit
from lms.people_names import make_sign_in_name


def free_sign_in_name() -> str:
    """Return a fresh sign-in name that nobody has."""
    while True:
        name = make_sign_in_name(secrets.token_bytes(16))
        if db.session().scalar(sa.select(Person.id).where(Person.sign_in_name == name)) is None:
            return name


def address_to_sign_in_with(address: str | None, *, but: int | None = None) -> str | None:
    """Return the address where it is one person's alone, else None: offices share one.

    `but` names the person it would be for.
    """
    if not address:
        return None
    lowered = address.lower()
    shared = sa.select(Person.id).where(
        sa.or_(
            sa.func.lower(Person.email) == lowered, sa.func.lower(Person.sign_in_email) == lowered
        )
    )
    if but is not None:
        shared = shared.where(Person.id != but)
    return lowered if db.session().scalar(shared.limit(1)) is None else None


def create_person(
    *,
    given_names: str,
    family_name: str,
    now: datetime,
    by: int | None = None,
    email: str | None = None,
    sign_in_email: str | None = None,
    sign_in_name: str | None = None,
    phone: str | None = None,
    locale: str = "ro",
) -> Person:
    """Make a person known, with a fresh sign-in name unless one is given. Runs inside a write.

    Refuses a sign-in name or sign-in address that somebody has. `by` is None from the shell.
    """
    name = (sign_in_name or free_sign_in_name()).lower()
    _refuse_taken(name, sign_in_email)
    person = Person(
        given_names=" ".join(given_names.split()),
        family_name=" ".join(family_name.split()),
        sign_in_name=name,
        sign_in_email=sign_in_email.lower() if sign_in_email else None,
        email=email,
        phone=phone,
        locale=locale,
        created_at=now,
    )
    db.session().add(person)
    db.session().flush()  # the record names the row
    audit.record("person.created", by=by, on=person, name=person.full_name, email=email)
    return person


def _refuse_taken(name: str, address: str | None) -> None:
    same = [Person.sign_in_name == name]
    if address:
        same.append(sa.func.lower(Person.sign_in_email) == address.lower())
    if db.session().scalar(sa.select(Person.id).where(sa.or_(*same)).limit(1)) is not None:
        raise NameTaken


def roles_of(person_id: int) -> frozenset[Role]:
    """Return the roles that a person was given, in force or not."""
    statement = sa.select(RoleGrant.role).where(RoleGrant.person_id == person_id)
    return frozenset(db.session().scalars(statement))


def grant_role(
    person: Person,
    role: Role,
    *,
    now: datetime,
    by: int | None = None,
    course_id: int | None = None,
    edition_id: int | None = None,
    ends_on: date | None = None,
) -> RoleGrant:
    """Give a person a role; their sign-ins end, so that it holds from the next one.

    Runs inside a write. Given once more, the same grant is returned. `by` is None from the shell;
    anybody else needs a role that gives this one, and nobody raises himself.
    """
    if by is not None and (by == person.id or not may_grant(roles_of(by), role)):
        raise RoleNotYours
    if not go_together(roles_of(person.id), role):
        raise AuditorStandsAlone
    held = db.session().scalar(
        sa.select(RoleGrant).where(
            RoleGrant.person_id == person.id,
            RoleGrant.role == role,
            RoleGrant.course_id.is_not_distinct_from(course_id),
            RoleGrant.edition_id.is_not_distinct_from(edition_id),
        )
    )
    if held is not None:
        held.ends_on = ends_on
        return held
    grant = RoleGrant(
        person_id=person.id,
        role=role,
        course_id=course_id,
        edition_id=edition_id,
        ends_on=ends_on,
        granted_at=now,
        granted_by_id=by,
    )
    db.session().add(grant)
    sessions.end_all(person.id)
    audit.record(
        "role.granted", by=by, on=person, course_id=course_id, role=role.value, edition=edition_id
    )
    return grant


def take_role(grant: RoleGrant, *, by: int | None, reason: str) -> None:
    """Take a role back at once. Runs inside a write."""
    if by is not None and (by == grant.person_id or not may_grant(roles_of(by), grant.role)):
        raise RoleNotYours
    if grant.role is Role.OWNER:
        _refuse_last_owner(grant.person_id)
    person = db.session().get_one(Person, grant.person_id)
    db.session().delete(grant)
    sessions.end_all(person.id)
    audit.record("role.taken", by=by, on=person, role=grant.role.value, reason=reason)


def _refuse_last_owner(person_id: int) -> None:
    others = (
        sa.select(RoleGrant.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.OWNER,
            RoleGrant.person_id != person_id,
            Person.suspended_at.is_(None),
        )
        .with_for_update(of=RoleGrant)
    )
    if db.session().scalars(others).first() is None:
        raise LastOwner


def suspend(person: Person, *, by: int | None, reason: str, now: datetime) -> None:
    """Shut an account: sign-ins end, links and codes die, nothing is lost. Runs inside a write."""
    if by == person.id:
        raise OneselfRefused
    held = roles_of(person.id)
    if Role.OWNER in held:
        if by is not None and Role.OWNER not in roles_of(by):
            raise RoleNotYours
        _refuse_last_owner(person.id)
    if person.suspended_at is None:
        person.suspended_at = now
        sessions.end_all(person.id)
        links.withdraw_all(person.id, now=now)
        audit.record("person.suspended", by=by, on=person, reason=reason)


def reactivate(person: Person, *, by: int | None, reason: str) -> None:
    """Open a shut account again. Runs inside a write."""
    if by == person.id:
        raise OneselfRefused
    if person.suspended_at is not None:
        person.suspended_at = None
        audit.record("person.reactivated", by=by, on=person, reason=reason)
