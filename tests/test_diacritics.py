"""Marks that combine with a letter: where the font's designer meant them, and read as they were."""

from __future__ import annotations

import subprocess
import unicodedata
from pathlib import Path

import pymupdf
import pypdfium2
import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from lms import diacritics, typography
from lms.certificates.designs import shipped
from lms.certificates.render import render
from lms.typography import Face
from tests.certificates.conftest import make
from tests.certificates.reading import text_of

COMPOSED = "čžšğáèõĉřșțẽộṩĀŐŠŽĞ"
HOLDERS = {
    "landscape": "Mx\u030c\u025b\u0303ra \u0190\u030c\u0256\u025b\u0303-Ștefania Q\u030cui\u0304",
    "portrait": "\u0410\u0301\u043d\u043d\u0430 \u042e\u0304\u0440\u0456\u0439",
    "supplement": "x\u030c\u0323\u0302y Țîrlea",
}


def box(font: TTFont, character: str) -> tuple[float, float, float, float]:
    """Measure a letter's ink in the font's units: left, bottom, right, top."""
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[font.getBestCmap()[ord(character)]].draw(pen)
    left, bottom, right, top = pen.bounds
    return left, bottom, right, top


@pytest.mark.parametrize("face", Face)
def test_a_mark_stands_where_the_composed_letter_has_it(face: Face) -> None:
    font = TTFont(typography.path_of(face))
    for letter in COMPOSED:
        text = unicodedata.normalize("NFD", letter)
        ends = font["hmtx"][font.getBestCmap()[ord(text[0])]][0]
        boxes = [box(font, text[0])]
        for index, place in typography.marks_of(text, face).items():
            own = box(font, text[index])
            along, up = ends + place.along, place.up
            boxes.append((own[0] + along, own[1] + up, own[2] + along, own[3] + up))
        together = (
            min(each[0] for each in boxes),
            min(each[1] for each in boxes),
            max(each[2] for each in boxes),
            max(each[3] for each in boxes),
        )
        whole = box(font, letter)
        apart = max(abs(one - other) for one, other in zip(together, whole, strict=True))
        assert apart <= 60, f"{letter} of {face}: {together} and not {whole}"


def test_a_mark_has_no_width_and_no_space_of_its_own() -> None:
    for face in Face:
        for tracking in (0.0, 1.5):
            plain = typography.width("Mxra", face, 20, tracking)
            assert typography.width("Mx\u030cra\u0323\u0302", face, 20, tracking) == plain


def test_a_text_without_such_marks_and_a_mark_without_a_letter_are_left_alone() -> None:
    assert typography.marks_of("Ștefania Țîrlea", Face.TEXT) == {}
    assert typography.marks_of("\u030cx", Face.TEXT) == {}
    assert typography.marks_of("a \u030cx", Face.TEXT) == {}
    assert diacritics.bare("Mx\u030cra") == "Mxra"


def test_a_letter_that_the_font_has_no_place_for_gets_its_mark_centred() -> None:
    font = typography.path_of(Face.TEXT)
    (place,) = diacritics.places("5\u20d7", font).values()
    assert -700 < place.along < 0


@pytest.mark.parametrize("key", HOLDERS)
def test_every_reader_reads_the_name_as_it_was_written(key: str, tmp_path: Path) -> None:
    holder = unicodedata.normalize("NFC", HOLDERS[key])
    data = render(make(holder=holder, design=shipped.shipped(key)))
    assert holder in text_of(data)
    file = tmp_path / "a.pdf"
    file.write_bytes(data)
    said = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, text=True)
    assert holder in unicodedata.normalize("NFC", said.stdout)
    with pymupdf.open(file) as opened:
        assert holder in unicodedata.normalize("NFC", opened[0].get_text())
    opened = pypdfium2.PdfDocument(data)
    try:
        assert holder in unicodedata.normalize("NFC", opened[0].get_textpage().get_text_bounded())
    finally:
        opened.close()
