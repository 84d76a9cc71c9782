"""Importing a list: upload, dry run row by row, then all or nothing; and one person by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writes, writing_subject
from lms.courses.models import Edition
from lms.errors import Hidden
from lms.participants import words
from lms.participants.contacts import display_phone
from lms.participants.errors import ImportNotReady, NoNames, PlanMoved
from lms.participants.forms import ListForm, PersonForm
from lms.participants.permissions import ADD_PARTICIPANT, IMPORT_PARTICIPANTS
from lms.participants.roster import DIFFERENT, Answer, Candidate, PlannedRow, Verdict
from lms.participants.services import importing, uploads
from lms.participants.services.importing import Decisions, Outcome, Prepared, RosterFile
from lms.participants.views.blueprint import CSV, XLSX, bp, download, edition_by_slug, me
from lms.programmes.fields import choices
from lms.safety.file_names import safe_file_name
from lms.safety.sheets import Column, SheetRefused, Table, TableRow, read_table, write_xlsx
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render

HEADINGS = (
    *("Nume", "Prenume", "E-mail", "Telefon", "Organizație", "Tip", "CUI", "Funcție"),
    *("Județ", "Grupa"),
)
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


def fault_of(data: bytes, upload: FileStorage | None) -> str:
    """Say why a list can't be used; empty where it can."""
    if upload is None or not upload.filename:
        return _("Choose a file first.")
    try:
        importing.read_file(read_table(data, upload.filename))
    except SheetRefused as error:
        return words.refused_sheet_words(error)
    except NoNames:
        return _(
            "No column holds the names. Head the columns “Nume” and “Prenume”, as in the model. "
            "Nothing was imported."
        )
    return ""


@bp.get("/editions/<slug>/import/<int:file_id>")
@reads(IMPORT_PARTICIPANTS, edition_by_slug)
def dry_run(edition: Edition, file_id: int) -> str:
    """Show what an import of a kept list would do; nothing is changed."""
    file = kept_list(edition.id, file_id)
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
        flash(f"{sentence} {_('The next step: send the invitations.')}", "success")
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
    """Read a kept list again; one that is not this edition's is not there."""
    stored = uploads.kept(edition_id, file_id)
    if stored is None:
        raise Hidden
    return importing.read_file(read_table(uploads.bytes_of(stored.sha256), stored.name))


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
        display_phone=display_phone,
        answer_value=answer_value,
        written_answer=written_answer,
    )


def is_shown(row: PlannedRow, show: str, offers: Mapping[int, object]) -> bool:
    """Tell whether a row is among those asked for."""
    if show == "notices":
        return bool(row.row.warnings) or row.row.number in offers
    return show in ("", row.verdict.value)


# --- One person by hand ----------------------------------------------------------------------


@bp.get("/editions/<slug>/participants/new")
@reads(ADD_PARTICIPANT, edition_by_slug)
def add_person(edition: Edition) -> str:
    """Ask for one person's data."""
    return render("participants/add.html", edition=edition, form=PersonForm())


@bp.post("/editions/<slug>/participants/new")
@writes(ADD_PARTICIPANT, edition_by_slug)
def save_person(edition: Edition) -> str | Response:
    """Enrol one person, by the way that lists go; an open question is asked in the form."""
    form = PersonForm.posted()
    form.answer.choices = choices([(form.answer.data, "")]) if form.answer.data else []
    if not form.validate():
        return render("participants/add.html", edition=edition, form=form)
    file = importing.read_file(one_row(form))
    decisions = decisions_of({"answer-2": form.answer.data or ""})
    prepared = importing.prepare(edition, file, decisions)
    if not prepared.is_ready:
        ask_in_form(form, prepared)
        return render("participants/add.html", edition=edition, form=form)
    outcome = importing.commit(edition, file, decisions, by=me(), now=clock.now())
    if not outcome.enrolment_ids:
        flash(_("This person already has a place on this edition. Nothing was changed."), "info")
        return redirect(url_for("participants.edition", slug=edition.slug))
    flash(_("The participant was enrolled. The next step: send the invitation."), "success")
    return redirect(url_for("participants.see", enrolment_id=outcome.enrolment_ids[0]))


def one_row(form: PersonForm) -> Table:
    """Write what was typed as a list of one row, so that the same reader reads it."""
    fields = (
        (form.family_name, "Nume"),
        (form.given_names, "Prenume"),
        (form.email, "E-mail"),
        (form.phone, "Telefon"),
        (form.organisation, "Organizație"),
        (form.kind, "Tip"),
        (form.cui, "CUI"),
        (form.function, "Funcție"),
        (form.county, "Județ"),
        (form.group, "Grupa"),
    )
    kinds = {"ngo": "ONG", "public_authority": "autoritate publică", "other": "alt tip"}
    cells = tuple(kinds.get(str(f.data or ""), str(f.data or "")) for f, _heading in fields)
    return Table(tuple(h for _field, h in fields), (TableRow(2, cells),))


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
