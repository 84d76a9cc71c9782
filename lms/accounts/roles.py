"""Which roles go together, and who may give them."""

from __future__ import annotations

from collections.abc import Set

from lms.access import Role

_GRANTS = {
    Role.REGISTRAR: frozenset({Role.TRAINER}),
    Role.OWNER: frozenset(Role),
}


def may_grant(held: Set[Role], role: Role) -> bool:
    """Tell whether somebody who holds these roles may give the role to somebody else."""
    return any(role in _GRANTS.get(mine, ()) for mine in held)


def go_together(held: Set[Role], role: Role) -> bool:
    """Tell whether the role may join those held: an auditor holds no other."""
    others = held - {role}
    return not others or Role.AUDITOR not in {role, *others}
