"""A file is verified with nothing but the root: no instance, no database, no network."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from lms.certificates.inspection import inspect_pdf
from lms.certificates.render import render, sealed
from lms.certificates.signing.api import SealKind
from lms.certificates.signing.file_key import create_seal, load_pkcs12
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.verification import PdfOutcome
from lms.certificates.verifying.offline import Anchors, NoRoot
from tests.certificates.authorities import PASSWORD, Authorities
from tests.certificates.conftest import SEALED_AT, make

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).parents[2]


def outcome(data: bytes, pem: bytes) -> PdfOutcome:
    return inspect_pdf(data, trusted=Anchors.of(pem).seals_for(data)).outcome


def test_the_root_alone_is_enough_for_our_own_seals(signed: bytes, seal: PadesSeal) -> None:
    assert outcome(signed, seal.chain_pem[-1]) is PdfOutcome.INTACT
    assert outcome(signed, seal.certificate_pem + seal.chain_pem[-1]) is PdfOutcome.INTACT


def test_a_lookalikes_root_is_not_ours(
    signed: bytes, seal: PadesSeal, lookalike: PadesSeal
) -> None:
    assert outcome(signed, lookalike.chain_pem[-1]) is PdfOutcome.UNKNOWN_SIGNER
    forged = sealed(make(), lookalike, at=SEALED_AT)
    assert outcome(forged, seal.chain_pem[-1]) is PdfOutcome.UNKNOWN_SIGNER


def test_the_root_of_one_who_sells_to_anybody_proves_nothing_without_the_seals_own(
    foreign: Authorities, tmp_path: Path
) -> None:
    bought = load_pkcs12(foreign.pkcs12("seal", tmp_path / "seal.p12"), PASSWORD)
    data = bought.sign(render(make()), at=dt.datetime.now(dt.UTC))
    with pytest.raises(NoRoot):
        Anchors.of(foreign.pem("root"))
    bundle = bought.certificate_pem + b"".join(bought.chain_pem)
    assert outcome(data, bundle) is PdfOutcome.INTACT
    neighbour = load_pkcs12(foreign.pkcs12("stranger", tmp_path / "other.p12"), PASSWORD)
    theirs = neighbour.sign(render(make()), at=dt.datetime.now(dt.UTC))
    assert outcome(theirs, bundle) is PdfOutcome.UNKNOWN_SIGNER


def test_what_the_root_has_issued_for_something_else_is_no_seal(tmp_path: Path) -> None:
    """A certificate of our root that isn't made to sign seals nothing."""
    create_seal(tmp_path / "s", organisation="Exemplu", is_model=False, now=SEALED_AT)
    root = x509.load_pem_x509_certificate((tmp_path / "s/root.pem").read_bytes())
    root_key = load_pem_private_key((tmp_path / "s/root.key").read_bytes(), None)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    other = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "altceva")]))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(SEALED_AT - dt.timedelta(days=1))
        .not_valid_after(SEALED_AT + dt.timedelta(days=900))
        .add_extension(usage, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    seal = PadesSeal(kind=SealKind.SELF_MADE, key=key, certificate=other, chain=(root,))
    data = seal.sign(render(make()), at=SEALED_AT)
    assert outcome(data, root.public_bytes(Encoding.PEM)) is PdfOutcome.UNKNOWN_SIGNER


# The command ---------------------------------------------------------------------------------


def lms(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command where there is no instance and no way to make one."""
    return subprocess.run(
        [sys.executable, "-m", "lms", *map(str, arguments)],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "LMS_INSTANCE": "/dev/null/none",
            "LMS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def held(signed: bytes, seal: PadesSeal, tmp_path: Path) -> Path:
    (tmp_path / "certificat.pdf").write_bytes(signed)
    (tmp_path / "root.pem").write_bytes(seal.chain_pem[-1])
    changed = bytearray(signed)
    changed[len(signed) // 2] ^= 1
    (tmp_path / "schimbat.pdf").write_bytes(bytes(changed))
    return tmp_path


def test_the_command_needs_no_instance_and_says_what_it_can_t_know(held: Path) -> None:
    before = sorted(held.iterdir())
    done = lms(
        "certificate", "verify", "certificat.pdf", "--root", "root.pem", "--json", folder=held
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["status"], said["is_genuine"]) == ("genuine", True)
    assert said["facts"]["holder"] == make().holder
    assert said["level"] == "B-B"
    assert "revoked" in said["left_open"]
    assert said["ask"] == make().verify_url
    assert sorted(held.iterdir()) == before
    plain = lms("certificate", "verify", "certificat.pdf", "--root=root.pem", folder=held)
    assert "GENUINE" in plain.stdout
    assert "Only the register knows" in plain.stdout


def test_a_changed_file_and_a_useless_root_end_with_1(held: Path, seal: PadesSeal) -> None:
    done = lms("certificate", "verify", "schimbat.pdf", "--root", "root.pem", "--json", folder=held)
    assert done.returncode == 1
    assert json.loads(done.stdout)["status"] == "changed"
    (held / "empty.pem").write_bytes(b"nothing")
    done = lms("certificate", "verify", "certificat.pdf", "--root", "empty.pem", folder=held)
    assert done.returncode == 1
    assert "can't be used" in done.stderr
    done = lms("certificate", "verify", "none.pdf", "--root", "root.pem", folder=held)
    assert (done.returncode, "no file" in done.stderr) == (1, True)


# The page of instructions --------------------------------------------------------------------


def test_the_instructions_work_as_they_are_written(held: Path) -> None:
    """Every line of the blocks marked `sh` in docs/verify.md is run, in order, in one folder."""
    text = (ROOT / "docs/verify.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 3
    script = "\n".join(
        (
            "set -eu",
            'lms() { "$PYTHON" -m lms "$@"; }',
            'pyhanko() { "$PYTHON" -W ignore -m pyhanko "$@"; }',
            *blocks,
        )
    )
    binaries = Path(sys.executable).parent
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=held,
        env={
            "PATH": f"{binaries}:{os.environ['PATH']}",
            "PYTHON": sys.executable,
            "PYTHONPATH": str(ROOT),
            "LMS_INSTANCE": "/dev/null/none",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for sign in ("GENUINE", "CAdES Verification successful", "INTACT", "Signature is Valid"):
        assert sign in done.stdout + done.stderr, sign
