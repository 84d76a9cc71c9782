"""Do all kept files still validate? Asked from the shell."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from lms import db
from lms.certificates import validity
from lms.certificates.models import ValidityCheck


@click.command("health", epilog="Example:  lms certificate health --json")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@with_appcontext
def health(as_json: bool) -> None:
    """Verify every kept file: hash, seal, timestamps, register; exit 1 where one fails."""
    key = validity.check_all()
    row = db.session().get_one(ValidityCheck, key)
    found = validity.overview()
    faults = found.faults
    if as_json:
        value = {
            "files": row.total,
            "levels": dict(found.levels),
            "waiting": found.waiting,
            "stamped_until": found.stamped_until.isoformat() if found.stamped_until else None,
            "faults": [
                {"number": f.number, "file": f.name, "wrong": f.wrong.value, "detail": f.detail}
                for f in faults
            ],
        }
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            click.echo(f"{fault.name}: {fault.wrong.value} {fault.detail}".rstrip())
        shown = ", ".join(f"{level} {count}" for level, count in found.levels)
        click.echo(f"Files: {row.total}; certificates by best level: {shown}.")
        if found.waiting:
            click.echo(f"Waiting for a timestamp: {found.waiting} ({found.last_error})")
        click.echo("All validate." if not faults else f"Faults: {len(faults)}.")
    if faults:
        raise SystemExit(1)
