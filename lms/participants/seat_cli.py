"""Seats from the shell: given up, or given to somebody else, as on a participant's page."""

from __future__ import annotations

import json
from datetime import date

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates.office_cli import by_option, edition_named, read_day, registrar_named
from lms.courses.models import Enrolment, EnrolmentState
from lms.participants.columns import Field
from lms.participants.errors import HasPlaceAlready, ImportNotReady, NotReplaceable
from lms.participants.roster import DIFFERENT, Answer, PlannedRow
from lms.participants.services import importing, places, replacing
from lms.participants.services.importing import Decisions
from lms.participants.words import finding_words
from lms.web.i18n import in_locale

_person = click.argument("person", metavar="SIGN-IN-NAME")
_edition = click.option("--edition", "slug", required=True, help="The edition's slug.")
_on = click.option("--on", "day", metavar="YYYY-MM-DD", help="From the day; today if left out.")
_reason = click.option("--reason", required=True, help="Why; it stays in the record.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")


def _place(sign_in_name: str, slug: str, by: int) -> Enrolment:
    """Load somebody's place for a change; nobody acts on a place of their own."""
    found = db.session().scalar(
        sa.select(Enrolment)
        .options(joinedload(Enrolment.person), joinedload(Enrolment.edition))
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Person.sign_in_name == sign_in_name.strip().lower(),
            Enrolment.edition_id == edition_named(slug),
        )
        .with_for_update(of=Enrolment)
    )
    if found is None:
        raise click.ClickException(f"“{sign_in_name}” has no place on “{slug}”.")
    if found.person_id == by:
        raise click.ClickException("A colleague does this for you. Nothing was changed.")
    return found


def _why(reason: str) -> str:
    if not reason.strip():
        raise click.ClickException("A reason is needed. Nothing was changed.")
    return reason.strip()


@click.command("withdraw")
@_person
@_edition
@_on
@_reason
@by_option
@_as_json
@with_appcontext
def withdraw(  # noqa: PLR0917 -- click hands them over by name
    person: str, slug: str, day: str | None, reason: str, by_name: str, as_json: bool
) -> None:
    """Take somebody off an edition, with day and reason; all that was earned stays.

    \b
    Example:
      lms participants withdraw kd7m2q --edition os2-2026 --reason "s-a mutat" --by secretariat
    """
    on = read_day(day)
    with db.writing():
        by = registrar_named(by_name)
        enrolment = _place(person, slug, by)
        was_active = enrolment.state is EnrolmentState.ACTIVE
        places.withdraw(enrolment, on=on, reason=_why(reason), by=by, now=clock.now())
        name, since = enrolment.person.full_name, enrolment.withdrawn_on
    if as_json:
        click.echo(json.dumps({"withdrawn": str(since), "changed": was_active}))
    elif was_active:
        click.echo(f"{name} is withdrawn from {since}.")
    else:
        click.echo(f"{name} was withdrawn already, from {since}. Nothing was changed.")


@click.command("replace")
@_person
@_edition
@click.option("--given", required=True, help="The newcomer's given names.")
@click.option("--family", required=True, help="The newcomer's family name.")
@click.option("--email", default="", help="The newcomer's own address; without it print a letter.")
@click.option("--phone", default="")
@click.option("--function", default="", help="The newcomer's function.")
@click.option("--organisation", help="Another organisation than that of who leaves.")
@click.option("--county", help="Another county.")
@click.option("--group", help="Another group.")
@click.option("--same", type=int, metavar="PERSON", help="The newcomer is this person.")
@click.option("--different", is_flag=True, help="The newcomer is nobody who is here already.")
@_on
@_reason
@by_option
@_as_json
@with_appcontext
def replace(  # noqa: PLR0917 -- click hands them over by name
    person: str,
    slug: str,
    given: str,
    family: str,
    email: str,
    phone: str,
    function: str,
    organisation: str | None,
    county: str | None,
    group: str | None,
    same: int | None,
    different: bool,
    day: str | None,
    reason: str,
    by_name: str,
    as_json: bool,
) -> None:
    """Give a seat to somebody else: one is withdrawn, the other enrolled and invited, in one act.

    \b
    Example:
      lms participants replace kd7m2q --edition os2-2026 --given Dan --family Pop \\
          --email dan@example.ro --reason "alt loc de muncă" --by secretariat
    """
    on = read_day(day)
    with in_locale("en"), db.writing():
        by = registrar_named(by_name)
        enrolment = _place(person, slug, by)
        typed = {
            Field.FAMILY_NAME: family,
            Field.GIVEN_NAMES: given,
            Field.EMAIL: email,
            Field.PHONE: phone,
            Field.FUNCTION: function,
            **_of_the_seat(enrolment, organisation, county, group),
        }
        answer = Answer(person_id=same) if same else DIFFERENT if different else None
        said = {importing.TYPED_ROW: answer} if answer else {}
        done = _given_over(enrolment, typed, Decisions(said), on=on, reason=_why(reason), by=by)
        new = done.enrolment.person
        report = {
            "enrolment": done.enrolment.id,
            "sign_in_name": new.sign_in_name,
            "invited": done.is_invited,
        }
        left, came = enrolment.person.full_name, new.full_name
    if as_json:
        click.echo(json.dumps(report))
        return
    then = "The invitation is on its way." if done.is_invited else "Print the letter."
    click.echo(f"{came} ({report['sign_in_name']}) has the seat of {left}. {then}")


def _of_the_seat(
    enrolment: Enrolment, organisation: str | None, county: str | None, group: str | None
) -> dict[Field, str]:
    """Return what belongs to the seat, unless something else was said."""
    kind = enrolment.organisation_kind if organisation is None else None
    seat = {
        Field.ORGANISATION: enrolment.organisation_name,
        Field.COUNTY: enrolment.county,
        Field.GROUP: enrolment.group.name if enrolment.group else None,
    }
    said = {Field.ORGANISATION: organisation, Field.COUNTY: county, Field.GROUP: group}
    kept = {field: said[field] if said[field] is not None else seat[field] for field in seat}
    known = {field: value or "" for field, value in kept.items()}
    return known | {Field.KIND: kind.value if kind else ""}


def _given_over(
    enrolment: Enrolment,
    typed: dict[Field, str],
    decisions: Decisions,
    *,
    on: date,
    reason: str,
    by: int,
) -> replacing.Newcomer:
    """Give the seat over, or say in a sentence why not."""
    file = importing.typed_file(typed)
    try:
        return replacing.replace(
            enrolment, file, decisions, on=on, reason=reason, by=by, now=clock.now()
        )
    except ImportNotReady as error:
        (row,) = error.prepared.plan.rows
        raise click.ClickException(f"{_open(row)} Nothing was changed.") from error
    except HasPlaceAlready as error:
        raise click.ClickException(
            "The newcomer has, or had, a place on this edition. Nothing was changed."
        ) from error
    except NotReplaceable as error:
        raise click.ClickException(
            "The course is completed, or somebody has the seat already. Nothing was changed."
        ) from error


def _open(row: PlannedRow) -> str:
    if row.row.problems:
        return " ".join(finding_words(found) for found in row.row.problems)
    alike = ", ".join(
        f"person {c.person_id} ({c.facts.display_name})" for c in row.candidates if c.person_id
    )
    return f"Somebody alike is here: {alike}. Say --same PERSON or --different."
