"""After a restore, from the shell: last numbers, lost ones entered again, or annulled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from lms import clock, db
from lms.certificates import lost, recovery, refilling, register
from lms.certificates.errors import BelowTheRegister, NothingLocked, WrongState
from lms.certificates.finding import Found, Refusal, read_files
from lms.certificates.models import Certificate
from lms.certificates.numbering import CertificateNumber, parse_number
from lms.certificates.recovery import ENTERED, Plan, Step


def _number(text: str) -> CertificateNumber:
    number = parse_number(text)
    if number is None:
        raise click.ClickException(f"{text} is no number. Nothing was changed.")
    return number


@click.command(
    "unlock",
    epilog="Example:  lms certificate unlock --last OS2-2026-000123-K "
    '--reason "Registrul zilei de 21 noiembrie"',
)
@click.option(
    "--last", "numbers", multiple=True, metavar="NUMBER", help="The last number handed out."
)
@click.option(
    "--as-held",
    is_flag=True,
    help="In the other series and years, the last number in the register is the last one.",
)
@click.option("--reason", required=True, help="What was compared, and with what.")
@with_appcontext
def unlock(numbers: tuple[str, ...], as_held: bool, reason: str) -> None:
    """Confirm the last numbers handed out, after a restore; where none is lost, they go on."""
    if not reason.strip():
        raise click.ClickException("Unlocking needs its reason.")
    said = {(n.series, n.year): n.serial for n in map(_number, numbers)}
    with db.writing():
        locked = [each for each in lost.open_ones() if each.reason]
        if not locked:
            raise click.ClickException("No numbers are locked.")
        if as_held:
            for each in locked:
                if each.confirmed_serial is None:
                    said.setdefault((each.series, each.year), each.last_serial)
        if not said:
            raise click.ClickException("Say --last NUMBER, or --as-held. Nothing was changed.")
        for (series, year), serial in sorted(said.items()):
            _confirm(series, year, serial, reason.strip())
    _say_state()


def _confirm(series: str, year: int, serial: int, reason: str) -> None:
    try:
        lost.confirm_last(series, year, serial, by=None, reason=reason)
    except NothingLocked as error:
        raise click.ClickException(f"{error} is not locked. Nothing was changed.") from error
    except BelowTheRegister as error:
        raise click.ClickException(
            f"The register itself holds {error}, which is later. Nothing was changed."
        ) from error


def _say_state() -> None:
    still = lost.open_ones()
    for each in still:
        if each.lost:
            named = ", ".join(each.number(serial) for serial in each.lost[:20])
            click.echo(f"{each.name} stays locked; lost: {named}.")
        elif each.confirmed_serial is None:
            click.echo(f"{each.name} stays locked; its last number is not confirmed.")
    if not still:
        click.echo("Numbers are given again.")
    db.end_reading()


@click.command(
    "recover", epilog="Example:  lms certificate recover registru-2026-11-21.csv certificate/*.pdf"
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--whose",
    "choices",
    multiple=True,
    metavar="NUMBER=ENROLMENT",
    help="Say whose it is, where several people have the name.",
)
@with_appcontext
def recover(files: tuple[Path, ...], choices: tuple[str, ...]) -> None:
    """Enter lost certificates again from FILES: registers of a day, sealed PDFs, ZIPs of them."""
    chosen = _choices(choices)
    read = list(read_files([(path.name, path.read_bytes()) for path in files]))
    refused = [each for each in read if isinstance(each, Refusal) and each.why != "known"]
    plans = refilling.prepare([each for each in read if isinstance(each, Found)])
    db.end_reading()
    steps: Counter[Step] = Counter()
    lines = []
    with db.writing():
        for plan in plans:
            place = chosen.get(plan.found.number)
            asked = Plan(plan.found, plan.step, place or plan.enrolment_id, plan.candidates)
            step = refilling.apply(asked, by=None, now=clock.now())
            steps[step] += 1
            lines += _lines(asked, step)
    for line in lines:
        click.echo(line)
    for each in refused:
        click.echo(f"{each.name}: not used ({each.why}).")
    entered = sum(steps[step] for step in ENTERED)
    waits = steps[Step.CHOOSE] + steps[Step.NO_PLACE]
    click.echo(f"Entered or completed: {entered}; waiting: {waits}; refused: {len(refused)}.")
    _say_state()
    if waits or refused or steps[Step.CONFLICT] or steps[Step.OTHER_DUPLICATE]:
        raise SystemExit(1)


def _choices(texts: tuple[str, ...]) -> dict[str, int]:
    chosen = {}
    for text in texts:
        number, _sign, place = text.partition("=")
        if not place.isdecimal():
            raise click.ClickException(f"--whose wants NUMBER=ENROLMENT, not “{text}”.")
        chosen[str(_number(number))] = int(place)
    return chosen


def _lines(plan: Plan, step: Step) -> list[str]:
    found = plan.found
    if step is Step.CONFLICT:
        return [f"{found.number}: the register holds it for another certificate; not changed."]
    if step is Step.OTHER_DUPLICATE:
        return [f"{found.number}: the register holds a duplicate of another day; not changed."]
    if step is Step.NO_PLACE:
        return [
            f"{found.number} {found.holder}: nobody of this name is on an edition of its series."
        ]
    if step is Step.CHOOSE:
        told = [f"{found.number} {found.holder}: whose? Say --whose {found.number}=ENROLMENT:"]
        return told + [
            f"  {c.enrolment_id}  {c.name}, {c.organisation or '–'}, {c.edition}"
            for c in recovery.candidates_of(found)
        ]
    return [f"{found.number} {found.holder}: {step.value}"] if step is not Step.NOTHING else []


@click.command(
    "void", epilog='Example:  lms certificate void OS2-2026-000123-K --reason "Fișier pierdut"'
)
@click.argument("number")
@click.option("--reason", required=True, help="Why; it stays in the register.")
@with_appcontext
def void(number: str, reason: str) -> None:
    """Annul a NUMBER that is reserved, or was lost with a backup: nobody gets it."""
    if not reason.strip():
        raise click.ClickException("Annulling needs its reason.")
    parsed = _number(number)
    try:
        with db.writing() as session:
            found = session.scalars(
                sa.select(Certificate).where(Certificate.number == str(parsed)).with_for_update()
            ).one_or_none()
            if found is None:
                lost.annul(parsed, by=None, reason=reason.strip(), now=clock.now())
            else:
                register.void(found, by=None, reason=reason.strip(), now=clock.now())
    except WrongState as error:
        raise click.ClickException(
            f"{parsed} can't be annulled: it is {error}. A valid one is revoked instead."
        ) from error
    click.echo(f"Annulled: {parsed}")
