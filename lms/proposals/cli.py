"""Proposals from the shell: the same files as the page's."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.orm import joinedload

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition
from lms.proposals import exports, queries
from lms.web.i18n import in_locale

proposals = AppGroup("proposals", help="Gather the proposals that learners hand in.")


@proposals.command(
    "export", epilog="Example:  lms proposals export os2-2026 propuneri.pdf --with-names"
)
@click.argument("edition")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-names", is_flag=True, help="Put people and organisations beside them.")
@click.option("--language", type=click.Choice(["ro", "en"]), default="ro", show_default=True)
def export(edition: str, file: Path, with_names: bool, language: str) -> None:
    """Write an edition's proposals to a new FILE: a workbook (.xlsx) or a book (.pdf)."""
    kind = file.suffix.lower().lstrip(".")
    if kind not in ("xlsx", "pdf"):
        raise click.ClickException("Name a file that ends in .xlsx or .pdf. Nothing was written.")
    if file.exists():
        raise click.ClickException(f"{file} exists already. Nothing was written.")
    found = _edition(edition)
    listed = queries.proposals_of(found.course_id, edition_slug=edition)
    edition_id, course_id, title = found.id, found.course_id, found.title
    course = found.course.title_en if language == "en" else found.course.title_ro
    db.end_reading()
    with in_locale(language):
        if kind == "xlsx":
            data = exports.workbook(listed, with_names=with_names)
        else:
            data = exports.book(listed, course=course, edition=title, with_names=with_names)
    with db.writing() as session:
        record(
            "proposals.exported",
            by=None,
            on=session.get_one(Edition, edition_id),
            course_id=course_id,
            kind=kind,
            rows=len(listed),
            edition=title,
            names=with_names,
        )
    file.write_bytes(data)
    click.echo(f"{len(listed)} proposals written to {file}.")


def _edition(slug: str) -> Edition:
    found = (
        db.session()
        .scalars(sa.select(Edition).options(joinedload(Edition.course)).where(Edition.slug == slug))
        .one_or_none()
    )
    if found is None:
        raise click.ClickException(f"There is no edition “{slug}”. Nothing was written.")
    return found
