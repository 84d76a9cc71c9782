"""Pages on sheets: sides, offsets, bleed, proofs, covers, labels, calibration."""

from __future__ import annotations

import io
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from lms.certificates.designs import shipped
from lms.certificates.desk.calibration import calibration_sheet
from lms.certificates.desk.choosing import span_of
from lms.certificates.desk.cover import Entry
from lms.certificates.desk.imposing import Leaf, impose
from lms.certificates.desk.labels import SHEETS, LabelSheet, label_pages
from lms.certificates.desk.settings import Order, PrintKind, PrintSettings, Sides
from lms.certificates.document import CertificateDocument, Duplicate
from lms.certificates.drawing.items import ARTIFACT, Element, FileFacts, Page, Picture, Text
from lms.certificates.drawing.printing import write_sheets
from lms.certificates.numbering import format_number
from lms.certificates.print_file import (
    NoAnnex,
    Sayings,
    compose_for_print,
    render_composed,
    render_print_file,
)
from lms.typography import MM
from tests.certificates.conftest import code_of, make, make_logo
from tests.certificates.reading import text_of

FACTS = FileFacts("Probă", "", "", "", "ro", date(2026, 11, 22))


def one(key: str = "landscape", **more: object) -> CertificateDocument:
    return make(design=shipped.shipped(key), **more)


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def drawn(settings: PrintSettings, *documents: CertificateDocument) -> bytes:
    return render_print_file(documents, settings)


def cost(settings: PrintSettings, document: CertificateDocument) -> float:
    """Return the seconds of CPU that one certificate's sheet takes."""
    start = time.process_time()
    drawn(settings, document)
    return time.process_time() - start


def test_the_paper_original_says_that_it_is_to_be_signed_and_the_copy_that_it_is_one() -> None:
    original = text_of(drawn(PrintSettings(), one()))
    copy = text_of(drawn(PrintSettings(kind=PrintKind.COPY), one()))
    assert "Exemplar pentru semnare olografă" in original
    assert "COPIE" not in original
    assert "COPIE" in copy
    assert "Copie tipărită" in copy


def test_a_certificate_never_begins_on_another_ones_back() -> None:
    both = PrintSettings(sides=Sides.LONG_EDGE)
    assert pages_of(drawn(both, one(), one())) == 4
    assert pages_of(drawn(PrintSettings(), one(), one())) == 2
    assert pages_of(drawn(both, one("supplement"), one("supplement"))) == 4


@pytest.mark.parametrize(
    ("edge", "name"),
    [(Sides.LONG_EDGE, "/DuplexFlipLongEdge"), (Sides.SHORT_EDGE, "/DuplexFlipShortEdge")],
)
def test_the_file_tells_the_printer_on_which_edge_to_turn(edge: Sides, name: str) -> None:
    with pikepdf.open(io.BytesIO(drawn(PrintSettings(sides=edge), one()))) as pdf:
        assert pdf.Root.ViewerPreferences.Duplex == name


def test_a_landscape_back_is_turned_only_where_the_printer_turns_on_the_long_edge() -> None:
    def back(edge: Sides) -> bytes:
        with pikepdf.open(io.BytesIO(drawn(PrintSettings(sides=edge), one("supplement")))) as pdf:
            return bytes(pdf.pages[1].Contents.read_bytes())

    landscape = shipped.shipped("supplement").across > shipped.shipped("supplement").high
    turning, plain = Sides.LONG_EDGE, Sides.SHORT_EDGE
    if not landscape:
        turning, plain = plain, turning
    assert back(turning).startswith(b"q -1.00000 0 0 -1.00000")
    assert not back(plain).startswith(b"q -1")


def test_all_is_moved_as_the_printer_needs() -> None:
    moved = drawn(PrintSettings(printer="Birou", right=1.5, up=-2.0), one())
    with pikepdf.open(io.BytesIO(moved)) as pdf:
        content = bytes(pdf.pages[0].Contents.read_bytes())
    assert content.startswith(f"q 1.00000 0 0 1.00000 {1.5 * MM:.2f} {-2 * MM:.2f} cm".encode())


