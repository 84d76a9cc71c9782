"""What people do with their own account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from lms import db
from lms.accounts import sessions
from lms.accounts.errors import LinkNotValid
from lms.accounts.models import NoticeShown, Person, SignInSession, Token, TokenKind
from lms.accounts.services import links, people, recovery, signing_in
from lms.accounts.services.tries import Try
from lms.audit import services as audit
from lms.mail import services as mail

NOTICE_VERSION = "2026-11-30"  # change it with every change of what the notice says
BETWEEN_LINKS: Final = timedelta(minutes=2)  # that one asks to be sent again


def own_row(person_id: int) -> Person:
    """Return one's own row, locked. Runs inside a write."""
    statement = db.lock(sa.select(Person).where(Person.id == person_id))
    person: Person = db.session().scalars(statement).one()
    return person


def confirm_name(person: Person, *, now: datetime) -> None:
    """Keep that the person has seen and confirmed the name as certificates print it."""
    if person.name_confirmed_at is None:
        person.name_confirmed_at = now
        audit.record("person.name_confirmed", by=person.id, on=person, name=person.full_name)


def question_name(person: Person, message: str) -> None:
    """Leave word for the registrar that a name is wrong; the name itself stays."""
    audit.record(
        "person.name_questioned", by=person.id, on=person, name=person.full_name, message=message
    )


def choose_locale(person: Person, locale: str) -> None:
    """Change the language of pages and mails."""
    person.locale = locale


def acknowledge_notice(person: Person, version: str, locale: str, *, now: datetime) -> None:
    """Keep which notice was shown; the first visit is done."""
    db.session().add(NoticeShown(person_id=person.id, version=version, locale=locale, shown_at=now))
    if person.welcomed_at is None:
        person.welcomed_at = now


def change_phone(person: Person, phone: str | None) -> None:
    """Change the telephone number to be reached at."""
    if person.phone != phone:
        audit.record(
            "person.phone_changed", by=person.id, on=person, before=person.phone, after=phone
        )
        person.phone = phone


def change_password(counted: Try, password_hash: str, *, session_id: int, now: datetime) -> None:
    """Set a new password for somebody who has just proved the old one; other sign-ins end."""
    person = signing_in.proved_person(counted)
    recovery.set_password(person, password_hash, now=now)
    sessions.end_all(person.id, but=session_id)


def ask_for_new_email(counted: Try, address: str, *, now: datetime) -> None:
    """Mail a link to a new address; the present one stays until the link is followed.

    The old address is told at once: it belongs to whoever should know.
    """
    person = signing_in.proved_person(counted)
    token, link = links.make_link(person, TokenKind.EMAIL, by=person.id, now=now, address=address)
    event = f"account.email:{token.id}"
    mail.compose_to(address, f"{event}:new", person, "accounts/mail/email_confirm.txt", link=link)
    mail.compose(f"{event}:old", person, "accounts/mail/email_notice.txt", address=address)
    audit.record("person.email_change_asked", by=person.id, on=person, address=address)


def awaited_address(person_id: int, *, now: datetime) -> Token | None:
    """Return the link that a new address of one's own still waits to be confirmed by."""
    return db.session().scalar(sa.select(Token).where(_awaited(person_id, now)))


def shown_person(person_id: int, *, now: datetime) -> tuple[Person, Token | None]:
    """Return one's own row and the link that a new address waits for; one statement."""
    row = db.session().execute(
        sa.select(Person, Token)
        .outerjoin(Token, _awaited(person_id, now))
        .where(Person.id == person_id)
    )
    person, token = row.one()
    return person, token


def _awaited(person_id: int, now: datetime) -> sa.ColumnElement[bool]:
    newest = sa.select(sa.func.max(Token.id)).where(
        Token.person_id == person_id,
        Token.kind == TokenKind.EMAIL,
        Token.used_at.is_(None),
        Token.withdrawn_at.is_(None),
        Token.expires_at > now,
    )
    return Token.id == newest.correlate(None).scalar_subquery()


def send_link_again(person: Person, *, now: datetime) -> str | None:
    """Mail another link to the address that waits; the link before it dies.

    Return the address; None where none waits, or where the last link left only a moment ago.
    """
    waiting = awaited_address(person.id, now=now)
    if waiting is None or waiting.address is None or waiting.created_at > now - BETWEEN_LINKS:
        return None
    address = waiting.address
    token, link = links.make_link(person, TokenKind.EMAIL, by=person.id, now=now, address=address)
    event = f"account.email:{token.id}:new"
    mail.compose_to(address, event, person, "accounts/mail/email_confirm.txt", link=link)
    audit.record("person.email_change_asked", by=person.id, on=person, address=address)
    return address


def keep_email(person: Person, *, now: datetime) -> None:
    """Give up a new address that waits: its link is worthless; twice is once."""
    waiting = awaited_address(person.id, now=now)
    if waiting is not None:
        links.withdraw(person.id, TokenKind.EMAIL, is_printed=False, now=now)
        audit.record("person.email_kept", by=person.id, on=person, address=waiting.address)


def confirm_email(secret: str, *, now: datetime) -> Person:
    """Take over the address that a link confirms; if it is the person's alone, it signs in too."""
    token, person = links.usable_link(secret, locked=True, now=now)
    if token.kind is not TokenKind.EMAIL or token.address is None:
        raise LinkNotValid
    token.used_at = now
    before, person.email = person.email, token.address
    person.sign_in_email = people.address_to_sign_in_with(token.address, but=person.id)
    db.session().flush()  # the used token must be marked before the others are withdrawn
    links.withdraw_all(person.id, now=now)
    audit.record("person.email_changed", by=person.id, on=person, before=before, after=person.email)
    return person


def open_sign_ins(person_id: int) -> list[SignInSession]:
    """List where a person is signed in, the latest first."""
    return list(
        db.session().scalars(
            sa.select(SignInSession)
            .where(SignInSession.person_id == person_id)
            .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
            .limit(50)
        )
    )


def end_sign_in(person_id: int, session_id: int) -> None:
    """End one of a person's own sign-ins; somebody else's is left alone."""
    db.session().execute(
        sa.delete(SignInSession).where(
            SignInSession.id == session_id, SignInSession.person_id == person_id
        )
    )
