"""The console script `lms`: does from the shell what pages do."""

from __future__ import annotations

import gc
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, ScriptInfo, routes_command, shell_command
from sqlalchemy.exc import DBAPIError, OperationalError

from lms import __version__, checks, clock, create_app, first_run, schema
from lms.config import Mode, SettingError, Settings
from lms.errors import Refused

FLASKS_OWN_OPTIONS = frozenset({"env_file", "app", "debug"})


def example(text: str) -> str:
    """Make the example that ends a command's help."""
    return f"Example:  {text}"


def say_json(value: Any) -> None:
    """Print a value for a program to read."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _settings() -> Settings:
    settings: Settings = current_app.config["LMS"]
    return settings


class Commands(FlaskGroup):
    """The commands of the application; a refusal is one sentence and a non-zero exit."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(
            add_default_commands=False,
            add_version_option=False,
            load_dotenv=False,
            set_debug_flag=False,
            **extra,
        )
        self.params = [p for p in self.params if p.name not in FLASKS_OWN_OPTIONS]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands, or say in a sentence why they can't be."""
        self._load(ctx)
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Find a command, or say in a sentence why it can't be found."""
        self._load(ctx)
        return super().get_command(ctx, name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what was refused into one sentence."""
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            reason = str(refusal) or (type(refusal).__doc__ or "Refused.").split("\n")[0]
            raise click.ClickException(reason) from refusal
        except OperationalError as fault:
            raise click.ClickException(f"The database refused: {fault.orig}") from fault

    def _load(self, ctx: click.Context) -> None:
        try:
            ctx.ensure_object(ScriptInfo).load_app()
            if not gc.isenabled():
                gc.freeze()  # what is loaded stays, and is shared with the children of lms serve
                gc.enable()
        except SettingError as error:
            _refuse(str(error))
        except OSError as error:
            _refuse(f"The instance can't be used: {error}")


def _refuse(sentence: str) -> NoReturn:
    raise click.ClickException(sentence)


def _create_app() -> Flask:
    with checks.starting_leniently():  # what a command sets right must not keep it from starting
        return create_app()


@click.group(cls=Commands, create_app=_create_app, context_settings={"max_content_width": 100})
@click.version_option(__version__, prog_name="atestat")
def main() -> None:
    """Run the training platform.

    Settings are read from the environment (LMS_…); docs/settings.md lists them.
    """


@click.command("serve", epilog=example("LMS_PORT=9000 lms serve"))
@click.option("--host", help="Address to bind; the setting LMS_HOST otherwise.")
@click.option("--port", type=int, help="Port to bind, 0 for any; the setting LMS_PORT otherwise.")
@click.option("--no-worker", is_flag=True, help="Leave background work to another lms worker.")
@click.option("--demo", "fill", is_flag=True, help="First do what lms demo --if-empty does.")
@click.pass_context
def serve_command(
    ctx: click.Context, host: str | None, port: int | None, no_worker: bool, fill: bool
) -> None:
    """Serve the site, and do its background work, until SIGTERM or Ctrl-C."""
    from lms import serve

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if fill:  # in this process, since loading the program twice takes longer than serving it
        ctx.invoke(app.cli.commands["demo"], if_empty=True)
    settings = _settings()
    host, port = host or settings.host, settings.port if port is None else port
    if settings.mode is Mode.DEMO and not checks.settings.is_loopback(host):
        _refuse(f"The demo may only be served on this machine, not on {host}.")
    checks.refuse_dangerous_start(app)

    def ready(bound: int) -> None:
        at = f"{host}:{bound}" + (f" for {settings.base_url}" if settings.behind_proxy else "")
        click.echo(f"Serving on http://{at} (Ctrl-C ends it)")

    try:
        serve.serve(app, host=host, port=port, with_worker=not no_worker, ready=ready)
    except serve.PortTakenError as error:
        _refuse(f"{error} Set LMS_PORT to a free port.")


@click.command("worker", epilog=example("lms worker --threads 4"))
@click.option("--threads", type=click.IntRange(1, 32), default=2, show_default=True)
def worker_command(threads: int) -> None:
    """Do the background work alone, until SIGTERM or Ctrl-C."""
    from lms.jobs.worker import run_worker

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    checks.refuse_dangerous_start(app)
    drained = run_worker(app, threads=threads, ready=lambda: click.echo("Working (Ctrl-C ends it)"))
    if not drained:
        _refuse("Some work was not finished in time; it will be taken up at the next start.")


@click.command("init", epilog=example('lms init --organisation "Asociația Exemplu"'))
@click.option("--organisation", default="", help="Who issues the certificates; named in the seal.")
@click.option("--owner-link", is_flag=True, help="Only print a new link for the first owner.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def init_command(organisation: str, owner_link: bool, as_json: bool) -> None:
    """Make a new site: tables and keys, no demo data; print a one-time link for its first owner."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    told: list[str] = []
    if not owner_link:
        if schema.current() is not None:
            _refuse("This site is set up already. To update it run: lms upgrade")
        schema.upgrade()
        told = first_run.run_steps(app, first_run.FirstRun(organisation=organisation.strip()))
    link = _first_owner_link()
    if as_json:
        say_json({"owner_link": link, "told": told})
        return
    for sentence in told:
        click.echo(sentence)
    click.echo(f"Open this link once to become the owner:\n{link}")


def _first_owner_link() -> str:
    from lms import db
    from lms.accounts import services

    with db.writing():
        return services.first_owner_link(now=clock.now())


@first_run.step("seal")
def _make_seal(_app: Flask, said: first_run.FirstRun) -> str | None:
    from lms.certificates import seals

    if not said.organisation and not _settings().seal_is_external:
        return "No seal was made: the first certificate makes it, in the name of its issuer."
    seals.signer(said.organisation)
    return "The seal is ready. Take its recovery kit to another place: see lms check."


@click.command("upgrade", epilog=example("lms upgrade"))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def upgrade_command(as_json: bool) -> None:
    """Back the site up, migrate its database, check it. Stop lms serve before.

    Stopped at any moment it leaves the site as it was or as it shall be: run it again.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    before = schema.current()
    if before is None:
        _refuse("There is no site here yet. To make one run: lms init")
    if not schema.knows(before):
        _refuse("The database was made by a newer program. Install that version again.")
    made = _backed_up(app)
    if not as_json:
        click.echo(f"Backup: {made}")
    _migrate(before, made)
    problems = checks.run_checks(app, checks.scopes_of_command(_settings().mode, deep=False))
    if as_json:
        report = {"backup": made, "from": before, "to": schema.head()}
        say_json(report | {"problems": [asdict(p) for p in problems]})
    else:
        click.echo(f"Database: {before} → {schema.head()}")
        _print_problems(problems)
        click.echo("The site is upgraded. Start the service again.")
    _exit_on_errors([p for p in problems if checks.CHECKS[p.check].scope in _AT_START])


_AT_START = (checks.Scope.ALWAYS, checks.Scope.PRODUCTION)  # what would refuse the start


def _backed_up(app: Flask) -> str:
    """Write the backup that an upgrade begins with; refuse where it can't be had."""
    from lms import backup

    try:
        made = backup.write_backup(app, backup.free_name(_settings().folder("backups")))
    except (OSError, sqlite3.Error, DBAPIError) as fault:
        reason = getattr(fault, "strerror", None) or str(getattr(fault, "orig", fault))
        _refuse(
            f"The backup could not be written: {reason}. Nothing was changed. Make room on the "
            f"disk of {_settings().instance}, then run lms upgrade again."
        )
    return made.path


def _migrate(before: str, made: str) -> None:
    """Migrate in one transaction; where it breaks, say what stands and what to do."""
    try:
        schema.upgrade()
    except Exception as fault:
        now = schema.current()
        stands = "as it was before" if now == before else f"at {now}"
        reason = str(getattr(fault, "orig", None) or fault).partition("\n")[0]
        raise click.ClickException(
            f"The migration stopped: {reason}\nThe database is {stands}; nothing was lost. "
            "Mend the cause and run lms upgrade again; or put the old program in place and start "
            f"it. The backup, should you want it: {made}"
        ) from fault


@click.command("check", epilog=example("lms check --deep --json"))
@click.option("--deep", is_flag=True, help="Also read every row and file, looking for damage.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def check_command(deep: bool, as_json: bool) -> None:
    """Say what is dangerous or forgotten; exit 1 where something is dangerous."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    problems = checks.run_checks(app, checks.scopes_of_command(_settings().mode, deep=deep))
    if as_json:
        say_json([asdict(p) for p in problems])
    else:
        _print_problems(problems)
    _exit_on_errors(problems)


@click.command("doctor", epilog=example("lms doctor --json"))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def doctor_command(as_json: bool) -> None:
    """Look for damage everywhere: store, files, keys, mail, clock, chains, background work.

    Each finding says what is wrong, what it endangers, and what to do. Exit 1 where something is in
    danger. It changes nothing.
    """
    from lms.upkeep.services import doctor

    problems = doctor(_settings())
    if as_json:
        say_json([asdict(p) for p in problems])
    else:
        for problem in problems:
            click.echo(f"{_LEVELS[problem.level]} {problem.sentence} [{problem.check}]")
            for word, said in (("Endangers", problem.endangers), ("Do", problem.hint)):
                if said:
                    click.echo(f"    {word}: {said}")
        if not problems:
            click.echo("All is well.")
    _exit_on_errors(problems)


_LEVELS = {checks.Level.ERROR: "DANGER:", checks.Level.WARNING: "To do:"}


def _print_problems(problems: list[checks.Problem]) -> None:
    for problem in problems:
        click.echo(f"{problem.level.value}: {problem.sentence} {problem.hint} [{problem.check}]")
    if not problems:
        click.echo("No problems found.")


def _exit_on_errors(problems: list[checks.Problem]) -> None:
    if any(p.level is checks.Level.ERROR for p in problems):
        raise SystemExit(1)


@click.command(
    "restore", epilog=example("LMS_INSTANCE=/srv/atestat lms restore atestat-2026-11-22.zip")
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def restore_command(file: Path, as_json: bool) -> None:
    """Put a backup FILE into an empty instance and an empty database.

    Issuing stays locked until somebody has made sure that no number given after the backup is lost.
    """
    from lms.backup import lockbox, read

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    settings = _settings()
    with lockbox.opened(file, settings.backup_key, settings.instance) as plain:
        done = read.restore_backup(app, plain)
    if as_json:
        say_json(asdict(done))
        return
    click.echo(f"Restored the backup of {done.made_at}: {done.rows} rows, {done.files} files.")
    click.echo(
        "Everybody signs in again. Issuing is locked until the last numbers are confirmed: "
        "lms certificate unlock --help"
    )
    if done.settings_that_differ:
        click.echo(f"Settings that differ from then: {', '.join(done.settings_that_differ)}")


OWN = (
    serve_command,
    worker_command,
    init_command,
    upgrade_command,
    check_command,
    doctor_command,
    restore_command,
)


def init_app(app: Flask) -> None:
    """Add the installation's own commands to those that features have added, and its checks."""
    for command in (*OWN, shell_command, routes_command):
        app.cli.add_command(command)
