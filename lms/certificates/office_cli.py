"""What the registrar's commands share: in whose name, for which certificates."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click
import sqlalchemy as sa

from lms import clock, db
from lms.access import Role
from lms.accounts.models import Person, RoleGrant
from lms.certificates.models import Certificate
from lms.certificates.numbering import parse_number
from lms.courses.models import Edition, Enrolment

ZONE = "Europe/Bucharest"

by_option = click.option(
    "--by", "by_name", required=True, metavar="SIGN-IN-NAME", help="The registrar who does it."
)


def registrar_named(name: str) -> int:
    """Return the id of a registrar (or owner) by sign-in name; refuse anybody else."""
    found = db.session().scalar(
        sa.select(Person.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.sign_in_name == name.strip().lower(),
            Person.suspended_at.is_(None),
            RoleGrant.role.in_([Role.REGISTRAR, Role.OWNER]),
        )
        .limit(1)
    )
    if found is None:
        raise click.ClickException(f"No registrar signs in as “{name}”. Nothing was changed.")
    return found


def edition_named(slug: str) -> int:
    """Return the id of an edition by its slug."""
    found = db.session().scalar(sa.select(Edition.id).where(Edition.slug == slug))
    if found is None:
        raise click.ClickException(f"There is no edition “{slug}”.")
    return found


def certificates_named(numbers: Sequence[str], slug: str | None) -> list[int]:
    """Return the ids of certificates by number, or of all of an edition."""
    if slug is not None and not numbers:
        edition_id = edition_named(slug)
        return list(
            db.session().scalars(
                sa.select(Certificate.id)
                .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
                .where(Enrolment.edition_id == edition_id)
                .order_by(Certificate.id)
            )
        )
    ids = []
    for text in numbers:
        number = parse_number(text)
        found = db.session().scalar(
            sa.select(Certificate.id).where(Certificate.number == str(number))
        )
        if found is None:
            raise click.ClickException(f"There is no certificate {text}. Nothing was changed.")
        ids.append(found)
    if not ids:
        raise click.ClickException("Name certificates by their numbers, or an --edition.")
    return ids


def read_day(text: str | None) -> date:
    """Read a day as YYYY-MM-DD; none is today."""
    if text is None:
        return clock.today(ZONE)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(f"“{text}” is no day; write it as 2026-11-22.") from error


out_option = click.option(
    "--out",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The new file to write.",
)


def refuse_existing(target: Path) -> None:
    """Refuse a file that is there, before anything is done."""
    if target.exists():
        raise click.ClickException(f"{target} is there already.")


def write_new(target: Path, pieces: Iterable[bytes]) -> None:
    """Write a new file, readable by its owner only; one that is there stays as it is."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{target} can't be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "wb") as stream:
        for piece in pieces:
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
