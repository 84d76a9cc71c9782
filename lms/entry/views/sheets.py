"""Files of an edition's entries: forms for signing, exports, and the import of a list."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.courses.models import Edition, Enrolment
from lms.entry import files, words
from lms.entry.answer_sheet import AnswerRow, Key
from lms.entry.errors import KeyMissing, NothingAsked
from lms.entry.form_words import blank_form as draw_blank
from lms.entry.form_words import filled_forms
from lms.entry.forms import ImportForm, ReasonForm
from lms.entry.import_words import fault_sentence, verdict_word
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.models import EntrySettings
from lms.entry.permissions import (
    EXPORT_ENTRIES,
    EXPORT_NATIONAL_NUMBERS,
    IMPORT_ENTRIES,
    PRINT_ENTRY_FORMS,
)
from lms.entry.services import answers as services
from lms.entry.services import importing, numbers
from lms.entry.services.importing import NoColumns, NotReady, Plan
from lms.entry.views.blueprint import (
    CSV,
    PDF,
    XLSX,
    bp,
    download,
    edition_by_slug,
    me,
    place,
    unkept,
)
from lms.entry.views.office import asked_in, lines_of, narrowed
from lms.errors import Hidden
from lms.safety.sheets import SheetRefused, read_table
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.sheet_words import refused_sheet_words
from lms.web.templating import render

MOST_UNPACKED = 8 * 1024 * 1024


def _asked(edition: Edition) -> tuple[EntrySettings, IndicatorSet]:
    settings, asked = asked_in(edition)
    if settings is None or asked is None:
        raise NothingAsked
    return settings, asked


# --- Forms for signing -----------------------------------------------------------------------


@bp.get("/editions/<slug>/entry/form.pdf")
@reads(PRINT_ENTRY_FORMS, edition_by_slug)
def blank_form(edition: Edition) -> Response:
    """Hand out an empty form."""
    settings, asked = _asked(edition)
    return download(draw_blank(edition, settings, asked), f"{edition.slug}-{_('entry')}.pdf", PDF)


@bp.get("/participants/<int:enrolment_id>/entry/form.pdf")
@reads(PRINT_ENTRY_FORMS, place)
def form_of(enrolment: Enrolment) -> Response:
    """Hand out one person's form, with what is known."""
    settings, asked = _asked(enrolment.edition)
    filled = [(enrolment, services.current(services.record_of(enrolment)))]
    name = f"{enrolment.person.sign_in_name}-{_('entry')}.pdf"
    return download(filled_forms(enrolment.edition, settings, asked, filled), name, PDF)


@bp.post("/editions/<slug>/entry/forms")
@prepares(PRINT_ENTRY_FORMS, edition_by_slug)
def forms(edition: Edition) -> Response:
    """Hand out the forms of those ticked, or of all who are waited for."""
    settings, asked = _asked(edition)
    lines = {line.enrolment_id: line for line in lines_of(edition, asked)}
    if request.form.get("all") == "yes":
        wanted = [line.enrolment_id for line in narrowed(list(lines.values()), "open", "")]
    else:
        ticked = {int(i) for i in request.form.getlist("id") if i.isdecimal() and len(i) < 15}
        wanted = [i for i in lines if i in ticked]
    if not wanted:
        flash(_("No form was printed: nobody was chosen."), "info")
        return redirect(url_for("entry.index", slug=edition.slug))
    places = {
        place.id: place
        for place in db.session().scalars(
            sa.select(Enrolment)
            .options(joinedload(Enrolment.person))
            .where(Enrolment.edition_id == edition.id, Enrolment.id.in_(wanted))
        )
    }
    data = filled_forms(edition, settings, asked, [(places[i], lines[i].answers) for i in wanted])
    return download(data, f"{edition.slug}-{_('entry')}.pdf", PDF)


# --- Export ----------------------------------------------------------------------------------


@bp.get("/editions/<slug>/entry.<any(xlsx, csv):form>")
@prepares(EXPORT_ENTRIES, edition_by_slug)
def export(edition: Edition, form: str) -> Response:
    """Hand out the list's rows as a file, and record it."""
    _settings, asked = _asked(edition)
    state, search = request.args.get("state", ""), request.args.get("search", "")[:100]
    lines = narrowed(lines_of(edition, asked), state, search)
    data = files.export_file(edition, asked, lines, form)
    db.end_reading()
    with writing_subject(EXPORT_ENTRIES, edition_by_slug) as again:
        record(
            "entry.exported",
            by=me(),
            on=again,
            course_id=again.course_id,
            rows=len(lines),
            kind=form,
        )
        name = f"{again.slug}-{_('entry')}.{form}"
    return download(data, name, CSV if form == "csv" else XLSX)


