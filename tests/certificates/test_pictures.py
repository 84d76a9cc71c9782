"""Pictures, scans and copies: the code on them is read, and nothing more is believed."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import struct
import zlib
from dataclasses import replace
from datetime import date

import pikepdf
import pypdfium2
import pytest
import segno
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from lms.certificates.inspection import inspect_pdf
from lms.certificates.render import render
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.states import CertificateState
from lms.certificates.verification import (
    SIZE_LIMIT,
    Outcome,
    PdfOutcome,
    PdfVerdict,
    RegisterEntry,
    foreign_host,
    judge,
)
from lms.certificates.verifying.upload import inspect_upload
from tests.certificates.conftest import code_of, make, trusted

pytestmark = pytest.mark.one_database

CODE = make().code
TODAY = date(2026, 12, 1)


def page_of(pdf: bytes, dots: int = 150) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dots / 72).to_pil().convert("RGB")


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def spoilt(picture: Image.Image) -> Image.Image:
    """Cover the QR code with a blot: where it stands is found by reading it first."""
    (found,) = zxingcpp.read_barcodes(picture)
    corners = found.position
    points = [corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left]
    box = (
        min(p.x for p in points) - 4,
        min(p.y for p in points) - 4,
        max(p.x for p in points) + 4,
        max(p.y for p in points) + 4,
    )
    out = picture.copy()
    ImageDraw.Draw(out).rectangle(box, fill="black")
    return out


@pytest.fixture(scope="module")
def page(signed: bytes) -> Image.Image:
    return page_of(signed)


def seen(data: bytes, seal: PadesSeal) -> PdfVerdict:
    return inspect_upload(data, trusted=trusted(seal))


def test_the_code_is_read_from_a_picture_of_any_common_kind(
    page: Image.Image, seal: PadesSeal
) -> None:
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        verdict = seen(written(page, kind), seal)
        assert (verdict.outcome, verdict.claimed_code) == (PdfOutcome.IMAGE, CODE), kind


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: p.rotate(90, expand=True), id="on its side"),
        pytest.param(lambda p: p.rotate(4, expand=True, fillcolor="white"), id="askew"),
        pytest.param(lambda p: p.convert("1"), id="a black-and-white copy"),
        pytest.param(lambda p: p.filter(ImageFilter.GaussianBlur(1.2)), id="a little blurred"),
        pytest.param(lambda p: p.resize((p.width * 3, p.height * 3)), id="a telephone's size"),
    ],
)
def test_a_photograph_may_be_poor(page: Image.Image, seal: PadesSeal, change) -> None:
    assert seen(written(change(page), "PNG"), seal).claimed_code == CODE


def test_a_scan_saved_as_pdf_is_a_picture(page: Image.Image, seal: PadesSeal) -> None:
    verdict = seen(written(page, "PDF"), seal)
    assert (verdict.outcome, verdict.claimed_code) == (PdfOutcome.IMAGE, CODE)


def test_a_scan_larger_than_any_certificate_is_read_too(page: Image.Image, seal: PadesSeal) -> None:
    data = written(page, "PDF")
    padded = data + b"%" + b"x" * SIZE_LIMIT + b"\n%%EOF\n"
    assert seen(padded, seal).claimed_code == CODE


def test_a_copy_printed_to_pdf_names_its_code_though_no_seal_is_left(
    signed: bytes, seal: PadesSeal
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        del pdf.Root.AcroForm
        del pdf.pages[0].Annots
        del pdf.docinfo
        if "/Metadata" in pdf.Root:
            del pdf.Root.Metadata
        pdf.save(out)
    verdict = seen(out.getvalue(), seal)
    assert (verdict.outcome, verdict.claimed_code) == (PdfOutcome.NO_SIGNATURE, CODE)


def test_a_code_printed_as_text_is_read_where_its_qr_is_not(seal: PadesSeal) -> None:
    from reportlab.pdfgen.canvas import Canvas

    from lms.certificates.numbering import display_code

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, f"Cod: {display_code(CODE)}")
    canvas.save()
    assert seen(out.getvalue(), seal).claimed_code == CODE


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "PDF"])
def test_where_the_qr_code_is_spoilt_the_picture_is_handed_back_to_be_read(
    page: Image.Image, seal: PadesSeal, kind: str
) -> None:
    options = {"resolution": 150.0} if kind == "PDF" else {}
    found = seen(written(spoilt(page), kind, **options), seal)
    assert (found.outcome, found.claimed_code) == (PdfOutcome.IMAGE, None)
    data = base64.b64decode(found.picture)
    with Image.open(io.BytesIO(data)) as shown:
        assert (shown.format, shown.mode) == ("JPEG", "L")
        assert 1000 < max(shown.size) <= 1600
        assert not zxingcpp.read_barcodes(shown)
    assert len(data) <= 400_000
    assert PdfVerdict.from_json(found.to_json()) == found


def test_where_a_code_is_read_no_picture_is_handed_back(page: Image.Image, seal: PadesSeal) -> None:
    assert seen(written(page, "PNG"), seal).picture == ""
    assert seen(written(page, "PDF", resolution=150.0), seal).picture == ""


def test_a_picture_lying_on_its_side_is_shown_as_it_was_taken(
    page: Image.Image, seal: PadesSeal
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    data = written(spoilt(page), "JPEG", exif=exif)
    with Image.open(io.BytesIO(base64.b64decode(seen(data, seal).picture))) as shown:
        assert shown.height > shown.width


def test_even_noise_gives_no_large_picture(seal: PadesSeal) -> None:
    noise = Image.effect_noise((2400, 2400), 120)
    assert len(seen(written(noise, "JPEG", quality=95), seal).picture) <= 540_000


def test_a_picture_without_a_code_of_ours_claims_nothing(seal: PadesSeal) -> None:
    out = io.BytesIO()
    segno.make("https://example.org/anything").save(out, kind="png", scale=8)
    verdict = seen(out.getvalue(), seal)
    assert (verdict.outcome, verdict.claimed_code) == (PdfOutcome.IMAGE, None)


def bomb() -> bytes:
    """A PNG of 40000 by 40000 points in a few hundred bytes of head."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(5_001 * 400))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bomb(), id="a bomb"),
        pytest.param(b"\xff\xd8\xff\xe0" + b"\x00" * 500, id="a torn JPEG"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"0" * 50, id="a torn PNG"),
        pytest.param(b"\x00\x00\x00\x18ftypheic" + bytes(100), id="of a kind that isn't read"),
    ],
)
def test_a_hostile_picture_is_a_picture_and_breaks_nothing(data: bytes, seal: PadesSeal) -> None:
    verdict = seen(data, seal)
    assert (verdict.outcome, verdict.claimed_code) == (PdfOutcome.IMAGE, None)


