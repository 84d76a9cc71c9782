"""A Word document read into paragraphs: automatic numbers worked out, marks and pictures kept."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import docx
from docx.document import Document
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph as DocxParagraph
from docx.text.run import Run as DocxRun

from lms.errors import Unusable
from lms.quizzes.workshop.document import Paragraph, Run, table_paragraphs
from lms.safety.archive import ArchiveRefused, Limits, read_archive, write_archive

MOST_BYTES = 10 * 1024 * 1024
_LIMITS = Limits(
    archive_bytes=MOST_BYTES,
    entries=2_000,
    entry_bytes=20 * 1024 * 1024,
    total_bytes=60 * 1024 * 1024,
    ratio=500,
)
_MOST_PARAGRAPHS = 20_000
_MOST_COLUMNS = 63  # as many as Word's own tables may have
_LONGEST_LABEL = 60
_MOST_LETTERS = 780  # up to „zz…z” of thirty letters, as Word counts
_DAMAGE = (
    *(KeyError, ValueError, AttributeError, TypeError, IndexError),
    *(OpcError, PythonDocxError, SyntaxError, RecursionError),
)
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PictureOf = Callable[[bytes], str]  # the name of a picture that is kept, or ""


class DocumentFault(StrEnum):
    """Why a document can't be read."""

    OLD_WORD = "old_word"  # .doc
    NOT_WORD = "not_word"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"


