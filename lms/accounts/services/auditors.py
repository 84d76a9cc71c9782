"""Auditors' accounts, which end by themselves; and who holds what role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts import sessions
from lms.accounts.errors import RoleNotYours
from lms.accounts.models import Person, RoleGrant
from lms.accounts.roles import may_grant
from lms.accounts.services.ending import ended_on
from lms.accounts.services.people import (
    address_to_sign_in_with,
    create_person,
    grant_role,
    roles_of,
)
from lms.accounts.services.recovery import invite
from lms.audit import services as audit
from lms.people_names import person_sort_key


@dataclass(frozen=True)
class StaffLine:
    """One person who holds roles, or held them until a day."""

    person_id: int
    name: str
    email: str
    sign_in_name: str
    roles: tuple[Role, ...]
    ends_on: date | None  # of an auditor
    is_ended: bool
    is_suspended: bool
    has_come: bool

    @property
    def is_auditor(self) -> bool:
        """Whether the account can be given an end."""
        return Role.AUDITOR in self.roles


def staff(*, today: date) -> list[StaffLine]:
    """List everybody who holds a role, in order; one statement."""
    rows = db.session().execute(
        sa.select(Person, RoleGrant)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .order_by(Person.id, RoleGrant.id)
    )
    lines = []
    for person, held in groupby(rows, key=lambda row: row[0]):
        grants = [row[1] for row in held]
        end = next((g.ends_on for g in grants if g.role is Role.AUDITOR), None)
        lines.append(
            StaffLine(
                person_id=person.id,
                name=f"{person.family_name} {person.given_names}",
                email=person.email or "",
                sign_in_name=person.sign_in_name,
                roles=tuple(role for role in Role if role in {g.role for g in grants}),
                ends_on=end,
                is_ended=ended_on(grants, today=today) is not None,
                is_suspended=person.suspended_at is not None,
                has_come=person.password_hash is not None,
            )
        )
    names = {line.person_id: line.name for line in lines}
    return sorted(lines, key=lambda line: person_sort_key(names[line.person_id], ""))


def add_auditor(
    *,
    given_names: str,
    family_name: str,
    email: str,
    ends_on: date,
    by: int,
    now: datetime,
) -> Person:
    """Make an auditor's account that ends by itself, and send its invitation. Inside a write."""
    person = create_person(
        given_names=given_names,
        family_name=family_name,
        email=email,
        sign_in_email=address_to_sign_in_with(email),
        now=now,
        by=by,
    )
    grant_role(person, Role.AUDITOR, now=now, by=by, ends_on=ends_on)
    invite(person, by=by, now=now)
    return person


def set_end(grant: RoleGrant, ends_on: date, *, by: int, now: datetime) -> None:
    """Let an auditor's access end on a day; one that is past ends it at once. Inside a write."""
    if by == grant.person_id or not may_grant(roles_of(by), grant.role):
        raise RoleNotYours
    if grant.ends_on == ends_on:
        return
    person = db.session().get_one(Person, grant.person_id)
    before, grant.ends_on = grant.ends_on, ends_on
    if ends_on < now.date():
        sessions.end_all(person.id)
    audit.record(
        "role.end_changed",
        by=by,
        on=person,
        before=before.isoformat() if before else None,
        after=ends_on.isoformat(),
    )
