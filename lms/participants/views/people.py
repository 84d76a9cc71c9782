"""One participant: everything about the place, and what the registrar can do with it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, make_response, redirect, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import may, prepares, reads, writes, writing_subject
from lms.accounts import services as accounts
from lms.accounts.errors import LastOwner, OneselfRefused, RoleNotYours
from lms.audit.details import detail_words
from lms.audit.words import action_word
from lms.courses.models import Edition, Enrolment, Group
from lms.participants import words
from lms.participants.contacts import display_phone
from lms.participants.errors import NoAddress, SeatTaken
from lms.participants.forms import HoursForm, ParticipantForm, ReasonForm, WithdrawForm
from lms.participants.letters import draw
from lms.participants.participant_file import office_file, participant_file
from lms.participants.permissions import (
    CONFIRM_CONDITION,
    EDIT_PARTICIPANT,
    OPEN_ACCOUNT,
    RENAME_PARTICIPANT,
    REPLACE_PARTICIPANT,
    SEE_PARTICIPANT,
    SEE_PARTICIPANT_FILE,
    SET_HOURS,
    SUSPEND_PARTICIPANT,
    WITHDRAW_PARTICIPANT,
)
from lms.participants.services import invitations, people, places
from lms.participants.services.people import EntryFacts
from lms.participants.views.blueprint import PDF, bp, download, me, participant
from lms.programmes.fields import choices
from lms.web.forms import Form, messages
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/participants/<int:enrolment_id>")
@reads(SEE_PARTICIPANT, participant)
def see(enrolment: Enrolment) -> str:
    """Show all about one participant."""
    return page(enrolment)


def page(enrolment: Enrolment, **context: Any) -> str:
    """Draw the participant's page; what only the office sees is read only for the office."""
    now = clock.now()
    edition = enrolment.edition
    office = office_file(enrolment) if may(SEE_PARTICIPANT_FILE.name, enrolment) else None
    today = clock.today(edition.programme.zone)
    return render(
        "participants/participant.html",
        enrolment=enrolment,
        person=enrolment.person,
        edition=edition,
        file=participant_file(enrolment, now=now),
        office=office,
        words=words,
        action_word=action_word,
        detail_words=detail_words,
        may_do={deed.name.partition(":")[2]: may(deed.name, enrolment) for deed in _DEEDS},
        hours_form=HoursForm(),
        today=today,
        now=now,
        display_phone=display_phone,
        zone=edition.programme.zone,
        **context,
    )


_DEEDS = (
    EDIT_PARTICIPANT,
    OPEN_ACCOUNT,
    SUSPEND_PARTICIPANT,
    REPLACE_PARTICIPANT,
    WITHDRAW_PARTICIPANT,
    SET_HOURS,
    CONFIRM_CONDITION,
    RENAME_PARTICIPANT,
)


def back(enrolment: Enrolment, anchor: str = "") -> Response:
    """Lead back to the participant's page."""
    target = url_for("participants.see", enrolment_id=enrolment.id, _anchor=anchor or None)
    return redirect(target)


def tell_faults(form: Form) -> None:
    """Say what a small form lacked; nothing was changed."""
    faults = " ".join(dict.fromkeys(text for _id, text in messages(form)))
    flash(_("Nothing was changed. %(faults)s", faults=faults), "error")


# --- Data ------------------------------------------------------------------------------------


@bp.get("/participants/<int:enrolment_id>/edit")
@reads(EDIT_PARTICIPANT, participant)
def edit(enrolment: Enrolment) -> str:
    """Show the participant's data in a form."""
    person = enrolment.person
    form = ParticipantForm(
        family_name=person.family_name,
        given_names=person.given_names,
        email=person.email or "",
        phone=person.phone or "",
        group=str(enrolment.group_id or ""),
        organisation=enrolment.organisation_name or "",
        function=enrolment.function or "",
        county=enrolment.county or "",
    )
    form.group.choices = group_choices(enrolment.edition_id)
    return render("participants/edit.html", enrolment=enrolment, form=form)


