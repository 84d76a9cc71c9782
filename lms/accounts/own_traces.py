"""What accounts, the outbox and the record hold of a person, what goes, and what stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from lms import clock, db
from lms.accounts import sessions
from lms.accounts.models import (
    NameConfirmation,
    NameForm,
    NoticeShown,
    Person,
    PersonName,
    RoleGrant,
    SignInSession,
    Token,
)
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.audit import services as audit
from lms.audit.models import AuditDetail, AuditEntry
from lms.mail.models import MailMessage, MailState
from lms.web.i18n import gettext as _

_LINK = re.compile(r"(/link/)\S+")
# What stands where a name stood; kept as a value, so it is in the site's own language.
ERASED_GIVEN, ERASED_FAMILY = "Persoană", "ștearsă"


# --- The account -----------------------------------------------------------------------------


def export_account(person_id: int) -> Exported:
    """Return who the person is here; never what a password or a link is known by."""
    person = sa.select(
        Person.family_name,
        Person.given_names,
        Person.sign_in_name,
        Person.sign_in_email,
        Person.email,
        Person.phone,
        Person.locale,
        Person.created_at,
        Person.name_confirmed_at,
        Person.password_set_at,
        Person.suspended_at,
    ).where(Person.id == person_id)
    names = sa.select(
        PersonName.family_name, PersonName.given_names, PersonName.until_at, PersonName.reason
    ).where(PersonName.person_id == person_id)
    roles = sa.select(RoleGrant.role, RoleGrant.granted_at, RoleGrant.ends_on).where(
        RoleGrant.person_id == person_id
    )
    links = sa.select(Token.kind, Token.created_at, Token.opened_at, Token.used_at).where(
        Token.person_id == person_id
    )
    notices = sa.select(NoticeShown.version, NoticeShown.locale, NoticeShown.shown_at).where(
        NoticeShown.person_id == person_id
    )
    return Exported(
        {
            "person": plain_rows(person),
            "former_names": plain_rows(names.order_by(PersonName.id)),
            "names_on_paper": _names_on_paper(person_id),
            "roles": plain_rows(roles.order_by(RoleGrant.id)),
            "sign_ins": _sign_ins(person_id),
            "links": plain_rows(links.order_by(Token.id)),
            "notices": plain_rows(notices.order_by(NoticeShown.id)),
        }
    )


def _names_on_paper(person_id: int) -> list[dict[str, Any]]:
    statement = (
        sa.select(NameForm.signed_on, NameConfirmation.family_name, NameConfirmation.given_names)
        .join(NameForm, NameForm.id == NameConfirmation.form_id)
        .where(NameConfirmation.person_id == person_id)
    )
    return plain_rows(statement.order_by(NameConfirmation.id))


def _sign_ins(person_id: int) -> list[dict[str, Any]]:
    row = SignInSession
    statement = sa.select(row.created_at, row.last_seen_at, row.device)
    return plain_rows(statement.where(row.person_id == person_id).order_by(row.id))


def erase_account(person_id: int) -> Mapping[str, int]:
    """Blank name and addresses, shut the account, end its sign-ins, links and roles."""
    session = db.session()
    person = session.get_one(Person, person_id)
    person.given_names, person.family_name = ERASED_GIVEN, f"{ERASED_FAMILY} {person_id}"
    person.sign_in_name = f"sters-{person_id}"
    person.sign_in_email = person.email = person.phone = None
    person.password_hash = person.password_set_at = person.name_confirmed_at = None
    person.erased_at = clock.now()
    person.suspended_at = person.suspended_at or person.erased_at
    sessions.end_all(person_id)
    names = db.deleted(sa.delete(PersonName).where(PersonName.person_id == person_id))
    on_paper = NameConfirmation.person_id == person_id
    names += db.deleted(sa.delete(NameConfirmation).where(on_paper))
    links = db.deleted(sa.delete(Token).where(Token.person_id == person_id))
    db.deleted(sa.delete(RoleGrant).where(RoleGrant.person_id == person_id))
    return {_("former names"): names, _("links and codes"): links}


def removes_account(_person_id: int) -> Sequence[str]:
    """Say what goes of the account."""
    return [
        _("Name, sign-in name, e-mail addresses, telephone number and password."),
        _("Former names, roles, links and codes; all devices are signed out."),
    ]


def keeps_account(_person_id: int) -> Sequence[str]:
    """Say what stays of the account."""
    return [
        _(
            "A number without a name, so that figures still add up, and the versions of the "
            "privacy notice that were shown, with their dates."
        ),
        _("Scans of signed lists, with the names of all who signed, for the programme’s time."),
        _("Backups made before today hold the data until they are replaced by newer ones."),
    ]


# --- Mails -----------------------------------------------------------------------------------


def export_mails(person_id: int) -> Exported:
    """Return what was written to the person."""
    mails = sa.select(
        MailMessage.created_at,
        MailMessage.sent_at,
        MailMessage.state,
        MailMessage.to_address,
        MailMessage.subject,
        MailMessage.text,
    ).where(MailMessage.person_id == person_id)
    rows = plain_rows(mails.order_by(MailMessage.id))
    return Exported({"mails": [{**row, "text": _without_secrets(row["text"])} for row in rows]})


def _without_secrets(text: str) -> str:
    """Cut one-use links off: whoever holds the file must not open the account with it."""
    return _LINK.sub(r"\1…", text)


def erase_mails(person_id: int) -> Mapping[str, int]:
    """Blank mails; one that still waits is not sent."""
    mine = MailMessage.person_id == person_id
    waiting = mine & MailMessage.state.in_([MailState.WAITING, MailState.SENDING])
    db.deleted(sa.update(MailMessage).where(waiting).values(state=MailState.WITHDRAWN))
    blank = {
        "to_address": "",
        "subject": "",
        "text": "",
        "html": None,
        "last_error": None,
        "stop_url": None,
    }
    return {_("e-mails"): db.deleted(sa.update(MailMessage).where(mine).values(**blank))}


def removes_mails(_person_id: int) -> Sequence[str]:
    """Say what goes of mails."""
    return [_("Addresses, subjects and texts of all e-mails received.")]


def keeps_mails(_person_id: int) -> Sequence[str]:
    """Say what stays of mails."""
    return [_("That an e-mail was sent, and when.")]


# --- The record ------------------------------------------------------------------------------


def export_record(person_id: int) -> Exported:
    """Return what was done to the person's account, and when the person did what."""
    on_account = (
        sa.select(AuditEntry.at, AuditEntry.action, AuditDetail.values.label("details"))
        .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .where(AuditEntry.object_type == "persons", AuditEntry.object_id == person_id)
        .order_by(AuditEntry.id)
    )
    own = sa.select(AuditEntry.at, AuditEntry.action).where(AuditEntry.actor_id == person_id)
    return Exported(
        {
            "acts_on_account": plain_rows(on_account),
            "own_acts": plain_rows(own.order_by(AuditEntry.id)),
        }
    )


