"""Reports from the shell."""

from __future__ import annotations

from typing import BinaryIO

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition, Programme
from lms.reports import files
from lms.reports.catalogue import KINDS, built
from lms.reports.population import scope_of
from lms.web.i18n import in_locale


@click.command(
    "report", epilog="Example:  lms report progress os2-2026 --format pdf -o progres.pdf"
)
@click.argument("name", type=click.Choice(KINDS))
@click.argument("edition")
@click.option("--format", "form", type=click.Choice(sorted(files.TYPES)), default="csv")
@click.option("--programme", "is_whole", is_flag=True, help="Over its programme's editions.")
@click.option("-o", "--output", type=click.File("wb", lazy=True), default="-", help="A file.")
@click.option("--language", type=click.Choice(["ro", "en"]), default="ro", show_default=True)
@with_appcontext
def report(  # noqa: PLR0917 -- click hands them over by name
    name: str, edition: str, form: str, is_whole: bool, output: BinaryIO, language: str
) -> None:
    """Write the report NAME of an EDITION: its figures, without names."""
    found = (
        db.session()
        .execute(
            sa.select(Edition, Programme)
            .join(Programme, Programme.id == Edition.programme_id)
            .where(Edition.slug == edition)
        )
        .one_or_none()
    )
    if found is None:
        raise click.ClickException(f"There is no edition “{edition}”.")
    row, whole = found
    model, subject_id = (Programme, whole.id) if is_whole else (Edition, row.id)
    scope = scope_of(whole, None if is_whole else row)
    with in_locale(language):
        data = files.report_file(built(name, scope), form)
    db.end_reading()
    with db.writing() as session:
        on = session.get_one(model, subject_id)
        record("report.exported", by=None, on=on, report=name, kind=form)
    output.write(data)
