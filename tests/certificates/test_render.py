"""The page: the same bytes each time, everything on it readable, nothing it may not say."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from lms.certificates.composing import compose, describe
from lms.certificates.drawing.printing import write_sheets
from lms.certificates.numbering import display_code, format_number
from lms.certificates.print_file import render_print_file
from lms.certificates.render import render
from lms.typography import MM
from tests.certificates.conftest import code_of, make, make_logo
from tests.certificates.reading import fonts_of, text_of
from tests.certificates.test_document import HARD_NAMES


def test_the_same_document_is_the_same_bytes() -> None:
    document = make(logos=(make_logo(),))
    assert render(document) == render(document)


def test_another_process_with_another_hash_seed_and_epoch_draws_the_same_bytes() -> None:
    script = (
        "import hashlib; from tests.certificates.conftest import make;"
        "from lms.certificates.render import render;"
        "print(hashlib.sha256(render(make())).hexdigest())"
    )
    root = Path(__file__).parents[2]
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": epoch, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, epoch, zone in (("1", "1", "UTC"), ("2", "999999999", "Asia/Tokyo"))
    }
    assert len(answers) == 1


@pytest.mark.parametrize("name", HARD_NAMES)
def test_the_name_can_be_read_back_letter_by_letter(name: str) -> None:
    text = text_of(render(make(holder=name)))
    assert name in text.replace("-\n", "-").replace("\n", " ")


def test_the_page_says_what_the_document_says() -> None:
    document = make()
    text = text_of(render(document))
    for said in (
        "Certificat de participare",
        document.number,
        document.sentence,
        document.place,
        "14 septembrie – 20 noiembrie 2026",
        "21 de ore",
        "22 noiembrie 2026",
        display_code(document.code),
        "cursuri.example.org/v/",
        document.issuer_contact,
        "Mihaela Popescu-Exemplu",
        "Manager de proiect",
        "Aici stă mențiunea finanțatorului.",
        "Întocmirea cererii de finanțare și a bugetului",
        "„Parteneriat social și finanțare nerambursabilă”",
    ):
        assert said in text


def test_comma_letters_stay_comma_letters() -> None:
    text = text_of(render(make(holder="Țâșnițu Ștefănescu-Îngerățău")))
    assert "Țâșnițu Ștefănescu-Îngerățău" in text
    assert not re.search("[ŞşŢţ]", text)


def test_it_names_no_software_and_claims_no_qualification() -> None:
    pdf = render(make())
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        metadata = [str(value) for value in opened.docinfo.values()]
    said = " ".join([text_of(pdf), *metadata]).lower()
    for word in ("reportlab", "lms", "absolv", "calific", "atestat"):
        assert word not in said


def test_it_is_one_page_of_a4_lying_down_with_title_and_language() -> None:
    pdf = pikepdf.open(io.BytesIO(render(make())))
    assert len(pdf.pages) == 1
    width, height = (float(side) for side in pdf.pages[0].MediaBox[2:])
    assert (round(width / MM), round(height / MM)) == (297, 210)
    assert str(pdf.Root.Lang) == "ro"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.docinfo["/Title"]) == "Certificat de participare OS2-2026-000123-N"
    assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261122")


def test_every_font_is_embedded_as_a_subset_with_a_map_to_unicode() -> None:
    fonts = fonts_of(render(make(is_model=True)))
    assert len(fonts) == 4
    for font in fonts:
        assert font.kind == "/CIDFontType2"
        assert re.match(r"/[A-Z]{6}\+Noto", font.name)
        assert font.is_embedded
        assert font.has_unicode_map


def test_no_built_in_font_is_named_anywhere() -> None:
    pdf = pikepdf.open(io.BytesIO(render(make())))
    unpacked = io.BytesIO()
    pdf.save(unpacked, stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
    for name in (b"Helvetica", b"Times-", b"Courier", b"ZapfDingbats"):
        assert name not in unpacked.getvalue()


def test_it_is_strictly_well_formed() -> None:
    pdf = render(make(logos=(make_logo(),), is_model=True))
    assert pikepdf.open(io.BytesIO(pdf)).check_pdf_syntax() == []
    assert PdfFileReader(io.BytesIO(pdf), strict=True).root["/Type"] == "/Catalog"


def test_it_stays_small() -> None:
    assert len(render(make())) < 100_000


def test_a_model_says_so_twice_and_a_certificate_never() -> None:
    model = text_of(render(make(is_model=True)))
    assert model.count("MODEL") == 2
    assert "exemplu, fără valoare" in model
    assert "MODEL" not in text_of(render(make()))


def test_in_english_the_fixed_words_and_figures_are_english() -> None:
    text = text_of(render(make(locale="en", title="Certificate of participation")))
    for said in ("This is to certify that", "21 hours", "14 September – 20 November 2026"):
        assert said in text


@pytest.mark.parametrize("modules", [0, 1, 8, 10])
@pytest.mark.parametrize("logos", [0, 1, 4])
def test_a_page_is_read_from_the_logos_down(logos: int, modules: int) -> None:
    plain = make(logos=tuple(make_logo(f"Sigla {n}") for n in range(logos)))
    document = replace(plain, modules=plain.modules[:modules])
    (page,) = compose(document)
    roles = [element.role for element in page.elements if element.role != "artifact"]
    assert roles[: logos + 2] == ["Figure"] * logos + ["P", "H1"]
    assert roles.count("Table") == (2 if modules else 1)
    assert render(document)


def test_what_doesnt_fit_is_refused_and_not_drawn_over_the_edge() -> None:
    with pytest.raises(ValueError, match="fit"):
        render(make(holder="Ana" * 100))


def test_the_print_file_has_a_page_for_each_and_each_font_once() -> None:
    documents = [
        make(number=format_number("OS2", 2026, n), code=code_of(str(n)), holder=f"Ana Popescu-{n}")
        for n in range(1, 26)
    ]
    pdf = render_print_file(iter(documents))
    assert pdf == render_print_file(documents)
    opened = pikepdf.open(io.BytesIO(pdf))
    assert len(opened.pages) == 25
    assert len(fonts_of(pdf)) == 4
    assert len(pdf) < 25 * 12_000
    for index, document in enumerate(documents):
        text = text_of(pdf, index)
        assert document.holder in text
        assert document.number in text
        assert "Copie tipărită" in text
    assert "/AcroForm" not in opened.Root


def test_the_electronic_copy_says_that_it_is_one() -> None:
    assert "Exemplar electronic" in text_of(render(make()))
    assert "Sigiliu calificat" in text_of(render(make(seal_note="Sigiliu calificat")))
    printed = text_of(render_print_file([make(seal_note="Sigiliu calificat")]))
    assert "Sigiliu calificat" not in printed


def test_nothing_to_print_is_refused() -> None:
    with pytest.raises(ValueError):
        render_print_file([])
    with pytest.raises(ValueError):
        write_sheets([], describe(make()))
