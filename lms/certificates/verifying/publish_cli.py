"""`lms certificate publish`: what is left when the site is gone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import db
from lms.certificates.signing.api import SealError
from lms.certificates.verifying import publishing


@click.command("publish", epilog="Example:  lms certificate publish /srv/atestat/publicat")
@click.argument("target", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@with_appcontext
def publish(target: Path, as_json: bool) -> None:
    """Write into DIR a site that checks certificates without this one, for any web space."""
    try:
        done = publishing.publish(target)
    except SealError as error:
        raise click.ClickException(f"The list can't be signed: {error}.") from error
    except OSError as error:
        raise click.ClickException(f"{target} can't be written: {error.strerror}.") from error
    finally:
        db.end_reading()
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(f"Written: {done.files} files, {done.certificates} certificates, in {target}.")
    click.echo("Put the folder on a web space with https, and write it anew after each change.")
