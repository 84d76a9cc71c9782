"""What other people's programs say of an issued certificate, sealed either way."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pikepdf import pdfa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from lms.certificates.composing import compose, describe
from lms.certificates.designs import shipped
from lms.certificates.document import FACTS_FILE
from lms.certificates.drawing.writing import write_alone
from lms.certificates.inspection import _parse
from lms.certificates.render import render, sealed
from lms.certificates.signing.pades import PadesSeal
from tests.certificates.conftest import SEALED_AT, make, make_logo

pytestmark = pytest.mark.one_database

WAYS = ("quick", "reference")
PYTHON = (
    sys.executable,
    "-c",
    "import importlib.metadata as m, sys; name = sys.argv.pop(1);"
    "(found,) = m.entry_points(group='console_scripts', name=name); sys.exit(found.load()())",
)
"""Runs a command that came with a Python package."""

Said = Callable[[str, str], str]
"""What a program said of the file made in a way; a program that isn't installed fails its test."""

PROGRAMS: dict[str, tuple[str, ...]] = {
    "qpdf": ("qpdf", "--check", "FILE"),
    "pdffonts": ("pdffonts", "FILE"),
    "pdfinfo": ("pdfinfo", "FILE"),
    "structure": ("pdfinfo", "-struct-text", "FILE"),
    "pdfdetach": ("pdfdetach", "-list", "FILE"),
    "pdftotext": ("pdftotext", "-layout", "FILE", "-"),
    "pdfsig": ("pdfsig", "-nocert", "FILE"),
    "mutool": ("mutool", "sign", "-v", "FILE"),
    "zbarimg": (
        "sh",
        "-c",
        "pdftoppm -r 110 -gray -singlefile FILE page && zbarimg -q --raw page.pgm",
    ),
    "pdfua": (*PYTHON, "pdfua", "check", "FILE"),
    "outloud": (*PYTHON, "outloud", "FILE"),
    "pyhanko": (
        *(*PYTHON, "pyhanko", "sign", "validate", "--trust", "root.pem", "--trust-replace"),
        "FILE",
    ),
    "openssl": (
        *("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms.der"),
        *("-content", "covered.dat", "-out", "out.dat", "-CAfile", "root.pem", "-purpose", "any"),
        *("-attime", str(int(SEALED_AT.timestamp()))),
    ),
}


@pytest.fixture(scope="module")
def files(seal: PadesSeal) -> dict[str, bytes]:
    document = make(logos=(make_logo(),))
    quick = sealed(document, seal, at=SEALED_AT)
    alone = write_alone(compose(document), describe(document))
    return {"quick": quick, "reference": seal.sign(alone, at=SEALED_AT)}


