"""Tries to sign in: counted before they are evaluated, so that parallel ones count too.

The account's own budget comes first; the address's is so much larger that a whole office behind
one address gets in. A browser that signed in before has a budget of its own, so that nobody can
lock a person out of the machine that they always use.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from lms import db
from lms.accounts.digests import address_digest, keyed_digest
from lms.accounts.errors import TooManyTries
from lms.accounts.models import Person, SignInTry
from lms.people_names import normalise_sign_in_name

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 300


@dataclass(frozen=True)
class Try:
    """A try that was counted, and what it must be compared with, outside the transaction."""

    id: int
    person_id: int | None
    password_hash: str | None
    name: str = ""
    names: tuple[str, ...] = ()  # what a new password must not be made of


@dataclass(frozen=True)
class Caller:
    """Where a try comes from: the address, and the browser's token of an earlier visit."""

    address: str | None
    device: str | None = None


def make_device_token(person_id: int) -> str:
    """Make what a browser keeps to be known again by this account; it opens nothing."""
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{keyed_digest('device', person_id, nonce).hex()}"


def _known_device(person_id: int, token: str | None) -> str | None:
    nonce, _, mark = (token or "").partition(".")
    expected = keyed_digest("device", person_id, nonce).hex()
    return nonce if hmac.compare_digest(mark.encode(), expected.encode()) else None


def find_person(identifier: str) -> Person | None:
    """Return whom a sign-in name or sign-in address means, however it was typed."""
    typed = " ".join(identifier.split())[:255].lower()
    names = {typed, normalise_sign_in_name(typed)}
    found = db.session().scalars(
        sa.select(Person).where(
            sa.or_(Person.sign_in_name.in_(names), sa.func.lower(Person.sign_in_email) == typed)
        )
    )
    # An exact name wins over one that was mended, should both exist.
    return min(found, key=lambda p: p.sign_in_name != typed, default=None)


def _account_key(person: Person | None, identifier: str, caller: Caller) -> bytes:
    if person is None:
        return keyed_digest("nobody", " ".join(identifier.split())[:255].casefold())
    device = _known_device(person.id, caller.device)
    return keyed_digest("account", person.id, device)


def _count(column: sa.ColumnElement[bytes], key: bytes, since: datetime) -> int:
    statement = sa.select(sa.func.count()).where(column == key, SignInTry.at > since)
    return db.session().scalar(statement) or 0


def count_try(identifier: str, caller: Caller, *, now: datetime) -> Try:
    """Count a try before it is evaluated; refuse it where the account or the address is used up.

    Runs inside a write of its own; the hash is compared after the commit.
    """
    return _count_for(find_person(identifier), identifier, caller, now)


def count_own_try(person: Person, caller: Caller, *, now: datetime) -> Try:
    """Count a signed-in person's try to prove the password once more. Runs inside a write."""
    return _count_for(person, "", caller, now)


def _count_for(person: Person | None, identifier: str, caller: Caller, now: datetime) -> Try:
    account, address = _account_key(person, identifier, caller), address_digest(caller.address)
    _hold(account)
    since = now - WINDOW
    if (
        _count(SignInTry.account_key.expression, account, since) >= PER_ACCOUNT
        or _count(SignInTry.address_key.expression, address, since) >= PER_ADDRESS
    ):
        raise TooManyTries
    row = SignInTry(account_key=account, address_key=address, at=now)
    db.session().add(row)
    db.session().flush()  # the caller takes the try back by its id
    usable = person is not None and person.suspended_at is None
    return Try(
        id=row.id,
        person_id=person.id if person and usable else None,
        password_hash=person.password_hash if person and usable else None,
        name=person.full_name if person and usable else "",
        names=person.guessable_names if person and usable else (),
    )


def _hold(key: bytes) -> None:
    """Let tries on one account come one after another, so that parallel ones see each other."""
    if db.session().get_bind().dialect.name == "postgresql":
        number = int.from_bytes(key[:8], "big", signed=True)
        db.session().execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def take_back(counted: Try) -> None:
    """Uncount a try that was right. Runs inside a write."""
    db.session().execute(sa.delete(SignInTry).where(SignInTry.id == counted.id))


def forget_old_tries(*, now: datetime) -> None:
    """Delete tries that no longer count. Runs inside a write."""
    db.session().execute(sa.delete(SignInTry).where(SignInTry.at < now - timedelta(days=1)))
