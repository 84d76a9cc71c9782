"""Paper copies from the shell: signed by hand, handed over."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from lms import clock, db
from lms.certificates import papers
from lms.certificates.errors import DayRefused, NothingChosen
from lms.certificates.office_cli import by_option, certificates_named, read_day, registrar_named
from lms.certificates.paper import (
    DocumentSeen,
    HandOver,
    HandOverWay,
    PaperEvent,
    holds_document_number,
    lacks,
    tidy,
)
from lms.files import store
from lms.safety.scans import ScanRefused, check_scan

_numbers = click.argument("numbers", nargs=-1)
_edition = click.option("--edition", "slug", help="All of this edition that suit.")
_on = click.option("--on", "day", metavar="YYYY-MM-DD", help="The day; today where left out.")


def _choice(kind: type[HandOverWay] | type[DocumentSeen]) -> click.Choice[str]:
    return click.Choice([value.value.replace("_", "-") for value in kind])


@click.command(
    "signed", epilog="Example:  lms certificate signed --edition os2-2026 --by secretariat"
)
@_numbers
@_edition
@_on
@by_option
@with_appcontext
def signed(numbers: tuple[str, ...], slug: str | None, day: str | None, by_name: str) -> None:
    """Mark paper copies as signed by hand: those with NUMBERS, or all of an edition."""
    _record(PaperEvent.SIGNED, numbers, slug, day, by_name, None)


@click.command(
    "hand-over",
    epilog="Example:  lms certificate hand-over OS2-2026-000123-K --way in-person "
    "--document identity-card --by secretariat",
)
@_numbers
@_edition
@_on
@click.option("--way", type=_choice(HandOverWay), required=True, help="How it was handed over.")
@click.option("--document", type=_choice(DocumentSeen), help="Kind of document seen; no number.")
@click.option("--receiver", default="", help="By proxy: who came instead.")
@click.option("--tracking", default="", help="By post: the number of the postal item.")
@click.option("--done-by", default="", help="Who handed over; the registrar where left out.")
@click.option(
    "--scan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Scan of the signed list (PDF, JPG, PNG).",
)
@by_option
@with_appcontext
def hand_over(  # noqa: PLR0917 -- click hands them over by name
    numbers: tuple[str, ...],
    slug: str | None,
    day: str | None,
    way: str,
    document: str | None,
    receiver: str,
    tracking: str,
    done_by: str,
    scan: Path | None,
    by_name: str,
) -> None:
    """Write down that paper certificates were handed over: those with NUMBERS, or an edition's."""
    given = tidy(
        HandOver(
            way=HandOverWay(way.replace("-", "_")),
            document=DocumentSeen(document.replace("-", "_")) if document else None,
            receiver=receiver.strip(),
            tracking=tracking.strip(),
            done_by=done_by.strip() or by_name,
        )
    )
    if missing := lacks(given):
        named = ", ".join(f"--{lack.value.replace('_', '-')}" for lack in missing)
        raise click.ClickException(f"By this way it also takes {named}. Nothing was changed.")
    if holds_document_number(f"{given.receiver} | {given.done_by}"):
        raise click.ClickException("Leave out the numbers of documents. Nothing was changed.")
    _record(PaperEvent.HANDED_OVER, numbers, slug, day, by_name, given, scan)


def _record(  # noqa: PLR0917 -- one for each option
    event: PaperEvent,
    numbers: tuple[str, ...],
    slug: str | None,
    day: str | None,
    by_name: str,
    given: HandOver | None,
    scan: Path | None = None,
) -> None:
    on = read_day(day)
    checked, sha256 = None, ""
    if scan is not None:
        try:
            checked = check_scan(scan.name, scan.read_bytes())
        except ScanRefused as error:
            raise click.ClickException(f"The scan is not taken: {error}.") from error
        sha256 = store.put(current_app.config["LMS"].folder("files"), checked.data)
    try:
        with db.writing():
            by, ids = registrar_named(by_name), certificates_named(numbers, slug)
            now = clock.now()
            done = papers.record_act(event, ids, on=on, by=by, now=now, hand_over=given)
            if checked:
                papers.add_scan(done.act, checked, sha256, by=by, now=now)
            count, passed_over = done.count, done.passed_over
    except NothingChosen as error:
        raise click.ClickException(
            "None of these can be written down: not valid, one's own, or it stands already."
        ) from error
    except DayRefused as error:
        said = "is to come" if error.is_future else f"is before {error.number} was issued"
        raise click.ClickException(f"The day {said}. Nothing was changed.") from error
    click.echo(f"Written down for {count}; passed over: {passed_over}.")
