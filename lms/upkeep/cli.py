"""The chains of record and register, held against themselves and their checkpoints."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.certificates import checkpoints, health
from lms.certificates.checkpoint_file import (
    Checkpoint,
    NotACheckpoint,
    read_checkpoints,
    write_checkpoints,
)
from lms.upkeep import chains


@click.group("audit")
def audit() -> None:
    """Check the record of acts and the register of certificates."""


@audit.command("verify", epilog="Example:  lms audit verify --checkpoints puncte-de-control.json")
@click.option(
    "--checkpoints",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Checkpoints kept elsewhere: mailed, downloaded, or from a backup. May be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@with_appcontext
def verify(files: tuple[Path, ...], as_json: bool) -> None:
    """Find entries edited, missing or inserted, and chains made anew or cut off; exit 1 then."""
    given = [checkpoint for path in files for checkpoint in _read(path)]
    given.sort(key=lambda checkpoint: checkpoint.at)
    faults = [str(sentence) for sentence in _within()]
    faults += [str(sentence) for sentence in chains.checkpoint_faults()]
    if files:
        faults += [str(sentence) for sentence in chains.checkpoint_faults(given)]
    faults = list(dict.fromkeys(faults))
    ends = checkpoints.ends()
    held = len(list(checkpoints.folder().glob("*.json")))
    if as_json:
        value = {
            "chains": {end.chain: end.count for end in ends},
            "checkpoints_here": held,
            "checkpoints_given": len(given),
            "faults": faults,
        }
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            click.echo(fault)
        shown = ", ".join(f"{end.chain} {end.count}" for end in ends) or "none"
        click.echo(f"Entries: {shown}. Checkpoints: {held} here, {len(given)} given.")
        if not held and not given:
            click.echo("No checkpoint was signed yet: a chain made anew would not show.")
        click.echo("All holds." if not faults else f"Faults: {len(faults)}.")
    if faults:
        raise SystemExit(1)


def _within() -> list[object]:
    """Say what is wrong in the chains themselves, and at their ends."""
    return [
        *chains.record_faults(),
        *(fault.sentence for fault in health.register_faults()),
        *(fault.sentence for fault in health.number_faults() if fault.is_danger),
        *chains.end_faults(current_app.config["LMS"]),
    ]


def _read(path: Path) -> list[Checkpoint]:
    try:
        return read_checkpoints(path.read_bytes())
    except NotACheckpoint as error:
        raise click.ClickException(f"{path} holds no checkpoints: {error}.") from error


@audit.command("checkpoint", epilog="Example:  lms audit checkpoint > checkpoint.json")
@with_appcontext
def checkpoint() -> None:
    """Sign where the chains end now, keep it, and print it: to be stored elsewhere."""
    made = checkpoints.keep()
    if made is None:
        raise click.ClickException("There is nothing to sign, or no seal to sign with.")
    click.echo(write_checkpoints([made], ()).decode(), nl=False)
