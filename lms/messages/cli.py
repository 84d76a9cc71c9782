"""Reminders from the shell."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import AppGroup

from lms import clock
from lms.messages.services import reminders as services

reminders = AppGroup("reminders", help="Reminders by rule.")


@reminders.command("run")
@click.option("--dry-run", is_flag=True, help="Say who would get one today; send nothing.")
@click.option("--edition", "slug", default="", help="Only this edition, by its slug.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def run(dry_run: bool, slug: str, as_json: bool) -> None:
    """Send the reminders that are due now; the worker does the same every ten minutes.

    Nothing is sent in an edition's quiet hours. Run again, nobody gets a second one.

    \b
    Example:
      lms reminders run --dry-run
      lms reminders run --edition os2-2026
    """
    runs = services.run(now=clock.now(), slug=slug, dry=dry_run)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in runs]))
        return
    if not runs:
        click.echo("No edition has a rule switched on.")
    for one in runs:
        kinds = ", ".join(f"{kind.value} {count}" for kind, count in one.by_kind.items())
        rests = " (its quiet hours: they wait)" if one.is_resting else ""
        if dry_run:
            click.echo(f"{one.slug}: {one.due} would get one today{rests}. {kinds}".rstrip())
        else:
            click.echo(f"{one.slug}: {one.sent} of {one.due} sent{rests}. {kinds}".rstrip())
