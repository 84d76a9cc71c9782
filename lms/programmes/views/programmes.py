"""What a programme prints: shown, edited, declared complete, reopened."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import flash
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, reads, writes
from lms.certificates.badges.models import settings_of
from lms.certificates.design_words import reserved_sentence
from lms.certificates.designs.reserved import reserved_words
from lms.courses.models import Edition, Programme
from lms.programmes import services, words
from lms.programmes.errors import (
    ProgrammeDeclared,
    ProgrammeIncomplete,
    SeriesFixed,
    SeriesTaken,
)
from lms.programmes.forms import (
    ProgrammeForm,
    ReasonForm,
    lines_of,
)
from lms.programmes.logos import SLOTS
from lms.programmes.permissions import (
    CREATE_PROGRAMME,
    DECLARE_PROGRAMME,
    EDIT_PROGRAMME,
    LIST_PROGRAMMES,
    REOPEN_PROGRAMME,
    SEE_PROGRAMME,
)
from lms.programmes.services import ProgrammeData
from lms.programmes.views.blueprint import bp, declared_words, me, to
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/programmes")
@reads(LIST_PROGRAMMES)
def index() -> str:
    """List the programmes."""
    found = db.session().scalars(
        Programme.visible_to(current_actor())
        .options(
            selectinload(Programme.editions),
            selectinload(Programme.signatories),
        )
        .order_by(Programme.id.desc())
    )
    listed = [(programme, services.missing_of(programme)) for programme in found]
    return render("programmes/index.html", programmes=listed)


@bp.get("/programmes/new")
@reads(CREATE_PROGRAMME)
def new() -> str:
    """Ask for a programme."""
    form = ProgrammeForm(certificate_title="Certificat de participare", zone="Europe/Bucharest")
    return render("programmes/edit.html", programme=None, form=form, series_fixed=False)


@bp.post("/programmes/new")
@writes(CREATE_PROGRAMME)
def create() -> str | Response:
    """Create a programme; what is missing can be added later."""
    form = ProgrammeForm.posted()
    if form.validate():
        try:
            made = services.create_programme(data_of(form), by=me(), now=clock.now())
        except SeriesTaken:
            form.certificate_series.errors = [_("Another programme has this series.")]
        else:
            flash(
                _("The programme was created. Next: an edition, with its course and dates."),
                "success",
            )
            warn_of_title(form)
            return to("programmes.see", programme_id=made.id)
    return render("programmes/edit.html", programme=None, form=form, series_fixed=False)


def data_of(form: ProgrammeForm) -> ProgrammeData:
    """Return what the form says."""
    signatories = tuple(
        (form[f"signatory_{n}_name"].data or "", form[f"signatory_{n}_function"].data or "")
        for n in (1, 2)
    )
    return ProgrammeData(
        title=form.title.data or "",
        short_name=form.short_name.data or "",
        funder=form.funder.data,
        contract_number=form.contract_number.data,
        project_code=form.project_code.data,
        issuers=lines_of(form.issuers.data),
        issuer_contact=form.issuer_contact.data,
        place=form.place.data,
        funding_statement=form.funding_statement.data,
        disclaimer=form.disclaimer.data,
        certificate_title=form.certificate_title.data or "",
        certificate_series=form.certificate_series.data or "",
        certificate_years_valid=form.certificate_years_valid.data,
        zone=form.zone.data,
        retain_until=form.retain_until.data,
        signatories=signatories,
    )


def warn_of_title(form: ProgrammeForm) -> None:
    """Warn where the certificate's title has a word that is kept for others."""
    if warning := title_warning(form.certificate_title.data or ""):
        flash(warning, "warning")


def title_warning(title: str) -> str:
    """Say what is the matter with a title, word by word; empty where nothing is."""
    found = [reserved_sentence(word) for word in reserved_words(title)]
    if not found:
        return ""
    return " ".join(
        [_("The certificate’s title:"), *found, _("“Certificat de participare” is safe.")]
    )