def group_choices(edition_id: int) -> list[Any]:
    """The edition's groups, after an empty choice."""
    groups = db.session().execute(
        sa.select(Group.id, Group.name).where(Group.edition_id == edition_id).order_by(Group.name)
    )
    return choices([("", "–"), *((str(i), name) for i, name in groups)])


@bp.post("/participants/<int:enrolment_id>/edit")
@writes(EDIT_PARTICIPANT, participant)
def save(enrolment: Enrolment) -> str | Response:
    """Save the participant's data; a change of name or of entry data keeps what stood before."""
    form = ParticipantForm.posted()
    form.group.choices = group_choices(enrolment.edition_id)
    if not form.validate() or lacks_reason(form, enrolment):
        return render("participants/edit.html", enrolment=enrolment, form=form)
    now, by, reason = clock.now(), me(), form.reason.data or ""
    changed = [
        people.rename(
            enrolment.person,
            family_name=form.family_name.data or "",
            given_names=form.given_names.data or "",
            reason=reason,
            by=by,
            now=now,
        ),
        people.set_addresses(
            enrolment.person, email=form.email.data, phone=form.phone.data, by=by, now=now
        ),
        people.correct_entry(enrolment, entry_of(form), reason=reason, by=by),
    ]
    if any(changed):
        flash(_("The data were saved. What stood before is in the history."), "success")
    else:
        flash(_("Nothing was different, so nothing was changed."), "info")
    return back(enrolment)


def entry_of(form: ParticipantForm) -> EntryFacts:
    """Return what the form says of the entry."""
    group = str(form.group.data or "")
    return EntryFacts(
        group_id=int(group) if group else None,
        organisation_name=form.organisation.data,
        function=form.function.data,
        county=form.county.data or None,
    )


def lacks_reason(form: ParticipantForm, enrolment: Enrolment) -> bool:
    """Tell whether the changes ask for a reason that is missing, and say so beside the field."""
    person = enrolment.person
    renamed = (form.family_name.data, form.given_names.data) != (
        person.family_name,
        person.given_names,
    )
    entry = entry_of(form)
    corrected = (entry.organisation_name, entry.function, entry.county) != (
        enrolment.organisation_name,
        enrolment.function,
        enrolment.county,
    )
    if (renamed or corrected) and not form.reason.data:
        form.reason.errors = [
            _("A change of name or of the data on entry needs a reason; it stays in the history.")
        ]
        return True
    return False


# --- The place -------------------------------------------------------------------------------


@bp.post("/participants/<int:enrolment_id>/hours")
@writes(SET_HOURS, participant)
def set_hours(enrolment: Enrolment) -> Response:
    """Write down the hours attended."""
    form = HoursForm.posted()
    if not form.validate() or form.hours.hours is None:
        tell_faults(form)
        return back(enrolment, "conditions")
    places.set_hours(
        enrolment, form.hours.hours, reason=form.reason.data or "", by=me(), now=clock.now()
    )
    flash(_("The hours were saved."), "success")
    return back(enrolment, "conditions")


@bp.post("/participants/<int:enrolment_id>/conditions/<int:condition_id>")
@writes(CONFIRM_CONDITION, participant)
def confirm(enrolment: Enrolment, condition_id: int) -> Response:
    """Give the registrar's word for a condition of this course."""
    form = ReasonForm.posted()
    if not form.validate():
        tell_faults(form)
        return back(enrolment, "conditions")
    places.confirm(enrolment, condition_id, reason=form.reason.data or "", by=me(), now=clock.now())
    flash(_("The condition is confirmed."), "success")
    return back(enrolment, "conditions")


@bp.post("/participants/<int:enrolment_id>/withdraw")
@writes(WITHDRAW_PARTICIPANT, participant)
def withdraw(enrolment: Enrolment) -> Response:
    """Take somebody off the edition, with a reason; what was earned stays."""
    form = WithdrawForm.posted()
    if not form.validate() or form.on.data is None:
        tell_faults(form)
        return back(enrolment)
    places.withdraw(
        enrolment, on=form.on.data, reason=form.reason.data or "", by=me(), now=clock.now()
    )
    flash(_("The participant is withdrawn. Everything done so far is kept."), "success")
    return back(enrolment)