def test_bleed_and_crop_marks_lie_outside_the_trimmed_sheet() -> None:
    with pikepdf.open(io.BytesIO(drawn(PrintSettings(is_cut=True), one()))) as pdf:
        page = pdf.pages[0]
        trim, bleed, media = (
            [float(each) for each in page[name]] for name in ("/TrimBox", "/BleedBox", "/MediaBox")
        )
    assert trim[2:] == pytest.approx([297 * MM, 210 * MM], abs=0.01)
    assert [bleed[0], bleed[3]] == pytest.approx([-3 * MM, 213 * MM], abs=0.01)
    assert media[0] == pytest.approx(-8 * MM, abs=0.01)


def test_a_cut_sheet_says_outside_the_trim_which_it_is() -> None:
    text = text_of(drawn(PrintSettings(is_cut=True), one(), one()), 1)
    assert "2 / 2 · OS2-2026-000123" in text


def test_pre_printed_paper_gets_neither_logos_nor_frame_but_keeps_the_mark_of_an_example() -> None:
    document = one(logos=(make_logo(),), is_model=True)
    full, bare = (drawn(PrintSettings(is_preprinted=p), document) for p in (False, True))
    with pikepdf.open(io.BytesIO(full)) as with_all, pikepdf.open(io.BytesIO(bare)) as without:

        def pictures(pdf: pikepdf.Pdf) -> int:
            return sum(1 for o in pdf.objects if getattr(o, "Subtype", None) == "/Image")

        assert pictures(with_all)
        assert not pictures(without)
    assert len(bare) < len(full)
    assert "MODEL" in text_of(bare)
    assert document.holder in text_of(bare)


@pytest.mark.parametrize(("per_sheet", "sheets"), [(1, 10), (2, 5), (4, 3), (9, 2)])
def test_proofs_stand_many_on_a_sheet(per_sheet: int, sheets: int) -> None:
    settings = PrintSettings(kind=PrintKind.PROOF, per_sheet=per_sheet).tidy()
    composed = [compose_for_print(one(), settings, Entry(1, "", "", ""))] * 10
    pdf = render_composed(composed, settings, Sayings(proof="PROBĂ · fără valoare"))
    assert pages_of(pdf) == sheets
    assert text_of(pdf, 0).count("PROBĂ") == per_sheet + 1


def test_a_duplicate_says_so_on_its_paper() -> None:
    text = text_of(drawn(PrintSettings(), one(duplicate=Duplicate(1, date(2027, 3, 9)))))
    assert "DUPLICAT nr. 1 din 9 martie 2027" in text


def test_a_proof_is_one_copy_neither_cut_nor_bundled() -> None:
    wanted = PrintSettings(
        kind=PrintKind.PROOF,
        order=Order.COUNTY,
        is_cut=True,
        per_sheet=9,
        copies=3,
        has_cover=True,
        has_separators=True,
    ).tidy()
    assert (wanted.is_cut, wanted.copies, wanted.has_cover, wanted.has_separators) == (
        *(False, 1, False),
        False,
    )
    assert wanted.per_sheet == 9
    assert PrintSettings.from_plain(wanted.to_plain()) == wanted
    assert PrintSettings(per_sheet=9).tidy().per_sheet == 1
    assert not PrintSettings(has_separators=True).tidy().has_separators


def test_copies_of_each_lie_together_and_a_cover_comes_first() -> None:
    pdf = drawn(
        PrintSettings(copies=2, has_cover=True), one(holder="Ana Pop"), one(holder="Ion Dan")
    )
    texts = [text_of(pdf, page) for page in range(5)]
    assert ["Ana Pop" in text for text in texts] == [True, True, True, False, False]
    assert "1." in texts[0]
    assert "Ion Dan" in texts[0]


def test_160_are_drawn_in_less_than_160_times_one_and_a_megabyte() -> None:
    documents = [
        one(holder=f"Ștefania-Ioana Țurcanu {n}", code=code_of(str(n))) for n in range(160)
    ]
    settings = PrintSettings(sides=Sides.SHORT_EDGE)
    drawn(settings, documents[0])
    each = min(cost(settings, documents[0]) for _time in range(3))
    start = time.process_time()
    pdf = drawn(settings, *documents)
    assert time.process_time() - start < 160 * each  # bench.certificates tells the seconds
    assert len(pdf) < 1_000_000


