"""A working paper as a Word document: real headings, numbering, tables and places to fill in."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as DocumentObject
from docx.image.exceptions import UnrecognizedImageError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from lms.papers.docx_frame import empty_document, numbering_that_begins_anew, text_width
from lms.papers.paper import (
    Blank,
    Clause,
    FormFields,
    Guidance,
    Heading,
    Items,
    PageBreak,
    Paper,
    Rich,
    Run,
    Shown,
    Signatures,
    Table,
    Text,
    Ticks,
    inline,
)
from lms.safety.office import without_dates

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_LINE = Mm(7.5)  # room for a line written by hand
_LABEL_SHARE = 0.36
HOW_TO = "Cum se completează"
OPTIONAL = "(clauză opțională)"


def build_docx(paper: Paper) -> bytes:
    """Return the document; the same paper gives the same bytes."""
    writer = _Writer(paper)
    writer.document.add_paragraph(paper.title[paper.language], style="Title")
    for block in paper.blocks:
        writer.put(block)
    out = io.BytesIO()
    writer.document.save(out)
    return without_dates(out.getvalue())


class _Writer:
    """One document being written."""

    def __init__(self, paper: Paper) -> None:
        self.document: DocumentObject = empty_document(paper)
        self.blanks = 0
        self.begins_page = False
        self.width = text_width(paper)
        self.puts: dict[type, Callable[[Any], None]] = {
            Heading: self._heading,
            Text: self._text,
            Guidance: self._guidance,
            Items: self._items,
            Clause: self._clause,
            FormFields: self._fields,
            Table: self._table,
            Ticks: self._ticks,
            Signatures: self._signatures,
            PageBreak: self._page_break,
            Rich: self._rich,
        }

    def put(self, block: object) -> None:
        """Write a block under what is there."""
        if isinstance(block, FormFields | Table | Ticks | Signatures) and self.begins_page:
            self._paragraph("", "După îndrumare")
        self.puts[type(block)](block)

    # Paragraphs --------------------------------------------------------------------------------

    def _paragraph(self, text: str, style: str) -> Paragraph:
        paragraph = self.document.add_paragraph(style=style)
        if self.begins_page:
            paragraph.paragraph_format.page_break_before = True
            self.begins_page = False
        return self._fill(paragraph, text)

    def _fill(self, paragraph: Paragraph, text: str) -> Paragraph:
        """Put a text into a paragraph, its strong words and its blanks as what they are."""
        for piece in inline(text.replace(" %", "\u00a0%")):
            if isinstance(piece, Blank):
                paragraph._p.append(self._blank(piece.label))
            else:
                paragraph.add_run(piece.text, style="Strong" if piece.is_strong else None)
        return paragraph

    def _control(self, properties: str, style: str, text: str) -> Any:
        """Return a content control: a place that programs and screen readers know as one."""
        self.blanks += 1
        return parse_xml(
            f'<w:sdt xmlns:w="{_W}" xmlns:w14="{_W14}"><w:sdtPr>{properties}</w:sdtPr>'
            f'<w:sdtContent><w:r><w:rPr><w:rStyle w:val="{style}"/></w:rPr>'
            f"<w:t>{escape(text)}</w:t></w:r></w:sdtContent></w:sdt>"
        )

    def _blank(self, label: str) -> Any:
        number = self.blanks + 1
        return self._control(
            f'<w:alias w:val={quoteattr(label)}/><w:tag w:val="camp-{number}"/>'
            f'<w:id w:val="{number}"/><w:showingPlcHdr/><w:text/>',
            "DeCompletat",
            f"[{label}]",
        )

    def _box(self, label: str) -> Any:
        number = self.blanks + 1
        states = "".join(
            f'<w14:{name} w14:val="{sign}" w14:font="Segoe UI Symbol"/>'
            for name, sign in (("checkedState", "2612"), ("uncheckedState", "2610"))
        )
        return self._control(
            f'<w:alias w:val={quoteattr(label[:60])}/><w:tag w:val="bifa-{number}"/>'
            f'<w:id w:val="{number}"/>'
            f'<w14:checkbox><w14:checked w14:val="0"/>{states}</w14:checkbox>',
            "Casuta",
            "☐",
        )

    def _heading(self, block: Heading) -> None:
        self._paragraph(block.text, f"Heading {block.level}")

    def _text(self, block: Text) -> None:
        self._paragraph(block.text, "Normal")

    def _guidance(self, block: Guidance) -> None:
        first, *others = block.lines
        self._paragraph(f"**{HOW_TO}.** {first}", "Îndrumare")
        for line in others:
            self._paragraph(line, "Îndrumare")
        self.document.add_paragraph(style="După îndrumare")

    def _items(self, block: Items) -> None:
        number = numbering_that_begins_anew(self.document) if block.is_numbered else None
        for line in block.lines:
            paragraph = self._paragraph(line, "List Number" if number else "List Bullet")
            if number:
                paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number

    def _clause(self, block: Clause) -> None:
        heading = self._paragraph(block.title, "Articol")
        if block.is_optional:
            heading.add_run(f" {OPTIONAL}", style="Opțional")
        if block.guidance:
            self._guidance(Guidance(block.guidance))
        for point in block.points:
            self._paragraph(point.text, "Alineat")
            for letter in point.letters:
                self._paragraph(letter, "Literă")

    def _ticks(self, block: Ticks) -> None:
        for line in block.lines:
            paragraph = self.document.add_paragraph(style="Bifă")
            paragraph._p.append(self._box(line))
            self._fill(paragraph, f"\t{line}")

    def _rich(self, block: Rich) -> None:
        paragraph = self._paragraph("", "Normal")
        layout = paragraph.paragraph_format
        layout.keep_with_next, layout.keep_together = block.keeps, True
        if block.indent:
            layout.left_indent = Mm(block.indent)
        layout.space_before, layout.space_after = (
            (Pt(0), Pt(2)) if block.is_tight else (Pt(8), Pt(3))
        )
        for piece in block.runs:
            if isinstance(piece, Run):
                self._run(paragraph, piece)
            else:
                self._picture(paragraph, piece)

    def _run(self, paragraph: Paragraph, words: Run) -> None:
        run = paragraph.add_run(words.text, style="Strong" if words.is_strong else None)
        run.italic = words.is_emphasis or None
        if words.is_strong:
            run.bold = True  # also for programs that know no styles
        if words.is_code:
            run.font.name = "Courier New"
        if words.raised:
            run.font.superscript, run.font.subscript = words.raised > 0, words.raised < 0

    def _picture(self, paragraph: Paragraph, shown: Shown) -> None:
        """Put in a picture no wider than the text; what Word can't read is told by its words."""
        try:
            picture = paragraph.add_run().add_picture(io.BytesIO(shown.data))
        except (UnrecognizedImageError, ValueError, KeyError, struct.error, ZeroDivisionError):
            paragraph.add_run(f"[{shown.alt}]")
            return
        widest = Emu(self.width - Mm(12))
        if picture.width > widest:
            picture.height = Emu(int(picture.height * widest / picture.width))
            picture.width = widest
        picture._inline.docPr.set("descr", shown.alt)

    def _page_break(self, _block: PageBreak) -> None:
        self.begins_page = True

    # Tables --------------------------------------------------------------------------------------

    def _new_table(self, label: str, rows: int, shares: Sequence[float], style: str) -> WordTable:
        table: WordTable = self.document.add_table(rows=rows, cols=len(shares))
        table.style = style
        table.autofit = False
        for row in table.rows:
            for cell, share in zip(row.cells, shares, strict=True):
                cell.width = Emu(int(self.width * share / sum(shares)))
        for column, share in zip(table.columns, shares, strict=True):
            column.width = Emu(int(self.width * share / sum(shares)))
        if label:
            properties = table._tbl.tblPr
            properties.append(parse_xml(f'<w:tblCaption xmlns:w="{_W}" w:val={quoteattr(label)}/>'))
        return table

    def _look(self, table: WordTable, *, heading_row: bool, heading_column: bool) -> None:
        """Say which cells are headings; styles shade them and screen readers name them."""
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        if look is None:
            look = parse_xml(f'<w:tblLook xmlns:w="{_W}"/>')
            table._tbl.tblPr.append(look)
        look.attrib.clear()
        value = (0x20 if heading_row else 0) | (0x80 if heading_column else 0) | 0x600
        flags = {
            "val": f"{value:04X}",
            "firstRow": str(int(heading_row)),
            "lastRow": "0",
            "firstColumn": str(int(heading_column)),
            "lastColumn": "0",
            "noHBand": "1",
            "noVBand": "1",
        }
        for name, flag in flags.items():
            look.set(qn(f"w:{name}"), flag)

    def _in_cell(self, cell: _Cell, text: str, style: str) -> None:
        paragraph = cell.paragraphs[0]
        if paragraph._p.xpath("w:r | w:sdt"):
            paragraph = cell.add_paragraph()
        paragraph.style = style
        self._fill(paragraph, text)

    def _fields(self, block: FormFields) -> None:
        shares = (_LABEL_SHARE, 1 - _LABEL_SHARE)
        table = self._new_table(block.label, len(block.fields), shares, "Tabel de lucru")
        self._look(table, heading_row=False, heading_column=True)
        for row, question in zip(table.rows, block.fields, strict=True):
            _keep_whole(row)
            row.height = Emu(_LINE * question.rows)
            self._in_cell(row.cells[0], question.label, "Etichetă")
            if question.hint:
                self._in_cell(row.cells[0], question.hint, "Lămurire")
            row.cells[1].paragraphs[0].style = "Celulă"
        self._after_table()

    def _table(self, block: Table) -> None:
        shares = [float(column.share) for column in block.columns]
        empty = [("",) * len(block.columns)] * block.empty
        rows = [*block.rows, *empty]
        table = self._new_table(block.label, len(rows) + 1, shares, "Tabel de lucru")
        self._look(table, heading_row=True, heading_column=False)
        heading = table.rows[0]
        heading._tr.get_or_add_trPr().append(parse_xml(f'<w:tblHeader xmlns:w="{_W}"/>'))
        _keep_whole(heading)
        for cell, column in zip(heading.cells, block.columns, strict=True):
            self._in_cell(cell, column.title, "Cap de tabel")
        for row, texts in zip(list(table.rows)[1:], rows, strict=True):
            _keep_whole(row)
            if not all(texts):
                row.height = Emu(_LINE * block.lines)
            for cell, column, text in zip(row.cells, block.columns, texts, strict=True):
                self._in_cell(cell, text, "Celulă cu număr" if column.is_number else "Celulă")
        self._after_table()

    def _signatures(self, block: Signatures) -> None:
        table = self._new_table("Semnături", 1, [1.0] * len(block.parties), "Tabel de semnături")
        self._look(table, heading_row=False, heading_column=False)
        _keep_whole(table.rows[0])
        for cell, party in zip(table.rows[0].cells, block.parties, strict=True):
            self._in_cell(cell, party, "Parte care semnează")
            for line in block.lines:
                self._in_cell(cell, f"{line}\t", "Rând de semnătură")
        self._after_table()

    def _after_table(self) -> None:
        self.document.add_paragraph(style="După îndrumare")


def _keep_whole(row: _Row) -> None:
    """Keep a row on one page."""
    properties = row._tr.get_or_add_trPr()
    properties.insert(0, parse_xml(f'<w:cantSplit xmlns:w="{_W}"/>'))
