"""The seal: made once, kept private, signing the same bytes for the same input and time."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from lms.certificates.inspection import inspect_pdf
from lms.certificates.render import render
from lms.certificates.signing.api import (
    SealError,
    SealExists,
    SealKind,
    SealLocked,
    SealMissing,
    SealNotValidThen,
    SealUnsafe,
    Signer,
    SigningFailed,
)
from lms.certificates.signing.dummy import DummySigner
from lms.certificates.signing.file_key import (
    MODEL_ORGANISATION,
    create_seal,
    load_pkcs12,
    load_seal,
    recovery_kit,
)
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.verification import PdfOutcome
from tests.certificates.conftest import SEALED_AT, make, trusted

NOW = SEALED_AT
OWNER = "Asociația Orașelor Exemplu"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("instance") / "seal"
    create_seal(folder, organisation=OWNER, is_model=False, now=NOW)
    return folder


def copy_of(folder: Path, target: Path) -> Path:
    target.mkdir(mode=0o700)
    for file in folder.iterdir():
        copy = target / file.name
        copy.write_bytes(file.read_bytes())
        copy.chmod(0o600)
    return target


def test_the_same_input_and_time_are_the_same_bytes(folder: Path) -> None:
    pdf = render(make())
    first, second = load_seal(folder), load_seal(folder)
    assert first.sign(pdf, at=NOW) == first.sign(pdf, at=NOW) == second.sign(pdf, at=NOW)
    assert first.sign(pdf, at=NOW + timedelta(microseconds=5)) == first.sign(pdf, at=NOW)
    assert first.sign(pdf, at=NOW + timedelta(seconds=1)) != first.sign(pdf, at=NOW)


def test_another_process_with_another_hash_seed_signs_the_same_bytes(folder: Path) -> None:
    script = (
        "import hashlib, sys; from pathlib import Path;"
        "from lms.certificates.render import render;"
        "from lms.certificates.signing.file_key import load_seal;"
        "from tests.certificates.conftest import SEALED_AT, make;"
        "sealed = load_seal(Path(sys.argv[1])).sign(render(make()), at=SEALED_AT);"
        "print(hashlib.sha256(sealed).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script, str(folder)],
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("2", "America/Lima"))
    }
    here = load_seal(folder).sign(render(make()), at=NOW)
    assert said == {hashlib.sha256(here).hexdigest()}


def test_the_zone_in_which_the_time_is_told_makes_no_difference(folder: Path) -> None:
    seal, pdf = load_seal(folder), render(make())
    from zoneinfo import ZoneInfo

    assert seal.sign(pdf, at=NOW.astimezone(ZoneInfo("Europe/Bucharest"))) == seal.sign(pdf, at=NOW)


def test_the_page_isnt_rewritten_by_sealing_it(seal: PadesSeal) -> None:
    pdf = render(make())
    assert seal.sign(pdf, at=NOW).startswith(pdf)


def test_the_field_is_invisible_and_the_time_stands_in_its_dictionary(signed: bytes) -> None:
    pdf = pikepdf.open(io.BytesIO(signed))
    (field,) = pdf.Root.AcroForm.Fields
    assert [float(side) for side in field.Rect] == [0, 0, 0, 0]
    assert str(field.V.M).startswith("D:20261122120501")
    assert field.V.SubFilter == "/ETSI.CAdES.detached"


def test_a_signature_takes_little_time(seal: PadesSeal) -> None:
    pdf = render(make())
    seal.sign(pdf, at=NOW)
    taken = []
    for _ in range(7):
        before = time.thread_time()
        seal.sign(pdf, at=NOW)
        taken.append(time.thread_time() - before)
    assert min(taken) < 0.06


def test_threads_share_a_seal(seal: PadesSeal) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def issue(_: int) -> bytes:
        return seal.sign(render(make()), at=NOW)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(issue, range(24)))) == 1


def test_a_seal_signs_where_an_event_loop_is_running(seal: PadesSeal) -> None:
    async def issue() -> bytes:
        return seal.sign(render(make()), at=NOW)

    assert asyncio.run(issue()) == seal.sign(render(make()), at=NOW)


def test_a_new_seal_is_private_and_complete(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(file.name for file in folder.iterdir()) == [
        "root.key",
        "root.pem",
        "seal.key",
        "seal.pem",
    ]
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_root_and_seal_outlive_the_programmes_retention(folder: Path) -> None:
    root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    seal = x509.load_pem_x509_certificate((folder / "seal.pem").read_bytes())
    assert root.not_valid_after_utc.year == 2066
    assert seal.not_valid_after_utc.year == 2056
    seal.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)


def test_a_seal_may_sign_documents_and_nothing_else(folder: Path) -> None:
    seal = x509.load_pem_x509_certificate((folder / "seal.pem").read_bytes())
    usage = seal.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert not usage.value.key_encipherment
    assert not seal.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    key = seal.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 3072


def test_a_demonstrations_seal_carries_no_real_name(tmp_path: Path) -> None:
    seal = create_seal(tmp_path / "seal", organisation=OWNER, is_model=True, now=NOW)
    certificate = x509.load_pem_x509_certificate(seal.certificate_pem)
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert name.value == MODEL_ORGANISATION


def test_a_very_long_name_of_an_organisation_is_cut_and_not_refused(tmp_path: Path) -> None:
    seal = create_seal(tmp_path / "seal", organisation="Asociația " * 30, is_model=False, now=NOW)
    assert seal.kind is SealKind.SELF_MADE


def test_a_seal_is_never_made_over_another(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(SealExists):
        create_seal(folder, organisation=OWNER, is_model=False, now=NOW)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["seal"]


def test_no_organisation_no_seal(tmp_path: Path) -> None:
    with pytest.raises(SealError):
        create_seal(tmp_path / "seal", organisation="  ", is_model=False, now=NOW)
    assert not (tmp_path / "seal").exists()


@pytest.mark.parametrize("name", ["seal.key", "root.pem", "."])
def test_a_key_that_others_can_read_isnt_used(folder: Path, tmp_path: Path, name: str) -> None:
    copy = copy_of(folder, tmp_path / "copy")
    path = copy if name == "." else copy / name
    path.chmod(path.stat().st_mode | 0o040)
    with pytest.raises(SealUnsafe):
        load_seal(copy)


def test_a_missing_seal_is_named(tmp_path: Path) -> None:
    with pytest.raises(SealMissing, match=r"seal\.key"):
        load_seal(tmp_path)


def test_a_damaged_key_and_a_foreign_key_are_refused(
    folder: Path, tmp_path: Path, lookalike: PadesSeal
) -> None:
    damaged = copy_of(folder, tmp_path / "damaged")
    (damaged / "seal.key").write_text("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")
    with pytest.raises(SealLocked):
        load_seal(damaged)
    swapped = copy_of(folder, tmp_path / "swapped")
    (swapped / "seal.pem").write_bytes(lookalike.certificate_pem)
    with pytest.raises(SealError, match="doesn't belong"):
        load_seal(swapped)


def test_a_passphrase_locks_both_keys(tmp_path: Path) -> None:
    folder = tmp_path / "seal"
    seal = create_seal(
        folder, organisation=OWNER, is_model=False, now=NOW, passphrase="rândunică 7"
    )
    for name in ("seal.key", "root.key"):
        with pytest.raises(TypeError):
            load_pem_private_key((folder / name).read_bytes(), None)
    for wrong in (None, "", "rândunica 7"):
        with pytest.raises(SealLocked):
            load_seal(folder, wrong)
    assert load_seal(folder, "rândunică 7").fingerprint == seal.fingerprint


def test_the_recovery_kit_brings_the_same_seal_back(folder: Path, tmp_path: Path) -> None:
    kit = zipfile.ZipFile(io.BytesIO(recovery_kit(folder)))
    assert recovery_kit(folder) == recovery_kit(folder)
    assert "CITESTE-README.txt" in kit.namelist()
    restored = tmp_path / "restored"
    kit.extractall(restored)
    os.chmod(restored, 0o700)
    for file in restored.iterdir():
        file.chmod(0o600)
    pdf = render(make())
    assert load_seal(restored).sign(pdf, at=NOW) == load_seal(folder).sign(pdf, at=NOW)


def pkcs12_of(folder: Path, path: Path, *, key: object = None) -> Path:
    seal = x509.load_pem_x509_certificate((folder / "seal.pem").read_bytes())
    root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    own = key or load_pem_private_key((folder / "seal.key").read_bytes(), None)
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"seal",
            own,
            seal,
            [root],
            BestAvailableEncryption(b"parola"),  # type: ignore[arg-type]
        )
    )
    path.chmod(0o600)
    return path


def test_a_seal_from_elsewhere_is_used_with_its_chain(folder: Path, tmp_path: Path) -> None:
    seal = load_pkcs12(pkcs12_of(folder, tmp_path / "seal.p12"), "parola", kind=SealKind.QUALIFIED)
    assert seal.kind is SealKind.QUALIFIED
    assert seal.chain_pem == load_seal(folder).chain_pem
    pdf = render(make())
    assert seal.sign(pdf, at=NOW) == load_seal(folder).sign(pdf, at=NOW)


def test_a_pkcs12_file_that_cant_be_used_says_why(folder: Path, tmp_path: Path) -> None:
    path = pkcs12_of(folder, tmp_path / "seal.p12")
    with pytest.raises(SealLocked):
        load_pkcs12(path, "altă parolă")
    path.chmod(0o644)
    with pytest.raises(SealUnsafe):
        load_pkcs12(path, "parola")
    with pytest.raises(SealMissing):
        load_pkcs12(tmp_path / "none.p12", "parola")


def test_only_rsa_keys_are_taken_because_their_signatures_can_be_repeated(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "EC")])
    from cryptography.hazmat.primitives import hashes

    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, NOW, NOW + timedelta(days=9))
    ).sign(key, hashes.SHA256())
    path = tmp_path / "ec.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"ec", key, certificate, None, BestAvailableEncryption(b"parola")
        )
    )
    path.chmod(0o600)
    with pytest.raises(SealError, match="RSA"):
        load_pkcs12(path, "parola")


def test_outside_its_years_a_seal_refuses(seal: PadesSeal) -> None:
    for at in (NOW - timedelta(days=3), NOW.replace(year=2057)):
        with pytest.raises(SealNotValidThen):
            seal.sign(render(make()), at=at)


def test_a_time_without_zone_is_a_mistake_of_the_caller(seal: PadesSeal) -> None:
    with pytest.raises(ValueError, match="aware"):
        seal.sign(render(make()), at=datetime(2026, 11, 22))


def test_what_isnt_a_pdf_cant_be_sealed(seal: PadesSeal) -> None:
    with pytest.raises(SigningFailed):
        seal.sign(b"not a pdf", at=NOW)


def test_a_dummy_fails_as_often_as_it_was_told(seal: PadesSeal) -> None:
    dummy: Signer = DummySigner(seal, failures=2)
    pdf = render(make())
    for _ in range(2):
        with pytest.raises(SigningFailed):
            dummy.sign(pdf, at=NOW)
    assert dummy.sign(pdf, at=NOW) == seal.sign(pdf, at=NOW)
    never = DummySigner(seal, failures=None, error=SealMissing("gone"))
    with pytest.raises(SealMissing):
        never.sign(pdf, at=NOW)
    assert (never.fingerprint, never.kind) == (seal.fingerprint, seal.kind)


def test_what_is_sealed_today_is_still_intact_to_a_verifier(signed: bytes, seal: PadesSeal) -> None:
    verdict = inspect_pdf(signed, trusted=trusted(seal))
    assert verdict.outcome is PdfOutcome.INTACT
    assert verdict.signed_at == datetime(2026, 11, 22, 12, 5, 1, tzinfo=UTC)
    assert verdict.seal_fingerprint == seal.fingerprint
