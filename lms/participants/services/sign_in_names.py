"""Sign-in names for many people at once, without asking for each whether it is free."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.people_names import make_sign_in_name


class SignInNames:
    """Sign-in names that nobody has yet."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    @classmethod
    def read(cls) -> SignInNames:
        """Read which are taken; one statement."""
        return cls(set(db.session().scalars(sa.select(Person.sign_in_name))))

    def take(self) -> str:
        """Make one that is free and keep it."""
        while True:
            name = make_sign_in_name(secrets.token_bytes(16))
            if name not in self.taken:
                self.taken.add(name)
                return name
