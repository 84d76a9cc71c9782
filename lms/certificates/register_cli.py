"""`lms certificate register`: the register for others, as the page exports it."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import clock, db
from lms.audit.services import record
from lms.certificates import exports, queries, register_sheet
from lms.certificates.desk import duplicates
from lms.certificates.desk.ordering import ordered
from lms.certificates.desk.settings import Order
from lms.certificates.office_cli import (
    ZONE,
    by_option,
    edition_named,
    out_option,
    refuse_existing,
    registrar_named,
    write_new,
)
from lms.certificates.queries import Wanted
from lms.web.i18n import in_locale

KINDS = ("xlsx", "csv", "pdf")


@click.command(
    "register",
    epilog="Example:  lms certificate register --edition os2-2026 --out registru.pdf "
    "--by secretariat",
)
@out_option
@click.option("--edition", "slug", help="Only this edition.")
@click.option("--series", default="", help="Only this series.")
@click.option("--year", type=int, help="Only this year.")
@click.option(
    "--order",
    type=click.Choice([o.value for o in Order]),
    default=Order.NUMBER.value,
    help="By number (as is), name, organisation or county.",
)
@by_option
@with_appcontext
def export_register(  # noqa: PLR0917 -- click hands them over by name
    target: Path, slug: str | None, series: str, year: int | None, order: str, by_name: str
) -> None:
    """Export the register, duplicates included, as a workbook, a CSV or a PDF list to sign.

    What it is follows from the name of the new file: .xlsx, .csv or .pdf.
    """
    by, kind = registrar_named(by_name), target.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise click.ClickException("Name the new file .xlsx, .csv or .pdf.")
    edition_id = edition_named(slug) if slug else None
    refuse_existing(target)
    found = queries.lines_of(Wanted(edition_id=edition_id, series=series, year=year))
    lines = ordered(found, Order(order))
    again = duplicates.by_certificate([line.certificate_id for line in lines])
    db.end_reading()
    with in_locale("ro"):
        if kind == "pdf":
            data = register_sheet.draw(lines, clock.today(ZONE), again)
        else:
            write = exports.register_xlsx if kind == "xlsx" else exports.register_csv
            data = write(lines, again)
    with db.writing():
        record("register.exported", by=by, kind=kind, rows=len(lines))
    write_new(target, [data])
    count = sum(len(each) for each in again.values())
    click.echo(f"Written: {target}, {len(lines)} numbers and {count} duplicates.")
