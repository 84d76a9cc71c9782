"""Importing a list: upload, columns, dry run row by row, then all or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writing_subject
from lms.courses.models import Edition
from lms.errors import Hidden
from lms.participants import import_words, words
from lms.participants.columns import ColumnMapping
from lms.participants.contacts import display_phone
from lms.participants.errors import ImportNotReady, NoNames, PlanMoved
from lms.participants.forms import ListForm
from lms.participants.permissions import IMPORT_PARTICIPANTS
from lms.participants.roster import (
    DIFFERENT,
    Answer,
    Candidate,
    Field,
    PlannedRow,
    Verdict,
    map_columns,
)
from lms.participants.services import column_choices, importing, uploads
from lms.participants.services.importing import Decisions, Outcome, Prepared, RosterFile
from lms.participants.views.blueprint import CSV, XLSX, bp, download, edition_by_slug, me
from lms.safety.file_names import safe_file_name
from lms.safety.sheets import Column, SheetRefused, Table, read_table, write_xlsx
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render

HEADINGS = (
    *("Nume", "Prenume", "E-mail", "Telefon", "Organizație", "Tip", "CUI", "Funcție"),
    *("Județ", "Grupa"),
)
# Urban or rural has no place in the store, so no column is asked for it.
CHOOSABLE = tuple(field for field in Field if field is not Field.AREA)
EXAMPLES = (
    (
        *("Popescu", "Ana-Maria", "ana.popescu@exemplu.example", "0740 000 001"),
        *("Asociația Exemplu", "ONG", "", "președintă", "Iași", "Grupa 1"),
    ),
    (
        *("Ionescu", "Mihai", "", "0740 000 002", "Primăria Comunei Exemplu"),
        *("autoritate publică", "", "consilier", "Vaslui", "Grupa 2"),
    ),
)


@bp.get("/editions/<slug>/import")
@reads(IMPORT_PARTICIPANTS, edition_by_slug)
def import_list(edition: Edition) -> str:
    """Ask for a list."""
    return render("participants/import.html", edition=edition, form=ListForm())


@bp.get("/editions/<slug>/import/model.xlsx")
@reads(IMPORT_PARTICIPANTS, edition_by_slug)
def import_model(edition: Edition) -> Response:
    """Hand out an empty list with the headings and two invented people."""
    columns = [Column(heading, 24) for heading in HEADINGS]
    return download(
        write_xlsx(_("Participants"), columns, EXAMPLES), f"{_('participants')}-model.xlsx", XLSX
    )


@bp.post("/editions/<slug>/import")
@prepares(IMPORT_PARTICIPANTS, edition_by_slug)
def upload_list(edition: Edition) -> str | Response:
    """Read the list, keep it, and lead to its dry run; a list that can't be read is not kept."""
    upload = request.files.get("file")
    data = upload.read() if upload is not None else b""
    problem = fault_of(data, upload)
    if problem:
        form = ListForm()
        form.file.errors = [problem]
        return render("participants/import.html", edition=edition, form=form)
    assert upload is not None
    sha256 = uploads.keep_bytes(data)
    db.end_reading()
    with writing_subject(IMPORT_PARTICIPANTS, edition_by_slug) as again:
        kept = uploads.keep_row(
            again,
            sha256=sha256,
            size=len(data),
            name=safe_file_name(upload.filename or "", fallback="lista"),
            media_type=XLSX if data.startswith(b"PK") else CSV,
            by=me(),
            now=clock.now(),
        )
    return redirect(url_for("participants.dry_run", slug=again.slug, file_id=kept.id))


LEAST_COLUMNS = 2  # family name and given names


def fault_of(data: bytes, upload: FileStorage | None) -> str:
    """Say why a list can't be used; empty where it can."""
    if upload is None or not upload.filename:
        return _("Choose a file first.")
    try:
        table = read_table(data, upload.filename)
    except SheetRefused as error:
        return words.refused_sheet_words(error)
    if sum(1 for heading in table.columns if heading) < LEAST_COLUMNS:
        return _(
            "This file has no columns with headings, so no names can be found in it. Nothing was "
            "kept. Save the list from your spreadsheet program as XLSX or CSV and send that."
        )
    return ""


@bp.get("/editions/<slug>/import/<int:file_id>")
@reads(IMPORT_PARTICIPANTS, edition_by_slug)
def dry_run(edition: Edition, file_id: int) -> str | Response:
    """Show what an import of a kept list would do; nothing is changed.

    Where no column holds the names, ask first what the columns hold.
    """
    try:
        file = kept_list(edition.id, file_id)
    except NoNames:
        return redirect(url_for("participants.columns", slug=edition.slug, file_id=file_id))
    prepared = importing.prepare(edition, file, Decisions())
    return dry_run_page(edition, file_id, file, prepared)