class DocumentRefused(Unusable):
    """A document wasn't read; nothing of it was used."""

    def __init__(self, fault: DocumentFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def read_docx(data: bytes, picture: PictureOf = lambda _data: "") -> list[Paragraph]:
    """Read a document's paragraphs in order; raise DocumentRefused."""
    if data.startswith(_OLD_WORD):
        raise DocumentRefused(DocumentFault.OLD_WORD)
    if len(data) > MOST_BYTES:
        raise DocumentRefused(DocumentFault.TOO_LARGE)
    try:
        parts = read_archive(data, limits=_LIMITS)
    except ArchiveRefused as refused:
        is_archive = data.startswith(b"PK\x03\x04")
        fault = DocumentFault.DAMAGED if is_archive else DocumentFault.NOT_WORD
        raise DocumentRefused(fault) from refused
    if "word/document.xml" not in parts:
        raise DocumentRefused(DocumentFault.NOT_WORD)
    try:
        document = docx.Document(io.BytesIO(write_archive(parts)))  # what was checked, no more
        return list(_Reader(document, picture).read())
    except _DAMAGE as error:
        raise DocumentRefused(DocumentFault.DAMAGED) from error


@dataclass
class _Level:
    """How one level of a list counts."""

    form: str = "decimal"
    text: str = "%1."
    start: int = 1


@dataclass
class _Numbering:
    """The lists of a document, and how far each has come."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)  # lists that count on together

    @classmethod
    def of(cls, document: Document) -> _Numbering:
        """Read how a document numbers its paragraphs."""
        found = cls()
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return found
        abstract = {
            each.get(qn("w:abstractNumId")): _levels(each)
            for each in root.findall(qn("w:abstractNum"))
        }
        for num in root.findall(qn("w:num")):
            key = num.get(qn("w:numId"))
            base = num.find(qn("w:abstractNumId")).get(qn("w:val"))
            levels = {n: _Level(lv.form, lv.text, lv.start) for n, lv in abstract[base].items()}
            starts = False
            for override in num.findall(qn("w:lvlOverride")):
                start = override.find(qn("w:startOverride"))
                level = int(override.get(qn("w:ilvl")))
                if start is not None and level in levels:
                    levels[level].start = _start(start.get(qn("w:val")))
                    starts = True
            found.levels[key] = levels
            found.shared[key] = key if starts else f"abstract {base}"
        return found

    def label(self, key: str, level: int) -> str:
        """Count a list on and write its number, as Word would."""
        levels = self.levels.get(key)
        if levels is None or level not in levels:
            return ""
        counts = self.counts.setdefault(self.shared[key], {})
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [n for n in counts if n > level]:
            del counts[deeper]
        if levels[level].form == "bullet":
            return "-"
        text = levels[level].text
        for number, each in levels.items():
            count = counts.get(number, each.start)
            text = text.replace(f"%{number + 1}", _counted(count, each.form))
        return text.strip()


def _levels(abstract: Any) -> dict[int, _Level]:
    found = {}
    for level in abstract.findall(qn("w:lvl")):
        values = {
            name: node.get(qn("w:val"))
            for name in ("numFmt", "lvlText", "start")
            if (node := level.find(qn(f"w:{name}"))) is not None
        }
        found[int(level.get(qn("w:ilvl")))] = _Level(
            form=str(values.get("numFmt") or "decimal"),
            text=str(values.get("lvlText") or "")[:_LONGEST_LABEL],
            start=_start(values.get("start")),
        )
    return found


def _start(written: str | None) -> int:
    is_usable = written is not None and written.isascii() and written.isdigit()
    return int(written) if written is not None and is_usable and len(written) < 6 else 1


def _counted(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and 0 < count <= _MOST_LETTERS:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(count)
        return roman if form == "upperRoman" else roman.lower()
    return "" if form == "none" else str(count)


def _roman(count: int) -> str:
    signs = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    written = ""
    for value, sign in signs:
        while 0 < count < 400 and count >= value:
            written, count = written + sign, count - value
    return written


class _Reader:
    def __init__(self, document: Document, picture: PictureOf) -> None:
        self.document = document
        self.picture = picture
        self.numbering = _Numbering.of(document)
        self.left = _MOST_PARAGRAPHS

    def read(self) -> Iterator[Paragraph]:
        for block in self.document.iter_inner_content():
            if isinstance(block, Table):
                _check_spans(block)
                yield from table_paragraphs(
                    [[self._cell(cell) for cell in row.cells] for row in block.rows[:500]]
                )
            else:
                yield self._paragraph(block)

    def _cell(self, cell: Any) -> Paragraph:
        runs: list[Run] = []
        for paragraph in cell.paragraphs:
            read = self._paragraph(paragraph)
            runs += [*([Run(" ")] if runs else []), *read.runs]
        return Paragraph(tuple(runs))

    def _paragraph(self, block: DocxParagraph) -> Paragraph:
        self.left -= 1
        if self.left < 0:
            raise DocumentRefused(DocumentFault.TOO_LARGE)
        style = block.style.name if block.style is not None else ""
        runs: list[Run] = []
        for piece in block.iter_inner_content():
            for run in piece.runs if isinstance(piece, Hyperlink) else [piece]:
                runs += self._run(run)
        return Paragraph(
            runs=tuple(runs),
            label=self._label(block),
            is_heading=(style or "").lower().startswith(("heading", "title")),
        )

    def _label(self, block: DocxParagraph) -> str:
        properties: Any = block._p.pPr
        found = properties.numPr if properties is not None else None
        if found is None and block.style is not None:
            from_style: Any = block.style.element.pPr
            found = from_style.numPr if from_style is not None else None
        if found is None or found.numId is None:
            return ""
        level = found.ilvl.val if found.ilvl is not None else 0
        return self.numbering.label(str(found.numId.val), level)

    def _run(self, run: DocxRun) -> list[Run]:
        font = run.font
        style: Any = run.style.font if run.style is not None else None
        shape = Run(
            text=run.text,
            is_bold=bool(font.bold if font.bold is not None else style and style.bold),
            is_italic=bool(font.italic),
            is_underlined=bool(font.underline),
            is_marked=font.highlight_color is not None or _is_shaded(run),
            raised=1 if font.superscript else (-1 if font.subscript else 0),
        )
        found = [shape] if run.text else []
        for blip in run._r.iter(qn("a:blip")):
            part = run.part.related_parts.get(blip.get(qn("r:embed")))
            name = self.picture(part.blob) if part is not None else ""
            if name:
                found.append(Run("", picture=name))
        return found


def _check_spans(table: Table) -> None:
    """Refuse a table whose cells claim more columns than there can be: each is made of one."""
    element: Any = table._tbl
    for row in element.tr_lst[:500]:
        if sum(cell.grid_span for cell in row.tc_lst) > _MOST_COLUMNS:
            raise DocumentRefused(DocumentFault.TOO_LARGE)


def _is_shaded(run: DocxRun) -> bool:
    properties: Any = run._r.rPr
    shade = properties.find(qn("w:shd")) if properties is not None else None
    fill = shade.get(qn("w:fill"), "auto").lower() if shade is not None else "auto"
    return fill not in ("auto", "ffffff")