def test_a_running_event_loop_breaks_no_inspection(signed: bytes, seal: PadesSeal) -> None:
    async def inside() -> PdfOutcome:
        return inspect_pdf(signed, trusted=trusted(seal)).outcome

    assert asyncio.run(inside()) is PdfOutcome.INTACT


# judging -----------------------------------------------------------------------------------------

ENTRY = RegisterEntry(
    number="OS2-2026-000123-N",
    code=CODE,
    state=CertificateState.VALID,
    is_model=False,
    sha256s=frozenset({"a" * 64}),
    holder="Ana Pop",
    hosts=frozenset({"cursuri.example.org"}),
)
PICTURE = PdfVerdict(PdfOutcome.IMAGE, "b" * 64, claimed_code=CODE)


def test_a_picture_is_never_good_and_says_what_the_register_says() -> None:
    verdict = judge(PICTURE, "b" * 64, ENTRY, TODAY)
    assert (verdict.outcome, verdict.standing) == (Outcome.IMAGE_ONLY, Outcome.VALID)
    assert not verdict.is_good
    revoked = replace(ENTRY, state=CertificateState.REVOKED)
    assert judge(PICTURE, "b" * 64, revoked, TODAY).standing is Outcome.REVOKED


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://cursuri.example.org/v/X", ""),
        ("cursuri.example.org/v/X", ""),
        ("X" * 27, ""),
        ("https://cursuri.example.org.evil.example/v/X", "cursuri.example.org.evil.example"),
        ("https://cursuri.example.org@evil.example/v/X", "evil.example"),
        ("evil.example/v/X", "evil.example"),
        ("https://cursuri.exаmple.org/v/X", "cursuri.exаmple.org"),
        ("https://[bad/v/X", "https://[bad/v/X"),
    ],
)
def test_a_qr_code_that_leads_elsewhere_is_named(address: str, host: str) -> None:
    assert foreign_host(address, ENTRY.hosts) == host
    verdict = judge(replace(PICTURE, claimed_address=address), "b" * 64, ENTRY, TODAY)
    assert verdict.leads_to == host


@pytest.mark.parametrize(
    "change", [{"number": "OS2-2026-000124-L"}, {"code": code_of("x")}, {"holder": "Ana Popa"}]
)
def test_number_code_and_name_must_be_the_registers_even_where_the_hash_agrees(change) -> None:
    said = {"number": ENTRY.number, "code": CODE, "holder": "Ana Pop"}
    file = PdfVerdict(PdfOutcome.INTACT, "a" * 64, claimed_code=CODE, facts=json.dumps(said))
    assert judge(file, "a" * 64, ENTRY, TODAY).is_good
    other = replace(file, facts=json.dumps(said | change))
    assert not judge(other, "a" * 64, ENTRY, TODAY).is_good
    assert not judge(replace(file, facts=None), "a" * 64, ENTRY, TODAY).is_good


def test_an_erased_name_is_not_compared() -> None:
    said = {"number": ENTRY.number, "code": CODE, "holder": "Ana Pop"}
    file = PdfVerdict(PdfOutcome.INTACT, "a" * 64, claimed_code=CODE, facts=json.dumps(said))
    assert judge(file, "a" * 64, replace(ENTRY, holder=""), TODAY).is_good


def test_an_unsigned_copy_from_the_print_desk_names_its_code(seal: PadesSeal) -> None:
    verdict = seen(render(make()), seal)
    assert (verdict.outcome, verdict.claimed_code) == (PdfOutcome.NO_SIGNATURE, CODE)
