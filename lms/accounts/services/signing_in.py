"""Signing in and out: proof first, outside any transaction; then a session in a write."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts import hashing, sessions
from lms.accounts.errors import WrongCredentials
from lms.accounts.models import Person
from lms.accounts.services import ending, tries
from lms.accounts.services.tries import Caller, Try
from lms.audit import services as audit


def prove(identifier: str, password: str, caller: Caller, *, now: datetime) -> Try:
    """Compare a password with the account's; return the counted try, or refuse.

    Opens and closes a write of its own and hashes after it, so call it outside any transaction.
    """
    with db.writing():
        counted = tries.count_try(identifier, caller, now=now)
    return _compare(counted, password)


def prove_own(person_id: int, password: str, caller: Caller, *, now: datetime) -> Try:
    """Compare a password with that of somebody signed in, who is asked for it once more."""
    with db.writing() as session:
        person = session.get_one(Person, person_id)
        counted = tries.count_own_try(person, caller, now=now)
    return _compare(counted, password)


def _compare(counted: Try, password: str) -> Try:
    if not hashing.verify_password(counted.password_hash, password):
        raise WrongCredentials
    return counted


def proved_person(counted: Try) -> Person:
    """Return the locked person of a proved try, uncounting it. Runs inside a write.

    Refuses where the account was suspended or its password changed while the hash was computed.
    """
    statement = sa.select(Person).where(Person.id == counted.person_id)
    person: Person = db.session().scalars(db.lock(statement)).one()
    if person.suspended_at is not None or person.password_hash != counted.password_hash:
        raise WrongCredentials
    tries.take_back(counted)
    return person


def sign_in(counted: Try, *, replacing: str | None, now: datetime, own_device: bool = False) -> str:
    """Open a session for a proved try and return its secret. Runs inside a write.

    The session whose cookie the browser sent is ended: the id after a sign-in is always a new one.
    """
    person = proved_person(counted)
    return enter(person, replacing=replacing, now=now, own_device=own_device)


def enter(person: Person, *, replacing: str | None, now: datetime, own_device: bool = False) -> str:
    """Open a session for somebody who has proved who they are. Runs inside a write.

    Refuses an auditor whose last day is past.
    """
    ending.refuse_ended(person, now=now)
    if replacing:
        sessions.end_by_token(replacing)
    audit.record("account.signed_in", by=person.id, on=person)
    return sessions.open_session(person, now=now, own_device=own_device)