@bp.post("/editions/<slug>/import/<int:file_id>")
@prepares(IMPORT_PARTICIPANTS, edition_by_slug)
def carry_out(edition: Edition, file_id: int) -> str | Response:
    """Check the decisions again, or carry the list out: everything or nothing."""
    file = kept_list(edition.id, file_id)
    decisions = decisions_of(request.form)
    if request.form.get("do") != "enrol":
        prepared = importing.prepare(edition, file, decisions)
        return dry_run_page(edition, file_id, file, prepared)
    db.end_reading()
    try:
        with writing_subject(IMPORT_PARTICIPANTS, edition_by_slug) as again:
            outcome = importing.commit(
                again,
                file,
                decisions,
                by=me(),
                now=clock.now(),
                source=file_id,
                expected=request.form.get("plan"),
            )
            slug = again.slug
    except (ImportNotReady, PlanMoved) as refused:
        note = (
            _(
                "The list changed its meaning since it was shown: somebody else enrolled people or "
                "a decision was changed. Nothing was imported. Look at the rows and press again."
            )
            if isinstance(refused, PlanMoved)
            else _("Some rows are wrong or ask a question. Nothing was imported.")
        )
        fresh = edition_again()
        return dry_run_page(fresh, file_id, file, refused.prepared, note=note)
    flash_outcome(outcome)
    return redirect(url_for("participants.edition", slug=slug))


def edition_again() -> Edition:
    """Read the edition afresh after a write that was taken back."""
    found = edition_by_slug(current_actor(), locked=False, **(request.view_args or {}))
    if found is None:
        raise Hidden
    return found


def flash_outcome(outcome: Outcome) -> None:
    """Say what an import has done."""
    enrolled = len(outcome.enrolment_ids)
    if enrolled:
        sentence = ngettext(
            "%(num)s participant was enrolled.", "%(num)s participants were enrolled.", enrolled
        )
        next_step = _("The next step: send the invitations.")
        flash(f"{sentence} {next_step}", "success")
    if outcome.updated_people:
        flash(
            ngettext(
                "%(num)s known person was updated.",
                "%(num)s known people were updated.",
                outcome.updated_people,
            ),
            "success",
        )
    if not enrolled and not outcome.updated_people:
        flash(_("Everybody on the list was already enrolled. Nothing was changed."), "info")


def kept_list(edition_id: int, file_id: int) -> RosterFile:
    """Read a kept list again, its columns as they were said; another edition's is not there."""
    table = kept_table(edition_id, file_id)
    return importing.read_file(table, column_choices.remembered(edition_id))


def kept_table(edition_id: int, file_id: int) -> Table:
    """Return a kept list's cells."""
    stored = uploads.kept(edition_id, file_id)
    if stored is None:
        raise Hidden
    return read_table(uploads.bytes_of(stored.sha256), stored.name)


# --- Columns ---------------------------------------------------------------------------------


@bp.get("/editions/<slug>/import/<int:file_id>/columns")
@reads(IMPORT_PARTICIPANTS, edition_by_slug)
def columns(edition: Edition, file_id: int) -> str:
    """Show what each column of a kept list is read as, to be said otherwise."""
    table = kept_table(edition.id, file_id)
    mapping = map_columns(table.columns, column_choices.remembered(edition.id))
    return columns_page(edition, file_id, table, mapping)


def columns_page(
    edition: Edition, file_id: int, table: Table, mapping: ColumnMapping, *, fault: str = ""
) -> str:
    """Draw the columns with what each is read as and what its first rows hold."""
    shown = [row.cells for row in table.rows[:3]]
    examples = {
        use.position: [c[use.position] for c in shown if len(c) > use.position and c[use.position]]
        for use in mapping.uses
    }
    return render(
        "participants/columns.html",
        edition=edition,
        file_id=file_id,
        mapping=mapping,
        examples=examples,
        fault=fault,
        field_choices=[(f.value, words.column_word(f)) for f in CHOOSABLE],
    )


@bp.post("/editions/<slug>/import/<int:file_id>/columns")
@prepares(IMPORT_PARTICIPANTS, edition_by_slug)
def choose_columns(edition: Edition, file_id: int) -> str | Response:
    """Remember what the columns hold, for this list and for those that come."""
    table = kept_table(edition.id, file_id)
    before = map_columns(table.columns, column_choices.remembered(edition.id))
    wanted = wanted_columns(before, request.form)
    after = map_columns(table.columns, wanted)
    fault = fault_of_columns(wanted, after)
    if fault:
        return columns_page(edition, file_id, table, after, fault=fault)
    by_key = {use.key: use for use in reversed(before.uses)}
    db.end_reading()
    with writing_subject(IMPORT_PARTICIPANTS, edition_by_slug) as again:
        if column_choices.remember(again, by_key, wanted, by=me(), now=clock.now()):
            flash(
                _("The columns are remembered, also for later lists with these headings."),
                "success",
            )
    return redirect(url_for("participants.dry_run", slug=again.slug, file_id=file_id))