@bp.post("/editions/<slug>/entry/national-numbers")
@writes(EXPORT_NATIONAL_NUMBERS, edition_by_slug)
def export_numbers(edition: Edition) -> Response:
    """Hand out the list with whole national numbers, for a reason that is recorded."""
    _settings, asked = _asked(edition)
    form = ReasonForm.posted()
    if not form.validate():
        flash(_("A reason is needed. Nothing was made."), "error")
        return redirect(url_for("entry.index", slug=edition.slug), 303)
    lines = lines_of(edition, asked)
    try:
        found = numbers.export(
            edition, [line.person_id for line in lines], reason=form.reason.data or "", by=me()
        )
    except KeyMissing:
        flash(_("A number can’t be read: its key is not in the instance."), "error")
        return redirect(url_for("entry.index", slug=edition.slug), 303)
    data = files.export_file(edition, asked, lines, "xlsx", national_numbers=found)
    return download(data, f"{edition.slug}-cnp.xlsx", XLSX)


# --- Import ----------------------------------------------------------------------------------


@bp.get("/editions/<slug>/entry/import")
@reads(IMPORT_ENTRIES, edition_by_slug)
def import_answers(edition: Edition) -> str:
    """Ask for a list of answers."""
    _asked(edition)
    return render("entry/import.html", edition=edition, form=ImportForm())


@bp.get("/editions/<slug>/entry/import/model.xlsx")
@reads(IMPORT_ENTRIES, edition_by_slug)
def import_model(edition: Edition) -> Response:
    """Hand out the list to fill in: everybody who is waited for."""
    _settings, asked = _asked(edition)
    data = files.model_file(edition, asked, lines_of(edition, asked))
    return download(data, f"{edition.slug}-{_('entry')}-model.xlsx", XLSX)


@bp.post("/editions/<slug>/entry/import")
@prepares(IMPORT_ENTRIES, edition_by_slug)
def check_answers(edition: Edition) -> str | Response:
    """Read a list and say what each row would do; the file itself is not kept."""
    _settings, asked = _asked(edition)
    form, upload = ImportForm(), request.files.get("file")
    if upload is None or not upload.filename:
        form.file.errors = [_("Choose a file first.")]
        return render("entry/import.html", edition=edition, form=form)
    today = _today(edition)
    try:
        planned = importing.plan(
            edition, asked, read_table(upload.read(), upload.filename), today=today
        )
    except SheetRefused as refused:
        form.file.errors = [refused_sheet_words(refused)]
    except NoColumns:
        form.file.errors = [
            _(
                "No column holds answers, or none says whose they are. Take the list from this "
                "page, which has both. Nothing was kept."
            )
        ]
    else:
        return _plan_page(edition, asked, planned)
    return render("entry/import.html", edition=edition, form=form)


@bp.post("/editions/<slug>/entry/import/keep")
@prepares(IMPORT_ENTRIES, edition_by_slug)
def keep_answers(edition: Edition) -> str | Response:
    """Keep the answers of the rows that were shown: all or none."""
    rows, slug = unpacked(request.form.get("rows", "")), edition.slug
    db.end_reading()
    try:
        with writing_subject(IMPORT_ENTRIES, edition_by_slug) as again:
            _settings, asked = _asked(again)
            done = importing.carry_out(
                again, asked, rows, by=me(), now=clock.now(), today=_today(again)
            )
    except NotReady as refused:
        fresh = edition_by_slug(current_actor(), locked=False, slug=slug)
        if fresh is None:
            raise Hidden from None
        _settings, asked = _asked(fresh)
        return _plan_page(fresh, asked, refused.plan)
    kept = len(done.to_keep)
    flash(
        ngettext(
            "The answers of %(num)s person were kept.",
            "The answers of %(num)s people were kept.",
            kept,
        )
        if kept
        else _("The list said nothing new. Nothing was changed."),
        "success" if kept else "info",
    )
    return redirect(url_for("entry.index", slug=slug), 303)


def _today(edition: Edition) -> date:
    return clock.today(edition.programme.zone)


def _plan_page(edition: Edition, asked: IndicatorSet, planned: Plan) -> Response:
    return unkept(
        render(
            "entry/import_plan.html",
            edition=edition,
            asked=asked,
            plan=planned,
            rows=packed([p.row for p in planned.to_keep]) if planned.is_ready else "",
            verdict_word=verdict_word,
            fault_sentence=fault_sentence,
            words=words,
        )
    )


def packed(rows: Sequence[AnswerRow]) -> str:
    """Write rows small, for a form's hidden field; national numbers are never among them."""
    values = [
        [
            row.number,
            {k.value: v for k, v in row.keys.items() if k is not Key.NUMBER},
            dict(row.answers),
            row.entered_on.isoformat() if row.entered_on else None,
        ]
        for row in rows
    ]
    return base64.b64encode(zlib.compress(json.dumps(values).encode(), 9)).decode()


def unpacked(text: str) -> list[AnswerRow]:
    """Read rows back; what is not ours answers like a missing page. All of it is checked again."""
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(text, validate=True), MOST_UNPACKED)
        if unpacker.unconsumed_tail:
            raise ValueError("too large")
        return [_row(*values) for values in json.loads(data)]
    except (ValueError, TypeError, AttributeError, binascii.Error, zlib.error) as error:
        raise Hidden from error


def _row(number: Any, keys: Any, answers: Any, entered_on: Any) -> AnswerRow:
    return AnswerRow(
        number=int(number),
        keys={Key(k): str(v) for k, v in keys.items()},
        answers={str(k): str(v) for k, v in answers.items()},
        entered_on=date.fromisoformat(entered_on) if entered_on else None,
    )
