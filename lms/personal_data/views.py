"""What is held of a person: seen, taken along, erased."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, may, prepares, reads, writes, writing_subject
from lms.accounts.models import Person
from lms.courses.models import Enrolment
from lms.courses.traces import programmes_of
from lms.participants.views.blueprint import download, me, participant
from lms.personal_data import services
from lms.personal_data.errors import AlreadyErased, Held, NameNotTyped, NoReason, StillStaff
from lms.personal_data.package import pack
from lms.personal_data.permissions import (
    ERASE_DATA,
    ERASE_HELD_DATA,
    SEE_DATA,
    SEE_OWN_DATA,
    TAKE_DATA,
    TAKE_OWN_DATA,
)
from lms.web.i18n import gettext as _
from lms.web.templating import render

bp = Blueprint("personal_data", __name__)
ZIP = "application/zip"


def _packed(person: Person) -> bytes:
    parts = services.parts_of(person.id)
    return pack(
        services.gather(person.id),
        name=person.full_name,
        keeps={part.key: list(part.keeps) for part in parts},
        made_at=clock.now(),
    )


# --- One's own -------------------------------------------------------------------------------


@bp.get("/account/data")
@reads(SEE_OWN_DATA)
def own() -> Response:
    """Show what is held of oneself, and what an erasure would remove and keep."""
    person = db.session().get_one(Person, me())
    page = make_response(
        render(
            "personal_data/own.html",
            parts=services.parts_of(person.id),
            holds=_holds(person.id),
            contacts=_contacts(person.id),
        )
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _contacts(person_id: int) -> list[str]:
    """Return where to write or call: the site's contact, or else that of one's programmes."""
    site = current_app.extensions["lms_site"]
    own = [contact for contact in (site.contact_email, site.contact_phone) if contact]
    issuers = (programme.issuer_contact for programme in programmes_of(person_id))
    return own or list(dict.fromkeys(contact for contact in issuers if contact))


def _holds(person_id: int) -> list[str]:
    return services.holds_on(person_id)


@bp.post("/account/data.zip")
@prepares(TAKE_OWN_DATA)
def take_own() -> Response:
    """Hand out one's own data as one file; recorded."""
    person = db.session().get_one(Person, me())
    data, name = _packed(person), person.sign_in_name
    db.end_reading()
    with writing_subject(TAKE_OWN_DATA):
        services.note_handed_out(me(), by=me())
    return download(data, f"{_('my-data')}-{name}.zip", ZIP)


# --- A participant's -------------------------------------------------------------------------


@bp.get("/participants/<int:enrolment_id>/data")
@reads(SEE_DATA, participant)
def see(enrolment: Enrolment) -> str:
    """Show what is held of a participant, and what an erasure would remove and keep."""
    return _page(enrolment)


def _page(enrolment: Enrolment, **form: Any) -> str:
    person = enrolment.person
    return render(
        "personal_data/person.html",
        enrolment=enrolment,
        person=person,
        parts=services.parts_of(person.id),
        holds=_holds(person.id),
        may_take=may(TAKE_DATA.name, enrolment),
        may_erase=may(ERASE_DATA.name, enrolment),
        may_erase_held=may(ERASE_HELD_DATA.name, enrolment),
        is_staff=bool(person.roles),
        typed=form.get("typed", ""),
        reason=form.get("reason", ""),
        fault=form.get("fault"),
    )


@bp.post("/participants/<int:enrolment_id>/data.zip")
@prepares(TAKE_DATA, participant)
def take(enrolment: Enrolment) -> Response:
    """Hand out a participant's data as one file; recorded."""
    data, name = _packed(enrolment.person), enrolment.person.sign_in_name
    person_id = enrolment.person_id
    db.end_reading()
    with writing_subject(TAKE_DATA, participant):
        services.note_handed_out(person_id, by=me())
    return download(data, f"{_('data')}-{name}.zip", ZIP)


@bp.post("/participants/<int:enrolment_id>/erase")
@writes(ERASE_DATA, participant)
def erase(enrolment: Enrolment) -> str | Response:
    """Erase a participant's data; the place stays, without a name."""
    typed, reason = _typed("name"), _typed("reason")
    actor = current_actor()
    wants_over = request.form.get("over_hold") == "yes"
    try:
        services.erase(
            enrolment.person,
            typed_name=typed,
            reason=reason,
            by=me(),
            over_hold=wants_over and ERASE_HELD_DATA.allows(actor, enrolment),
        )
    except NameNotTyped:
        return _refused(enrolment, typed, reason, _("Type the person’s name as it stands above."))
    except NoReason:
        return _refused(enrolment, typed, reason, _("Write the reason."))
    except Held:
        flash(
            _("Nothing was erased: a programme must still keep these data. Only an owner decides."),
            "error",
        )
        return redirect(url_for(".see", enrolment_id=enrolment.id))
    except StillStaff:
        flash(_("Nothing was erased: the person holds a role. Take it back first."), "error")
        return redirect(url_for(".see", enrolment_id=enrolment.id))
    except AlreadyErased:
        flash(_("These data were erased already."), "info")
        return redirect(url_for(".see", enrolment_id=enrolment.id))
    flash(_("The data are erased. What had to stay is listed below."), "success")
    return redirect(url_for(".see", enrolment_id=enrolment.id))


def _refused(enrolment: Enrolment, typed: str, reason: str, fault: str) -> str:
    return _page(
        enrolment, typed=typed, reason=reason, fault=_("Nothing was erased.") + " " + fault
    )


def _typed(name: str) -> str:
    return " ".join(request.form.get(name, "").split())[:500]
