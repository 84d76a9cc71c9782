"""Who may see, hand out and erase a person's data."""

from __future__ import annotations

from typing import Any

from lms.access import (
    Actor,
    Permission,
    Role,
    all_of,
    is_self,
    not_,
    oversees,
    owns_site,
    registers,
    signed_in,
)


def _is_no_staff(_actor: Actor | None, subject: Any) -> bool:
    """Whoever holds a role keeps the account until somebody has taken the role back."""
    return not subject.person.roles


def _reaches(actor: Actor | None, subject: Any) -> bool:
    """An owner's data are an owner's to hand out."""
    held = {grant.role for grant in subject.person.roles}
    return actor is not None and (Role.OWNER in actor.roles or Role.OWNER not in held)


SEE_OWN_DATA = Permission("personal-data:see-own", signed_in)
TAKE_OWN_DATA = Permission("personal-data:take-own", signed_in)
SEE_DATA = Permission("personal-data:see", oversees)
TAKE_DATA = Permission("personal-data:take", all_of(registers, _reaches))
ERASE_DATA = Permission("personal-data:erase", all_of(registers, _is_no_staff, not_(is_self)))
ERASE_HELD_DATA = Permission(
    "personal-data:erase-held", all_of(owns_site, _is_no_staff, not_(is_self))
)
