"""Accounts that were given until a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts.errors import AccessEnded
from lms.accounts.models import Person, RoleGrant


def ended_on(grants: Iterable[RoleGrant], *, today: date) -> date | None:
    """Return the day on which an auditor's access ended; None while it, or another role, holds."""
    ends = [g.ends_on for g in grants if g.role is Role.AUDITOR]
    if not ends or any(end is None or end >= today for end in ends):
        return None
    return max(end for end in ends if end is not None)


def refuse_ended(person: Person, *, now: datetime) -> None:
    """Refuse an auditor whose access has ended; anybody else may come in."""
    grants = db.session().scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person.id))
    end = ended_on(grants, today=now.date())
    if end is not None:
        raise AccessEnded(end)
