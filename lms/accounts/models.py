"""People, what they may do, how they sign in."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access import Actor, Role
from lms.db import Base, Id, Short, text_enum


class Person(Base):
    """Someone who learns, trains or works here; one row however many editions and roles."""

    __tablename__ = "persons"

    id: Mapped[Id]
    family_name: Mapped[Short]
    given_names: Mapped[Short]
    sign_in_name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    sign_in_email: Mapped[Short | None]  # unique without regard to case, where set
    email: Mapped[Short | None]  # where mail goes; offices share one
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    locale: Mapped[str] = mapped_column(sa.String(5), default="ro")
    password_hash: Mapped[Short | None]
    password_set_at: Mapped[datetime | None]
    name_confirmed_at: Mapped[datetime | None]
    welcomed_at: Mapped[datetime | None]  # both screens of the first visit are done
    suspended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # name, addresses and what was written are gone
    created_at: Mapped[datetime]

    roles: Mapped[list[RoleGrant]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id"
    )

    __table_args__ = (
        sa.UniqueConstraint("sign_in_email"),
        sa.CheckConstraint("sign_in_email = lower(sign_in_email)", name="sign_in_email_lower"),
        sa.CheckConstraint("sign_in_name = lower(sign_in_name)", name="sign_in_name_lower"),
    )

    @property
    def person_id(self) -> int:
        """The person whom this row belongs to, for the rules of access."""
        return self.id

    @property
    def full_name(self) -> str:
        """The name as people say it and certificates print it."""
        return f"{self.given_names} {self.family_name}"

    @property
    def guessable_names(self) -> tuple[str, ...]:
        """What others know of the person and a password must not be made of."""
        parts = (self.family_name, self.given_names, self.sign_in_name, self.email)
        return tuple(part for part in parts if part)

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Person]:
        """People whom one may know of: oneself; all, for those who run everything."""
        statement = sa.select(cls)
        if actor is None:
            return statement.where(sa.false())
        if actor.runs_everything:
            return statement
        return statement.where(cls.id == actor.person_id)


class PersonName(Base):
    """A name that a person bore, with when and why it changed."""

    __tablename__ = "person_names"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    family_name: Mapped[Short]
    given_names: Mapped[Short]
    until_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    reason: Mapped[str | None] = mapped_column(sa.Text)


class NameForm(Base):
    """A paper on which people confirmed their names by hand: one form, or a signed list."""

    __tablename__ = "name_forms"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(index=True)  # whose office took it; editions are above
    signed_on: Mapped[date]
    note: Mapped[Short | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))


class NameConfirmation(Base):
    """One person's name on such a paper, as it stood and will be printed."""

    __tablename__ = "name_confirmations"

    id: Mapped[Id]
    form_id: Mapped[int] = mapped_column(sa.ForeignKey("name_forms.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    family_name: Mapped[Short]
    given_names: Mapped[Short]


def _once(name: str, *columns: str, where: str) -> sa.Index:
    """A role is held once; empty columns need indexes of their own."""
    return sa.Index(
        f"uq_role_grants_{name}",
        *columns,
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


class RoleGrant(Base):
    """A role held: a trainer's for a course, an edition or (both empty) all; else the site's."""

    __tablename__ = "role_grants"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role))
    course_id: Mapped[int | None] = mapped_column(sa.ForeignKey("courses.id"))
    edition_id: Mapped[int | None] = mapped_column(sa.ForeignKey("editions.id"))
    ends_on: Mapped[date | None]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))

    person: Mapped[Person] = relationship(back_populates="roles", foreign_keys=[person_id])

    __table_args__ = (
        sa.CheckConstraint(
            "role = 'trainer' OR (course_id IS NULL AND edition_id IS NULL)", name="scope"
        ),
        _once("site", "person_id", "role", where="course_id IS NULL AND edition_id IS NULL"),
        _once("course", "person_id", "role", "course_id", where="edition_id IS NULL"),
        _once("edition", "person_id", "role", "edition_id", where="course_id IS NULL"),
    )


class SignInSession(Base):
    """One signed-in device; the cookie holds the secret, the row only its hash."""

    __tablename__ = "sessions"

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device: Mapped[Short]
    is_own_device: Mapped[bool] = mapped_column(default=False)  # else whoever sits there next


class TokenKind(enum.StrEnum):
    """What a one-use secret opens."""

    INVITATION = "invitation"
    RESET = "reset"
    FIRST_OWNER = "first_owner"
    EMAIL = "email"


class Token(Base):
    """A one-use link or printed code; only its hash is kept."""

    __tablename__ = "tokens"

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    kind: Mapped[TokenKind] = mapped_column(text_enum(TokenKind))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    is_printed: Mapped[bool] = mapped_column(default=False)
    address: Mapped[Short | None]  # the new address that a link of kind EMAIL confirms
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class SignInTry(Base):
    """A try to sign in that failed, counted per account first and per address second."""

    __tablename__ = "sign_in_tries"

    id: Mapped[Id]
    account_key: Mapped[bytes] = mapped_column(sa.LargeBinary(32), index=True)
    address_key: Mapped[bytes] = mapped_column(sa.LargeBinary(32), index=True)
    at: Mapped[datetime]


class NoticeShown(Base):
    """The version of the notice on personal data that a person was shown, and when."""

    __tablename__ = "notices_shown"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    version: Mapped[Short]
    locale: Mapped[str] = mapped_column(sa.String(5))
    shown_at: Mapped[datetime]
