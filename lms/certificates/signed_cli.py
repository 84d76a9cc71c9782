"""Files go out to be signed by a signatory on the own machine, and come back; from the shell."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from lms import db
from lms.certificates.levels import approving
from lms.certificates.levels import words as level_words
from lms.courses.models import Edition


@click.command("export-to-sign", epilog="Example:  lms certificate export-to-sign os2 --out s.zip")
@click.argument("edition")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--all", "everything", is_flag=True, help="Also those that a signatory has signed.")
@with_appcontext
def export_to_sign(edition: str, out: Path, everything: bool) -> None:
    """Write an EDITION's certificates to a new ZIP, to be signed with the signatory's own token."""
    found = db.session().scalar(sa.select(Edition).where(Edition.slug == edition))
    if found is None:
        raise click.ClickException(f"There is no edition “{edition}”.")
    if out.exists():
        raise click.ClickException(f"{out} is there already.")
    wanted = approving.to_sign(found.id, unsigned_only=not everything)
    key = found.id
    db.end_reading()
    if not wanted:
        raise click.ClickException("There is nothing to sign.")
    out.write_bytes(approving.batch(wanted))
    with db.writing() as session:
        approving.record_export(session.get_one(Edition, key), len(wanted), by=None)
    click.echo(f"Written: {out}, {len(wanted)} files to sign.")


@click.command("import-signed", epilog="Example:  lms certificate import-signed semnate.zip")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@with_appcontext
def import_signed(files: tuple[Path, ...]) -> None:
    """Take signed FILES back (PDF, ZIP); nothing but pinned signatures may be new in them."""
    refused = taken = 0
    for each in approving.take_back(((p.name, p.read_bytes()) for p in files), by=None):
        if isinstance(each, approving.Taken):
            taken += 1
            click.echo(f"{each.number}: {', '.join(each.signers)}")
        else:
            refused += 1
            click.echo(f"{each.name}: {level_words.refusal_english(each)}", err=True)
    click.echo(f"Taken: {taken}; refused: {refused}.")
    if refused:
        raise SystemExit(1)
