"""Sign in, sign out."""

from __future__ import annotations

from flask import current_app, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writes
from lms.accounts import sessions
from lms.accounts.errors import AccessEnded, TooManyTries, WrongCredentials
from lms.accounts.forms import SignInForm
from lms.accounts.permissions import OWN_ACCOUNT, SIGN_IN, SIGN_OUT
from lms.accounts.services import signing_in
from lms.accounts.services.tries import Try
from lms.accounts.views.blueprint import bp, caller, hand_over, page, presented_token
from lms.errors import Refused
from lms.safety.redirects import safe_next
from lms.web import csrf
from lms.web.i18n import format_date, ngettext
from lms.web.i18n import gettext as _
from lms.web.pages import wants_json
from lms.web.text_size import TEXT_SIZE_COOKIE


@bp.get("/sign-in")
@reads(SIGN_IN)
def sign_in() -> Response:
    """Ask for name and password."""
    target = safe_next(request.args.get("next"), "")
    if current_actor() is not None:
        return redirect(target or url_for("web.home"))
    return page("accounts/sign_in.html", form=SignInForm(next=target))


@bp.post("/sign-in")
@prepares(SIGN_IN)
def check_sign_in() -> Response:
    """Open a session where the password is right; answer everything else alike."""
    form = SignInForm.posted()
    if not form.validate():
        return _refuse(form, None)
    try:
        counted = signing_in.prove(
            form.identifier.data, form.password.data, caller(), now=clock.now()
        )
        with db.writing():
            own = _is_own_device(form, counted)
            token = signing_in.sign_in(
                counted, replacing=presented_token(), now=clock.now(), own_device=own
            )
    except (WrongCredentials, TooManyTries, AccessEnded) as refusal:
        return _refuse(form, refusal)
    return _let_in(form, counted, token, own)


def _is_own_device(form: SignInForm, counted: Try) -> bool:
    """Whether it was ticked; a script that asks for the password again changes nothing in it."""
    held = wants_json() and counted.person_id is not None
    return bool(form.own_device.data) or (
        held and sessions.is_own_device(presented_token(), counted.person_id or 0)
    )


def _let_in(form: SignInForm, counted: Try, token: str, own_device: bool) -> Response:
    target = safe_next(form.next.data, url_for("web.home"))
    if wants_json():
        response: Response = jsonify(ok=True, csrf=csrf.derive(token))
    else:
        response = redirect(target, 303)
    assert counted.person_id is not None  # a proved try is somebody's
    return hand_over(response, token, counted.person_id, own_device=own_device)


def sentence_for(refusal: Refused) -> str:
    """Say why a try was refused, without saying whether there is such an account."""
    if isinstance(refusal, TooManyTries):
        return _(
            "There were too many wrong tries. Nothing was changed. Wait 15 minutes and try "
            "again, or ask the programme’s team for a new code."
        )
    if isinstance(refusal, AccessEnded):
        return ended_sentence(refusal)
    return _(
        "The name and the password don’t belong together. Check both and try again; capital "
        "letters in the password matter."
    )


def ended_sentence(refusal: AccessEnded) -> str:
    """Say kindly that an access was given until a day; only to who has proved who they are."""
    return _(
        "Your access was given until %(day)s, and that day is past. If you still need it, write"
        " to the programme’s team: they can prolong it at once.",
        day=format_date(refusal.ended_on),
    )


def _refuse(form: SignInForm, refusal: Refused | None) -> Response:
    status = refusal.status if refusal else 422
    sentence = sentence_for(refusal) if refusal else ""
    if wants_json():
        told = sentence or _("Write your sign-in name or e-mail, and your password.")
        return _with_status(jsonify(ok=False, error=told), status)
    if sentence:
        form.form_errors.append(sentence)
    return page("accounts/sign_in.html", status, form=form)


def _with_status(response: Response, status: int) -> Response:
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/sign-out")
@writes(SIGN_OUT)
def sign_out() -> Response:
    """End this browser's sign-in."""
    if token := presented_token():
        sessions.end_by_token(token)
    if "idle" in request.args:
        return _leave(
            ngettext(
                "You were signed out, because this device was not used for %(num)s minute. "
                "Answers that were not sent yet wait for you here, locked.",
                "You were signed out, because this device was not used for %(num)s minutes. "
                "Answers that were not sent yet wait for you here, locked.",
                current_app.config["LMS"].shared_idle_minutes,
            )
        )
    return _leave(_("You are signed out."))


@bp.get("/present")
@reads(OWN_ACCOUNT)
def present() -> Response:
    """Take the word of an open page that somebody is working at it."""
    return Response(status=204)


@bp.post("/sign-out-everywhere")
@writes(OWN_ACCOUNT)
def sign_out_everywhere() -> Response:
    """End all sign-ins of this person, this browser's included."""
    actor = current_actor()
    assert actor is not None  # the permission says so
    sessions.end_all(actor.person_id)
    return _leave(_("You are signed out on all devices."))


def _leave(sentence: str) -> Response:
    flash(sentence, "ok")
    response: Response = redirect(url_for("web.home"), 303)
    sessions.drop_cookie(response)
    # What the browser kept of private pages goes too: the next person may sit at the same machine.
    # Copies for reading offline are removed by the next page's script. Answers that could not be
    # sent yet stay, encrypted: their key comes only with a page of whoever gave them.
    response.headers["Clear-Site-Data"] = '"cache"'
    response.delete_cookie(TEXT_SIZE_COOKIE)
    return response
