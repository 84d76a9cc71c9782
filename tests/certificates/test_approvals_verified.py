"""A pinned signatory's own signature is named online and offline; every other is refused by both.

Online the register is made to say that it keeps the very file, so that its hash decides nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from asn1crypto import cms
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509 import load_pem_x509_certificate
from flask.testing import FlaskClient

from bench.tampering.ways import RANGE
from lms import clock, db
from lms.certificates import public, seals
from lms.certificates.levels.raising import raise_levels
from lms.certificates.models import CertificateFile, SignatoryPin
from lms.certificates.signing.file_key import create_seal
from lms.certificates.verification import Outcome
from lms.certificates.verifying.offline_cli import offline
from tests.cast import Cast
from tests.certificates.authorities import PASSWORD, Authorities
from tests.certificates.certify import issued, stored
from tests.certificates.test_signatures import (
    Office,
    _other_programme,
    annotated,
    pinned,
    sign,
)
from tests.certificates.test_verify_pages import upload


@dataclass(frozen=True)
class Both:
    """What both verifiers say of a file."""

    online: Outcome
    offline: str
    stranger: tuple[str, str]
    named: tuple[list[str], list[str]]
    exit_code: int

    @property
    def is_refused(self) -> bool:
        return (
            self.online is not Outcome.VALID and self.offline != "genuine" and self.exit_code == 1
        )


@pytest.fixture
def office(cast: Cast, foreign: Authorities) -> Iterator[Office]:
    foreign.forget()
    cast.app.extensions.pop("lms_verify_windows", None)
    yield Office(cast, foreign, issued(cast), pinned(cast, foreign.pem("signatory")))
    cast.app.extensions.pop("lms_verify_windows", None)


@pytest.fixture
def ask(office: Office, tmp_path: Path) -> Callable[[bytes], Both]:
    def asked(data: bytes) -> Both:
        keep(office, data)
        sha256 = hashlib.sha256(data).hexdigest()
        with office.cast.app.app_context():
            root = seals.signer().chain_pem[-1]
            seen = public.inspect(data)
            verdict, found = public.check_file(seen, sha256)
            online = [who.name for who in public.signers_of(verdict, found)]
        path, given = (
            tmp_path / "c.pdf",
            {"root": root, "signatory": office.foreign.pem("signatory")},
        )
        path.write_bytes(data)
        options = [str(path), "--json"]
        for name, pem in given.items():
            (tmp_path / f"{name}.pem").write_bytes(pem)
            options += [f"--{name}", str(tmp_path / f"{name}.pem")]
        done = CliRunner().invoke(offline, options)
        said: dict[str, Any] = json.loads(done.output)
        return Both(
            verdict.outcome,
            said["status"],
            (verdict.stranger, said.get("signed_by_somebody_else", "")),
            (online, [who["name"] for who in said.get("signatories", [])]),
            done.exit_code,
        )

    return asked


def keep(office: Office, data: bytes) -> None:
    """Let the register say that it keeps a file."""
    with office.cast.app.app_context():
        sha256 = hashlib.sha256(data).hexdigest()
        known = db.session().scalar(
            sa.select(CertificateFile.id).where(CertificateFile.sha256 == sha256)
        )
        first = db.session().scalars(sa.select(CertificateFile)).first()
        assert first is not None
        fingerprint = first.seal_fingerprint
        count = db.session().scalar(sa.select(sa.func.count(CertificateFile.id)))
        db.end_reading()
        if known is not None:
            return
        with db.writing() as session:
            session.add(
                CertificateFile(
                    certificate_id=office.certificate_id,
                    level="B-T",
                    sha256=sha256,
                    size=len(data),
                    engine="test",
                    seal_fingerprint=fingerprint,
                    created_at=clock.now(),
                    renewal=count or 0,
                )
            )


def test_a_pinned_signatory_is_named_by_both(office: Office, ask: Callable[[bytes], Both]) -> None:
    office.back(("x.pdf", sign(office.data, office.foreign)))
    said = ask(office.data)
    assert (said.online, said.offline, said.exit_code) == (Outcome.VALID, "genuine", 0)
    assert said.named == (["Ana Exemplu"], ["Mihaela Popescu-Exemplu"])


def test_with_timestamps_above_it_is_named_by_both(
    office: Office, offices: Authorities, ask: Callable[[bytes], Both]
) -> None:
    office.back(("x.pdf", sign(office.data, office.foreign)))
    with office.cast.app.app_context():
        raise_levels()
    said = ask(office.data)
    assert (said.online, said.offline) == (Outcome.VALID, "genuine")
    assert said.named == (["Ana Exemplu"], ["Mihaela Popescu-Exemplu"])


def test_a_stranger_is_refused_and_named_by_both(
    office: Office, ask: Callable[[bytes], Both], cast: Cast
) -> None:
    data = sign(office.data, office.foreign, "stranger")
    said = ask(data)
    assert said.is_refused
    assert said.online is Outcome.CHANGED_AFTER_ISSUE
    assert said.stranger == ("Ion Necunoscutu", "Ion Necunoscutu")
    page = upload(cast.client("anonymous"), data).text
    assert "Ion Necunoscutu" in page


def test_a_stranger_after_a_pinned_one_is_refused_by_both(
    office: Office, ask: Callable[[bytes], Both]
) -> None:
    first = sign(office.data, office.foreign)
    said = ask(sign(first, office.foreign, "stranger", name="Semnatura2"))
    assert said.is_refused
    assert said.stranger == ("Ion Necunoscutu", "Ion Necunoscutu")


def test_one_of_the_same_name_with_another_key_is_refused_by_both(
    office: Office, ask: Callable[[bytes], Both], tmp_path: Path
) -> None:
    """A self-made look-alike: every word in its certificate is the signatory's."""
    look = create_seal(
        tmp_path / "look", organisation="Mihaela Popescu-Exemplu", is_model=False, now=clock.now()
    )
    own = load_pem_x509_certificate(look.certificate_pem)
    key = load_pem_private_key((tmp_path / "look" / "seal.key").read_bytes(), None)
    target = office.foreign.folder / "lookalike.p12"
    target.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"x", key, own, None, BestAvailableEncryption(PASSWORD.encode())
        )
    )
    said = ask(sign(office.data, office.foreign, "lookalike"))
    assert said.is_refused
    assert all("Mihaela Popescu-Exemplu" in name for name in said.stranger)


