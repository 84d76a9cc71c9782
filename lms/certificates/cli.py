"""Certificates from the shell."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from lms import clock, db
from lms.certificates import issuing, kits, public, queries, seals
from lms.certificates.bulk import issue_many
from lms.certificates.errors import WrongState
from lms.certificates.models import Certificate
from lms.certificates.numbering import parse_number
from lms.certificates.office_cli import write_new
from lms.certificates.queries import Wanted
from lms.certificates.register import revoke as revoke_certificate
from lms.certificates.signing.api import SealError
from lms.certificates.verifying.offline_cli import Given, offline_options, verify_offline
from lms.courses.models import Edition, Enrolment

certificate = AppGroup("certificate", help="Issue, verify and mind certificates.")

_as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def _say(value: Any, as_json: bool, *lines: str) -> None:
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    for line in () if as_json else lines:
        click.echo(line)


@certificate.command("issue", epilog="Example:  lms certificate issue --edition os2-2026")
@click.option("--edition", "slug", help="Only this edition; every edition otherwise.")
@click.option("--enrolment", "enrolment_id", type=int, help="Only this enrolment.")
@_as_json
def issue(slug: str | None, enrolment_id: int | None, as_json: bool) -> None:
    """Issue every certificate that is due; finish those that are reserved."""
    outcomes = issue_many(_due(slug, enrolment_id))
    results = [_result(each, outcome) for each, outcome in outcomes.items()]
    issued = [r for r in results if r["number"]]
    lines = [f"{r['enrolment']}: {r['number'] or r['fault']}" for r in results]
    _say(results, as_json, *lines, f"Issued: {len(issued)} of {len(results)}.")
    if len(issued) < len(results):
        raise SystemExit(1)


def _due(slug: str | None, enrolment_id: int | None) -> list[int]:
    if enrolment_id is not None:
        found = db.session().get(Enrolment, enrolment_id)
        db.end_reading()
        if found is None:
            raise click.ClickException(f"There is no enrolment {enrolment_id}.")
        return [enrolment_id]
    edition_id = None
    if slug:
        edition_id = db.session().scalar(sa.select(Edition.id).where(Edition.slug == slug))
        if edition_id is None:
            raise click.ClickException(f"There is no edition “{slug}”.")
    waiting = [c.enrolment_id for c in queries.unfinished()]
    db.end_reading()
    return list(dict.fromkeys([*waiting, *issuing.due_enrolments(edition_id)]))


def _result(enrolment_id: int, outcome: issuing.Outcome) -> dict[str, Any]:
    number, fault = None, ""
    if outcome.certificate_id is not None:
        row = db.session().get_one(Certificate, outcome.certificate_id)
        number = row.number if row.issued_at else None
        fault = row.last_error or "not finished yet"
        db.end_reading()
    elif outcome.failure:
        fault = outcome.failure
    elif outcome.refusal is not None:
        fault = str(outcome.refusal) or type(outcome.refusal).__name__
    elif outcome.eligibility is not None:
        fault = ", ".join(m.reason.value for m in outcome.eligibility.missing) or "not eligible"
    return {"enrolment": enrolment_id, "number": number, "fault": "" if number else fault}


@certificate.command("verify", epilog="Example:  lms certificate verify certificat.pdf --json")
@click.argument("file_or_code")
@offline_options
@_as_json
def verify(file_or_code: str, as_json: bool, **given: Path | None) -> None:
    """Verify a PDF file, a code or a number; exit 1 where it isn't a valid certificate.

    With --root a file is judged offline: no instance, no database and no network is needed.
    """
    path = Path(file_or_code)
    if given["root"] is not None:
        verify_offline(path, Given(**given), as_json=as_json)
        return
    if path.is_file():
        data = path.read_bytes()
        seen = public.inspect(data)
        verdict, found = public.check_file(seen, hashlib.sha256(data).hexdigest())
    else:
        number = parse_number(file_or_code)
        row = queries.by_number(str(number)) if number else None
        verdict, found = public.check_code(row.code if row else file_or_code)
    shown = found if found and verdict.outcome in public.SHOWS_HOLDER else None
    value = {
        "status": verdict.outcome.value,
        "is_valid": verdict.is_good,
        "number": found.number if found else None,
        "holder": shown.facts["holder"] if shown else None,
        "course": shown.facts["course"] if shown else None,
        "issued_on": shown.issued_on.isoformat() if shown else None,
    }
    if verdict.badge is not None:
        value["attached_credential"] = verdict.badge.value
    if verdict.seal_stolen_since is not None:
        value["seal_stolen_since"] = verdict.seal_stolen_since.isoformat()
    who = f"{value['number']}, {value['holder']}" if shown else value["number"] or ""
    _say(value, as_json, f"{verdict.outcome.value} {who}".strip())
    if not verdict.is_good:
        raise SystemExit(1)


@certificate.command(
    "revoke", epilog='Example:  lms certificate revoke OS2-2026-000123-K --reason "Decizia 12"'
)
@click.argument("number")
@click.option("--reason", required=True, help="Why; it stays in the register.")
def revoke(number: str, reason: str) -> None:
    """Revoke a valid certificate by its NUMBER."""
    parsed = parse_number(number)
    if not reason.strip():
        raise click.ClickException("A revocation needs its reason.")
    with db.writing() as session:
        found = session.scalars(
            sa.select(Certificate).where(Certificate.number == str(parsed)).with_for_update()
        ).one_or_none()
        if found is None:
            raise click.ClickException(f"There is no certificate {number}.")
        try:
            revoke_certificate(found, by=None, reason=reason.strip(), now=clock.now())
        except WrongState as error:
            raise click.ClickException(
                f"{found.number} is {error}: only a valid certificate can be revoked."
            ) from error
        name = found.number
    click.echo(f"Revoked: {name}")


@certificate.command("list", epilog="Example:  lms certificate list --edition os2-2026 --json")
@click.option("--edition", "slug", help="Only this edition.")
@_as_json
def list_certificates(slug: str | None, as_json: bool) -> None:
    """List the register in the numbers' order."""
    edition_id = None
    if slug:
        edition_id = db.session().scalar(sa.select(Edition.id).where(Edition.slug == slug))
        if edition_id is None:
            raise click.ClickException(f"There is no edition “{slug}”.")
    lines = queries.lines_of(Wanted(edition_id=edition_id))
    value = [
        {
            "number": line.number,
            "state": line.state.value,
            "holder": line.holder,
            "edition": line.edition,
            "issued_on": line.issued_on.isoformat() if line.issued_on else None,
            "code": line.code,
            "sha256": line.sha256,
        }
        for line in lines
    ]
    _say(value, as_json, *(f"{v['number']}  {v['state']:<10}  {v['holder']}" for v in value))


@certificate.command(
    "kit", epilog='Example:  lms certificate kit sigiliu.zip --stored-at "seif, biroul 3"'
)
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--stored-at", "where", default="", help="Say where the kit is kept from now on.")
def kit(target: Path | None, where: str) -> None:
    """Write the seal's recovery kit to a new file TARGET, readable by its owner only."""
    if target is None and not where:
        raise click.ClickException("Name a TARGET to write, or say --stored-at where the kit is.")
    try:
        data = kits.pack()
        fingerprint = seals.signer().fingerprint
    except SealError as error:
        raise click.ClickException(f"There is no kit: {error}.") from error
    if target is not None:
        write_new(target, [data])
        click.echo(f"Written: {target}. Take it to another place, locked away.")
    if where:
        with db.writing():
            kits.say_kept(fingerprint, where=where[:255], by=None, now=clock.now())
        click.echo(f"Noted: the kit is kept at “{where}”.")
