"""Names that nobody has confirmed yet: who, reminders, the list to sign, what was signed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import may, prepares, reads, writes, writing_subject
from lms.accounts.name_words import name_remarks
from lms.audit.services import record
from lms.courses.models import Edition
from lms.errors import Hidden
from lms.files import store
from lms.participants.errors import NobodyChosen
from lms.participants.forms import NameFormForm
from lms.participants.permissions import CONFIRM_NAMES, REMIND_NAMES, SEE_NAMES
from lms.participants.reading import edition_table
from lms.participants.services import names
from lms.participants.standing import Stage
from lms.participants.table import TableRow
from lms.participants.views.blueprint import PDF, bp, download, edition_by_slug, me
from lms.participants.views.tables import ticked
from lms.people_names import fold
from lms.safety.scans import Scan, ScanRefused, check_scan
from lms.sheets_pdf import Column, Sheet, draw_sheet
from lms.web.i18n import current_locale, format_date, ngettext
from lms.web.i18n import gettext as _
from lms.web.scan_words import refused_scan_words
from lms.web.templating import render


@dataclass(frozen=True)
class Line:
    """Somebody whose name waits, and when we last wrote about it."""

    row: TableRow
    reminded_at: datetime | None
    has_namesake: bool = False  # on the same edition

    @property
    def name(self) -> str:
        """The name as it would be printed."""
        return f"{self.row.given_names} {self.row.family_name}"

    @property
    def remarks(self) -> list[str]:
        """What is odd about it, so that it is mended before it is printed."""
        found = name_remarks(self.row.family_name, self.row.given_names)
        if self.has_namesake:
            found.append(_("Somebody of the same name is on this edition: compare the people."))
        return found


def lines_of(edition: Edition) -> list[Line]:
    """Return whose name waits: first those whose certificate waits for it."""
    table = edition_table(edition, now=clock.now())
    rows = [
        row
        for row in table.rows
        if not row.is_name_confirmed and row.stage not in {Stage.WITHDRAWN, Stage.SUSPENDED}
    ]
    rows.sort(key=lambda row: (row.completed_at is None, row.sort_key))
    reminded = names.reminded_at([row.person_id for row in rows])
    named = Counter(_folded(row) for row in table.rows)
    return [Line(row, reminded.get(row.person_id), named[_folded(row)] > 1) for row in rows]


def _folded(row: TableRow) -> str:
    return fold(f"{row.family_name} {row.given_names}")


@bp.get("/editions/<slug>/names")
@reads(SEE_NAMES, edition_by_slug)
def names_to_confirm(edition: Edition) -> str:
    """Show whose name waits to be confirmed, and what was confirmed on paper."""
    return _page(edition, NameFormForm(signed_on=clock.today(edition.programme.zone)))


def _page(edition: Edition, form: NameFormForm, chosen: set[int] | None = None) -> str:
    lines = lines_of(edition)
    return render(
        "participants/names.html",
        edition=edition,
        form=form,
        lines=lines,
        chosen=chosen or set(),
        holding_up=sum(1 for line in lines if line.row.completed_at),
        with_address=sum(1 for line in lines if line.row.email),
        forms=names.forms_of(edition.id),
        may_confirm=may(CONFIRM_NAMES.name),
        zone=edition.programme.zone,
        today=clock.today(edition.programme.zone),
    )


def _back(slug: str) -> Response:
    return redirect(url_for("participants.names_to_confirm", slug=slug))


@bp.post("/editions/<slug>/names/reminders")
@writes(REMIND_NAMES, edition_by_slug)
def remind_names(edition: Edition) -> Response:
    """Write to those ticked, or to all who have an address: at most one mail a day each."""
    ids = None if request.form.get("all") == "yes" else ticked()
    done = names.remind(edition, ids, by=me(), today=clock.today(edition.programme.zone))
    if done.sent:
        flash(
            ngettext(
                "%(num)s reminder is on its way.", "%(num)s reminders are on their way.", done.sent
            ),
            "success",
        )
    if done.passed_over:
        flash(
            ngettext(
                "%(num)s person was passed over: no address, never signed in, or reminded today.",
                "%(num)s people were passed over: no address, never signed in, or reminded today.",
                done.passed_over,
            ),
            "warning",
        )
    if not done.sent and not done.passed_over:
        flash(_("Nobody is ticked."), "error")
    return _back(edition.slug)


@bp.post("/editions/<slug>/names/list")
@prepares(CONFIRM_NAMES, edition_by_slug)
def print_names(edition: Edition) -> Response:
    """Print the list on which people sign for their names: those ticked, or all who wait."""
    ids = set(ticked())
    lines = [line for line in lines_of(edition) if not ids or line.row.enrolment_id in ids]
    title, slug, today = edition.title, edition.slug, clock.today(edition.programme.zone)
    db.end_reading()
    data = draw_sheet(
        Sheet(
            title=_("Names on the certificates"),
            lead=[
                title,
                format_date(today),
                _(
                    "Please read your name letter by letter, with its marks. Sign if it is right; "
                    "otherwise write it as it should be."
                ),
            ],
            columns=[
                Column(_("No."), 0.4, is_figure=True),
                Column(_("Name as it will be printed"), 2.4),
                Column(_("Organisation"), 2.2),
                Column(_("Correct it here"), 2.2),
                Column(_("Date"), 0.9),
                Column(_("Signature"), 2),
            ],
            rows=[
                [str(at), line.name, line.row.organisation, "", "", ""]
                for at, line in enumerate(lines, 1)
            ],
            page=_("Page {page} of {pages}"),
            row_mm=12,
            is_landscape=True,
            locale=current_locale(),
        )
    )
    with writing_subject(CONFIRM_NAMES, edition_by_slug) as again:
        record("names.list_printed", by=me(), on=again, course_id=again.course_id, count=len(lines))
    return download(data, f"nume-de-confirmat-{slug}.pdf", PDF)


@bp.post("/editions/<slug>/names")
@prepares(CONFIRM_NAMES, edition_by_slug)
def confirm_names(edition: Edition) -> Response:
    """Confirm the names of those ticked, who signed on paper; the others are not held up."""
    edition_id, slug, zone = edition.id, edition.slug, edition.programme.zone
    db.end_reading()
    form = NameFormForm.posted()
    chosen = set(ticked())
    is_good = form.validate()
    if form.signed_on.data and form.signed_on.data > clock.today(zone):
        form.signed_on.errors = [_("The date is in the future.")]
        is_good = False
    scan = _scan_of(form) if is_good else None
    if is_good and not chosen and not form.errors:
        form.form_errors = [_("Nobody is ticked.")]
    if form.errors or form.form_errors:
        again = db.session().get_one(Edition, edition_id)
        return make_response(_page(again, form, chosen), 422)
    sha256 = store.put(_root(), scan.data) if scan else ""
    try:
        with writing_subject(CONFIRM_NAMES, edition_by_slug) as fresh:
            made, count = names.confirm_on_paper(
                fresh,
                chosen,
                signed_on=form.signed_on.data,
                note=form.note.data or "",
                by=me(),
                now=clock.now(),
            )
            if scan:
                names.add_scan(made, scan, sha256, by=me(), now=clock.now())
    except NobodyChosen:
        db.end_reading()
        flash(_("Nothing was changed: those ticked have confirmed already."), "info")
    else:
        flash(
            ngettext("%(num)s name is confirmed.", "%(num)s names are confirmed.", count), "success"
        )
    return _back(slug)


def _root() -> Any:
    return current_app.config["LMS"].folder("files")


def _scan_of(form: NameFormForm) -> Scan | None:
    upload = request.files.get("scan")
    if upload is None or not upload.filename:
        return None
    try:
        return check_scan(upload.filename, upload.stream.read())
    except ScanRefused as refusal:
        form.scan.errors = [refused_scan_words(refusal.fault)]
        return None


@bp.get("/editions/<slug>/names/forms/<int:form_id>")
@reads(SEE_NAMES, edition_by_slug)
def name_form(edition: Edition, form_id: int) -> Response:
    """Hand out the scan of a signed form, exactly as it came."""
    found = next((p.scan for p in names.forms_of(edition.id) if p.form.id == form_id), None)
    if found is None:
        raise Hidden
    return download(store.get(_root(), found.sha256), found.name, found.media_type)
