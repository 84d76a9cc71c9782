"""Mail from the shell."""

from __future__ import annotations

import json
from email.utils import make_msgid

import click
from flask import current_app
from flask.cli import AppGroup

from lms import clock
from lms.config import Settings
from lms.mail.message import Letter, build, html_of, sender_address
from lms.mail.transport import NotAccepted, OutcomeUnknown, Transport

mail = AppGroup("mail", help="Try the mail server.")


@mail.command("test")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def send_test(address: str, as_json: bool) -> None:
    """Send a test mail to ADDRESS at once, past the outbox.

    Example: lms mail test registrar@example.ro
    """
    settings: Settings = current_app.config["LMS"]
    if not settings.smtp_url:
        raise click.ClickException(
            "LMS_SMTP_URL is empty and mails wait: name a mail server first."
        )
    text = f"This is a test mail from {settings.base_url}.\n"
    domain = sender_address(settings.mail_from).rpartition("@")[2]
    letter = Letter(
        to=address,
        sender=settings.mail_from,
        subject="Test",
        text=text,
        html=html_of(text),
        message_id=make_msgid(domain=domain or "localhost"),
        at=clock.now(),
    )
    try:
        with Transport(settings.smtp_url) as transport:
            transport.send(build(letter))
    except ValueError as error:
        raise click.ClickException(f"“{address}” is not an address mail can go to.") from error
    except (NotAccepted, OutcomeUnknown) as error:
        raise click.ClickException(f"The mail server did not take the mail: {error}.") from error
    if as_json:
        click.echo(json.dumps({"accepted": True, "address": address}))
    else:
        click.echo(f"The mail server has taken a test mail for {address}.")
