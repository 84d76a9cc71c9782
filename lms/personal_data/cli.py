"""A person's data from the shell: the same as the pages."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from lms import clock, db
from lms.accounts.models import Person
from lms.personal_data import services
from lms.personal_data.errors import AlreadyErased, Held, NameNotTyped, NoReason, StillStaff
from lms.personal_data.package import pack
from lms.web.i18n import in_locale

person = AppGroup("person", help="Hand out or erase a person's data.")


def _found(sign_in_name: str) -> Person:
    statement = sa.select(Person).where(Person.sign_in_name == sign_in_name.lower())
    found = db.session().scalars(statement).one_or_none()
    if found is None:
        raise click.ClickException(f"Nobody signs in as “{sign_in_name}”. Nothing was done.")
    return found


@person.command("export", epilog="Example:  lms person export ana-7 datele-anei.zip")
@click.argument("sign_in_name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["ro", "en"]), default="ro", show_default=True)
def export(sign_in_name: str, file: Path, language: str) -> None:
    """Write all that is held of a person to a new FILE (ZIP); recorded."""
    if file.exists():
        raise click.ClickException(f"{file} exists already. Nothing was written.")
    found = _found(sign_in_name)
    with in_locale(language):
        parts = services.parts_of(found.id)
        data = pack(
            services.gather(found.id),
            name=found.full_name,
            keeps={part.key: list(part.keeps) for part in parts},
            made_at=clock.now(),
        )
    person_id = found.id
    db.end_reading()
    with db.writing():
        services.note_handed_out(person_id, by=None)
    file.touch(mode=0o600)
    file.write_bytes(data)
    click.echo(f"Written to {file}.")


@person.command(
    "erase",
    epilog='Example:  lms person erase ana-7 --name "Ana Exemplu" --reason "a cerut ștergerea"',
)
@click.argument("sign_in_name")
@click.option("--name", required=True, help="The person's full name, to be sure who is meant.")
@click.option("--reason", required=True, help="Why; kept in the record.")
@click.option("--over-hold", is_flag=True, help="Even though a programme must keep its papers.")
def erase(sign_in_name: str, name: str, reason: str, over_hold: bool) -> None:
    """Erase a person's data; certificates' numbers and figures stay, without a name."""
    try:
        with db.writing(), in_locale("en"):
            removed = services.erase(
                _found(sign_in_name), typed_name=name, reason=reason, by=None, over_hold=over_hold
            )
    except Held as refusal:
        why = " ".join(refusal.why)
        raise click.ClickException(f"Nothing was erased. {why} See --over-hold.") from refusal
    except NameNotTyped as refusal:
        raise click.ClickException(
            "This is not the person's name. Nothing was erased."
        ) from refusal
    except NoReason as refusal:
        raise click.ClickException("Give a reason. Nothing was erased.") from refusal
    except StillStaff as refusal:
        raise click.ClickException(
            "The person holds a role; take it back first. Nothing was erased."
        ) from refusal
    except AlreadyErased as refusal:
        raise click.ClickException("These data were erased already.") from refusal
    click.echo("Erased: " + ", ".join(f"{what}: {n}" for what, n in removed.items()) + ".")
