"""Participants from the shell: the same import as the page's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.courses.models import Edition, Enrolment
from lms.participants import words
from lms.participants.errors import (
    AlreadyUndone,
    ImportNotReady,
    NoNames,
    NothingToUndo,
    UndoOver,
)
from lms.participants.import_queries import import_lines
from lms.participants.models import ParticipantImport
from lms.participants.roster import DIFFERENT, Answer, Candidate, PlannedRow, Verdict
from lms.participants.services import column_choices, importing, invitations, undoing, uploads
from lms.participants.services.importing import Decisions, Prepared, RosterFile
from lms.safety.file_names import safe_file_name
from lms.safety.sheets import SheetRefused, read_table
from lms.web.i18n import in_locale

participants = AppGroup("participants", help="Bring participants in from a list.")


def _answers(same: tuple[str, ...], different: tuple[int, ...]) -> dict[int, Answer]:
    answers = dict.fromkeys(different, DIFFERENT)
    for text in same:
        row, _sign, person = text.partition("=")
        if not (row.isdecimal() and person.isdecimal()):
            raise click.ClickException(f"--same wants ROW=PERSON, such as 14=231, not “{text}”.")
        answers[int(row)] = Answer(person_id=int(person))
    return answers


@participants.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--edition", "slug", required=True, help="The edition's slug, as in its address.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
@click.option("--invite", is_flag=True, help="Invite those who have an address of their own.")
@click.option("--take-letters", is_flag=True, help="Take ș and ț for ş and ţ, wherever offered.")
@click.option("--update", is_flag=True, help="Change known people as the list says.")
@click.option("--same", multiple=True, metavar="ROW=PERSON", help="The row is this person.")
@click.option("--different", multiple=True, type=int, metavar="ROW", help="The row is nobody here.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def import_list(  # noqa: PLR0917 -- click hands them over by name
    file: Path,
    slug: str,
    dry_run: bool,
    invite: bool,
    take_letters: bool,
    update: bool,
    same: tuple[str, ...],
    different: tuple[int, ...],
    as_json: bool,
) -> None:
    """Import a list of participants (XLSX or CSV) into an edition, all or nothing.

    \b
    Example:
      lms participants import participanti.xlsx --edition os2-2026 --dry-run
      lms participants import participanti.xlsx --edition os2-2026 --invite
    """
    data = file.read_bytes()
    read = _read(data, file, slug)
    wanted = _answers(same, different)
    with in_locale("en"):
        prepared = _planned(read, slug, wanted, take_letters, update)
        if not prepared.is_ready:
            _refuse(prepared, as_json)
        report: dict[str, object] = {
            "edition": slug,
            "rows": len(prepared.plan.rows),
            "to_enrol": prepared.to_enrol,
            "to_update": prepared.to_update,
            "dry_run": dry_run,
        }
        if not dry_run:
            report |= _carry_out(data, file, read, slug, prepared.decisions, invite=invite)
        _say(report, prepared, as_json)


def _read(data: bytes, file: Path, slug: str) -> RosterFile:
    """Read a list, its columns as people said on the pages."""
    chosen = column_choices.remembered(_edition(slug).id)
    db.end_reading()
    try:
        return importing.read_file(read_table(data, file.name), chosen)
    except SheetRefused as error:
        with in_locale("en"):
            raise click.ClickException(words.refused_sheet_words(error)) from error
    except NoNames as error:
        raise click.ClickException(
            "No column holds the names; head them “Nume” and “Prenume”. Nothing was imported."
        ) from error


def _edition(slug: str) -> Edition:
    edition = (
        db.session()
        .scalars(
            sa.select(Edition)
            .options(joinedload(Edition.programme), joinedload(Edition.course))
            .where(Edition.slug == slug)
            .with_for_update(of=Edition)
        )
        .one_or_none()
    )
    if edition is None:
        raise click.ClickException(f"There is no edition “{slug}”. Nothing was imported.")
    return edition


def _planned(
    read: RosterFile, slug: str, answers: dict[int, Answer], take_letters: bool, update: bool
) -> Prepared:
    every = frozenset(row.number for row in read.rows)
    decisions = Decisions(
        answers=answers,
        letters=every if take_letters else frozenset(),
        updates=every if update else frozenset(),
    )
    prepared = importing.prepare(_edition(slug), read, decisions)
    db.end_reading()
    return prepared


def _carry_out(
    data: bytes, file: Path, read: RosterFile, slug: str, decisions: Decisions, *, invite: bool
) -> dict[str, object]:
    sha256 = uploads.keep_bytes(data)
    now = clock.now()
    with db.writing() as session:
        edition = _edition(slug)
        kept = uploads.keep_row(
            edition,
            sha256=sha256,
            size=len(data),
            name=safe_file_name(file.name),
            media_type="application/octet-stream",
            by=None,
            now=now,
        )
        try:
            outcome = importing.commit(edition, read, decisions, by=None, now=now, source=kept.id)
        except ImportNotReady as error:
            raise click.ClickException(
                "The list changed its meaning meanwhile. Nothing was imported; run it again."
            ) from error
        invited = 0
        if invite:
            shared = invitations.shared_addresses()
            due = invitations.invitable(edition, None)
            made = session.scalars(due.where(Enrolment.id.in_(outcome.enrolment_ids))).all()
            own = [e for e in made if invitations.has_own_address(e.person, shared)]
            invited = invitations.invite_all(own, by=None, now=now)
    return {
        "enrolled": len(outcome.enrolment_ids),
        "new_people": outcome.new_people,
        "updated": outcome.updated_people,
        "unchanged": outcome.unchanged,
        "invited": invited,
        "import": outcome.import_id,
    }


def _line(row: PlannedRow) -> str:
    said = [words.finding_words(f) for f in row.row.problems]
    said += [_candidate(c) for c in row.candidates]
    return f"row {row.row.number}, {row.row.display_name}: {'; '.join(said)}"


def _candidate(candidate: Candidate) -> str:
    named = f"person {candidate.person_id}" if candidate.person_id else f"row {candidate.row}"
    return f"may be {named}, {candidate.facts.display_name} ({words.why_words(candidate.why)})"


def _open(prepared: Prepared) -> Iterator[PlannedRow]:
    return (r for r in prepared.plan.rows if r.verdict in (Verdict.WRONG, Verdict.QUESTION))


def _refuse(prepared: Prepared, as_json: bool) -> None:
    lines = [_line(row) for row in _open(prepared)]
    if as_json:
        click.echo(json.dumps({"ready": False, "open": lines}, ensure_ascii=False))
    else:
        for line in lines:
            click.echo(line, err=True)
    raise click.ClickException(
        f"{'1 row is' if len(lines) == 1 else f'{len(lines)} rows are'} wrong or in question. "
        "Nothing was imported. "
        "Correct the list, or answer with --same and --different."
    )


def _say(report: dict[str, object], prepared: Prepared, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ready": True, **report}, ensure_ascii=False))
        return
    if report["dry_run"]:
        click.echo(
            f"{report['rows']} rows; {report['to_enrol']} would be enrolled, "
            f"{report['to_update']} updated. Nothing was changed."
        )
        return
    click.echo(
        f"{report['enrolled']} enrolled, {report['updated']} updated, "
        f"{report['unchanged']} unchanged, {report['invited']} invited."
    )


@participants.command("imports")
@click.option("--edition", "slug", required=True, help="The edition's slug, as in its address.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def list_imports(slug: str, as_json: bool) -> None:
    """List an edition's imports, the newest first, with their numbers.

    \b
    Example:
      lms participants imports --edition os2-2026
    """
    now = clock.now()
    lines = [
        {
            "import": line.batch.id,
            "at": line.batch.made_at.isoformat(),
            "list": line.file_name or None,
            "enrolled": line.enrolled,
            "changed": line.changed,
            "unchanged": line.unchanged,
            "undone_at": line.batch.undone_at.isoformat() if line.batch.undone_at else None,
            "can_be_undone": line.can_be_undone(now),
        }
        for line in import_lines(_edition(slug))
    ]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False))
        return
    for said in lines:
        state = "undone" if said["undone_at"] else "open" if said["can_be_undone"] else "kept"
        click.echo(
            f"{said['import']}  {said['at']}  {said['list'] or 'by hand'}: {said['enrolled']} "
            f"enrolled, {said['changed']} changed, {said['unchanged']} unchanged ({state})"
        )


@participants.command("undo")
@click.argument("import_id", metavar="IMPORT", type=int)
@click.option("--reason", required=True, help="Why; it stays in the record.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken back; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def undo_import(import_id: int, reason: str, dry_run: bool, as_json: bool) -> None:
    """Take an import back, for 30 days: whatever nobody has acted on since.

    \b
    Example:
      lms participants undo 12 --reason "lista greșită" --dry-run
      lms participants undo 12 --reason "lista greșită"
    """
    with in_locale("en"), db.writing() as session:
        batch = session.get(ParticipantImport, import_id, with_for_update=True)
        if batch is None:
            raise click.ClickException(f"There is no import {import_id}. Nothing was changed.")
        try:
            plan = (
                undoing.plan_undo(batch)
                if dry_run
                else undoing.undo(batch, reason=reason, by=None, now=clock.now())
            )
        except AlreadyUndone as error:
            raise click.ClickException("It was undone before. Nothing was changed.") from error
        except UndoOver as error:
            raise click.ClickException("It is older than 30 days. Nothing was changed.") from error
        except NothingToUndo as error:
            raise click.ClickException(
                "Nothing of it can be taken back any more. Nothing was changed."
            ) from error
        report = {
            "import": import_id,
            "places": plan.places,
            "people": plan.people,
            "changed_back": plan.changed,
            "organisations": len(plan.filled),
            "kept": len(plan.kept),
            "dry_run": dry_run,
        }
    if as_json:
        click.echo(json.dumps(report))
        return
    click.echo(
        f"{report['places']} places and {report['people']} people "
        f"{'would go' if dry_run else 'are taken back'}, {report['changed_back']} people "
        f"{'would get' if dry_run else 'have'} their old data, "
        f"{report['organisations']} facts {'would go' if dry_run else 'are taken'} out of "
        f"organisations, {report['kept']} rows stay."
    )
