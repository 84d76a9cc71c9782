"""Who may see and do what with participants."""

from __future__ import annotations

from typing import Any

from lms.access import (
    Actor,
    Permission,
    Role,
    all_of,
    any_of,
    has_role,
    is_self,
    not_,
    oversees,
    registers,
    trains,
)

_ABOVE = frozenset({Role.REGISTRAR, Role.AUDITOR, Role.OWNER})


def _reaches(actor: Actor | None, subject: Any) -> bool:
    """An owner's account is an owner's to touch; nobody raises himself through another's."""
    if actor is None:
        return False
    held = {grant.role for grant in subject.person.roles}
    return Role.OWNER in actor.roles or Role.OWNER not in held


def _opens(actor: Actor | None, subject: Any) -> bool:
    """A code or a link opens an account: those above a registrar's own roles are an owner's."""
    if actor is None:
        return False
    held = {grant.role for grant in subject.person.roles}
    return Role.OWNER in actor.roles or not held & _ABOVE


_follows = any_of(trains, oversees)

SEE_EDITIONS = Permission("edition:list", any_of(has_role(Role.TRAINER), oversees))
SEE_EDITION = Permission("edition:see", _follows)
EXPORT_PARTICIPANTS = Permission("participants:export", _follows)
IMPORT_PARTICIPANTS = Permission("participants:import", registers)
SEE_IMPORTS = Permission("import:see", oversees)
EXPORT_IMPORT = Permission("import:export", oversees)
UNDO_IMPORT = Permission("import:undo", registers)
ADD_PARTICIPANT = Permission("participant:add", registers)
INVITE_PARTICIPANTS = Permission("participants:invite", registers)
PRINT_LETTERS = Permission("participants:print-letters", registers)
SEE_RELEASES = Permission("release:see", oversees)
RELEASE = Permission("release:make", registers)
SEE_NAMES = Permission("names:see", oversees)
CONFIRM_NAMES = Permission("names:confirm", registers)
REMIND_NAMES = Permission("names:remind", registers)

SEE_PARTICIPANT = Permission("participant:see", _follows)
SEE_PARTICIPANT_FILE = Permission("participant:see-file", oversees)
EDIT_PARTICIPANT = Permission("participant:edit", all_of(registers, _reaches))
RENAME_PARTICIPANT = Permission("participant:rename", all_of(registers, _reaches, not_(is_self)))
OPEN_ACCOUNT = Permission("participant:open-account", all_of(registers, _opens))
SUSPEND_PARTICIPANT = Permission("participant:suspend", all_of(registers, _reaches, not_(is_self)))
WITHDRAW_PARTICIPANT = Permission("participant:withdraw", all_of(registers, not_(is_self)))
REPLACE_PARTICIPANT = Permission("participant:replace", all_of(registers, not_(is_self)))
SET_HOURS = Permission("participant:set-hours", all_of(registers, not_(is_self)))
CONFIRM_CONDITION = Permission("participant:confirm", all_of(registers, not_(is_self)))
