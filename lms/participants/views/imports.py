"""The history of imports, what each has done, and taking one back."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, prepares, reads, writes, writing_subject
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.models import Edition
from lms.participants import import_words, words
from lms.participants.errors import AlreadyUndone, NothingToUndo, UndoMoved, UndoOver
from lms.participants.forms import UndoForm
from lms.participants.import_queries import ImportLine, import_lines, rows_of
from lms.participants.models import Deed, ImportRow, ParticipantImport
from lms.participants.permissions import (
    EXPORT_IMPORT,
    SEE_IMPORTS,
    UNDO_IMPORT,
)
from lms.participants.services import undoing
from lms.participants.taking_back import Delta
from lms.participants.views.blueprint import CSV, XLSX, bp, download, edition_by_slug, me
from lms.safety.sheets import Cell, Column, write_csv, write_xlsx
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


def one_import(actor: Actor | None, *, locked: bool, **args: Any) -> ParticipantImport | None:
    """Load an import with its edition."""
    statement = (
        ParticipantImport.visible_to(actor)
        .options(
            joinedload(ParticipantImport.edition).joinedload(Edition.programme),
            joinedload(ParticipantImport.edition).joinedload(Edition.course),
        )
        .where(ParticipantImport.id == args["import_id"])
    )
    if locked:
        statement = statement.with_for_update(of=ParticipantImport)
    return db.session().scalars(statement).unique().one_or_none()


one_import.consumes = frozenset({"import_id"})  # type: ignore[attr-defined]


@bp.get("/editions/<slug>/imports")
@reads(SEE_IMPORTS, edition_by_slug)
def imports(edition: Edition) -> str:
    """List what was brought in, the newest first."""
    return render(
        "participants/imports.html",
        edition=edition,
        lines=import_lines(edition),
        now=clock.now(),
        zone=edition.programme.zone,
    )


@bp.get("/editions/<slug>/imports.<any(xlsx, csv):form>")
@prepares(EXPORT_IMPORT, edition_by_slug)
def export_imports(edition: Edition, form: str) -> Response:
    """Hand out the history of imports as a file."""
    zone = ZoneInfo(edition.programme.zone)
    lines = [history_line(line, zone) for line in import_lines(edition)]
    columns = [
        *(_("Number"), _("Time"), _("By"), _("List"), _("People enrolled"), _("Changed")),
        *(_("Unchanged"), _("Taken back on"), _("By"), _("Reason")),
    ]
    title, slug = _("Imports"), edition.slug
    db.end_reading()
    with writing_subject(EXPORT_IMPORT, edition_by_slug) as again:
        note_export(again, len(lines), form)
    return sheet(form, title, f"{slug}-{_('imports')}", columns, lines)


def history_line(line: ImportLine, zone: ZoneInfo) -> list[Cell]:
    """Return one import as a row of a file."""
    batch = line.batch
    return [
        batch.id,
        batch.made_at.astimezone(zone),
        line.by,
        line.file_name or line.subject or _("a list without a file"),
        line.enrolled,
        line.changed,
        line.unchanged,
        batch.undone_at.astimezone(zone) if batch.undone_at else None,
        line.undone_by,
        batch.undo_reason or "",
    ]


def note_export(subject: Edition | ParticipantImport, rows: int, form: str) -> None:
    """Record that a list of imports was handed out."""
    record(
        "participants.import_exported",
        by=me(),
        on=subject,
        course_id=subject.course_id,
        rows=rows,
        kind=form,
    )


def sheet(
    form: str, title: str, name: str, columns: list[str], lines: list[list[Cell]]
) -> Response:
    """Answer with a list as a file of the form asked for."""
    heads: list[Column | str] = list(columns)
    if form == "csv":
        return download(write_csv(heads, lines), f"{name}.csv", CSV)
    return download(write_xlsx(title, heads, lines), f"{name}.xlsx", XLSX)


# --- One import ------------------------------------------------------------------------------


def asked_rows(batch: ParticipantImport) -> tuple[list[tuple[ImportRow, Person | None]], str]:
    """Return the rows that the address asks for, and by what they are narrowed."""
    asked = request.args.get("deed", "")
    known = {deed.value for deed in Deed}
    rows = rows_of(batch)
    if asked not in known:
        return rows, ""
    return [(row, person) for row, person in rows if row.deed.value == asked], asked


@bp.get("/imports/<int:import_id>")
@reads(SEE_IMPORTS, one_import)
def see_import(batch: ParticipantImport) -> str:
    """Show what an import did, row by row."""
    rows, shown = asked_rows(batch)
    return render(
        "participants/import_done.html",
        batch=batch,
        edition=batch.edition,
        line=import_lines(batch.edition, batch.id)[0],
        rows=rows,
        filled=undoing.filled_in(batch),
        shown=shown,
        now=clock.now(),
        zone=batch.edition.programme.zone,
        Delta=Delta,
        Deed=Deed,
        import_words=import_words,
    )


@bp.get("/imports/<int:import_id>/rows.<any(xlsx, csv):form>")
@prepares(EXPORT_IMPORT, one_import)
def export_import(batch: ParticipantImport, form: str) -> Response:
    """Hand out what an import did, row by row, as a file."""
    rows, _shown = asked_rows(batch)
    name = f"import-{batch.id}"
    lines: list[list[Cell]] = [
        [
            row.number,
            f"{person.family_name} {person.given_names}" if person else "–",
            import_words.deed_word(row.deed)[1],
            "; ".join(import_words.change_words(Delta(*c)) for c in row.changes),
            _("yes") if row.is_taken_back else "",
        ]
        for row, person in rows
    ]
    db.end_reading()
    with writing_subject(EXPORT_IMPORT, one_import) as again:
        note_export(again, len(lines), form)
    columns = [_("Row"), _("Name"), _("What was done"), _("Changes"), _("Taken back")]
    return sheet(form, _("Import"), name, columns, lines)


@bp.get("/imports/<int:import_id>/undo")
@reads(UNDO_IMPORT, one_import)
def ask_undo(batch: ParticipantImport) -> str | Response:
    """Show what undoing takes back, and what stays because people have acted since."""
    refusal = why_not(batch)
    if refusal:
        flash(refusal, "info")
        return redirect(url_for("participants.see_import", import_id=batch.id))
    return undo_page(batch, UndoForm())


def why_not(batch: ParticipantImport) -> str:
    """Say why an import can't be undone; empty where it can."""
    if batch.undone_at is not None:
        return _("This import was undone already.")
    if clock.now() >= batch.undo_until:
        return _("An import can be undone for 30 days; this one is older. Nothing was changed.")
    return ""


