"""Meetings from the shell: listed, and presence imported."""

from __future__ import annotations

import json
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.courses.models import Edition
from lms.meetings import queries, words
from lms.meetings.errors import Cancelled
from lms.meetings.models import Meeting
from lms.meetings.services import importing
from lms.meetings.services.importing import NoColumns, NotReady, Plan, Verdict
from lms.safety.sheets import SheetRefused, read_table
from lms.web.i18n import in_locale
from lms.web.sheet_words import refused_sheet_words

meetings = AppGroup("meetings", help="Meetings of an edition, and who was there.")


@meetings.command("list")
@click.argument("slug", metavar="EDITION")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def list_meetings(slug: str, as_json: bool) -> None:
    """List an edition's meetings: id, day, group, subject, hours, how many were there.

    \b
    Example:
      lms meetings list os2-2026
    """
    edition = db.session().scalar(
        sa.select(Edition).options(joinedload(Edition.programme)).where(Edition.slug == slug)
    )
    if edition is None:
        raise click.ClickException(f"There is no edition “{slug}”.")
    lines = queries.meeting_lines(edition)
    if as_json:
        click.echo(json.dumps([_plain(line) for line in lines]))
        return
    with in_locale("en"):
        for line in lines:
            meeting = line.meeting
            said = "called off" if meeting.cancelled_at else f"{line.present} of {line.expected}"
            click.echo(
                f"{meeting.id}  {words.when(meeting, edition.programme.zone)}  "
                f"{line.group or 'everybody'}  {meeting.title}  {meeting.hours} h  {said}"
            )


def _plain(line: queries.MeetingLine) -> dict[str, object]:
    meeting = line.meeting
    return {
        "id": meeting.id,
        "title": meeting.title,
        "group": line.group or None,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "hours": str(meeting.hours),
        "present": line.present,
        "expected": line.expected,
        "called_off": meeting.cancelled_at is not None,
    }


def _meeting(meeting_id: int) -> Meeting:
    edition = joinedload(Meeting.edition)
    found = db.session().scalar(
        sa.select(Meeting)
        .options(edition.joinedload(Edition.programme), edition.joinedload(Edition.course))
        .where(Meeting.id == meeting_id)
        .with_for_update(of=Meeting)
    )
    if found is None:
        raise click.ClickException(f"There is no meeting {meeting_id}. Nothing was done.")
    return found


@meetings.command("import-presence")
@click.argument("meeting_id", metavar="MEETING", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done; keep nothing.")
@click.option("--reason", default="", help="Why what stands is corrected, where something is.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def import_presence(meeting_id: int, file: Path, dry_run: bool, reason: str, as_json: bool) -> None:
    """Import a meeting's presence from a list (XLSX or CSV), all or nothing.

    \b
    Example:
      lms meetings import-presence 12 prezenta.xlsx --dry-run
    """
    with in_locale("en"):
        try:
            table = read_table(file.read_bytes(), file.name)
        except SheetRefused as error:
            raise click.ClickException(refused_sheet_words(error)) from error
        meeting = _meeting(meeting_id)
        try:
            rows, ignored = importing.read(meeting, table)
        except NoColumns as error:
            raise click.ClickException(
                "No column says who was there, or none says whose a row is. Nothing was kept."
            ) from error
        planned = importing.plan(meeting, rows, ignored, by=None)
        _refuse(planned, reason, dry_run=dry_run)
        db.end_reading()
        if not dry_run:
            try:
                with db.writing():
                    importing.carry_out(
                        _meeting(meeting_id), rows, by=None, now=clock.now(), reason=reason
                    )
            except NotReady as error:
                raise click.ClickException(
                    "The list changed its meaning meanwhile. Nothing was kept; run it again."
                ) from error
            except Cancelled as error:
                raise click.ClickException("The meeting was called off.") from error
    report = {verdict.value: planned.counts.get(verdict.value, 0) for verdict in Verdict}
    if as_json:
        click.echo(json.dumps({"kept": not dry_run, **report}))
        return
    done = "would be written down" if dry_run else "written down"
    click.echo(
        f"{len(planned.to_keep)} {done} ({report['corrected']} of them corrections), "
        f"{report['same']} said nothing new, {report['empty']} said nothing."
    )


def _refuse(planned: Plan, reason: str, *, dry_run: bool) -> None:
    wrong = [p for p in planned.rows if p.verdict is Verdict.WRONG]
    for each in wrong:
        click.echo(f"row {each.row.number}, {each.name}: {words.fault_sentence(each)}", err=True)
    if wrong:
        raise click.ClickException(
            f"{'1 row is' if len(wrong) == 1 else f'{len(wrong)} rows are'} wrong. "
            "Nothing was kept."
        )
    if planned.asks_reason and not reason.strip() and not dry_run:
        raise click.ClickException(
            "The list corrects what stands: say why with --reason. Nothing was kept."
        )
