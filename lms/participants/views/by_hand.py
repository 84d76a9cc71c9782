"""One person by hand: added, or put in the place of another."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads, writes
from lms.courses.models import Edition, Enrolment
from lms.db import db
from lms.participants import queries, words
from lms.participants.errors import HasPlaceAlready, ImportNotReady, NotReplaceable
from lms.participants.forms import NewcomerForm, PersonForm
from lms.participants.permissions import ADD_PARTICIPANT, REPLACE_PARTICIPANT
from lms.participants.roster import Candidate, Field, Verdict
from lms.participants.services import importing, replacing
from lms.participants.services.importing import Decisions, Prepared, RosterFile
from lms.participants.views.blueprint import bp, edition_by_slug, me, participant
from lms.participants.views.importing import answer_value, decisions_of
from lms.programmes.fields import choices
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


@bp.get("/editions/<slug>/participants/new")
@reads(ADD_PARTICIPANT, edition_by_slug)
def add_person(edition: Edition) -> str:
    """Ask for one person's data."""
    return render("participants/add.html", edition=edition, form=PersonForm(invite=True))


@bp.post("/editions/<slug>/participants/new")
@writes(ADD_PARTICIPANT, edition_by_slug)
def save_person(edition: Edition) -> str | Response:
    """Enrol one person, by the way that lists go; an open question is asked in the form."""
    form = PersonForm.posted()
    offer_answer(form)
    if not form.validate():
        return render("participants/add.html", edition=edition, form=form)
    file, decisions = typed(form)
    prepared = importing.prepare(edition, file, decisions)
    if not prepared.is_ready:
        ask_in_form(form, prepared)
        return render("participants/add.html", edition=edition, form=form)
    now = clock.now()
    outcome = importing.commit(edition, file, decisions, by=me(), now=now)
    if not outcome.enrolment_ids:
        flash(_("This person already has a place on this edition. Nothing was changed."), "info")
        return redirect(url_for("participants.edition", slug=edition.slug))
    enrolment = db.session.get_one(Enrolment, outcome.enrolment_ids[0])
    if form.invite.data and replacing.invite_newcomer(enrolment, by=me(), now=now):
        flash(_("The participant was enrolled, and the invitation is on its way."), "success")
    else:
        flash(_("The participant was enrolled. The next step: send the invitation."), "success")
    _tell_if_many(edition)
    return redirect(url_for("participants.see", enrolment_id=enrolment.id))


def _tell_if_many(edition: Edition) -> None:
    """Say it where more take part than the edition aims at; nothing is refused for that."""
    if edition.target_number is None:
        return
    people = queries.taking_part(edition.id)
    if people > edition.target_number:
        flash(
            ngettext(
                "With this one %(num)s participant takes part; the edition’s target is %(target)s.",
                "With this one %(num)s participants take part; the edition’s target is %(target)s.",
                people,
                target=edition.target_number,
            ),
            "info",
        )


# --- A seat given to somebody else -----------------------------------------------------------


@bp.get("/participants/<int:enrolment_id>/replace")
@reads(REPLACE_PARTICIPANT, participant)
def replace_person(enrolment: Enrolment) -> str | Response:
    """Ask who takes the seat over; what belongs to the seat stands in the form already."""
    if not replacing.can_replace(enrolment):
        flash(not_replaceable_words(), "info")
        return redirect(url_for("participants.see", enrolment_id=enrolment.id))
    kind = enrolment.organisation_kind
    form = NewcomerForm(
        organisation=enrolment.organisation_name or "",
        kind=kind.value if kind else "",
        county=enrolment.county or "",
        group=enrolment.group.name if enrolment.group else "",
        on=enrolment.withdrawn_on or clock.today(enrolment.edition.programme.zone),
        reason=enrolment.withdrawal_reason or "",
    )
    return replace_page(enrolment, form)


def replace_page(enrolment: Enrolment, form: NewcomerForm) -> str:
    """Draw the form by which a seat is given to somebody else."""
    return render(
        "participants/replace.html", enrolment=enrolment, edition=enrolment.edition, form=form
    )


def not_replaceable_words() -> str:
    """Say why nobody can take a seat over."""
    return _(
        "This seat can’t be given to somebody else: the course is completed, or somebody has "
        "taken it over already."
    )


@bp.post("/participants/<int:enrolment_id>/replace")
@writes(REPLACE_PARTICIPANT, participant)
def save_replacement(enrolment: Enrolment) -> str | Response:
    """Give the seat to the newcomer: enrolled, linked and invited in one act."""
    form = NewcomerForm.posted()
    offer_answer(form)
    if not form.validate() or form.on.data is None:
        return replace_page(enrolment, form)
    file, decisions = typed(form)
    try:
        newcomer = replacing.replace(
            enrolment,
            file,
            decisions,
            on=form.on.data,
            reason=form.reason.data or "",
            by=me(),
            now=clock.now(),
        )
    except ImportNotReady as refused:
        ask_in_form(form, refused.prepared)
        return replace_page(enrolment, form)
    except HasPlaceAlready:
        form.family_name.errors = [
            _("This person has, or had, a place on this edition. Nothing was changed.")
        ]
        return replace_page(enrolment, form)
    except NotReplaceable:
        flash(not_replaceable_words(), "info")
        return redirect(url_for("participants.see", enrolment_id=enrolment.id))
    if newcomer.is_invited:
        flash(_("The seat was given over, and the invitation is on its way."), "success")
    else:
        flash(_("The seat was given over. The next step: print the letter."), "success")
    return redirect(url_for("participants.see", enrolment_id=newcomer.enrolment.id))


# --- The form as a list of one row -----------------------------------------------------------


def offer_answer(form: Any) -> None:
    """Let the answer that was given stand among the choices."""
    form.answer.choices = choices([(form.answer.data, "")]) if form.answer.data else []


_TYPED = (
    *(Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.EMAIL, Field.PHONE, Field.ORGANISATION),
    *(Field.KIND, Field.CUI, Field.FUNCTION, Field.COUNTY, Field.GROUP),
)


def typed(form: PersonForm) -> tuple[RosterFile, Decisions]:
    """Return what was typed as a list of one row, and the answer to its question."""
    file = importing.typed_file({field: str(form[field.value].data or "") for field in _TYPED})
    return file, decisions_of({f"answer-{importing.TYPED_ROW}": form.answer.data or ""})


def ask_in_form(form: PersonForm, prepared: Prepared) -> None:
    """Put a row's faults beside their fields, and its question at the end of the form."""
    row = prepared.plan.rows[0]
    for found in row.row.problems:
        field = getattr(form, found.field.value, form.family_name)
        field.errors = [*field.errors, words.finding_words(found)]
    if row.verdict is Verdict.QUESTION:
        form.answer.choices = choices(
            [
                *((answer_value(c), candidate_words(c)) for c in row.candidates),
                ("different", _("Another person: enrol as new")),
            ]
        )
        form.answer.errors = [
            _("Somebody alike is already here. Say whether it is the same person.")
        ]


def candidate_words(candidate: Candidate) -> str:
    """Describe somebody whom a row may mean."""
    facts = candidate.facts
    parts = [facts.display_name, facts.organisation, facts.email]
    named = ", ".join(part for part in parts if part)
    return f"{named} ({words.why_words(candidate.why)})"
