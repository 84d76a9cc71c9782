"""What accounts refuse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lms.accounts.passwords import PasswordProblem
from lms.errors import Forbidden, Refused, TooMany, Unusable


class TooManyTries(TooMany):
    """This account, or this address, has had as many wrong tries as it may."""


class WrongCredentials(Refused):
    """Name and password (or code) don't belong together; which of the two is never said."""

    status = 401


class AccessEnded(Forbidden):
    """The account was given until a day, which is past."""

    def __init__(self, ended_on: date) -> None:
        super().__init__(ended_on.isoformat())
        self.ended_on = ended_on


class WeakPassword(Unusable):
    """The new password breaks a rule; `problems` says which."""

    def __init__(self, problems: Sequence[PasswordProblem]) -> None:
        super().__init__(", ".join(problems))
        self.problems = tuple(problems)


class LinkNotValid(Refused):
    """The link was used, withdrawn, has lapsed, or never was."""

    status = 410


class AuditorStandsAlone(Refused):
    """An auditor holds no other role, and nobody with another role becomes an auditor."""


class RoleNotYours(Forbidden):
    """Nobody raises himself, and nobody grants what stands above his own role."""


class NameTaken(Refused):
    """Somebody else has the sign-in name or sign-in address."""


class OwnerExists(Refused):
    """The site has an owner already, who can let others in."""


class LastOwner(Refused):
    """The site would be left without an owner."""


class OneselfRefused(Forbidden):
    """This can't be done to one's own account."""