def test_another_programmes_signatory_is_refused_online_though_pinned_there(
    office: Office, ask: Callable[[bytes], Both]
) -> None:
    with office.cast.app.app_context(), db.writing() as session:
        session.get_one(SignatoryPin, office.pin_id).programme_id = _other_programme(session)
    said = ask(sign(office.data, office.foreign))
    assert said.online is Outcome.CHANGED_AFTER_ISSUE
    assert said.stranger[0] == "Mihaela Popescu-Exemplu"


def test_without_the_registers_word_a_signature_that_was_not_taken_in_is_not_good(
    office: Office, cast: Cast
) -> None:
    """The pin alone isn't enough on the site: each signed file is registered by its hash."""
    data = sign(office.data, office.foreign)
    with cast.app.app_context():
        verdict, _ = public.check_file(public.inspect(data), hashlib.sha256(data).hexdigest())
    assert verdict.outcome is Outcome.NOT_IN_REGISTER


def _flipped(data: bytes) -> Iterator[bytes]:
    """Change the page, the first signature, the second, and what stands behind it."""
    gap = list(RANGE.finditer(data))[-1]
    first = RANGE.search(data)
    assert first is not None
    for place in (2000, int(first[2]) + 300, int(gap[2]) + 300, len(data) - 40):
        changed = bytearray(data)
        changed[place] ^= 1
        yield bytes(changed)


def _container(data: bytes, change: Callable[[cms.ContentInfo], None]) -> bytes:
    """Change the signatory's container where no signature covers it."""
    gap = list(RANGE.finditer(data))[-1]
    first, last = int(gap[2]) + 1, int(gap[3]) - 1
    container = cms.ContentInfo.load(bytes.fromhex(data[first:last].decode()))
    change(container)
    digits = container.dump(force=True).hex().encode().ljust(last - first, b"0")
    return data[:first] + digits + data[last:]


def test_what_was_changed_in_or_around_a_pinned_signature_is_refused_by_both(
    office: Office, ask: Callable[[bytes], Both]
) -> None:
    signed = sign(office.data, office.foreign)

    def stray(container: cms.ContentInfo) -> None:
        with office.cast.app.app_context():
            own = seals.signer().certificate_pem
        from asn1crypto import pem, x509

        _, _, der = pem.unarmor(own)
        container["content"]["certificates"].append(
            cms.CertificateChoices("certificate", x509.Certificate.load(der))
        )

    def told(container: cms.ContentInfo) -> None:
        when = cms.Time("utc_time", datetime(2001, 1, 1, tzinfo=UTC))
        more = cms.CMSAttributes([cms.CMSAttribute({"type": "signing_time", "values": [when]})])
        container["content"]["signer_infos"][0]["unsigned_attrs"] = more

    gap = list(RANGE.finditer(signed))[-1]
    letters = [at for at in range(int(gap[2]) + 1, int(gap[3])) if chr(signed[at]) in "ABCDEF"]
    other_case = bytearray(signed)
    other_case[letters[50]] ^= 32
    cases = {
        "a note over it": annotated(signed),
        "a note under it": sign(annotated(office.data), office.foreign),
        "a picture over the page": sign(office.data, office.foreign, box=(0, 0, 800, 560)),
        "an end behind the end": signed + b"\n%\n%%EOF\n",
        "a stray certificate": _container(signed, stray),
        "an attribute that nothing covers": _container(signed, told),
        "one digit in the other case": bytes(other_case),
        **{f"flip {number}": data for number, data in enumerate(_flipped(signed))},
    }
    for name, data in cases.items():
        said = ask(data)
        assert said.is_refused, name
        assert said.named == ([], []), name


def test_offline_without_their_certificates_nobody_may_sign_too(
    office: Office, tmp_path: Path
) -> None:
    office.back(("x.pdf", sign(office.data, office.foreign)))
    with office.cast.app.app_context():
        (tmp_path / "root.pem").write_bytes(seals.signer().chain_pem[-1])
    (tmp_path / "c.pdf").write_bytes(office.data)
    given = [str(tmp_path / "c.pdf"), "--root", str(tmp_path / "root.pem")]
    done = CliRunner().invoke(offline, [*given, "--json"])
    said = json.loads(done.output)
    assert (done.exit_code, said["is_genuine"]) == (1, False)
    assert said["signed_by_somebody_else"] == "Mihaela Popescu-Exemplu"


def test_the_page_names_the_signatory_by_code_and_by_file(office: Office, cast: Cast) -> None:
    office.back(("x.pdf", sign(office.data, office.foreign)))
    client: FlaskClient = cast.client("anonymous")
    with stored(cast, office.certificate_id) as row:
        code = row.code
    for page in (client.get(f"/v/{code}").text, upload(client, office.data).text):
        assert "Ana Exemplu, reprezentant legal" in page
