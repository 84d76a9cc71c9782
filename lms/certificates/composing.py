"""Today's page as a display list: `compose` places what a document says, `describe` names the file.

The designs of `lms.certificates.designs` take its place; the writers know neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from lms.certificates import layout
from lms.certificates.document import FACTS_FILE, CertificateDocument, Signatory
from lms.certificates.drawing.items import (
    ARTIFACT,
    INK,
    Align,
    Attachment,
    Code,
    Element,
    FileFacts,
    Item,
    Page,
    Picture,
    Relationship,
    Rule,
    Text,
)
from lms.certificates.drawing.ornament import frame
from lms.certificates.drawing.pictures import fitted
from lms.certificates.layout import BLOCK_TOP, CENTRE, FACTS_LEFT, LEFT, RIGHT, SHEET
from lms.certificates.numbering import display_code
from lms.certificates.wording import (
    Wording,
    decimal_sign,
    figure,
    hours,
    long_date,
    period,
    wording,
)
from lms.typography import Face

_MUTED: Final = "#475a5e"
_BRAND: Final = "#063f3a"
_RULE: Final = "#8fa3a0"
_ACCENT: Final = "#9a4a06"
_GHOST: Final = "#f2f5f3"
_GHOST_OUTLINE: Final = "#c3d0cc"


@dataclass(frozen=True)
class Style:
    """How a run of text is set; tracking is space between letters, as part of the size."""

    face: Face
    size: float
    colour: str = INK
    tracking: float = 0.0

    def at(self, x: float, y: float, text: str, align: Align = "left") -> Text:
        """Set a line."""
        tracking = self.tracking * self.size
        return Text(x, y, text, self.face, self.size, self.colour, tracking, align)


_LABEL: Final = Style(Face.LABEL, 7.4, _MUTED, 0.03)
_FACT: Final = Style(Face.TEXT, layout.FACT_SIZE)
_SMALL: Final = Style(Face.LABEL, layout.SMALL_SIZE, _MUTED)
_QUIET: Final = Style(Face.TEXT, 10.5, _MUTED)

_LOGO_SLOT: Final = (42.0, 11.5)
_LOGO_GAP: Final = 14.0
_QR_SIDE: Final = 25.0
_QR_BOTTOM: Final = 28.8
_SIGNATURE_RULE: Final = 38.6
_LEADER_STEP: Final = 1.6


def compose(document: CertificateDocument, *, is_printed: bool = False) -> Page:
    """Lay a certificate out on its page; a ValueError where it doesn't fit."""
    return Page(*SHEET, elements=tuple(_Composition(document, is_printed).elements()))


def describe(document: CertificateDocument) -> FileFacts:
    """Say what the electronic copy's file is; its keywords lead to the register's entry."""
    return FileFacts(
        title=f"{document.title} {document.number}",
        author=", ".join(document.issuers),
        subject=document.course,
        keywords=f"{document.number} {document.code}",
        language=document.locale,
        made_on=document.issued_on,
        attachments=(
            Attachment(
                FACTS_FILE,
                "application/json",
                document.to_json().encode(),
                Relationship.DATA,
                wording(document.locale).facts_note,
            ),
        ),
    )


def describe_print(documents: Sequence[CertificateDocument]) -> FileFacts:
    """Say what a file of printed copies is."""
    first, last = documents[0], documents[-1]
    span = first.number if len(documents) == 1 else f"{first.number} - {last.number}"
    return FileFacts(
        title=f"{wording(first.locale).title} {span}",
        author=", ".join(first.issuers),
        subject=first.course,
        keywords="",
        language=first.locale,
        made_on=first.issued_on,
    )


@cache
def _frame() -> Element:
    return Element(ARTIFACT, frame(*SHEET), is_fixed=True)


def _artifact(*items: Item) -> Element:
    return Element(ARTIFACT, items)


def _paragraph(*items: Item, language: str = "") -> Element:
    return Element("P", items, language=language)


