"""The register of a day from the shell."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import clock
from lms.certificates import day_files, seals
from lms.certificates.office_cli import read_day
from lms.certificates.register_file import (
    DUPLICATE,
    NotARegister,
    ReadRegister,
    is_sealed,
    read_register,
)


@click.command("day-file", epilog="Example:  lms certificate day-file --date 2026-11-22")
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The day; today, so far, if left out.")
@click.option(
    "--check",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Write nothing: say whether this file is whole, and sealed by this site.",
)
@with_appcontext
def day_file(day: str | None, path: Path | None) -> None:
    """Write the register as it stood at the end of a day; the worker does so by itself."""
    if path is not None:
        _check(path)
        return
    wanted = read_day(day)
    if wanted > clock.today(day_files.ZONE):
        raise click.ClickException("The day is to come. Nothing was written.")
    target, data = day_files.write(wanted)
    read = read_register(data)
    sealed = "sealed" if read.signature else "not sealed: the seal can't be used"
    click.echo(f"Written: {target}, {_count(read)}, {sealed}.")


def _check(path: Path) -> None:
    try:
        read = read_register(path.read_bytes())
    except NotARegister as error:
        raise click.ClickException(f"{path} is no register of a day: {error}.") from error
    if not is_sealed(read, seals.trusted()):
        raise click.ClickException(f"{path} is whole, but bears no seal of this site.")
    click.echo(f"{path} is whole and sealed by this site: {_count(read)}.")


def _count(read: ReadRegister) -> str:
    again = sum(row.stare == DUPLICATE for row in read.rows)
    numbers = f"{len(read.rows) - again} numbers"
    return f"{numbers} and {again} duplicates" if again else numbers
