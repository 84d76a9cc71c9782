"""Releasing certificates from the shell: the same decision as on the page."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from lms import clock, db
from lms.certificates.office_cli import by_option, edition_named, read_day, registrar_named
from lms.courses.models import Edition
from lms.jobs import queue
from lms.participants.errors import NothingToRelease, NotReleasedByList
from lms.participants.services import releases


@click.command(
    "release",
    epilog="Example:  lms certificate release --edition os2-2026 --decision 42/2026 "
    '--reason "Decizia comisiei" --by secretariat',
)
@click.option("--edition", "slug", required=True, help="The edition's slug, as in its address.")
@click.option(
    "--enrolment", "chosen", type=int, multiple=True, help="Only these; all who wait otherwise."
)
@click.option("--on", "day", metavar="YYYY-MM-DD", help="Date of the decision; today if left out.")
@click.option("--decision", default="", help="Number of the decision.")
@click.option("--reason", required=True, help="Why; it stays in the record.")
@by_option
@with_appcontext
def release(  # noqa: PLR0917 -- click hands them over by name
    slug: str, chosen: tuple[int, ...], day: str | None, decision: str, reason: str, by_name: str
) -> None:
    """Release the certificates of those who completed an edition and wait for it."""
    on = read_day(day)
    if on > clock.today("Europe/Bucharest"):
        raise click.ClickException("The day is to come. Nothing was released.")
    if not reason.strip():
        raise click.ClickException("A release needs its reason.")
    try:
        with db.writing() as session:
            by = registrar_named(by_name)
            edition = session.get_one(Edition, edition_named(slug))
            ids = chosen or [e.id for e in session.scalars(releases.awaiting_release(edition))]
            _made, count = releases.release(
                edition,
                ids,
                released_on=on,
                decision_number=decision.strip() or None,
                reason=reason.strip(),
                by=by,
                now=clock.now(),
            )
            queue.tell("certificates.sweep")
    except NothingToRelease as error:
        raise click.ClickException("Nobody of these waits for a release.") from error
    except NotReleasedByList as error:
        raise click.ClickException("This edition issues certificates at completion.") from error
    click.echo(f"Released: {count}.")
