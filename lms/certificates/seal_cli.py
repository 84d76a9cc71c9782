"""The seal from the shell: list, renew, put back, report stolen."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from lms.certificates import sealing
from lms.certificates.signing.api import Signer

ZONE = "Europe/Bucharest"
seal = AppGroup("seal", help="List, renew and put back the seal; report it stolen.")


@seal.command("list", epilog="Example:  lms seal list --json")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_(as_json: bool) -> None:
    """List every seal this site signs or once signed with."""
    lines = sealing.lines()
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], indent=2, default=str))
        return
    for line in lines:
        state = "present" if line.is_current else "retired"
        if line.stolen_since is not None:
            state = f"stolen since {line.stolen_since:%Y-%m-%d %H:%M} UTC"
        click.echo(
            f"{line.fingerprint}  {line.valid_from:%Y-%m-%d} to {line.valid_until:%Y-%m-%d}  "
            f"{line.certificates} certificates  {state}  {line.organisation}"
        )
    if not lines:
        click.echo("There is no seal yet: lms init or the first certificate makes it.")


@seal.command("renew", epilog="Example:  lms seal renew")
@click.option("--organisation", default="", help="Another name than the present seal's.")
def renew(organisation: str) -> None:
    """Make the next seal; the old one retires, and what it has sealed verifies as before."""
    _tell(sealing.renew(organisation))


@seal.command("restore", epilog="Example:  lms seal restore /media/usb/sigiliu.zip")
@click.argument("kit", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(kit: Path) -> None:
    """Put the seal back from its recovery KIT, where it is lost or damaged."""
    made = sealing.restore(kit.read_bytes())
    click.echo(f"The seal is back: {made.fingerprint}")


@seal.command("stolen", epilog='Example:  lms seal stolen --since "2026-11-20 18:00" --reason "…"')
@click.option("--since", required=True, help="From when on it may be in other hands, in Bucharest.")
@click.option("--reason", required=True, help="What happened; it stays in the record.")
@click.option("--fingerprint", default="", help="An older seal than the present one.")
def stolen(since: str, reason: str, fingerprint: str) -> None:
    """Report that the seal's key is in other hands; a new seal takes its place at once."""
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        raise click.ClickException("Write the moment so: 2026-11-20 18:00") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(ZONE))
    if not reason.strip():
        raise click.ClickException("Say what happened: --reason “…”.")
    made = sealing.report_stolen(since=moment, reason=reason.strip(), fingerprint=fingerprint)
    click.echo("Noted. What the register holds stays valid; whatever else it sealed is refused.")
    _tell(made)


def _tell(made: Signer) -> None:
    click.echo(f"The present seal: {made.fingerprint}")
    click.echo("Take its recovery kit to another place: lms certificate kit --help")
