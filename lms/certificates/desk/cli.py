"""The print desk from the shell: one file to print, and the signed originals."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import clock, db
from lms.audit.services import record
from lms.certificates import exports, queries
from lms.certificates.desk import choosing, desk_words, runs
from lms.certificates.desk.ordering import by_name as sorted_by_name
from lms.certificates.desk.ordering import ordered
from lms.certificates.desk.settings import Order, PrintKind, PrintSettings, Sides
from lms.certificates.office_cli import (
    by_option,
    edition_named,
    out_option,
    refuse_existing,
    registrar_named,
    write_new,
)
from lms.certificates.queries import RegisterLine, Wanted
from lms.certificates.views.blueprint import file_name
from lms.courses.models import Edition
from lms.safety.file_names import safe_file_name


@click.command(
    "print",
    epilog="Example:  lms certificate print os2-2026 --out tipar.pdf --by secretariat",
)
@click.argument("edition")
@out_option
@click.option(
    "--kind",
    type=click.Choice([k.value for k in PrintKind]),
    default=PrintKind.ORIGINAL.value,
    help="Paper original (as is), copy, annex alone or proof.",
)
@click.option(
    "--order",
    type=click.Choice([o.value for o in Order]),
    default=Order.NAME.value,
    help="By name (as is), organisation, county or number.",
)
@click.option(
    "--sides",
    type=click.Choice([s.value.replace("_", "-") for s in Sides]),
    default=Sides.SINGLE.value,
    help="One side (as is), or both, turned on an edge.",
)
@click.option("--printer", default="", help="The printer whose offsets are used.")
@click.option("--unprinted", is_flag=True, help="Only those without a paper original.")
@click.option("--cover", is_flag=True, help="With a cover sheet.")
@by_option
@with_appcontext
def print_(  # noqa: PLR0917 -- click hands them over by name
    edition: str,
    target: Path,
    kind: str,
    order: str,
    sides: str,
    printer: str,
    unprinted: bool,
    cover: bool,
    by_name: str,
) -> None:
    """Print an EDITION's valid certificates into one file; the register knows of each."""
    by, edition_id = registrar_named(by_name), edition_named(edition)
    found = _printer(edition_id, printer) if printer else None
    settings = PrintSettings(
        kind=PrintKind(kind),
        order=Order(order),
        sides=Sides(sides.replace("-", "_")),
        has_cover=cover,
        per_sheet=4 if kind == PrintKind.PROOF.value else 1,
        printer=printer,
        right=found[0] if found else 0.0,
        up=found[1] if found else 0.0,
    ).tidy()
    lines = _valid(edition_id)
    chosen = choosing.narrowed(lines, choosing.Choice(only_unprinted=unprinted))
    if not chosen:
        raise click.ClickException("There is nothing to print.")
    refuse_existing(target)
    db.end_reading()
    with db.writing():
        run = runs.begin(
            [line.certificate_id for line in ordered(chosen, settings.order)],
            settings,
            edition_id=edition_id,
            by=by,
            now=clock.now(),
            locale="ro",
        )
        run_id = run.id
    if not runs.go_on(run_id):
        raise click.ClickException(f"Printing no. {run_id} has no file; see its page.")
    failures = runs.failures_of(run_id)
    write_new(target, [runs.path_of(run_id).read_bytes()])
    click.echo(f"Written: {target}. Printing no. {run_id}, {len(chosen) - len(failures)} of them.")
    for number, fault in failures:
        click.echo(f"Left out: {number}: {desk_words.fault_word(fault)}", err=True)
    if failures:
        raise SystemExit(1)


@click.command(
    "originals",
    epilog="Example:  lms certificate originals os2-2026 --out originale.zip --by secretariat",
)
@click.argument("edition")
@out_option
@by_option
@with_appcontext
def originals(edition: str, target: Path, by_name: str) -> None:
    """Pack an EDITION's signed originals, with the register's lines and the SHA-256 of each."""
    by = registrar_named(by_name)
    lines = _valid(edition_named(edition))
    if not lines:
        raise click.ClickException("There are no valid certificates.")
    refuse_existing(target)
    names = [safe_file_name(file_name(line.number, line.holder)) for line in lines]
    pieces = exports.originals(lines, names)
    db.end_reading()
    with db.writing():
        record("certificates.downloaded", by=by, numbers=[line.number for line in lines])
    write_new(target, pieces)
    click.echo(f"Written: {target}. {len(lines)} signed originals.")


def _valid(edition_id: int) -> list[RegisterLine]:
    return sorted_by_name(choosing.printable(queries.lines_of(Wanted(edition_id=edition_id))))


def _printer(edition_id: int, name: str) -> tuple[float, float]:
    edition = db.session().get_one(Edition, edition_id)
    for printer in choosing.printers_of(edition.programme_id):
        if printer.name == name:
            return float(printer.right_mm), float(printer.up_mm)
    raise click.ClickException(f"The programme has no printer “{name}”.")
