"""Entry from the shell: answers out and in, indicator sets checked, the key changed."""

from __future__ import annotations

import json
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.audit.services import record
from lms.courses.models import Edition
from lms.entry import files, queries, shelf, words
from lms.entry.errors import KeyMissing
from lms.entry.import_words import fault_sentence
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.services import importing, numbers
from lms.entry.services.importing import NoColumns, NotReady, Plan, Verdict
from lms.entry.services.settings import set_of, settings_of
from lms.safety.sheets import SheetRefused, read_table
from lms.web.i18n import in_locale
from lms.web.sheet_words import refused_sheet_words

entry = AppGroup("entry", help="What participants are asked at entry, and their answers.")


def _edition(slug: str) -> tuple[Edition, IndicatorSet]:
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
        raise click.ClickException(f"There is no edition “{slug}”. Nothing was done.")
    asked = set_of(settings_of(edition.programme_id))
    if asked is None:
        raise click.ClickException("The edition's programme asks nothing at entry.")
    return edition, asked


@entry.command("export")
@click.argument("slug", metavar="EDITION")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--english", is_flag=True, help="Head the columns in English.")
def export(slug: str, file: Path, english: bool) -> None:
    """Write an edition's answers into a new file, XLSX or CSV by its name; recorded.

    \b
    Example:
      lms entry export os2-2026 raspunsuri.xlsx
    """
    if file.exists():
        raise click.ClickException(f"{file} is already there. Nothing was written.")
    kind = "csv" if file.suffix.lower() == ".csv" else "xlsx"
    with in_locale("en" if english else "ro"), db.writing():
        edition, asked = _edition(slug)
        lines = queries.entry_lines(asked, programme_id=edition.programme_id, edition_id=edition.id)
        data = files.export_file(edition, asked, lines, kind)
        record(
            "entry.exported",
            by=None,
            on=edition,
            course_id=edition.course_id,
            rows=len(lines),
            kind=kind,
        )
    file.write_bytes(data)
    file.chmod(0o600)
    click.echo(f"{len(lines)} rows in {file}. It holds personal data: keep it locked away.")


@entry.command("import")
@click.argument("slug", metavar="EDITION")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done; keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def import_answers(slug: str, file: Path, dry_run: bool, as_json: bool) -> None:
    """Import answers from a list (XLSX or CSV) into an edition, all or nothing.

    \b
    Example:
      lms entry import os2-2026 raspunsuri.xlsx --dry-run
    """
    with in_locale("en"):
        try:
            table = read_table(file.read_bytes(), file.name)
        except SheetRefused as error:
            raise click.ClickException(refused_sheet_words(error)) from error
        edition, asked = _edition(slug)
        today = clock.today(edition.programme.zone)
        try:
            planned = importing.plan(edition, asked, table, today=today)
        except NoColumns as error:
            raise click.ClickException(
                "No column holds answers, or none says whose they are. Nothing was kept."
            ) from error
        _refuse_wrong(planned, asked)
        db.end_reading()
        if not dry_run:
            try:
                with db.writing():
                    edition, asked = _edition(slug)
                    rows = [p.row for p in planned.rows]
                    importing.carry_out(edition, asked, rows, by=None, now=clock.now(), today=today)
            except NotReady as error:
                raise click.ClickException(
                    "The list changed its meaning meanwhile. Nothing was kept; run it again."
                ) from error
    report = {verdict.value: planned.counts.get(verdict.value, 0) for verdict in Verdict}
    if as_json:
        click.echo(json.dumps({"kept": not dry_run, **report}))
        return
    done = "would be kept" if dry_run else "kept"
    click.echo(
        f"{len(planned.to_keep)} {done} ({report['part']} of them incomplete), "
        f"{report['same']} said nothing new, {report['frozen']} frozen and left alone."
    )


def _refuse_wrong(planned: Plan, asked: IndicatorSet) -> None:
    wrong = [p for p in planned.rows if p.verdict is Verdict.WRONG]
    for each in wrong:
        click.echo(f"row {each.row.number}, {each.name}: {fault_sentence(each, asked)}", err=True)
    if wrong:
        raise click.ClickException(
            f"{'1 row is' if len(wrong) == 1 else f'{len(wrong)} rows are'} wrong. "
            "Nothing was kept."
        )


@entry.command("sets")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def sets(file: Path | None) -> None:
    """List the indicator sets that a programme can choose, or check a file of your own.

    \b
    Example:
      lms entry sets
      lms entry sets setul-nostru.yaml
    """
    found = [shelf.read_file(file)] if file else shelf.shelf(current_app.config["LMS"].instance)
    faulty = False
    with in_locale("en"):
        for each in found:
            if each.found is not None:
                asked = each.found
                click.echo(
                    f"{asked.id}: {asked.title['en']}, {len(asked.questions)} questions, "
                    f"{len(asked.indicators)} indicators"
                )
                continue
            faulty = True
            for fault in each.faults:
                click.echo(f"{each.path}: {words.set_fault_words(fault)}", err=True)
    if faulty:
        raise click.ClickException("A file is no indicator set.")


@entry.command("rotate-key")
def rotate_key() -> None:
    """Seal every national number anew with a new key, and forget the key before.

    Backups made earlier hold the earlier key with the numbers sealed by it: make a new one.

    \b
    Example:
      lms entry rotate-key
    """
    try:
        with db.writing():
            count = numbers.rotate(by=None)
    except KeyMissing as error:
        raise click.ClickException(
            f"A number was sealed with key {error}, which is not in the instance. "
            "Bring the key back from a backup. Nothing was changed."
        ) from error
    click.echo(f"{count} sealed anew. Make a backup now; earlier ones hold the earlier key.")
