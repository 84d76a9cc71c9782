"""Backups from the shell."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from lms.backup import lockbox, rehearsal, services
from lms.backup.models import RunState
from lms.backup.write import record_backup, write_backup
from lms.config import Settings

backup = AppGroup("backup", help="Make, prove, list and fetch backups.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


def _say(value: Any, as_json: bool, *lines: str) -> None:
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    else:
        for line in lines:
            click.echo(line)


def _scheduled() -> Settings:
    settings = _settings()
    if not settings.backup_to:
        raise click.ClickException("LMS_BACKUP_TO is empty: name a folder or an S3 store first.")
    return settings


@backup.command(
    "write", epilog="Example:  lms backup write /mnt/other-disk/atestat-$(date +%F).zip"
)
@click.argument("file", type=click.Path(path_type=Path))
@_as_json
def write(file: Path, as_json: bool) -> None:
    """Write database, files, keys and settings into one new FILE, while the site runs.

    The file is not encrypted and opens everything: keep it as safe as the server.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    made = write_backup(app, file)
    record_backup(made)
    line = f"{made.path}: {made.size} bytes, {made.rows} rows, {made.files} files"
    _say(asdict(made), as_json, line)


@backup.command("now", epilog="Example:  lms backup now")
@_as_json
def now(as_json: bool) -> None:
    """Make a backup at LMS_BACKUP_TO now, and prove it by restoring it."""
    _scheduled()
    run = services.make_now()
    value = {
        "state": run.state.value,
        "name": run.name,
        "place": run.place,
        "size": run.size,
        "sha256": run.sha256,
        "restored_ms": run.restored_ms,
        "fault": run.fault,
    }
    if run.state is RunState.GOOD:
        seconds = (run.restored_ms or 0) / 1000
        proved = f"{run.size} bytes, restored and found whole in {seconds:.1f} s"
        _say(value, as_json, f"{run.place}/{run.name}: {proved}")
        return
    _say(value, as_json)
    raise click.ClickException(run.fault)


@backup.command("verify", epilog="Example:  lms backup verify atestat-0.1.0-2026-11-22.zip.age")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_as_json
def verify(file: Path, as_json: bool) -> None:
    """Restore FILE beside the site, look for damage, and leave nothing of it behind."""
    settings = _settings()
    with lockbox.opened(file, settings.backup_key, settings.instance) as plain:
        proof = rehearsal.rehearse(plain, settings)
    seconds = proof.milliseconds / 1000
    line = f"Restored {proof.rows} rows and {proof.files} files in {seconds:.1f} s."
    _say(asdict(proof), as_json, line, *(f"DANGER: {danger}" for danger in proof.dangers))
    if proof.dangers:
        raise SystemExit(1)
    if not as_json:
        click.echo("The backup is good.")


@backup.command("list", epilog="Example:  lms backup list --json")
@_as_json
def list_(as_json: bool) -> None:
    """List the backups at LMS_BACKUP_TO."""
    held = services.there(_scheduled())
    value = [{"name": k.name, "at": k.at.isoformat(), "size": k.size} for k in held]
    _say(value, as_json, *(f"{k.at:%Y-%m-%d %H:%M} UTC  {k.size:>12}  {k.name}" for k in held))
    if not held and not as_json:
        click.echo("There is no backup yet.")


@backup.command("fetch", epilog="Example:  lms backup fetch latest site.zip")
@click.argument("name")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def fetch(name: str, target: Path) -> None:
    """Fetch the backup NAME, or latest, into a new file TARGET, opened; lms restore takes it."""
    fetched = services.fetch(_scheduled(), name, target)
    click.echo(f"{fetched} is now {target}, not encrypted any more.")


@backup.command("key", epilog="Example:  lms backup key")
def key() -> None:
    """Make a key for backups and print it, once; nothing is stored."""
    secret = lockbox.new_key()
    click.echo(f"LMS_BACKUP_KEY={secret}")
    click.echo(
        "Put this line among the settings, and print it: without the key no backup opens. "
        "A machine that shall only lock takes the public part instead: "
        f"{lockbox.public_of(secret)}",
        err=True,
    )
