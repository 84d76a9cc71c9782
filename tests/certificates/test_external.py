"""What other programs say of an issued certificate, where they are installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from lms.certificates.inspection import _parse
from lms.certificates.signing.pades import PadesSeal
from tests.certificates.conftest import SEALED_AT, make


@pytest.fixture
def issued(signed: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(signed)
    return path


def run(*command: str | Path) -> str:
    """Run a program and return all it says; skip the test where it isn't installed."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


def test_pyhankos_own_validation_against_the_seals_root(signed: bytes, seal: PadesSeal) -> None:
    signature = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    context = ValidationContext(trust_roots=[_parse(seal.chain_pem[-1])], moment=SEALED_AT)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    assert status.bottom_line
    assert status.summary().startswith("INTACT:TRUSTED,UNTOUCHED")


def test_qpdf_finds_no_fault(issued: Path) -> None:
    said = run("qpdf", "--check", issued)
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


def test_pdffonts_finds_every_font_embedded_with_a_unicode_map(issued: Path) -> None:
    rows = run("pdffonts", issued).splitlines()[2:]
    assert len(rows) == 4
    for row in rows:
        embedded, _, mapped = row.split()[-5:-2]
        assert (embedded, mapped) == ("yes", "yes")
    assert "Helvetica" not in "".join(rows)


def test_pdftotext_keeps_every_romanian_letter(issued: Path) -> None:
    text = run("pdftotext", "-layout", issued, "-")
    for said in (make().holder, "Întocmirea cererii de finanțare și a bugetului", make().number):
        assert said in text
    assert not set("ŞşŢţ") & set(text)


def test_pdfsig_finds_the_signature_valid_and_the_whole_document_signed(issued: Path) -> None:
    said = run("pdfsig", "-nocert", issued)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Signature #2" not in said


def test_openssl_finds_the_cades_signature_good(
    signed: bytes, seal: PadesSeal, tmp_path: Path
) -> None:
    signature = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    _, first, second, _ = (int(number) for number in signature.byte_range)
    (tmp_path / "x.der").write_bytes(signature.pkcs7_content)
    (tmp_path / "x.dat").write_bytes(signed[:first] + signed[second:])
    (tmp_path / "root.pem").write_bytes(seal.chain_pem[-1])
    said = run(
        *("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER"),
        *("-in", tmp_path / "x.der", "-content", tmp_path / "x.dat", "-out", tmp_path / "out"),
        *("-CAfile", tmp_path / "root.pem", "-purpose", "any"),
        *("-attime", str(int(SEALED_AT.timestamp()))),
    )
    assert "erification successful" in said


def test_a_camera_reads_the_address_from_the_printed_page(issued: Path, tmp_path: Path) -> None:
    run("pdftoppm", "-r", "110", "-gray", "-png", issued, tmp_path / "page")
    if shutil.which("zbarimg") is None:
        pytest.skip("zbarimg is not installed")
    said = run("zbarimg", "-q", "--raw", tmp_path / "page-1.png")
    assert said.splitlines()[0] == make().verify_url