@pytest.mark.parametrize("key", shipped.KEYS)
def test_a_file_to_print_says_what_its_parts_are(key: str, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(
        drawn(PrintSettings(has_cover=True, copies=2), one(key, holder="Ana Pop", is_model=True))
    )
    said = subprocess.run(
        ["pdfinfo", "-struct-text", file], capture_output=True, text=True, check=True
    )
    assert said.stderr == ""
    title = "Certificat de participare"
    assert re.search(rf'H1 \(block\)\n\s+"{title}"', said.stdout)
    assert said.stdout.count("Ana Pop") >= 3  # in the list of the cover, and on both copies
    assert "Perioada" in said.stdout
    assert '"MODEL"' not in said.stdout, "ornaments are passed over"
    info = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", info)
    assert re.search(rf"Title:\s+{title}", info)
    with pikepdf.open(file) as opened:
        assert opened.Root.Lang == "ro"
        assert opened.check_pdf_syntax() == []
        figures = [each for each in elements(opened) if each.S == "/Figure"]
        assert figures
        assert all(str(each.Alt) for each in figures)
        for index, page in enumerate(opened.pages):
            assert page.StructParents == index


def elements(opened: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Go through the parts that a file tells of."""
    return (
        each
        for each in opened.objects
        if isinstance(each, pikepdf.Dictionary) and "/S" in each and "/P" in each
    )


def test_the_annex_alone_is_all_but_the_first_page() -> None:
    alone = drawn(PrintSettings(kind=PrintKind.ANNEX), one("supplement"))
    assert pages_of(alone) == 1
    assert "Anexă: conținutul cursului" in text_of(alone)
    with pytest.raises(NoAnnex):
        drawn(PrintSettings(kind=PrintKind.ANNEX), one("landscape"))


def test_a_background_reaches_over_the_edge_of_a_cut_sheet() -> None:
    ground = Picture(make_logo().png, 0, 0, 297, 210)
    page = Page(297, 210, (Element(ARTIFACT, (ground,)),))
    (cut,) = impose([Leaf((page,))], PrintSettings(is_cut=True))
    assert isinstance(cut, Page)
    (grown,) = cut.elements[0].items
    assert isinstance(grown, Picture)
    assert (grown.x, grown.y, grown.across, grown.high) == (-3, -3, 303, 216)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())
def test_labels_lie_on_their_sheet(sheet: LabelSheet) -> None:
    across = sheet.left * 2 + sheet.columns * sheet.across + (sheet.columns - 1) * sheet.gap
    assert across == pytest.approx(210, abs=0.6)
    assert sheet.top + sheet.rows * sheet.high <= 297


def test_labels_begin_at_the_first_free_one_and_long_names_are_broken() -> None:
    long = "Asociația pentru Dezvoltarea Comunitară Durabilă din Valea Plopilor de Sus"
    labels = [(f"{long} {n}", "Str. Exemplu 1", "000000 Valea") for n in range(25)]
    pages = list(label_pages(SHEETS["3x8"], labels, start=24))
    assert len(pages) == 2
    first = pages[0].elements[0].items
    assert {round(item.x) for item in first if isinstance(item, Text)} == {144}
    for page in pages:
        for item in page.elements[0].items:
            assert isinstance(item, Text)
            assert item.across < 62.1
    assert "Plopilor de Sus" in text_of(write_sheets(pages, FACTS), 1)


def test_the_calibration_sheet_has_crosses_twenty_millimetres_from_the_edges() -> None:
    sheet = calibration_sheet(297, 210, ("Foaie", ["Măsurați"]), 1.5, 0)
    (placed,) = sheet.placed
    assert (placed.x, placed.y) == (1.5, 0)
    pdf = write_sheets([sheet], FACTS)
    assert "Măsurați" in text_of(pdf)
    assert pages_of(pdf) == 1


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        pytest.param("2", "3", (2, 3), id="places"),
        pytest.param("OS2-2026-000002-A", "3", (2, 3), id="a number and a place"),
        pytest.param("3", "2", None, id="the wrong way round"),
        pytest.param("0", "2", None, id="before the first"),
        pytest.param("2", "9", None, id="beyond the last"),
        pytest.param("x", "2", None, id="no number"),
    ],
)
def test_a_range_is_read_by_places_or_numbers(
    first: str, last: str, span: tuple[int, int] | None
) -> None:
    numbers = [format_number("OS2", 2026, n) for n in (1, 2, 3)]
    given = first if not first.startswith("OS2") else numbers[1]
    assert span_of(numbers, given, last) == span


def test_the_same_settings_and_documents_are_the_same_bytes() -> None:
    settings = PrintSettings(sides=Sides.SHORT_EDGE, has_cover=True)
    assert drawn(settings, one()) == drawn(replace(settings), one())