def undo_page(batch: ParticipantImport, form: UndoForm, *, note: str = "") -> str:
    """Draw what undoing would do."""
    return render(
        "participants/undo.html",
        batch=batch,
        edition=batch.edition,
        plan=undoing.plan_undo(batch),
        form=form,
        note=note,
        zone=batch.edition.programme.zone,
        words=words,
        import_words=import_words,
    )


@bp.post("/imports/<int:import_id>/undo")
@writes(UNDO_IMPORT, one_import)
def undo_import(batch: ParticipantImport) -> str | Response:
    """Take the import back as far as nobody has acted."""
    form = UndoForm.posted()
    if not form.validate():
        return undo_page(batch, form)
    slug, import_id = batch.edition.slug, batch.id
    try:
        done = undoing.undo(
            batch,
            reason=form.reason.data or "",
            by=me(),
            now=clock.now(),
            expected=request.form.get("plan"),
        )
    except (AlreadyUndone, UndoOver):
        flash(why_not(batch), "info")
        return redirect(url_for("participants.see_import", import_id=import_id))
    except UndoMoved:
        note = _("Somebody acted since this was shown. Nothing was taken back. Look again.")
        return undo_page(batch, form, note=note)
    except NothingToUndo:
        return undo_page(batch, form)
    flash(undone_words(done), "success")
    return redirect(url_for("participants.imports", slug=slug))


def undone_words(done: undoing.UndoPlan) -> str:
    """Say what was taken back."""
    said = []
    if done.places:
        said.append(
            ngettext(
                "%(num)s place was taken back.", "%(num)s places were taken back.", done.places
            )
        )
    if done.changed:
        said.append(
            ngettext(
                "%(num)s person has the old data again.",
                "%(num)s people have the old data again.",
                done.changed,
            )
        )
    if done.filled:
        said.append(
            ngettext(
                "%(num)s fact was taken out of organisations.",
                "%(num)s facts were taken out of organisations.",
                len(done.filled),
            )
        )
    if done.kept:
        said.append(
            ngettext(
                "%(num)s row stays, because somebody has acted since.",
                "%(num)s rows stay, because somebody has acted since.",
                len(done.kept),
            )
        )
    return " ".join(said)
