"""Links from mails, codes from letters, forgotten passwords."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writes
from lms.accounts import hashing
from lms.accounts.errors import AccessEnded, LinkNotValid, TooManyTries, WrongCredentials
from lms.accounts.forms import CodeForm, CodePasswordForm, ForgottenForm, NewPasswordForm
from lms.accounts.models import Person, TokenKind
from lms.accounts.passwords import SHORTEST, PasswordProblem, password_problems
from lms.accounts.permissions import RECOVER
from lms.accounts.services import links, own, recovery
from lms.accounts.services.tries import Try
from lms.accounts.views.blueprint import bp, caller, hand_over, page, presented_token
from lms.accounts.views.signing_in import ended_sentence, sentence_for
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext


def password_sentence(problem: PasswordProblem) -> str:
    """Say what is wrong with a new password, and what to do."""
    match problem:
        case PasswordProblem.TOO_SHORT:
            return ngettext(
                "The password is too short: take at least %(num)s character.",
                "The password is too short: take at least %(num)s characters.",
                SHORTEST,
            )
        case PasswordProblem.TOO_LONG:
            return _("The password is too long: take at most 200 characters.")
        case PasswordProblem.LIKE_NAME:
            return _("The password holds little more than your name. Take other words.")
        case PasswordProblem.TOO_COMMON:
            return _("Many people have this password. Take several words that don’t go together.")


def add_password_errors(field: object, password: str, names: tuple[str, ...]) -> bool:
    """Put the broken rules on the field; tell whether there were any."""
    errors = [password_sentence(p) for p in password_problems(password, names)]
    field.errors = errors  # type: ignore[attr-defined]
    return bool(errors)


def _dead_link() -> Response:
    return page("accounts/dead_link.html", 410, may_renew=False)


# Links ---------------------------------------------------------------------------------------


@bp.get("/link/<secret>")
@reads(RECOVER)
def open_link(secret: str) -> Response:
    """Show whose link it is and what it does; nothing is used up, whoever looks."""
    try:
        token, person = links.usable_link(secret, locked=False, now=clock.now())
    except LinkNotValid:
        lapsed = links.find_link(secret)
        return page("accounts/dead_link.html", 410, may_renew=_is_lapsed_invitation(lapsed))
    if token.opened_at is None and request.method == "GET":
        _record_opening(token.id)
        token, person = links.usable_link(secret, locked=False, now=clock.now())
    if token.kind is TokenKind.EMAIL:
        return page("accounts/confirm_email.html", person=person, address=token.address)
    return _password_page(person, token.kind, NewPasswordForm())


def _record_opening(token_id: int) -> None:
    """Keep that the link was looked at, in a short write of its own before the page is answered."""
    db.end_reading()
    with db.writing():
        links.mark_opened(token_id, now=clock.now())


def _is_lapsed_invitation(token: object) -> bool:
    return (
        getattr(token, "kind", None) is TokenKind.INVITATION
        and token.used_at is None  # type: ignore[attr-defined]
        and token.withdrawn_at is None  # type: ignore[attr-defined]
    )


def _password_page(
    person: Person, kind: TokenKind, form: NewPasswordForm, status: int = 200
) -> Response:
    is_first = kind is not TokenKind.RESET
    return page(
        "accounts/choose_password.html", status, person=person, form=form, is_first=is_first
    )


@bp.post("/link/<secret>")
@prepares(RECOVER)
def use_link(secret: str) -> Response:
    """Do what the link is for, once: set the password and sign in, or take over the address."""
    try:
        token, person = links.usable_link(secret, locked=False, now=clock.now())
        kind, names = token.kind, person.guessable_names
        db.end_reading()
        if kind is TokenKind.EMAIL:
            return _take_address(secret)
        form = NewPasswordForm.posted()
        if not form.validate() or add_password_errors(form.password, form.password.data, names):
            return _password_page(person, kind, form, 422)
        hashed = hashing.hash_password(form.password.data)
        with db.writing():
            entered, person_id = recovery.use_link(
                secret, hashed, replacing=presented_token(), now=clock.now()
            )
    except LinkNotValid:
        return _dead_link()
    except AccessEnded as refusal:
        return _ended(refusal)
    return _enter(entered, person_id)


def _ended(refusal: AccessEnded) -> Response:
    sentence = ended_sentence(refusal)
    return page("accounts/access_ended.html", refusal.status, sentence=sentence)


def _enter(entered: str, person_id: int) -> Response:
    response: Response = redirect(url_for("web.home"), 303)
    return hand_over(response, entered, person_id)


def _take_address(secret: str) -> Response:
    with db.writing():
        person = own.confirm_email(secret, now=clock.now())
    flash(_("From now on we write to %(address)s.", address=person.email or ""), "ok")
    return redirect(url_for("accounts.profile"), 303)


@bp.post("/link/<secret>/renew")
@writes(RECOVER)
def renew_link(secret: str) -> Response:
    """Mail a fresh invitation for one that has lapsed; answer alike for any other link."""
    recovery.renew_link(secret, now=clock.now())
    return page("accounts/link_sent.html")


# Forgotten -----------------------------------------------------------------------------------


@bp.get("/forgotten-password")
@reads(RECOVER)
def forgotten() -> Response:
    """Ask who has forgotten the password."""
    return page("accounts/forgotten.html", form=ForgottenForm())


@bp.post("/forgotten-password")
@writes(RECOVER)
def ask_for_link() -> Response:
    """Mail a link where there is somebody to mail it to; say the same in any case."""
    form = ForgottenForm.posted()
    if not form.validate():
        return page("accounts/forgotten.html", 422, form=form)
    recovery.request_link(form.identifier.data, caller(), now=clock.now())
    return page("accounts/link_sent.html")


# Codes ---------------------------------------------------------------------------------------


@bp.get("/code")
@reads(RECOVER)
def redeem_code() -> Response:
    """Ask for the sign-in name and the code of a letter."""
    return page("accounts/code.html", form=CodeForm())


@bp.post("/code")
@prepares(RECOVER)
def use_code() -> Response:
    """Check the code, then take the password that it allows; only the second uses it up."""
    form = CodeForm.posted()
    if not form.validate():
        return page("accounts/code.html", 422, form=form)
    try:
        counted = recovery.prove_code(
            form.identifier.data, form.code.data, caller(), now=clock.now()
        )
    except TooManyTries as refusal:
        return _refuse_code(form, sentence_for(refusal), refusal.status)
    except WrongCredentials as refusal:
        return _refuse_code(form, _code_sentence(), refusal.status)
    if "password" not in request.form:
        return _code_password_page(CodePasswordForm.posted(), counted, 200)
    return _choose_by_code(counted)


def _code_sentence() -> str:
    return _(
        "The name and the code don’t belong together, or the code was used or has lapsed. Check"
        " both; the programme’s team can give you a new code at once."
    )


def _refuse_code(form: CodeForm, sentence: str, status: int) -> Response:
    form.form_errors.append(sentence)
    return page("accounts/code.html", status, form=form)


def _code_password_page(form: CodePasswordForm, counted: Try, status: int) -> Response:
    return page("accounts/code_password.html", status, form=form, name=counted.name)


def _choose_by_code(counted: Try) -> Response:
    form = CodePasswordForm.posted()
    if not form.validate():
        return _code_password_page(form, counted, 422)
    if add_password_errors(form.password, form.password.data, counted.names):
        return _code_password_page(form, counted, 422)
    hashed = hashing.hash_password(form.password.data)
    try:
        with db.writing():
            entered = recovery.use_code(
                counted, form.code.data, hashed, replacing=presented_token(), now=clock.now()
            )
    except LinkNotValid as refusal:
        return _refuse_code(form, _code_sentence(), refusal.status)
    except AccessEnded as refusal:
        return _ended(refusal)
    assert counted.person_id is not None  # a proved code is somebody's
    return _enter(entered, counted.person_id)
