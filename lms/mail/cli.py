"""Mail from the shell."""

from __future__ import annotations

import json
from email.utils import make_msgid
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from lms import clock
from lms.config import Settings
from lms.mail.hints import hint_for, records_of
from lms.mail.message import Letter, build, html_of, sender_address
from lms.mail.transport import NotAccepted, OutcomeUnknown, Transport

mail = AppGroup("mail", help="Try the mail server.")

_TEXT = """\
This is a test mail from {site}.

If it lies among the unwanted mail, or did not come, look at its full headers (in Gmail: „Show
original”): SPF, DKIM and DMARC must each say PASS. docs/mail.md says what to set.
"""


@mail.command("test", epilog="Example:  lms mail test registrar@example.ro")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def send_test(address: str, as_json: bool) -> None:
    """Send a test mail to ADDRESS at once, past the outbox, and show what the server answers."""
    settings: Settings = current_app.config["LMS"]
    if not settings.smtp_url:
        raise click.ClickException(
            "LMS_SMTP_URL is empty and mails wait: name a mail server first."
        )
    domain = sender_address(settings.mail_from).rpartition("@")[2]
    steps: list[str] = []

    def tell(step: str) -> None:
        steps.append(step)
        if not as_json:
            click.echo(f"  {step}")

    fault = _sent(settings, address, domain, tell)
    if as_json:
        click.echo(json.dumps(_plain(address, steps, fault), ensure_ascii=False, indent=2))
    if fault is not None:
        hint = hint_for(fault)
        raise click.ClickException(
            f"The mail server did not take the mail: {fault}." + (f"\n{hint}" if hint else "")
        )
    if not as_json:
        click.echo(f"The mail server has taken a test mail for {address}. Look whether it arrives.")
        click.echo("Whether others believe it is a matter of three DNS records (docs/mail.md):")
        for record in records_of(domain):
            click.echo(f"  {record.name:<6} {record.look}   →  {record.wanted}")


def _sent(settings: Settings, address: str, domain: str, tell: Any) -> str | None:
    """Send the mail; return why it was not taken, or None where it was."""
    text = _TEXT.format(site=settings.base_url)
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
        with Transport(settings.smtp_url, tell=tell) as transport:
            transport.send(build(letter))
    except ValueError as error:
        raise click.ClickException(f"“{address}” is not an address mail can go to.") from error
    except (NotAccepted, OutcomeUnknown) as error:
        return str(error)
    return None


def _plain(address: str, steps: list[str], fault: str | None) -> dict[str, object]:
    return {
        "accepted": fault is None,
        "address": address,
        "steps": steps,
        "fault": fault or "",
        "hint": hint_for(fault) if fault else "",
    }