@bp.post("/participants/<int:enrolment_id>/return")
@writes(WITHDRAW_PARTICIPANT, participant)
def take_back(enrolment: Enrolment) -> Response:
    """Let somebody who had withdrawn take part again."""
    form = ReasonForm.posted()
    if not form.validate():
        tell_faults(form)
        return back(enrolment)
    try:
        places.take_back(enrolment, reason=form.reason.data or "", by=me(), now=clock.now())
    except SeatTaken:
        flash(_("Somebody else has the seat now. Withdraw that person first."), "error")
        return back(enrolment)
    flash(_("The participant takes part again."), "success")
    return back(enrolment)


# --- The account -----------------------------------------------------------------------------


@bp.post("/participants/<int:enrolment_id>/suspend")
@writes(SUSPEND_PARTICIPANT, participant)
def suspend(enrolment: Enrolment) -> Response:
    """Shut the account and end its sign-ins at once."""
    form = ReasonForm.posted()
    if not form.validate():
        tell_faults(form)
        return back(enrolment)
    try:
        people.suspend(enrolment.person, reason=form.reason.data or "", by=me(), now=clock.now())
    except (LastOwner, OneselfRefused, RoleNotYours):
        flash(_("This account can’t be suspended: it is your own, or the last owner’s."), "error")
        return back(enrolment)
    flash(_("The account is suspended and signed out everywhere."), "success")
    return back(enrolment)


@bp.post("/participants/<int:enrolment_id>/reactivate")
@writes(SUSPEND_PARTICIPANT, participant)
def reactivate(enrolment: Enrolment) -> Response:
    """Open the account again."""
    form = ReasonForm.posted()
    if not form.validate():
        tell_faults(form)
        return back(enrolment)
    people.reactivate(enrolment.person, reason=form.reason.data or "", by=me())
    flash(_("The account is open again."), "success")
    return back(enrolment)


@bp.post("/participants/<int:enrolment_id>/invitation")
@writes(OPEN_ACCOUNT, participant)
def invite_again(enrolment: Enrolment) -> Response:
    """Send the invitation, again or for the first time; older links die."""
    try:
        invitations.invite_one(enrolment, by=me(), now=clock.now())
    except NoAddress:
        flash(_("There is no e-mail address. Add one, or print a letter with a code."), "error")
        return back(enrolment)
    flash(_("The invitation is on its way."), "success")
    return back(enrolment, "letting-in")


@bp.post("/participants/<int:enrolment_id>/code")
@prepares(OPEN_ACCOUNT, participant)
def new_code(enrolment: Enrolment) -> Response:
    """Show a new one-use code, once: it is kept nowhere and older codes die."""
    with writing_subject(OPEN_ACCOUNT, participant) as again:
        code = accounts.printed_code(again.person, by=me(), now=clock.now())
    response = make_response(
        render(
            "participants/code.html",
            enrolment=again,
            person=again.person,
            code=code,
            address=site_address(),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def site_address() -> str:
    """Return the site's address as people type it."""
    address: str = current_app.config["LMS"].base_url
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")


@bp.post("/participants/<int:enrolment_id>/letter")
@prepares(OPEN_ACCOUNT, participant)
def letter(enrolment: Enrolment) -> Response:
    """Print the letter with a fresh code."""
    with writing_subject(OPEN_ACCOUNT, participant) as again:
        edition = (
            db.session()
            .scalars(
                sa.select(Edition)
                .options(joinedload(Edition.programme), joinedload(Edition.course))
                .where(Edition.id == again.edition_id)
            )
            .one()
        )
        written = invitations.write_letters(edition, [again], by=me(), now=clock.now())
        name = again.person.sign_in_name
    return download(draw(edition.programme, written), f"{_('letter')}-{name}.pdf", PDF)
