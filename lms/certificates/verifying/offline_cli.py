"""`lms certificate verify FILE --root PEM`: without an instance, a database or a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lms import clock
from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.verification import PdfOutcome, PdfVerdict, run_limited
from lms.certificates.verifying.listing import SEALS, Listed, look_up
from lms.certificates.verifying.offline import (
    Anchors,
    NoRoot,
    badge_of,
    read_badge_keys,
    report,
    trust_of,
)

_ZONE = "Europe/Bucharest"

SENTENCES = {
    PdfOutcome.INTACT: "GENUINE: sealed by this issuer, and not changed since.",
    PdfOutcome.CHANGED: "CHANGED after issue, for example saved again or printed to PDF.",
    PdfOutcome.ADDED_TO: "CHANGED after issue: something was added to the file.",
    PdfOutcome.MANY_SIGNATURES: "CHANGED after issue: somebody else has signed it too.",
    PdfOutcome.UNKNOWN_SIGNER: "NOT OURS: sealed, but not by this issuer.",
    PdfOutcome.NO_SIGNATURE: "NO SEAL: a copy, a printout, or another document.",
    PdfOutcome.IMAGE: "A PICTURE: it holds no seal. Compare it with the register.",
    PdfOutcome.NOT_PDF: "CAN'T BE READ: this is no PDF.",
    PdfOutcome.TOO_LARGE: "TOO LARGE: a certificate never has more than 4 MB.",
    PdfOutcome.UNREADABLE: "CAN'T BE READ: damaged, or locked with a password.",
}

_ODD_BADGE = (
    "NOT GOOD AS IT IS: sealed by this issuer and not changed since, but with a badge in it that "
    "isn't good. Ask the issuer, and don't rely on the badge."
)

_BADGES = {
    CredentialOutcome.VALID: "signed by this issuer; it says the same",
    CredentialOutcome.EXPIRED: "signed by this issuer; it says the same, and its days are over",
    CredentialOutcome.KEY_UNCHECKED: "it says the same; whose key it is, --badge-keys can tell",
    CredentialOutcome.UNKNOWN_KEY: "NOT GOOD: signed with a key that isn't this issuer's",
    CredentialOutcome.OTHER_CERTIFICATE: "NOT GOOD: it says otherwise than the certificate",
    CredentialOutcome.BAD_SIGNATURE: "NOT GOOD: its signature doesn't hold",
}


def _badge_words(credential: dict[str, str]) -> str:
    outcome = CredentialOutcome(credential["status"])
    said = _BADGES.get(outcome, f"NOT GOOD: {outcome.value}")
    return f"{said} ({credential['detail']})" if credential["detail"] else said


_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def offline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options by which a file is judged without a register."""
    for name, words in (
        ("--status", "With --root: folder that lms certificate publish wrote; or a copy of it."),
        ("--badge-keys", "With --root: the site's jwks.json; then only these sign its badges."),
        ("--signatory", "With --root: PEM of signatories who may sign too."),
        ("--tsa-root", "With --root: PEM of the timestamps' authorities."),
        ("--root", "Ask no register: trust this PEM alone (docs/verify.md)."),
    ):
        kind = _FOLDER if name == "--status" else _FILE
        command = click.option(name, type=kind, help=words)(command)
    return command


@click.command("verify", epilog="Example:  lms certificate verify certificat.pdf --root root.pem")
@click.argument("file")
@offline_options
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def offline(file: str, as_json: bool, **given: Path | None) -> None:
    """Verify a PDF file by trusted certificates alone; exit 1 where it isn't genuine."""
    verify_offline(Path(file), Given(**given), as_json=as_json)


@dataclass(frozen=True)
class Given:
    """What there is to judge by."""

    root: Path | None
    tsa_root: Path | None = None
    signatory: Path | None = None
    status: Path | None = None
    badge_keys: Path | None = None


def verify_offline(path: Path, given: Given, *, as_json: bool) -> None:
    """Verify a file by trusted certificates alone; exit 1 where it isn't genuine.

    Where the published status is at hand, it must also have been valid, with this very file.
    """
    if not path.is_file():
        raise click.ClickException(f"There is no file {path}.")
    try:
        anchors = Anchors.of(_read(given.root))
        trust = trust_of(_read(given.tsa_root), _read(given.signatory))
        keys = read_badge_keys(_read(given.badge_keys)) if given.badge_keys else None
    except NoRoot as error:
        raise click.ClickException(f"What is to be trusted can't be used: {error}.") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename} can't be read: {error.strerror}.") from error
    seals = anchors.seals_for(path.read_bytes())
    verdict = run_limited(path, trusted=seals, later=trust)
    said = report(verdict, seals, badge_of(verdict, anchors, keys, now=clock.now()))
    listed = _listed(given.status, anchors, verdict) if given.status else None
    if listed is not None:
        said |= {"register": listed.to_plain(), "left_open": ["seal_stolen"]}
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        _say(verdict.outcome, said, listed)
    if not said["is_genuine"] or (listed is not None and not listed.is_good):
        raise SystemExit(1)


def _read(path: Path | None) -> bytes:
    return path.read_bytes() if path else b""


def _listed(folder: Path, anchors: Anchors, verdict: PdfVerdict) -> Listed | None:
    """Ask what was published; nothing where the file isn't genuine."""
    if verdict.outcome is not PdfOutcome.INTACT or not verdict.claimed_code:
        return None
    try:
        signers = anchors.signers_of((folder / SEALS).read_bytes())
        return look_up(
            folder, verdict.claimed_code, verdict.sha256, signers, today=clock.today(_ZONE)
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"The published status can't be used: {error}.") from error


def _say(outcome: PdfOutcome, said: dict[str, Any], listed: Listed | None) -> None:
    click.echo(_ODD_BADGE if said["status"] == "badge_wrong" else SENTENCES[outcome])
    if outcome is not PdfOutcome.INTACT:
        if said["code"]:
            click.echo(f"It names the code {said['code']}: ask the issuer's page about it.")
        return
    if said["is_model"]:
        click.echo("It is an EXAMPLE from a demonstration, of no value.")
    for name, value in said["facts"].items():
        click.echo(f"  {name}: {value}")
    click.echo(f"  sealed: {said['sealed_at']} by {said['seal']['owner']} ({said['level']})")
    for stamp in said["timestamps"]:
        known = "" if stamp["is_trusted"] else " (authority not known here: see --tsa-root)"
        click.echo(f"  timestamp: {stamp['at']} by {stamp['authority']}{known}")
    for who in said["signatories"]:
        click.echo(f"  signed too by: {who['name']}")
    if said["credential"]:
        click.echo(f"  badge in the file: {_badge_words(said['credential'])}")
    if listed is not None:
        kept = "" if listed.keeps_file else "; it does NOT keep this very file"
        click.echo(
            f"The register, as published on {listed.made_at}: {listed.status.upper()}{kept}."
        )
        return
    click.echo(
        "Left open: whether it was revoked, replaced or has expired since, and whether the seal's "
        f"key was stolen. Only the register knows: {said['ask']}"
    )
