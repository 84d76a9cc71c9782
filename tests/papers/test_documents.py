"""A document is made of what Word and screen readers know: styles, numbering, controls."""

import io
import re

import pytest
from docx import Document
from docx.oxml.ns import qn

from lms.exchange.paper_file import read_paper
from lms.papers.building import build
from lms.safety.archive import read_archive
from tests.papers.sample import PAPER, TEXT

HEAD = TEXT[: TEXT.index("body:")]


def made(body: str, head: str = HEAD):
    problems = []
    paper, _lines = read_paper(PAPER, f"{head}body:\n{body}", problems)
    assert problems == []
    return Document(io.BytesIO(build(paper).data))


def styles(document) -> list[str]:
    return [p.style.name for p in document.paragraphs]


def controls(document) -> list[str]:
    return [node.get(qn("w:val")) for node in document.element.iter(qn("w:alias"))]


def test_a_place_to_fill_in_is_a_control_with_a_name_of_its_own():
    document = made("  - text: Subsemnatul __numele__, din __localitatea__.\n")
    assert controls(document) == ["numele", "localitatea"]
    ids = [node.get(qn("w:val")) for node in document.element.iter(qn("w:id"))]
    assert len(set(ids)) == 2
    shown = "".join(t.text for t in document.paragraphs[1]._p.iter(qn("w:t")))
    assert shown == "Subsemnatul [numele], din [localitatea]."


def test_signs_of_the_file_format_are_words_like_any_other():
    document = made("  - text: 'Preț < 3 & mai mare > 2: __a<b & \"c\"__'\n".replace('"', ""))
    assert controls(document) == ["a<b & c"]
    assert "Preț < 3 & mai mare > 2" in document.paragraphs[1].text


def test_clauses_number_themselves_and_name_no_number():
    body = (
        "  - clause: Rolurile\n    optional: true\n    guidance: [Scurt.]\n    points:\n"
        "      - |\n        Orașul:\n        - plătește;\n        - ajută.\n      - Atât.\n"
    )
    document = made(body)
    assert styles(document)[1:] == [
        *("Articol", "Îndrumare", "După îndrumare"),
        *("Alineat", "Literă", "Literă", "Alineat"),
    ]
    assert document.paragraphs[1].text == "Rolurile (clauză opțională)"
    numbering = document.part.numbering_part.element.xml
    for level in ("Articolul %1.", "(%2)", "%3)"):
        assert f'w:val="{level}"' in numbering


def test_each_numbered_list_begins_with_one():
    document = made("  - steps: [Unu, Doi]\n  - text: Apoi\n  - steps: [Unu]\n")
    ids = [p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style.name == "List Number"]
    assert ids[0] == ids[1] != ids[2]


def test_a_box_can_be_ticked_and_says_what_for():
    document = made("  - ticks: [Da, Nu]\n")
    assert controls(document) == ["Da", "Nu"]
    assert document.element.xml.count("<w14:checkbox>") == 2


def test_a_table_tells_its_heading_and_leaves_room():
    body = (
        "  - table: Sume\n    lines: 2\n    columns:\n      - {title: Ce, share: 3}\n"
        "      - {title: Lei, number: true}\n    rows:\n      - [Sala, '']\n    empty: 2\n"
    )
    (table,) = made(body).tables
    assert [cell.text for cell in table.rows[0].cells] == ["Ce", "Lei"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert len(table.rows) == 4
    assert all(row.height.mm == pytest.approx(15, abs=0.1) for row in list(table.rows)[1:])
    assert table.columns[0].width == pytest.approx(3 * table.columns[1].width, rel=0.01)
    assert table.rows[1].cells[1].paragraphs[0].style.name == "Celulă cu număr"


def test_what_follows_a_page_break_begins_a_page_whatever_it_is():
    document = made(
        "  - page_break: true\n  - heading: Doi\n  - page_break: true\n  - ticks: [Da]\n"
    )
    breaking = [p.style.name for p in document.paragraphs if p.paragraph_format.page_break_before]
    assert breaking == ["Heading 1", "După îndrumare"]
    assert "w:br" not in document.element.xml


@pytest.mark.parametrize(
    ("head", "size"),
    [(HEAD, (210, 297)), (f"{HEAD}landscape: true\n", (297, 210))],
    ids=["upright", "lying"],
)
def test_a_page_is_a4(head, size):
    section = made("  - text: Da\n", head).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == size


def test_a_document_speaks_romanian_and_brings_nothing_foreign_along():
    problems = []
    paper, _lines = read_paper(PAPER, TEXT, problems)
    parts = read_archive(build(paper).data)
    assert b'w:lang w:val="ro-RO"' in parts["word/styles.xml"]
    assert b"en-US" not in parts["word/styles.xml"] + parts["word/settings.xml"]
    assert not [name for name in parts if re.search(r"thumbnail|customXml|WithEffects", name)]
    assert b"python-docx" not in b"".join(parts.values())


def test_every_style_that_is_used_is_there():
    document = made("  - text: Da\n")
    known = {style.style_id for style in document.styles}
    used = set(
        re.findall(r'w:(?:pStyle|rStyle|tblStyle|basedOn) w:val="(\w+)"', document.element.xml)
    )
    numbered = set(re.findall(r'w:pStyle w:val="(\w+)"', document.part.numbering_part.element.xml))
    based = set(re.findall(r'w:(?:basedOn|next) w:val="(\w+)"', document.styles.element.xml))
    assert used | numbered | based <= known