@pytest.fixture(scope="module")
def said(
    files: dict[str, bytes], seal: PadesSeal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Said]:
    """Ask every program about both files once, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        answers = {}
        for way in WAYS:
            folder = tmp_path_factory.mktemp(way)
            _lay_down(folder, files[way], seal)
            for name, command in PROGRAMS.items():
                answers[name, way] = pool.submit(_ask, folder, command)
        yield lambda name, way: answers[name, way].result()


def _lay_down(folder: Path, pdf: bytes, seal: PadesSeal) -> None:
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    _, first, second, _ = (int(number) for number in signature.byte_range)
    (folder / "certificate.pdf").write_bytes(pdf)
    (folder / "cms.der").write_bytes(signature.pkcs7_content)
    (folder / "covered.dat").write_bytes(pdf[:first] + pdf[second:])
    (folder / "root.pem").write_bytes(seal.chain_pem[-1])


def _ask(folder: Path, command: tuple[str, ...]) -> str:
    done = subprocess.run(
        [part.replace("FILE", "certificate.pdf") for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{done.stdout}{done.stderr}\nexit {done.returncode}"


@pytest.mark.parametrize("way", WAYS)
def test_pyhankos_own_validation_against_the_seals_root(
    files: dict[str, bytes], seal: PadesSeal, way: str
) -> None:
    signature = PdfFileReader(io.BytesIO(files[way])).embedded_signatures[0]
    context = ValidationContext(trust_roots=[_parse(seal.chain_pem[-1])], moment=SEALED_AT)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    assert status.bottom_line
    assert status.summary().startswith("INTACT:TRUSTED,UNTOUCHED")


@pytest.mark.parametrize("way", WAYS)
def test_pyhankos_command_trusts_it_by_the_root_alone(said: Said, way: str) -> None:
    assert ":INTACT:TRUSTED,UNTOUCHED" in said("pyhanko", way)


@pytest.mark.parametrize("way", WAYS)
def test_openssl_finds_the_cades_signature_good(said: Said, way: str) -> None:
    assert "erification successful" in said("openssl", way)


@pytest.mark.parametrize("way", WAYS)
def test_pdfsig_finds_the_signature_valid_and_the_whole_document_signed(
    said: Said, way: str
) -> None:
    answer = said("pdfsig", way)
    assert "Signature is Valid." in answer
    assert "Total document signed" in answer
    assert "ETSI.CAdES.detached" in answer
    assert "Signature #2" not in answer


@pytest.mark.parametrize("way", WAYS)
def test_mutool_finds_it_unchanged_since_it_was_signed(said: Said, way: str) -> None:
    answer = said("mutool", way)
    assert "The document is unchanged since signing." in answer
    assert "Self-signed certificate in chain" in answer, "the page says so of a self-made seal"


@pytest.mark.parametrize("way", WAYS)
def test_qpdf_finds_no_fault(said: Said, way: str) -> None:
    answer = said("qpdf", way)
    assert "No syntax or stream encoding errors found" in answer
    assert "WARNING" not in answer
    assert answer.endswith("exit 0")


@pytest.mark.parametrize("way", WAYS)
def test_pdffonts_finds_every_font_embedded_with_a_unicode_map(said: Said, way: str) -> None:
    rows = [row for row in said("pdffonts", way).splitlines()[2:] if "Noto" in row]
    assert len(rows) == 4
    for row in rows:
        embedded, subset, mapped = row.split()[-5:-2]
        assert (embedded, subset, mapped) == ("yes", "yes", "yes")
    assert "Helvetica" not in said("pdffonts", way)


@pytest.mark.parametrize("way", WAYS)
def test_pdftotext_keeps_every_romanian_letter(said: Said, way: str) -> None:
    text = said("pdftotext", way)
    for words in (make().holder, "Întocmirea cererii de finanțare și a bugetului", make().number):
        assert words in text
    assert not set("ŞşŢţ") & set(text)


@pytest.mark.parametrize("way", WAYS)
def test_a_screen_reader_is_told_what_each_part_is(said: Said, way: str) -> None:
    assert "Tagged:          yes" in said("pdfinfo", way)
    structure = said("structure", way)
    assert structure.startswith("Document")
    for role in ("H1", "P", "Figure", "Table", "TH", "TD", "Link", "Form"):
        assert f" {role}" in structure
    assert f'"{make().holder}"' in structure


@pytest.mark.parametrize("way", WAYS)
def test_the_facts_are_attached(said: Said, way: str) -> None:
    answer = said("pdfdetach", way)
    assert "1 embedded files" in answer
    assert FACTS_FILE in answer


@pytest.mark.parametrize("way", WAYS)
def test_a_camera_reads_the_address_from_the_printed_page(said: Said, way: str) -> None:
    assert said("zbarimg", way).splitlines()[0] == make().verify_url


@pytest.mark.parametrize("way", WAYS)
def test_two_checkers_of_accessible_files_find_nothing(said: Said, way: str) -> None:
    assert "result: PASS (no findings)" in said("pdfua", way)
    answer = said("outloud", way)
    assert answer.startswith("PASS")
    assert "0 error(s), 0 warning(s)" in answer


def test_pikepdf_finds_it_archivable() -> None:
    """Its check knows neither levels A and U, nor attachments, fields and extension schemas.

    So it looks at the file without them; of the metadata it finds the schemas strange that PDF/A
    allows by describing them, and nothing else.
    """
    for design in (shipped.shipped(key) for key in shipped.KEYS):
        document = make(logos=(make_logo(),), design=design)
        facts = replace(describe(document), attachments=())
        pdf = write_alone(compose(document), facts, conformance="B", has_field=False)
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            findings = pdfa.check(opened, "3b").findings
        assert {finding.rule for finding in findings} <= {"ISO_19005_3:6.6.2.3.1-1"}
        assert all("pdfa" in f.message or "pdfuaid" in f.message for f in findings)


def test_the_file_says_which_standards_it_keeps() -> None:
    with pikepdf.open(io.BytesIO(render(make()))) as opened:
        packet = opened.Root.Metadata.read_bytes().decode()
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert str(opened.pages[0].Tabs) == "/S"
        assert "/Trans" not in opened.pages[0]
    for said_so in (
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ):
        assert said_so in packet
