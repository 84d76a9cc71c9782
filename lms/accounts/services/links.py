"""One-use links and printed codes: made, found again by their hash, used once, withdrawn.

A link is looked at as often as one likes (mail scanners do); only the form on its page uses it.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from lms import db
from lms.accounts.digests import keyed_digest
from lms.accounts.errors import LinkNotValid
from lms.accounts.models import Person, Token, TokenKind
from lms.accounts.sessions import hash_token
from lms.mail.links import absolute_url
from lms.people_names import make_one_use_code, normalise_one_use_code

LASTS = {
    TokenKind.INVITATION: timedelta(days=30),
    TokenKind.RESET: timedelta(hours=1),
    TokenKind.FIRST_OWNER: timedelta(days=7),
    TokenKind.EMAIL: timedelta(days=1),
}
PRINTED_RESET_LASTS = timedelta(days=7)  # a letter takes days, a mail seconds


def make_link(
    person: Person, kind: TokenKind, *, by: int | None, now: datetime, address: str | None = None
) -> tuple[Token, str]:
    """Make a one-use link and return its row and full address; older ones of its kind die."""
    withdraw(person.id, kind, is_printed=False, now=now)
    secret = secrets.token_urlsafe(32)
    row = _add(person, kind, hash_token(secret), by=by, now=now, lasts=LASTS[kind])
    row.address = address
    db.session().flush()  # mails name the event by the token's id
    return row, absolute_url("accounts.open_link", secret=secret)


def make_code(person: Person, *, by: int | None, now: datetime) -> str:
    """Make a one-use code for paper; older codes of the person die."""
    for kind in TokenKind:
        withdraw(person.id, kind, is_printed=True, now=now)
    kind = TokenKind.RESET if person.password_hash else TokenKind.INVITATION
    lasts = PRINTED_RESET_LASTS if kind is TokenKind.RESET else LASTS[kind]
    code = make_one_use_code(secrets.token_bytes(16))
    row = _add(person, kind, _code_digest(person.id, code), by=by, now=now, lasts=lasts)
    row.is_printed = True
    return code


def _add(
    person: Person,
    kind: TokenKind,
    digest: bytes,
    *,
    by: int | None,
    now: datetime,
    lasts: timedelta,
) -> Token:
    row = Token(
        token_hash=digest,
        kind=kind,
        person_id=person.id,
        created_at=now,
        created_by_id=by,
        expires_at=now + lasts,
    )
    db.session().add(row)
    return row


def _code_digest(person_id: int, code: str) -> bytes:
    """Digest a code with the site's key: forty bits could be guessed from a bare hash."""
    return keyed_digest("code", person_id, normalise_one_use_code(code))


def find_link(secret: str) -> Token | None:
    """Return the row of a link, whatever its state; never of a printed code."""
    return db.session().scalar(
        sa.select(Token).where(
            Token.token_hash == hash_token(secret[:200]), Token.is_printed.is_(False)
        )
    )


def is_open(token: Token, *, now: datetime) -> bool:
    """Tell whether a link or code may still be used."""
    return token.used_at is None and token.withdrawn_at is None and token.expires_at > now


def usable_link(secret: str, *, locked: bool, now: datetime) -> tuple[Token, Person]:
    """Return an open link's row and its person, locked where asked; refuse all else alike."""
    token = find_link(secret)
    if token is None:
        raise LinkNotValid
    return _usable(token.id, locked=locked, now=now)


def mark_opened(token_id: int, *, now: datetime) -> None:
    """Keep when a link was first looked at; runs inside a write.

    A mail scanner looks too, so it says that the mail arrived, not that its reader saw it.
    """
    db.session().execute(
        sa.update(Token)
        .where(Token.id == token_id, Token.opened_at.is_(None))
        .values(opened_at=now)
    )


def usable_code(person_id: int | None, code: str, *, locked: bool, now: datetime) -> Token | None:
    """Return the row of a person's open code, or None."""
    if person_id is None:
        return None
    digest = _code_digest(person_id, code)
    token_id = db.session().scalar(
        sa.select(Token.id).where(Token.token_hash == digest, Token.is_printed.is_(True))
    )
    try:
        return _usable(token_id, locked=locked, now=now)[0] if token_id is not None else None
    except LinkNotValid:
        return None


def _usable(token_id: int, *, locked: bool, now: datetime) -> tuple[Token, Person]:
    statement = sa.select(Token, Person).join(Person, Person.id == Token.person_id)
    statement = statement.where(Token.id == token_id).execution_options(populate_existing=True)
    if locked:
        statement = statement.with_for_update(of=(Token, Person))
    token, person = db.session().execute(statement).one()
    if not is_open(token, now=now) or person.suspended_at is not None:
        raise LinkNotValid
    return token, person


def withdraw(person_id: int, kind: TokenKind, *, is_printed: bool, now: datetime) -> None:
    """Make a person's older links or codes of a kind worthless. Runs inside a write."""
    _withdraw(now, Token.person_id == person_id, Token.kind == kind, Token.is_printed == is_printed)


def withdraw_all(person_id: int, *, now: datetime) -> None:
    """Make all of a person's links and codes worthless. Runs inside a write."""
    _withdraw(now, Token.person_id == person_id)


def withdraw_one(token_id: int, *, now: datetime) -> None:
    """Make one link or code worthless. Runs inside a write."""
    _withdraw(now, Token.id == token_id)


def _withdraw(now: datetime, *which: sa.ColumnElement[bool]) -> None:
    db.session().execute(
        sa.update(Token)
        .where(*which, Token.used_at.is_(None), Token.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
