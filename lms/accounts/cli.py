"""Accounts from the shell."""

from __future__ import annotations

import json
from datetime import datetime

import click
from flask.cli import AppGroup

from lms import clock, db
from lms.access import Role
from lms.accounts import services
from lms.accounts.errors import AuditorStandsAlone, NameTaken
from lms.accounts.models import Person, TokenKind
from lms.accounts.services.links import LASTS
from lms.mail.addresses import is_one_address

user = AppGroup("user", help="Make accounts.")


@user.command("create")
@click.option("--given", required=True, help="Given names.")
@click.option("--family", required=True, help="Family name.")
@click.option("--email", help="Address for mails; also to sign in with, if nobody shares it.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([r.value for r in Role]),
    help="May be repeated.",
)
@click.option(
    "--ends-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the roles: an auditor's account ends by itself.",
)
@click.option("--locale", type=click.Choice(["ro", "en"]), default="ro", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def create(  # noqa: PLR0917 -- click hands options over by name
    given: str,
    family: str,
    email: str | None,
    roles: tuple[str, ...],
    ends_on: datetime | None,
    locale: str,
    as_json: bool,
) -> None:
    """Make an account and print its one-time link.

    Example: lms user create --given Ana --family Pop --email ana@example.ro --role registrar
    """
    if email is not None and not is_one_address(email):
        raise click.ClickException(f"“{email}” is not an e-mail address.")
    if not given.strip() or not family.strip():
        raise click.ClickException("Give both names.")
    try:
        with db.writing():
            person, link = _create(given, family, email, roles, locale, ends_on=ends_on)
            answer = {"id": person.id, "sign_in_name": person.sign_in_name, "link": link}
    except AuditorStandsAlone as refusal:
        raise click.ClickException("An auditor can hold no other role.") from refusal
    except NameTaken as refusal:
        raise click.ClickException("Somebody signs in with this name or address.") from refusal
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(f"Sign-in name: {answer['sign_in_name']}")
        click.echo(
            f"One-time link, valid for {LASTS[TokenKind.INVITATION].days} days: {answer['link']}"
        )


def _create(
    given: str,
    family: str,
    email: str | None,
    roles: tuple[str, ...],
    locale: str,
    *,
    ends_on: datetime | None,
) -> tuple[Person, str]:
    now = clock.now()
    person = services.create_person(
        given_names=given,
        family_name=family,
        email=email,
        sign_in_email=services.address_to_sign_in_with(email),
        locale=locale,
        now=now,
    )
    for role in roles:
        services.grant_role(
            person, Role(role), now=now, ends_on=ends_on.date() if ends_on else None
        )
    return person, services.invite(person, by=None, now=now)
