"""Draw a certificate: one A4 page, landscape, the same bytes for the same document."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas

from lms import typography
from lms.certificates import layout
from lms.certificates.document import CertificateDocument, Signatory
from lms.certificates.enclosed import enclose
from lms.certificates.layout import BLOCK_TOP, CENTRE, FACTS_LEFT, LEFT, RIGHT, SHEET
from lms.certificates.numbering import display_code
from lms.certificates.ornament import draw_frame
from lms.certificates.pen import ACCENT, BRAND, INK, MUTED, Pen, Style, picture_size
from lms.certificates.wording import (
    Wording,
    decimal_sign,
    figure,
    hours,
    long_date,
    period,
    wording,
)
from lms.typography import MM, Face

_LABEL: Final = Style(Face.LABEL, 7.4, MUTED, 0.03)
_FACT: Final = Style(Face.TEXT, layout.FACT_SIZE)
_SMALL: Final = Style(Face.LABEL, layout.SMALL_SIZE, MUTED)
_QUIET: Final = Style(Face.TEXT, 10.5, MUTED)

_GHOST: Final = HexColor("#f2f5f3")
_GHOST_OUTLINE: Final = HexColor("#c3d0cc")

_LOGO_SLOT: Final = (42.0, 11.5)
_LOGO_GAP: Final = 14.0
_QR_SIDE: Final = 25.0
_QR_BOTTOM: Final = 28.8
_SIGNATURE_RULE: Final = 38.6


def render(document: CertificateDocument) -> bytes:
    """Draw the electronic copy, ready to be signed."""
    return draw_pages(
        [document],
        title=f"{document.title} {document.number}",
        keywords=f"{document.number} {document.code}",
        note=document.seal_note or wording(document.locale).sealed,
        enclosed=document.to_json(),
    )


def draw_pages(
    documents: Sequence[CertificateDocument],
    *,
    title: str,
    keywords: str = "",
    note: str | None = None,
    enclosed: str = "",
) -> bytes:
    """Draw a page for each document into one file; fonts and frame are stored once.

    `note` stands under the code; without one each page says, in its own language, that it
    is a printed copy. `enclosed` is the text that programs read back from the file.
    """
    if not documents:
        raise ValueError("nothing to draw")
    typography.load_all()
    out = io.BytesIO()
    with typography.LOCK:
        canvas = Canvas(
            out,
            pagesize=(SHEET[0] * MM, SHEET[1] * MM),
            invariant=True,
            pageCompression=1,
            pdfVersion=(1, 7),
            initialFontName=Face.TEXT.value,
            lang=documents[0].locale,
        )
        _describe(canvas, documents[0], title, keywords)
        _still(canvas, documents)
        if enclosed:
            enclose(canvas, enclosed)
        for document in documents:
            _Page(canvas, document).draw(note)
            canvas.showPage()
        canvas.save()
    return out.getvalue()


def _describe(canvas: Canvas, document: CertificateDocument, title: str, keywords: str) -> None:
    """Fill the metadata; the keywords let a file that was changed still lead to its entry."""
    issuers = ", ".join(document.issuers)
    canvas.setTitle(title)
    canvas.setAuthor(issuers)
    canvas.setSubject(document.course)
    canvas.setKeywords(keywords)
    canvas.setCreator(issuers)
    canvas.setProducer("")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _still(canvas: Canvas, documents: Sequence[CertificateDocument]) -> None:
    """Take date and id from what is printed.

    reportlab would write the year 2000, or whatever SOURCE_DATE_EPOCH says on the machine.
    """
    made = TimeStamp(invariant=True)
    made.YMDhms = (*documents[0].issued_on.timetuple()[:3], 0, 0, 0)
    canvas._doc._timeStamp = made
    facts = "\n".join(document.to_json() for document in documents)
    name = hashlib.sha256(facts.encode()).hexdigest()[:32].encode()
    canvas._doc._ID = b"\n[<" + name + b"><" + name + b">]\n"


class _Page:
    """One certificate on one page; its parts are drawn in the order they are read."""

    def __init__(self, canvas: Canvas, document: CertificateDocument) -> None:
        self.canvas = canvas
        self.pen = Pen(canvas)
        self.document = document
        self.words: Wording = wording(document.locale)
        name = layout.fit_name(document.holder)
        course = layout.fit_course(document.course, document.locale)
        modules = layout.fit_modules(document.modules)
        statements = layout.fit_statements(document.statements)
        if name is None or course is None or modules is None or statements is None:
            raise ValueError("the document doesn't fit its page; check it before it is numbered")
        self.name, self.course, self.modules = name, course, modules
        self.statements = statements
        self.boxes = [
            picture_size(logo.png, across=_LOGO_SLOT[0], high=_LOGO_SLOT[1])
            for logo in document.logos
        ]
        high = _LOGO_SLOT[1] if document.logos else 0.0
        self.column = layout.stack(logos=high, name=name, course=course, is_model=document.is_model)

    def draw(self, note: str | None) -> None:
        """Draw the whole page."""
        draw_frame(self.canvas, SHEET[0] * MM, SHEET[1] * MM)
        if self.document.is_model:
            self._model_mark()
        self._logos()
        self._heading()
        self._holder()
        self._course()
        self._modules()
        self._facts()
        self._verification(note or self.words.printed)
        self._signatories()
        self._statements()

    def _model_mark(self) -> None:
        style = Style(Face.DISPLAY_BOLD, 168, _GHOST, 0.06)
        self.pen.ghost(self.words.model, CENTRE, 70, style, _GHOST_OUTLINE)

    def _logos(self) -> None:
        """Spread the logos round the middle, all within one height."""
        row = sum(across for across, _ in self.boxes) + _LOGO_GAP * (len(self.boxes) - 1)
        left = CENTRE - row / 2
        for logo, size in zip(self.document.logos, self.boxes, strict=True):
            lift = (_LOGO_SLOT[1] - size[1]) / 2
            self.pen.picture(logo.png, left, self.column.logos + lift, size)
            left += size[0] + _LOGO_GAP

    def _heading(self) -> None:
        column, document = self.column, self.document
        issuers = "  ·  ".join(document.issuers)
        self.pen.centred(issuers, CENTRE, column.issuers, Style(Face.LABEL, 9, MUTED, 0.06))
        title = Style(Face.DISPLAY, self.name.title_size, BRAND, 0.05)
        self.pen.centred(document.title, CENTRE, column.title, title)
        number = f"{self.words.number} {document.number}"
        self.pen.centred(number, CENTRE, column.number, Style(Face.LABEL, 8.6, MUTED, 0.05))
        if document.is_model:
            mark = f"{self.words.model}  ·  {self.words.model_note}"
            style = Style(Face.LABEL, 8.6, ACCENT, 0.06)
            self.pen.centred(mark, CENTRE, column.number - layout.MODEL_MARK, style)

    def _holder(self) -> None:
        self.pen.centred(self.words.preamble, CENTRE, self.column.preamble, _QUIET)
        baseline = self.column.name
        for line in self.name.lines:
            self.pen.centred(line, CENTRE, baseline, Style(layout.NAME_FACE, self.name.size))
            baseline -= self.name.leading

    def _course(self) -> None:
        self.pen.centred(self.document.sentence, CENTRE, self.column.sentence, _QUIET)
        baseline = self.column.course
        style = Style(layout.COURSE_FACE, self.course.size, BRAND)
        for line in self.course.lines:
            self.pen.centred(line, CENTRE, baseline, style)
            baseline -= self.course.leading

    def _modules(self) -> None:
        """List the modules, each figure beside the last line of its title, decimals aligned."""
        modules = self.document.modules
        if not modules:
            return
        right = LEFT + layout.MODULES_WIDTH
        self.pen.rule(LEFT, right, BLOCK_TOP)
        baseline = BLOCK_TOP - 4.6
        self.pen.left(self.words.modules, LEFT, baseline, _LABEL)
        self.pen.right(self.words.hours, right, baseline, _LABEL)
        baseline -= 5.2
        style = Style(Face.TEXT, self.modules.size)
        sign = decimal_sign(self.document.locale)
        figures = [figure(m.hours, self.document.locale).partition(sign) for m in modules]
        decimals = right - max(style.width(point + rest) for _, point, rest in figures)
        for position, (lines, _) in enumerate(self.modules.rows):
            self.pen.right(f"{position + 1}.", LEFT + 4.6, baseline, style)
            for line in lines:
                self.pen.left(line, LEFT + layout.MODULES_INDENT, baseline, style)
                baseline -= self.modules.row_height
            last = baseline + self.modules.row_height
            whole, point, rest = figures[position]
            self.pen.right(whole, decimals, last, style)
            self.pen.left(point + rest, decimals, last, style)
            end = LEFT + layout.MODULES_INDENT + style.width(lines[-1])
            self.pen.leader(end + 2, decimals - style.width(whole) - 2, last)

    def _facts(self) -> None:
        document, words = self.document, self.words
        left = FACTS_LEFT if document.modules else LEFT + 60
        self.pen.rule(left, RIGHT if document.modules else RIGHT - 60, BLOCK_TOP)
        baseline = BLOCK_TOP - 4.6
        facts = [
            (words.period, [period(document.period_from, document.period_to, document.locale)]),
            (words.duration, [hours(document.total_hours, document.locale)]),
            (words.place, [document.place]),
            (words.issued_on, [long_date(document.issued_on, document.locale)]),
            (words.programme, document.programme_lines),
        ]
        for label, values in facts:
            lines = [line for value in values for line in layout.fact_lines(value)]
            if lines:
                self.pen.left(label, left, baseline, _LABEL)
            for line in lines:
                self.pen.left(line, left + layout.FACTS_INDENT, baseline, _FACT)
                baseline -= layout.FACTS_ROW
            baseline -= layout.FACTS_GAP

    def _verification(self, note: str) -> None:
        document, words = self.document, self.words
        self.pen.qr(document.verify_url, LEFT, _QR_BOTTOM, _QR_SIDE)
        left = LEFT + _QR_SIDE + 5
        top = _QR_BOTTOM + _QR_SIDE
        self.pen.left(words.verify, left, top - 2.3, _SMALL)
        page = layout.page_address(document)
        self.pen.left(page, left, top - 7.2, Style(Face.LABEL, layout.address_size(page), INK))
        code = f"{words.code} {display_code(document.code)}"
        self.pen.left(code, left, top - 12.1, Style(Face.LABEL, 8.8, INK))
        self.pen.left(f"{words.contact}: {document.issuer_contact}", left, top - 18.4, _SMALL)
        self.pen.left(note, left, top - 22.3, _SMALL)

    def _signatories(self) -> None:
        two = len(self.document.signatories) > 1
        places = (RIGHT - 100.0, RIGHT - 29.0) if two else (RIGHT - 40.0,)
        for middle, signatory in zip(places, self.document.signatories, strict=False):
            self._signatory(middle, signatory)

    def _signatory(self, middle: float, signatory: Signatory) -> None:
        half = layout.SIGNATURE_WIDTH / 2
        self.pen.rule(middle - half, middle + half, _SIGNATURE_RULE)
        self.pen.centred(signatory.name, middle, _SIGNATURE_RULE - 4.5, _FACT)
        self.pen.centred(signatory.function, middle, _SIGNATURE_RULE - 8.5, _SMALL)

    def _statements(self) -> None:
        fit = self.statements
        baseline = fit.lowest + fit.leading * (len(fit.lines) - 1)
        for line in fit.lines:
            self.pen.centred(line, CENTRE, baseline, Style(Face.LABEL, fit.size, MUTED))
            baseline -= fit.leading
