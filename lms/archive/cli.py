"""An edition's archive from the shell."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from lms import db
from lms.archive import services
from lms.courses.models import Edition
from lms.web.i18n import in_locale


@click.command("archive", epilog="Example:  lms archive os2-2026 arhiva-os2.zip")
@click.argument("edition")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["ro", "en"]), default="ro", show_default=True)
@with_appcontext
def archive(edition: str, file: Path, language: str) -> None:
    """Write an EDITION's archive to a new FILE: readable and checkable without this system."""
    if file.exists():
        raise click.ClickException(f"{file} exists already. Nothing was written.")
    found = sa.select(Edition).where(Edition.slug == edition)
    with db.writing() as session:
        row = session.scalars(found).one_or_none()
        if row is None:
            raise click.ClickException(f"There is no edition “{edition}”. Nothing was written.")
        services.note(row, by=None)
    part = file.with_name(file.name + ".part")
    try:
        part.touch(mode=0o600)
        # The record's names know their pages' addresses, which are made in a request alone.
        with current_app.test_request_context(), in_locale(language):
            count = services.make(edition, part)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{count} files written to {file}.")