class _Composition:
    """One certificate; its parts come in the order they are read."""

    def __init__(self, document: CertificateDocument, is_printed: bool) -> None:
        self.document = document
        self.words: Wording = wording(document.locale)
        self.note = self.words.printed
        if not is_printed:
            self.note = document.seal_note or self.words.sealed
        name = layout.fit_name(document.holder)
        course = layout.fit_course(document.course, document.locale)
        modules = layout.fit_modules(document.modules)
        statements = layout.fit_statements(document.statements)
        if name is None or course is None or modules is None or statements is None:
            raise ValueError("the document doesn't fit its page; check it before it is numbered")
        self.name, self.course, self.modules = name, course, modules
        self.statements = statements
        high = _LOGO_SLOT[1] if document.logos else 0.0
        self.column = layout.stack(logos=high, name=name, course=course, is_model=document.is_model)

    def elements(self) -> Iterator[Element]:
        """List the whole page."""
        yield _frame()
        if self.document.is_model:
            yield self._model_mark()
        yield from self._logos()
        yield from self._heading()
        yield from self._holder_and_course()
        if self.document.modules:
            yield self._modules()
        yield self._facts()
        yield from self._verification()
        yield from self._signatories()
        yield from self._statements()

    def _model_mark(self) -> Element:
        """Lay the word behind all as faint letters with an outline that a copier keeps."""
        size, face = 168.0, Face.DISPLAY_BOLD
        word = Text(
            CENTRE, 70, self.words.model, face, size, _GHOST, 0.06 * size, "centre", _GHOST_OUTLINE
        )
        return Element(ARTIFACT, (word,), is_fixed=True)

    def _logos(self) -> Iterator[Element]:
        """Spread the logos round the middle, all within one height."""
        boxes = [fitted(logo.png, *_LOGO_SLOT) for logo in self.document.logos]
        left = CENTRE - (sum(box[0] for box in boxes) + _LOGO_GAP * (len(boxes) - 1)) / 2
        for logo, (across, high) in zip(self.document.logos, boxes, strict=True):
            bottom = self.column.logos + (_LOGO_SLOT[1] - high) / 2
            yield Element("Figure", (Picture(logo.png, left, bottom, across, high),), logo.alt)
            left += across + _LOGO_GAP

    def _heading(self) -> Iterator[Element]:
        column, document = self.column, self.document
        issuers = Style(Face.LABEL, 9, _MUTED, 0.06)
        yield _paragraph(
            issuers.at(CENTRE, column.issuers, "  ·  ".join(document.issuers), "centre")
        )
        title = Style(Face.DISPLAY, self.name.title_size, _BRAND, 0.05)
        yield Element("H1", (title.at(CENTRE, column.title, document.title, "centre"),))
        number = f"{self.words.number} {document.number}"
        style = Style(Face.LABEL, 8.6, _MUTED, 0.05)
        yield _paragraph(style.at(CENTRE, column.number, number, "centre"))
        if document.is_model:
            mark = f"{self.words.model}  ·  {self.words.model_note}"
            style = Style(Face.LABEL, 8.6, _ACCENT, 0.06)
            yield _paragraph(style.at(CENTRE, column.number - layout.MODEL_MARK, mark, "centre"))

    def _holder_and_course(self) -> Iterator[Element]:
        column = self.column
        yield _paragraph(_QUIET.at(CENTRE, column.preamble, self.words.preamble, "centre"))
        style = Style(layout.NAME_FACE, self.name.size)
        yield _paragraph(
            *(
                style.at(CENTRE, column.name - place * self.name.leading, line, "centre")
                for place, line in enumerate(self.name.lines)
            )
        )
        yield _paragraph(_QUIET.at(CENTRE, column.sentence, self.document.sentence, "centre"))
        style = Style(layout.COURSE_FACE, self.course.size, _BRAND)
        yield _paragraph(
            *(
                style.at(CENTRE, column.course - place * self.course.leading, line, "centre")
                for place, line in enumerate(self.course.lines)
            )
        )

    def _modules(self) -> Element:
        """List the modules, each figure beside the last line of its title, decimals aligned."""
        right = LEFT + layout.MODULES_WIDTH
        baseline = BLOCK_TOP - 4.6
        head = (
            Element("TH", (_LABEL.at(LEFT, baseline, self.words.modules),), scope="Column"),
            Element("TH", (_LABEL.at(right, baseline, self.words.hours, "right"),), scope="Column"),
        )
        rule = _artifact(Rule(LEFT, BLOCK_TOP, right, BLOCK_TOP, 0.4, _RULE))
        rows = [rule, Element("TR", children=head)]
        baseline -= 5.2
        style = Style(Face.TEXT, self.modules.size)
        sign = decimal_sign(self.document.locale)
        figures = [
            figure(m.hours, self.document.locale).partition(sign) for m in self.document.modules
        ]
        decimals = right - max(style.at(0, 0, point + rest).across for _, point, rest in figures)
        for position, (lines, _) in enumerate(self.modules.rows):
            title = [style.at(LEFT + 4.6, baseline, f"{position + 1}.", "right")]
            for line in lines:
                title.append(style.at(LEFT + layout.MODULES_INDENT, baseline, line))
                baseline -= self.modules.row_height
            last = baseline + self.modules.row_height
            whole, point, rest = figures[position]
            amount = style.at(decimals, last, whole, "right")
            decimal = (style.at(decimals, last, point + rest),) if point else ()
            cells = [Element("TD", tuple(title)), Element("TD", (amount, *decimal))]
            end = title[-1].left + title[-1].across
            cells[1:1] = _leader(end + 2, amount.left - 2, last)
            rows.append(Element("TR", children=tuple(cells)))
        return Element("Table", children=tuple(rows), is_fixed=True)

    def _facts(self) -> Element:
        document, words = self.document, self.words
        left = FACTS_LEFT if document.modules else LEFT + 60
        right = RIGHT if document.modules else RIGHT - 60
        rows = [_artifact(Rule(left, BLOCK_TOP, right, BLOCK_TOP, 0.4, _RULE))]
        baseline = BLOCK_TOP - 4.6
        for label, values in (
            (words.period, [period(document.period_from, document.period_to, document.locale)]),
            (words.duration, [hours(document.total_hours, document.locale)]),
            (words.place, [document.place]),
            (words.issued_on, [long_date(document.issued_on, document.locale)]),
            (words.programme, document.programme_lines),
        ):
            lines = [line for value in values for line in layout.fact_lines(value)]
            if lines:
                head = Element("TH", (_LABEL.at(left, baseline, label),), scope="Row")
                said = []
                for line in lines:
                    said.append(_FACT.at(left + layout.FACTS_INDENT, baseline, line))
                    baseline -= layout.FACTS_ROW
                rows.append(Element("TR", children=(head, Element("TD", tuple(said)))))
            baseline -= layout.FACTS_GAP
        return Element("Table", children=tuple(rows))

    def _verification(self) -> Iterator[Element]:
        document, words = self.document, self.words
        square = Code(document.verify_url, LEFT, _QR_BOTTOM, _QR_SIDE)
        yield Element("Figure", (square,), f"{words.qr_alt}: {document.verify_url}")
        left, top = LEFT + _QR_SIDE + 5, _QR_BOTTOM + _QR_SIDE
        page = layout.page_address(document)
        code = f"{words.code} {display_code(document.code)}"
        address = (
            Style(Face.LABEL, layout.address_size(page)).at(left, top - 7.2, page),
            Style(Face.LABEL, 8.8).at(left, top - 12.1, code),
        )
        link = Element("Link", address, words.link_alt, target=document.verify_url)
        yield Element("P", (_SMALL.at(left, top - 2.3, words.verify),), children=(link,))
        yield self._contact(left, top - 18.4)
        yield _paragraph(_SMALL.at(left, top - 22.3, self.note))

    def _contact(self, left: float, baseline: float) -> Element:
        contact, label = self.document.issuer_contact, f"{self.words.contact}: "
        if "@" not in contact or " " in contact:
            return _paragraph(_SMALL.at(left, baseline, label + contact))
        begin = _SMALL.at(left, baseline, label)
        address = _SMALL.at(left + begin.across, baseline, contact)
        link = Element("Link", (address,), contact, target=f"mailto:{contact}")
        return Element("P", (begin,), children=(link,))

    def _signatories(self) -> Iterator[Element]:
        two = len(self.document.signatories) > 1
        places = (RIGHT - 100.0, RIGHT - 29.0) if two else (RIGHT - 40.0,)
        for middle, signatory in zip(places, self.document.signatories, strict=False):
            yield from _signatory(middle, signatory)

    def _statements(self) -> Iterator[Element]:
        fit = self.statements
        baseline = fit.lowest + fit.leading * (len(fit.lines) - 1)
        style = Style(Face.LABEL, fit.size, _MUTED)
        lines = []
        for line in fit.lines:
            lines.append(style.at(CENTRE, baseline, line, "centre"))
            baseline -= fit.leading
        if lines:
            yield Element("P", tuple(lines), is_fixed=True)


def _leader(left: float, right: float, y: float) -> list[Element]:
    """Lead the eye over a gap with dots that stand under each other in every row."""
    first = -(-left // _LEADER_STEP) * _LEADER_STEP
    if right - first < _LEADER_STEP:
        return []
    return [_artifact(Rule(first, y, right, y, 0.55, _RULE, dash=(0, _LEADER_STEP)))]


def _signatory(middle: float, signatory: Signatory) -> Iterator[Element]:
    half = layout.SIGNATURE_WIDTH / 2
    rule = Rule(middle - half, _SIGNATURE_RULE, middle + half, _SIGNATURE_RULE, 0.4, _RULE)
    yield Element(ARTIFACT, (rule,), is_fixed=True)
    name = _FACT.at(middle, _SIGNATURE_RULE - 4.5, signatory.name, "centre")
    function = _SMALL.at(middle, _SIGNATURE_RULE - 8.5, signatory.function, "centre")
    yield Element("P", (name, function), is_fixed=True)
