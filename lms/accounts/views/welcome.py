"""The first visit: two screens, then the course."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, reads, writes
from lms.accounts.forms import LanguageForm, NameObjectionForm
from lms.accounts.models import Person
from lms.accounts.name_words import name_offered, name_remarks
from lms.accounts.permissions import BE_WELCOMED
from lms.accounts.services import own
from lms.accounts.views.blueprint import bp, page
from lms.web.i18n import LOCALE_COOKIE, current_locale
from lms.web.i18n import gettext as _


def actor_id() -> int:
    """Return who asks, on a page that only signed-in people reach."""
    actor = current_actor()
    assert actor is not None  # the permission says so
    return actor.person_id


def own_person() -> Person:
    """Return the row of who asks, for a page that only reads."""
    return db.session().get_one(Person, actor_id())


def speak(response: Response) -> Response:
    """Let the person's own language hold from now on, whatever this browser was told before."""
    response.delete_cookie(LOCALE_COOKIE)
    return response


@bp.get("/welcome")
@reads(BE_WELCOMED)
def welcome() -> Response:
    """First screen: the name as it will be printed, and the language."""
    person = own_person()
    if person.name_confirmed_at is not None:
        return redirect(url_for("accounts.welcome_notice"))
    return _name_page(person, LanguageForm(locale=current_locale()), NameObjectionForm())


def _name_page(
    person: Person, form: LanguageForm, objection: NameObjectionForm, status: int = 200
) -> Response:
    return page(
        "accounts/welcome_name.html",
        status,
        person=person,
        form=form,
        objection=objection,
        remarks=name_remarks(person.family_name, person.given_names),
        offered=name_offered(person.family_name, person.given_names),
    )


@bp.post("/welcome")
@writes(BE_WELCOMED)
def confirm_welcome() -> Response:
    """Keep the name as confirmed, and the language."""
    person = own.own_row(actor_id())
    form = LanguageForm.posted()
    if not form.validate():
        return _name_page(person, form, NameObjectionForm(), 422)
    own.choose_locale(person, form.locale.data)
    own.confirm_name(person, now=clock.now())
    return speak(redirect(url_for("accounts.welcome_notice"), 303))


@bp.post("/welcome/name")
@writes(BE_WELCOMED)
def question_name() -> Response:
    """Leave word that the name is wrong, and go on: the course does not wait for it."""
    person = own.own_row(actor_id())
    form = NameObjectionForm.posted()
    if not form.validate():
        return _name_page(person, LanguageForm(locale=current_locale()), form, 422)
    own.question_name(person, form.message.data)
    flash(
        _(
            "Your message was kept for the registrar, who will correct the name. "
            "You can begin meanwhile; you will confirm the name afterwards."
        ),
        "ok",
    )
    target = "accounts.profile" if person.welcomed_at else "accounts.welcome_notice"
    return redirect(url_for(target), 303)


@bp.get("/welcome/notice")
@reads(BE_WELCOMED)
def welcome_notice() -> Response:
    """Second screen: the notice on personal data."""
    return page("accounts/welcome_notice.html", version=own.NOTICE_VERSION)


@bp.post("/welcome/notice")
@writes(BE_WELCOMED)
def acknowledge_notice() -> Response:
    """Keep which notice was shown, and let the course begin."""
    if request.form.get("version") != own.NOTICE_VERSION:
        flash(_("The notice changed meanwhile. Please read it as it is now."), "warn")
        return redirect(url_for("accounts.welcome_notice"), 303)
    person = own.own_row(actor_id())
    own.acknowledge_notice(person, own.NOTICE_VERSION, current_locale(), now=clock.now())
    return redirect(url_for("courses.begin"), 303)


@bp.post("/account/name")
@writes(BE_WELCOMED)
def confirm_name() -> Response:
    """Confirm a name that was corrected after the first visit."""
    person = own.own_row(actor_id())
    own.confirm_name(person, now=clock.now())
    flash(_("The name is confirmed: this is how certificates will print it."), "ok")
    return redirect(url_for("accounts.profile"), 303)
