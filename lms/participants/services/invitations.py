"""Letting people in: invitations by mail, letters and codes on paper."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from lms import db
from lms.access import Actor, Role
from lms.accounts import services as accounts
from lms.accounts.models import Person, RoleGrant, Token, TokenKind
from lms.audit.services import record
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.participants.errors import NoAddress

AGAIN_AFTER = timedelta(minutes=1)
ABOVE = (Role.REGISTRAR, Role.AUDITOR, Role.OWNER)


@dataclass(frozen=True)
class Letter:
    """What a printed letter says to one person; the code is nowhere else."""

    full_name: str
    organisation: str
    sign_in_name: str
    code: str
    course: str
    locale: str


def invitable(edition: Edition, actor: Actor | None) -> sa.Select[Enrolment]:
    """Places whose holder may be invited by an actor: active, not suspended, never signed in.

    Accounts of registrars, auditors and owners are only an owner's to open.
    """
    statement = (
        sa.select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.edition_id == edition.id,
            Enrolment.state == EnrolmentState.ACTIVE,
            Person.suspended_at.is_(None),
            Person.password_hash.is_(None),
        )
        .options(contains_eager(Enrolment.person))
        .order_by(Enrolment.id)
    )
    if actor is not None and Role.OWNER not in actor.roles:
        statement = statement.where(
            Person.id.not_in(sa.select(RoleGrant.person_id).where(RoleGrant.role.in_(ABOVE)))
        )
    return statement


def not_yet_invited(statement: sa.Select[Enrolment]) -> sa.Select[Enrolment]:
    """Narrow places to those whose holder has no invitation, by mail or on paper."""
    return statement.where(
        Enrolment.person_id.not_in(
            sa.select(Token.person_id).where(
                Token.kind == TokenKind.INVITATION, Token.withdrawn_at.is_(None)
            )
        )
    )


def shared_addresses() -> set[str]:
    """Addresses that several people have, in small letters: nobody's own."""
    lowered = sa.func.lower(Person.email)
    return set(
        db.session().scalars(
            sa.select(lowered)
            .where(Person.email.is_not(None))
            .group_by(lowered)
            .having(sa.func.count() > 1)
        )
    )


def has_own_address(person: Person, shared: Collection[str]) -> bool:
    """Tell whether a person has an address that is nobody else's."""
    return bool(person.email) and (person.email or "").lower() not in shared


def invite_all(enrolments: Iterable[Enrolment], *, by: int | None, now: datetime) -> int:
    """Invite by mail whoever has an address; return how many. Runs inside a write.

    Who was invited a moment ago is passed over: a second click sends nothing twice.
    """
    listed = list(enrolments)
    fresh = _just_invited([e.person_id for e in listed], now=now)
    due = [e for e in listed if e.person.email and e.person_id not in fresh]
    for enrolment in due:
        accounts.invite(enrolment.person, by=by, now=now)
    return len(due)


def _just_invited(person_ids: Collection[int], *, now: datetime) -> set[int]:
    return set(
        db.session().scalars(
            sa.select(Token.person_id).where(
                Token.person_id.in_(list(person_ids)),
                Token.kind == TokenKind.INVITATION,
                Token.is_printed.is_(False),
                Token.withdrawn_at.is_(None),
                Token.created_at > now - AGAIN_AFTER,
            )
        )
    )


def invite_one(enrolment: Enrolment, *, by: int, now: datetime) -> None:
    """Invite somebody by mail, again or for the first time; two clicks at once are one."""
    if not enrolment.person.email:
        raise NoAddress
    invite_all([enrolment], by=by, now=now)


def write_letters(
    edition: Edition, enrolments: Iterable[Enrolment], *, by: int, now: datetime
) -> list[Letter]:
    """Make a fresh code for each person and return what their letters say. Runs inside a write."""
    letters = [_letter(edition, enrolment, by, now) for enrolment in enrolments]
    if letters:
        record(
            "participants.letters_printed",
            by=by,
            on=edition,
            course_id=edition.course_id,
            letters=len(letters),
        )
    return letters


def _letter(edition: Edition, enrolment: Enrolment, by: int, now: datetime) -> Letter:
    course, locale = edition.course, enrolment.person.locale
    return Letter(
        full_name=enrolment.person.full_name,
        organisation=enrolment.organisation_name or "",
        sign_in_name=enrolment.person.sign_in_name,
        code=accounts.printed_code(enrolment.person, by=by, now=now),
        course=course.title_en if locale == "en" else course.title_ro,
        locale=locale,
    )
