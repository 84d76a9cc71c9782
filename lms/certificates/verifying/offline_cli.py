"""`lms certificate verify FILE --root PEM`: without an instance, a database or a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lms.certificates.verification import PdfOutcome, TrustedSeal, run_limited
from lms.certificates.verifying.offline import Anchors, NoRoot, report, trust_of

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


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def offline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options by which a file is judged without a register."""
    for name, words in (
        ("--signatory", "With --root: PEM of signatories who may sign too."),
        ("--tsa-root", "With --root: PEM of the timestamps' authorities."),
        ("--root", "Ask no register: trust this PEM alone (docs/verify.md)."),
    ):
        command = click.option(name, type=_FILE, help=words)(command)
    return command


@click.command("verify", epilog="Example:  lms certificate verify certificat.pdf --root root.pem")
@click.argument("file")
@offline_options
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def offline(
    file: str, root: Path, tsa_root: Path | None, signatory: Path | None, as_json: bool
) -> None:
    """Verify a PDF file by trusted certificates alone; exit 1 where it isn't genuine."""
    verify_offline(Path(file), root, tsa_root=tsa_root, signatory=signatory, as_json=as_json)


def verify_offline(
    path: Path, root: Path, *, tsa_root: Path | None, signatory: Path | None, as_json: bool
) -> None:
    """Verify a file by trusted certificates alone; exit 1 where it isn't genuine."""
    if not path.is_file():
        raise click.ClickException(f"There is no file {path}.")
    try:
        anchors = Anchors.of(root.read_bytes())
        trust = trust_of(
            tsa_root.read_bytes() if tsa_root else b"", signatory.read_bytes() if signatory else b""
        )
    except NoRoot as error:
        raise click.ClickException(f"The certificates can't be used: {error}.") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename} can't be read: {error.strerror}.") from error
    seals = anchors.seals_for(path.read_bytes())
    verdict = run_limited(path, trusted=seals, later=trust)
    said = report(verdict, seals)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        _say(verdict.outcome, said, seals)
    if verdict.outcome is not PdfOutcome.INTACT:
        raise SystemExit(1)


def _say(outcome: PdfOutcome, said: dict[str, Any], seals: tuple[TrustedSeal, ...]) -> None:
    click.echo(SENTENCES[outcome])
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
    click.echo(
        "Left open: whether it was revoked, replaced or has expired since, and whether the seal's "
        f"key was stolen. Only the register knows: {said['ask']}"
    )
