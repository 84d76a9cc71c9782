"""One's own account: language, contact, password, devices."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writes
from lms.accounts import hashing
from lms.accounts.devices import Device, read_device
from lms.accounts.errors import TooManyTries, WrongCredentials
from lms.accounts.forms import (
    ChangePasswordForm,
    EmailForm,
    LanguageForm,
    NameObjectionForm,
    PhoneForm,
)
from lms.accounts.models import Person, SignInSession
from lms.accounts.permissions import OWN_ACCOUNT
from lms.accounts.services import own, signing_in
from lms.accounts.services.tries import Try
from lms.accounts.views.blueprint import bp, caller, page
from lms.accounts.views.recovery import add_password_errors
from lms.accounts.views.signing_in import sentence_for
from lms.accounts.views.welcome import actor_id, own_person, speak
from lms.errors import Refused
from lms.web.forms import Form
from lms.web.i18n import gettext as _
from lms.web.i18n import in_locale


def _page(status: int = 200, **forms: Form) -> Response:
    """Draw the account with one form as it was sent, the others fresh."""
    person, awaited = own.shown_person(actor_id(), now=clock.now())
    shown: dict[str, Form] = {
        "language": LanguageForm(locale=person.locale),
        "phone": PhoneForm(phone=person.phone),
        "email": EmailForm(),
        "password": ChangePasswordForm(),
        "objection": NameObjectionForm(),
        **forms,
    }
    actor = current_actor()
    return page(
        "accounts/profile.html",
        status,
        person=person,
        awaited=awaited,
        forms=shown,
        sent=next(iter(forms.values()), None),
        devices=[_listed(row, actor.session_id if actor else 0) for row in _sign_ins(person)],
    )


def _sign_ins(person: Person) -> list[SignInSession]:
    now = clock.now()
    return [row for row in own.open_sign_ins(person.id) if row.expires_at > now]


def _listed(row: SignInSession, present_id: int) -> tuple[SignInSession, Device, bool]:
    return row, read_device(row.device), row.id == present_id


def _done(sentence: str) -> Response:
    flash(sentence, "ok")
    return redirect(url_for("accounts.profile"), 303)


@bp.get("/account")
@reads(OWN_ACCOUNT)
def profile() -> Response:
    """Show one's own account."""
    return _page()


@bp.post("/account/language")
@writes(OWN_ACCOUNT)
def choose_language() -> Response:
    """Change the language of pages and mails."""
    form = LanguageForm.posted()
    if not form.validate():
        return _page(422, language=form)
    own.choose_locale(own.own_row(actor_id()), form.locale.data)
    with in_locale(form.locale.data):
        return speak(_done(_("The language is changed.")))


@bp.post("/account/phone")
@writes(OWN_ACCOUNT)
def change_phone() -> Response:
    """Change the telephone number."""
    form = PhoneForm.posted()
    if not form.validate():
        return _page(422, phone=form)
    own.change_phone(own.own_row(actor_id()), form.phone.data)
    return _done(_("The telephone number is saved."))


@bp.post("/account/email")
@prepares(OWN_ACCOUNT)
def change_email() -> Response:
    """Ask for the password, then mail a link to the new address."""
    form = EmailForm.posted()
    if not form.validate():
        return _page(422, email=form)
    proved = _prove(form.email_password)
    if isinstance(proved, Refused):
        return _page(proved.status, email=form)
    with db.writing():
        own.ask_for_new_email(proved, form.email.data, now=clock.now())
    return _done(_link_sent(form.email.data))


def _link_sent(address: str) -> str:
    return _(
        "We sent a link to %(address)s. The address changes once you open it.", address=address
    )


@bp.post("/account/email/again")
@writes(OWN_ACCOUNT)
def send_email_link_again() -> Response:
    """Mail another link to the address that waits to be confirmed."""
    address = own.send_link_again(own.own_row(actor_id()), now=clock.now())
    if address is None:
        flash(_("Nothing was sent: the last link left only a moment ago, or none waits."), "info")
        return redirect(url_for("accounts.profile", _anchor="contact"), 303)
    return _done(_link_sent(address))


@bp.post("/account/email/keep")
@writes(OWN_ACCOUNT)
def keep_email() -> Response:
    """Give up the address that waits to be confirmed."""
    own.keep_email(own.own_row(actor_id()), now=clock.now())
    return _done(_("The address stays as it was; the link that we sent does nothing any more."))


@bp.post("/account/password")
@prepares(OWN_ACCOUNT)
def change_password() -> Response:
    """Ask for the old password, then set the new one; other devices are signed out."""
    form = ChangePasswordForm.posted()
    if not form.validate():
        return _page(422, password=form)
    names = own_person().guessable_names
    if add_password_errors(form.password, form.password.data, names):
        return _page(422, password=form)
    actor = current_actor()
    assert actor is not None  # the permission says so
    db.end_reading()
    proved = _prove(form.old_password)
    if isinstance(proved, Refused):
        return _page(proved.status, password=form)
    hashed = hashing.hash_password(form.password.data)
    with db.writing():
        own.change_password(proved, hashed, session_id=actor.session_id, now=clock.now())
    return _done(_("The password is changed. Other devices are signed out."))


def _prove(field: object) -> Try | Refused:
    """Prove the password in a field; a refusal is put on the field and returned."""
    try:
        return signing_in.prove_own(
            actor_id(),
            field.data,  # type: ignore[attr-defined]
            caller(),
            now=clock.now(),
        )
    except WrongCredentials as refusal:
        field.errors = [_("This is not your present password. Nothing was changed.")]  # type: ignore[attr-defined]
        return refusal
    except TooManyTries as refusal:
        field.errors = [sentence_for(refusal)]  # type: ignore[attr-defined]
        return refusal


@bp.post("/account/devices/<int:session_id>/end")
@writes(OWN_ACCOUNT)
def end_device(session_id: int) -> Response:
    """End one of one's own sign-ins."""
    own.end_sign_in(actor_id(), session_id)
    return _done(_("The device is signed out."))
