"""Getting in without a password: invitations, forgotten passwords, codes on paper."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts import sessions
from lms.accounts.digests import address_digest, keyed_digest
from lms.accounts.errors import LinkNotValid, OwnerExists, WrongCredentials
from lms.accounts.models import Person, RoleGrant, SignInTry, Token, TokenKind
from lms.accounts.services import links, people, signing_in, tries
from lms.accounts.services.tries import Caller, Try
from lms.audit import services as audit
from lms.mail import services as mail

INVITED = "account.invited:"  # and the id of the invitation's link
RESETS_PER_HOUR = 3
RESETS_PER_ADDRESS = 100  # an hour
MOST_SHARING_AN_ADDRESS = 10


def invite(person: Person, *, by: int | None, now: datetime) -> str:
    """Make an invitation and queue it as a mail; return its link. Older ones die.

    Runs inside a write. Who has no address gets no mail: print a code, or hand over the link.
    """
    token, link = links.make_link(person, TokenKind.INVITATION, by=by, now=now)
    mail.compose(
        f"{INVITED}{token.id}",
        person,
        "accounts/mail/invitation.txt",
        link=link,
        days=links.LASTS[TokenKind.INVITATION].days,
    )
    audit.record("person.invited", by=by, on=person)
    return link


def take_invitation_back(person_id: int, *, now: datetime) -> None:
    """Withdraw a person's invitation that nobody has sent yet, and its link. Runs inside a write.

    A mail that is under way or sent stays as it is, and so does its link.
    """
    for event in mail.waiting(person_id, about=INVITED):
        mail.withdraw(event, person_id)
        links.withdraw_one(int(event.removeprefix(INVITED)), now=now)


def printed_code(person: Person, *, by: int | None, now: datetime) -> str:
    """Make a one-use code for a letter and return it; older codes die. Runs inside a write."""
    code = links.make_code(person, by=by, now=now)
    audit.record("person.code_printed", by=by, on=person)
    return code


def first_owner_link(
    *,
    now: datetime,
    given_names: str = "Administrator",
    family_name: str = "Atestat",
    email: str | None = None,
) -> str:
    """Make the first owner, or find the one who never came, and return a one-use link.

    Runs inside a write. Refuses once an owner has chosen a password.
    """
    owners = list(
        db.session().scalars(
            sa.select(Person)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .where(RoleGrant.role == Role.OWNER)
            .order_by(Person.id)
        )
    )
    if any(owner.password_hash for owner in owners):
        raise OwnerExists
    if owners:
        person = owners[0]
    else:
        person = people.create_person(
            given_names=given_names,
            family_name=family_name,
            email=email,
            sign_in_email=email,
            now=now,
        )
        people.grant_role(person, Role.OWNER, now=now)
    _token, link = links.make_link(person, TokenKind.FIRST_OWNER, by=None, now=now)
    return link


def request_link(identifier: str, caller: Caller, *, now: datetime) -> None:
    """Mail a link to whoever is meant, where somebody is; the caller learns nothing either way.

    Runs inside a write. Of one name or address only a few requests an hour are followed.
    """
    if not _may_ask(identifier, caller, now=now):
        return
    for person in _meant(identifier):
        if person.password_hash is None:
            invite(person, by=None, now=now)
        else:
            _send_reset(person, now=now)


def _may_ask(identifier: str, caller: Caller, *, now: datetime) -> bool:
    """Count the request; tell whether the name and the address are within their measure."""
    asked = keyed_digest("reset", " ".join(identifier.split())[:255].casefold())
    came = keyed_digest("reset from", address_digest(caller.address))
    since = now - timedelta(hours=1)
    counts = (
        db.session()
        .execute(
            sa.select(
                sa.func.count().filter(SignInTry.account_key == asked),
                sa.func.count().filter(SignInTry.address_key == came),
            ).where(
                sa.or_(SignInTry.account_key == asked, SignInTry.address_key == came),
                SignInTry.at > since,
            )
        )
        .one()
    )
    db.session().add(SignInTry(account_key=asked, address_key=came, at=now))
    return counts[0] < RESETS_PER_HOUR and counts[1] < RESETS_PER_ADDRESS


def _meant(identifier: str) -> list[Person]:
    """Return whom a name or an address means; an office's address may mean several."""
    typed = " ".join(identifier.split())[:255].lower()
    if "@" not in typed:
        person = tries.find_person(typed)
        return [person] if person is not None and person.suspended_at is None else []
    found = db.session().scalars(
        sa.select(Person)
        .where(
            sa.or_(
                sa.func.lower(Person.email) == typed, sa.func.lower(Person.sign_in_email) == typed
            ),
            Person.suspended_at.is_(None),
        )
        .order_by(Person.id)
        .limit(MOST_SHARING_AN_ADDRESS)
    )
    return list(found)


def _send_reset(person: Person, *, now: datetime) -> None:
    token, link = links.make_link(person, TokenKind.RESET, by=None, now=now)
    mail.compose(
        f"account.reset:{token.id}",
        person,
        "accounts/mail/reset.txt",
        link=link,
    )


def renew_link(secret: str, *, now: datetime) -> None:
    """Mail a fresh invitation in place of a lapsed one; do nothing for any other link.

    Runs inside a write.
    """
    token = links.find_link(secret)
    if token is None or token.kind is not TokenKind.INVITATION or token.used_at is not None:
        return
    person = db.session().get_one(Person, token.person_id)
    if token.withdrawn_at is None and token.expires_at <= now and person.suspended_at is None:
        invite(person, by=None, now=now)


def prove_code(identifier: str, code: str, caller: Caller, *, now: datetime) -> Try:
    """Compare a printed code with the account's, using nothing up; refuse as for passwords.

    Opens a write of its own: the try is counted first, as one with a password is.
    """
    with db.writing():
        counted = tries.count_try(identifier, caller, now=now)
    with db.writing():
        if links.usable_code(counted.person_id, code, locked=False, now=now) is None:
            raise WrongCredentials
        tries.take_back(counted)
    return counted


def use_code(
    counted: Try, code: str, password_hash: str, *, replacing: str | None, now: datetime
) -> str:
    """Set the password that a proved code allows, use the code up, sign in. Runs inside a write."""
    token = links.usable_code(counted.person_id, code, locked=True, now=now)
    if token is None:
        raise LinkNotValid
    return _set_password_by(token, password_hash, replacing=replacing, now=now)


def use_link(
    secret: str, password_hash: str, *, replacing: str | None, now: datetime
) -> tuple[str, int]:
    """Set the password that a link allows, use the link up, sign in. Runs inside a write.

    Returns the new sign-in's secret, and whose it is.
    """
    token, _person = links.usable_link(secret, locked=True, now=now)
    if token.kind is TokenKind.EMAIL:
        raise LinkNotValid
    entered = _set_password_by(token, password_hash, replacing=replacing, now=now)
    return entered, token.person_id


def _set_password_by(
    token: Token, password_hash: str, *, replacing: str | None, now: datetime
) -> str:
    token.used_at = now
    person = db.session().get_one(Person, token.person_id)
    set_password(person, password_hash, now=now)
    sessions.end_all(person.id)
    return signing_in.enter(person, replacing=replacing, now=now)


def set_password(person: Person, password_hash: str, *, now: datetime) -> None:
    """Keep a new password's hash; every open link and code of the person dies."""
    person.password_hash, person.password_set_at = password_hash, now
    db.session().flush()  # the used token must be marked before the others are withdrawn
    links.withdraw_all(person.id, now=now)
    audit.record("account.password_set", by=person.id, on=person)
