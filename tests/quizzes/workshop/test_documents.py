"""What Word and Excel give, on the clipboard or as a file, read into text."""

from __future__ import annotations

import io

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lms.quizzes.workshop.document import to_text
from lms.quizzes.workshop.docx_reader import DocumentFault, DocumentRefused, read_docx
from lms.quizzes.workshop.html_paste import read_html
from lms.quizzes.workshop.reading import read_text


def pasted(html: str) -> str:
    return to_text(read_html(html))


def right(text: str) -> list[list[str]]:
    read = read_text(text)
    assert read.is_ready, (text, read.errors, read.asked)
    return [[o.text for o in i.question.options if o.fraction > 0] for i in read.items]


WORD = """<html xmlns:o="urn:schemas-microsoft-com"><head><style>p{{x:y}}</style></head>
<body><!--StartFragment-->
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span>
</span><![endif]>Câți membri<b> are</b> o asociație?<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>a)
<span style='font:7.0pt'>&nbsp; </span></span>doi<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>b)
<span style='font:7.0pt'>&nbsp; </span></span>{}<o:p></o:p></p>
<!--EndFragment--></body></html>"""
MARKS = {
    "bold": "<b>trei</b>",
    "bold by style": "<span style='font-weight:700'>trei</span>",
    "underlined": "<u>trei</u>",
    "highlighted": "<span style='background:yellow;mso-highlight:yellow'>trei</span>",
    "a star": "trei*",
    "bold in pieces": "<b>tr</b><b>ei</b>",
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_a_list_of_word_keeps_its_numbers_and_the_right_answer_is(mark: str) -> None:
    text = pasted(WORD.format(mark))
    assert text.startswith("1. Câți membri **are** o asociație?\na) doi\n")
    assert right(text) == [["trei"]]


def test_lists_of_browsers_become_numbers_and_letters() -> None:
    text = pasted(
        "<ol><li>Câți?<ol type='a'><li>doi</li><li><strong>trei</strong></li></ol></li>"
        "<li>Care?<ol style='list-style-type:lower-alpha'><li><u>una</u></li><li>alta</li></ol>"
        "</li></ol>"
    )
    assert right(text) == [["trei"], ["una"]]


def test_paragraphs_typed_by_hand_and_lines_in_one_paragraph_are_read() -> None:
    text = pasted(
        "<p>1. Câți?<br>a) doi<br><b>b) trei</b></p><p>2. Care?</p><p>*a) x</p><p>b) y</p>"
    )
    assert right(text) == [["trei"], ["x"]]


def test_when_all_options_are_bold_nothing_is_guessed() -> None:
    text = pasted("<p><b>1. Câți?</b></p><p><b>a) doi</b></p><p><b>b) trei</b></p>")
    assert text == "1. Câți?\na) doi\nb) trei"
    assert len(read_text(text).asked) == 1


def test_two_marks_that_contradict_each_other_are_asked_about() -> None:
    assert read_text(pasted("<p>1. Câți?</p><p>a) <b>doi</b></p><p>b) <u>trei</u></p>")).asked


def test_raised_letters_headings_and_emphasis_are_kept() -> None:
    text = pasted("<h2>Modulul 1</h2><p>1. Câți m<sup>2</sup> de H<sub>2</sub>O <i>pură</i>?</p>")
    assert text == "## Modulul 1\n\n1. Câți m<sup>2</sup> de H<sub>2</sub>O *pură*?"


def test_rows_of_a_sheet_are_questions() -> None:
    row = "<tr><td>{}</td><td>Câți {}?</td><td>doi</td><td>trei</td><td>zece</td><td>{}</td></tr>"
    text = pasted(f"<table>{row.format(1, 'x', 'B')}{row.format(2, 'y', 'c')}</table>")
    assert right(text) == [["trei"], ["zece"]]
    bold = "<tr><td>Câți?</td><td>doi</td><td><b>trei</b></td></tr>"
    assert right(pasted(f"<table>{bold}</table>")) == [["trei"]]


def test_nothing_of_dangerous_html_is_left() -> None:
    text = pasted(
        "<script>alert(1)</script><p onclick=x>1. <a href='javascript:x'>C</a>?</p>"
        "<p>a) <img src='file:///c:/x.png' onerror=y>x</p><p>*b) y</p><iframe src=z></iframe>"
    )
    assert text == "1. C?\na) x\n*b) y"


@given(st.text("<>/pbullitd=\"'style:;! -12a).", max_size=150))
def test_any_html_is_read_without_raising(html: str) -> None:
    assert "<script" not in pasted(html)


# DOCX --------------------------------------------------------------------------------------------


def document(build) -> bytes:
    made = docx.Document()
    build(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_a_document_with_typed_numbers_and_marks_is_read() -> None:
    def build(made) -> None:
        made.add_heading("Modulul 1", level=1)
        made.add_paragraph("1. Câți?")
        made.add_paragraph("a) doi")
        made.add_paragraph("").add_run("b) trei").bold = True
        made.add_paragraph("2. Care?")
        made.add_paragraph("").add_run("a) una").font.highlight_color = WD_COLOR_INDEX.YELLOW
        made.add_paragraph("b) alta")
        made.add_paragraph("3. Cine?")
        made.add_paragraph("a) el")
        made.add_paragraph("").add_run("b) ea").underline = True

    text = to_text(read_docx(document(build)))
    assert text.startswith("## Modulul 1\n\n1. Câți?\na) doi\n*b) trei")
    assert right(text) == [["trei"], ["una"], ["ea"]]


def number(paragraph, number_id: str, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = int(number_id)


def test_automatic_numbers_are_worked_out_as_word_does() -> None:
    def build(made) -> None:
        root = made.part.numbering_part.element
        abstract = OxmlElement("w:abstractNum")
        abstract.set(qn("w:abstractNumId"), "77")
        for level, form, shown in ((0, "decimal", "%1."), (1, "lowerLetter", "%2)")):
            each = OxmlElement("w:lvl")
            each.set(qn("w:ilvl"), str(level))
            for name, value in (("start", "1"), ("numFmt", form), ("lvlText", shown)):
                part = OxmlElement(f"w:{name}")
                part.set(qn("w:val"), value)
                each.append(part)
            abstract.append(each)
        root.insert(0, abstract)
        num = OxmlElement("w:num")
        num.set(qn("w:numId"), "88")
        link = OxmlElement("w:abstractNumId")
        link.set(qn("w:val"), "77")
        num.append(link)
        root.append(num)
        for stem, options in (("Câți?", ["doi", "*trei"]), ("Care?", ["*una", "alta", "niciuna"])):
            number(made.add_paragraph(stem), "88", 0)
            for option in options:
                paragraph = made.add_paragraph()
                paragraph.add_run(option.strip("*")).bold = option.startswith("*")
                number(paragraph, "88", 1)

    text = to_text(read_docx(document(build)))
    assert "1. Câți?\na) doi\n*b) trei" in text
    assert "2. Care?\n*a) una\nb) alta\nc) niciuna" in text


def test_tables_and_pictures_of_a_document_are_read() -> None:
    def build(made) -> None:
        stream = io.BytesIO()
        Image.new("RGB", (9, 9), "red").save(stream, "PNG")
        stream.seek(0)
        paragraph = made.add_paragraph("1. Ce se vede? ")
        paragraph.add_run().add_picture(stream)
        made.add_paragraph("a) roșu *")
        made.add_paragraph("b) verde")
        table = made.add_table(1, 4)
        for cell, words in zip(table.rows[0].cells, ("Câți?", "doi", "trei", "zece"), strict=True):
            cell.text = words

    kept: list[bytes] = []

    def keep(data: bytes) -> str:
        kept.append(data)
        return "0123456789abcdef0123.png"

    text = to_text(read_docx(document(build), keep))
    assert "1. Ce se vede? ![](0123456789abcdef0123.png)" in text
    assert kept[0].startswith(b"\x89PNG")
    assert "1. Câți?\na) doi\nb) trei\nc) zece" in text


REFUSED = {
    "an old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, DocumentFault.OLD_WORD),
    "a text": (b"1. C?", DocumentFault.NOT_WORD),
    "a picture": (b"\x89PNG\r\n\x1a\n", DocumentFault.NOT_WORD),
    "half a document": (document(lambda made: None)[:900], DocumentFault.DAMAGED),
    "a large file": (b"x" * (10 * 1024 * 1024 + 1), DocumentFault.TOO_LARGE),
}


@pytest.mark.parametrize(("data", "fault"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_document_is_refused(data: bytes, fault: DocumentFault) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_docx(data)
    assert refused.value.fault is fault


def spanning(made, span: str) -> None:
    cell = made.add_table(1, 2).cell(0, 0)
    grid = OxmlElement("w:gridSpan")
    grid.set(qn("w:val"), span)
    cell._tc.get_or_add_tcPr().append(grid)


def test_a_cell_over_millions_of_columns_is_refused() -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_docx(document(lambda made: spanning(made, "3000000")))
    assert refused.value.fault is DocumentFault.TOO_LARGE
    assert read_docx(document(lambda made: spanning(made, "2")))


def numbered_anew(made, start: str, text: str) -> None:
    """Begin a list of letters at a number, each label made of a text."""
    numbering = made.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), "0")
    for name, value in (("numFmt", "lowerLetter"), ("lvlText", text)):
        node = OxmlElement(f"w:{name}")
        node.set(qn("w:val"), value)
        level.append(node)
    abstract.append(level)
    numbering.insert(0, abstract)
    num, base = OxmlElement("w:num"), OxmlElement("w:abstractNumId")
    num.set(qn("w:numId"), "77")
    base.set(qn("w:val"), "77")
    override, begin = OxmlElement("w:lvlOverride"), OxmlElement("w:startOverride")
    override.set(qn("w:ilvl"), "0")
    begin.set(qn("w:val"), start)
    override.append(begin)
    num.extend([base, override])
    numbering.append(num)
    number(made.add_paragraph("Câți?"), "77", 0)


@pytest.mark.parametrize(("start", "text"), [("90000000", "%1)"), ("780", "%1" * 100_000)])
def test_labels_of_lists_stay_short(start: str, text: str) -> None:
    [paragraph] = read_docx(document(lambda made: numbered_anew(made, start, text)))
    assert len(paragraph.label) < 2_000


def test_a_list_of_letters_goes_on_after_z() -> None:
    [paragraph] = read_docx(document(lambda made: numbered_anew(made, "28", "%1)")))
    assert paragraph.label == "bb)"


def level_without_a_number(made) -> None:
    abstract = OxmlElement("w:abstractNum")
    abstract.append(OxmlElement("w:lvl"))
    made.part.numbering_part.element.insert(0, abstract)


def column_of_merged_cells(made) -> None:
    table = made.add_table(450, 1)
    for row in table._tbl.tr_lst:
        merged = OxmlElement("w:vMerge")
        row.tc_lst[0].get_or_add_tcPr().append(merged)


@pytest.mark.parametrize("build", [level_without_a_number, column_of_merged_cells])
def test_odd_parts_of_a_document_are_damage_and_no_fault_of_ours(build) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_docx(document(build))
    assert refused.value.fault is DocumentFault.DAMAGED