def fault_of_columns(wanted: Mapping[str, Field | None], mapping: ColumnMapping) -> str:
    """Say why columns can't be read so; empty where they can."""
    said = [field for field in wanted.values() if field is not None]
    if len(said) > len(set(said)):
        return _("Two columns are said to hold the same. Choose one of them.")
    if not mapping.has_names:
        return _("Say which column holds the names; without names nobody can be enrolled.")
    return ""


def wanted_columns(mapping: ColumnMapping, form: Mapping[str, str]) -> dict[str, Field | None]:
    """Return what a form says of each heading; the first column of a heading speaks for it."""
    known = {field.value: field for field in CHOOSABLE}
    wanted: dict[str, Field | None] = {}
    for use in mapping.uses:
        said = form.get(f"column-{use.position}")
        if said is not None:
            wanted.setdefault(use.key, known.get(said))
    return wanted


# --- Decisions -------------------------------------------------------------------------------


_ANSWER = re.compile(r"(person|row):(\d{1,12})")


def decisions_of(form: Mapping[str, str]) -> Decisions:
    """Read the decisions that a dry run's form carries, by row number."""
    answers: dict[int, Answer] = {}
    letters: set[int] = set()
    updates: set[int] = set()
    for name, value in form.items():
        kind, _dash, number = name.partition("-")
        if not number.isdecimal() or len(number) > 9:
            continue
        row = int(number)
        if kind == "answer" and value == "different":
            answers[row] = DIFFERENT
        elif kind == "answer" and (match := _ANSWER.fullmatch(value)):
            answers[row] = (
                Answer(person_id=int(match[2]))
                if match[1] == "person"
                else Answer(row=int(match[2]))
            )
        elif kind == "letters" and value == "yes":
            letters.add(row)
        elif kind == "update" and value == "yes":
            updates.add(row)
    if form.get("all_letters") == "yes":
        letters |= {int(n) for n in form.get("lettered", "").split(",") if n.isdecimal()}
    return Decisions(answers, frozenset(letters), frozenset(updates))


def answer_value(candidate: Candidate) -> str:
    """Write the answer that chooses a candidate as the form carries it."""
    if candidate.person_id is not None:
        return f"person:{candidate.person_id}"
    return f"row:{candidate.row}"


def written_answer(decisions: Decisions, number: int) -> str:
    """Write the answer given for a row as the form carries it."""
    answer = decisions.answers.get(number)
    if answer is None:
        return ""
    if answer.person_id is not None:
        return f"person:{answer.person_id}"
    return "different" if answer.row is None else f"row:{answer.row}"


def offers_of(file: RosterFile) -> dict[int, tuple[str, ...]]:
    """Return the letters offered, by row: „Şerban → Șerban”."""
    found: dict[int, tuple[str, ...]] = {}
    for row in file.rows:
        last = {w.field: w for w in row.warnings if w.offered and w.what.value != "kind_guessed"}
        if last:
            found[row.number] = tuple(f"{w.value} → {w.offered}" for w in last.values())
    return found


def dry_run_page(
    edition: Edition, file_id: int, file: RosterFile, prepared: Prepared, *, note: str = ""
) -> str:
    """Draw the dry run with the decisions taken so far."""
    rows = prepared.plan.rows
    offers = offers_of(file)
    show = request.values.get("show", "")
    shown = [row for row in rows if is_shown(row, show, offers)]
    hidden = [row for row in rows if row not in shown] if show else []
    return render(
        "participants/dry_run.html",
        edition=edition,
        file_id=file_id,
        file=file,
        prepared=prepared,
        counts={v.value: n for v, n in prepared.plan.counts.items()},
        show=show,
        rows=shown,
        hidden=hidden,
        offers=offers,
        note=note,
        Verdict=Verdict,
        words=words,
        import_words=import_words,
        display_phone=display_phone,
        answer_value=answer_value,
        written_answer=written_answer,
    )


def is_shown(row: PlannedRow, show: str, offers: Mapping[int, object]) -> bool:
    """Tell whether a row is among those asked for."""
    if show == "notices":
        return bool(row.row.warnings) or row.row.number in offers
    return show in ("", row.verdict.value)
