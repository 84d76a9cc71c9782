"""The command that fills a demonstration."""

from __future__ import annotations

import click
from flask import current_app

from lms import schema
from lms.config import Mode
from lms.demo import services


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing where people are known already.")
def demo(if_empty: bool) -> None:
    """Fill an empty demonstration: the OS2 course, 160 invented people, MODEL certificates.

    Example:  LMS_MODE=demo lms demo --if-empty
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.config["LMS"].mode is not Mode.DEMO:
        raise click.ClickException("Set LMS_MODE=demo: a demonstration is never mixed with people.")
    schema.upgrade()
    if services.is_empty():
        click.echo("Filling the demonstration with 160 invented participants …")
        services.load_demo(app)
    elif not if_empty:
        raise click.ClickException("People are known here already; nothing was changed.")
    for account in services.SIGN_INS:
        click.echo(f"  {account.role:<26} {account.name:<14} {services.PASSWORD}")