@bp.get("/programmes/<int:programme_id>")
@reads(SEE_PROGRAMME, Programme)
def see(programme: Programme) -> str:
    """Show everything that gets printed, what is missing, and the editions."""
    editions = (
        db.session()
        .scalars(
            sa.select(Edition)
            .options(joinedload(Edition.course))
            .where(Edition.programme_id == programme.id)
            .order_by(Edition.starts_on.desc())
        )
        .unique()
        .all()
    )
    return render(
        "programmes/programme.html",
        programme=programme,
        editions=editions,
        missing=[words.requirement_words(r) for r in services.missing_of(programme)],
        series_fixed=services.series_is_fixed(programme),
        slots=slots_of(programme),
        allowed=settings_of(programme.id),
        title_warning=title_warning(programme.certificate_title),
    )


def slots_of(programme: Programme) -> list[tuple[int, Any]]:
    """Return the logo slots in order, each with its logo where there is one."""
    logos = {logo.position: logo for logo in programme.logos}
    return [(slot, logos.get(slot)) for slot in range(1, SLOTS + 1)]


@bp.get("/programmes/<int:programme_id>/edit")
@reads(EDIT_PROGRAMME, Programme)
def edit(programme: Programme) -> str | Response:
    """Show what gets printed in a form."""
    if programme.completed_at is not None:
        flash(declared_words(), "warning")
        return to("programmes.see", programme_id=programme.id)
    form = ProgrammeForm(
        obj=programme,
        data={
            "issuers": "\n".join(programme.issuers),
            **{
                f"signatory_{s.position}_{part}": getattr(s, part)
                for s in programme.signatories
                for part in ("name", "function")
            },
        },
    )
    form.issuers.data = "\n".join(programme.issuers)
    return edit_page(programme, form)


def edit_page(programme: Programme, form: ProgrammeForm) -> str:
    """Draw the form."""
    return render(
        "programmes/edit.html",
        programme=programme,
        form=form,
        series_fixed=services.series_is_fixed(programme),
    )


@bp.post("/programmes/<int:programme_id>/edit")
@writes(EDIT_PROGRAMME, Programme)
def save(programme: Programme) -> str | Response:
    """Save what gets printed."""
    form = ProgrammeForm.posted()
    if not form.validate():
        return edit_page(programme, form)
    try:
        services.edit_programme(programme, data_of(form), by=me())
    except ProgrammeDeclared:
        flash(declared_words(), "error")
    except SeriesFixed:
        form.certificate_series.errors = [
            _("A number was already given in this series, so it stays as it is.")
        ]
        return edit_page(programme, form)
    except SeriesTaken:
        form.certificate_series.errors = [_("Another programme has this series.")]
        return edit_page(programme, form)
    else:
        flash(_("The programme was saved."), "success")
        warn_of_title(form)
    return to("programmes.see", programme_id=programme.id)


@bp.post("/programmes/<int:programme_id>/complete")
@writes(DECLARE_PROGRAMME, Programme)
def declare(programme: Programme) -> Response:
    """Declare the programme complete: from now certificates may take numbers."""
    try:
        services.declare_complete(programme, by=me(), now=clock.now())
    except ProgrammeIncomplete as refused:
        lacking = ", ".join(words.requirement_words(r) for r in refused.missing)
        flash(
            _(
                "The programme can’t be declared complete yet. Missing: %(missing)s.",
                missing=lacking,
            ),
            "error",
        )
    else:
        flash(
            _(
                "The programme is declared complete. "
                "Certificates that were waiting are being issued."
            ),
            "success",
        )
    return to("programmes.see", programme_id=programme.id)


@bp.post("/programmes/<int:programme_id>/reopen")
@writes(REOPEN_PROGRAMME, Programme)
def reopen(programme: Programme) -> Response:
    """Reopen the programme, with a reason; meanwhile nobody gets a number."""
    form = ReasonForm.posted()
    if form.validate():
        services.reopen(programme, reason=form.reason.data or "", by=me())
        flash(
            _(
                "The programme is open for changes. "
                "Until it is declared complete again, no certificate is issued."
            ),
            "success",
        )
    else:
        flash(_("A reason is needed. Nothing was changed."), "error")
    return to("programmes.see", programme_id=programme.id)