def erase_record(person_id: int) -> Mapping[str, int]:
    """Remove the values of acts on the account."""
    return {_("details in the record"): audit.erase_details("persons", [person_id])}


def removes_record(_person_id: int) -> Sequence[str]:
    """Say what goes of the record."""
    return [_("The details of each act on the account: names, addresses, reasons.")]


def keeps_record(_person_id: int) -> Sequence[str]:
    """Say what stays of the record."""
    return [
        _(
            "That something was done, when and by whom: nothing may be taken out of the record "
            "afterwards."
        )
    ]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "account",
        lambda: _("Account"),
        export=export_account,
        erase=erase_account,
        removes=removes_account,
        keeps=keeps_account,
        tables=(
            *("persons", "person_names", "name_forms", "name_confirmations", "role_grants"),
            *("sessions", "tokens", "notices_shown"),
        ),
    )
    register_trace(
        "mails",
        lambda: _("E-mails"),
        export=export_mails,
        erase=erase_mails,
        removes=removes_mails,
        keeps=keeps_mails,
        tables=("mail_messages",),
    )
    register_trace(
        "record",
        lambda: _("Record"),
        export=export_record,
        erase=erase_record,
        removes=removes_record,
        keeps=keeps_record,
        tables=("audit_entries", "audit_details"),
    )
