"""The form for signing: one A4 page for each person, drawn from words that were already chosen."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from lms.typography import LOCK, MM, Face, load_all, width, wrap

_LEFT, _RIGHT = 20 * MM, A4[0] - 18 * MM
_TOP, _BOTTOM = A4[1] - 17 * MM, 15 * MM
_WIDTH = _RIGHT - _LEFT
_INK, _MUTED, _LINE = HexColor(0x18272B), HexColor(0x475A5E), HexColor(0x9AA8A6)
_SCALES = (1.08, 1.04, 1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 0.72)


@dataclass(frozen=True)
class Choice:
    """A box with its words; ticked where the answer is known."""

    label: str
    ticked: bool = False


@dataclass(frozen=True)
class Boxes:
    """A row of boxes for single characters, in groups, filled where known."""

    groups: tuple[int, ...]
    written: str = ""
    hints: tuple[str, ...] = ()  # under each group


@dataclass(frozen=True)
class Item:
    """One question of the form."""

    label: str
    choices: tuple[Choice, ...] = ()
    boxes: Boxes | None = None
    note: str = ""


@dataclass(frozen=True)
class FormText:
    """All that stands on one sheet."""

    sender: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]  # label and value; an empty value is a line to write on
    notice: str
    how: str
    items: tuple[Item, ...]
    sign: tuple[str, ...]  # what stands under the lines at the end
    footer: str = field(default="")


def draw_forms(title: str, forms: Sequence[FormText]) -> bytes:
    """Draw the forms as one PDF, a page each, in their order."""
    out = io.BytesIO()
    with LOCK:
        load_all()
        canvas = Canvas(out, pagesize=A4, invariant=True, initialFontName=Face.LABEL.value)
        canvas.setTitle(title)
        for form in forms:
            _draw(canvas, form)
            canvas.showPage()
        canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, form: FormText) -> None:
    """Draw a page at the largest scale at which it fits; a very long one at the smallest."""
    scale = next((s for s in _SCALES if _Sheet(None, s).lay(form) >= _BOTTOM), _SCALES[-1])
    _Sheet(canvas, scale).lay(form)


class _Sheet:
    """Lays a form out from top to bottom; without a canvas it only measures."""

    def __init__(self, canvas: Canvas | None, scale: float) -> None:
        self.canvas, self.scale, self.y = canvas, scale, _TOP

    def lay(self, form: FormText) -> float:
        """Lay everything out; return the lowest point used."""
        self.text(form.sender, 8.5, colour=_MUTED)
        self.rule(gap=2)
        self.down(17)
        self.text(form.title, 17, face=Face.DISPLAY_BOLD)
        self.down(4)
        self.text(form.subtitle, 9.5, colour=_MUTED)
        self.down(6)
        self.facts(form.facts)
        self.down(7)
        self.text(form.notice, 8, colour=_MUTED, leading=1.3)
        self.down(5)
        self.text(form.how, 9, leading=1.3)
        self.down(3)
        for item in form.items:
            self.item(item)
        self.down(24)
        self.signatures(form.sign)
        if form.footer:
            self.down(4)
            self.text(form.footer, 7.5, colour=_MUTED)
        return float(self.y)

    def down(self, points: float) -> None:
        self.y -= points * self.scale

    def text(
        self,
        text: str,
        size: float,
        *,
        face: Face = Face.LABEL,
        colour: HexColor = _INK,
        leading: float = 1.35,
    ) -> None:
        if not text:
            return
        size *= self.scale
        for line in wrap(text, face, size, _WIDTH):
            self.y -= size * leading
            self.put(_LEFT, self.y, line, face, size, colour)

    def put(  # noqa: PLR0917 -- reads as reportlab's own calls do
        self, x: float, y: float, text: str, face: Face, size: float, colour: HexColor = _INK
    ) -> None:
        if self.canvas is not None:
            self.canvas.setFillColor(colour)
            self.canvas.setFont(face.value, size)
            self.canvas.drawString(x, y, text)

    def rule(self, *, gap: float) -> None:
        self.down(gap + 2)
        self.line(_LEFT, _RIGHT, self.y)

    def line(self, start: float, end: float, y: float, colour: HexColor = _LINE) -> None:
        if self.canvas is not None:
            self.canvas.setStrokeColor(colour)
            self.canvas.setLineWidth(0.6)
            self.canvas.line(start, y, end, y)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Two columns of labels with what is known, or a line to write on."""
        column, size = _WIDTH / 2, 9.5 * self.scale
        for at in range(0, len(facts), 2):
            lines = 1
            for place, (label, value) in enumerate(facts[at : at + 2]):
                x = _LEFT + place * column
                start = x + max(28 * MM * self.scale, width(label, Face.LABEL, size) + 6)
                end = x + column - 6 * MM
                y = self.y - 17 * self.scale
                self.put(x, y, label, Face.LABEL, size, _MUTED)
                written = wrap(value, Face.LABEL, size, end - start)[:3]
                for number, line in enumerate(written):
                    self.put(start, y - number * size * 1.25, line, Face.LABEL, size)
                lines = max(lines, len(written))
                if not value:
                    self.line(start, end, y - 2)
            self.y -= 17 * self.scale + (lines - 1) * size * 1.25

    def item(self, item: Item) -> None:
        """A question, and under it what can be ticked or written."""
        self.down(6)
        self.text(item.label, 10, face=Face.TEXT)
        if item.note:
            self.text(item.note, 8, colour=_MUTED, leading=1.3)
        if item.boxes is not None:
            self.boxes(item.boxes)
        if item.choices:
            self.choices(item.choices)

    def boxes(self, boxes: Boxes) -> None:
        side, gap = 5.6 * MM * self.scale, 4 * MM * self.scale
        self.y -= side + 5 * self.scale
        x, position = _LEFT, 0
        hint_size = 7 * self.scale
        for number, group in enumerate(boxes.groups):
            for cell in range(group):
                if self.canvas is not None:
                    self.canvas.setStrokeColor(_MUTED)
                    self.canvas.setLineWidth(0.7)
                    self.canvas.rect(x + cell * side, self.y, side, side)
                if position < len(boxes.written):
                    sign = boxes.written[position]
                    size = 11 * self.scale
                    left = x + cell * side + (side - width(sign, Face.LABEL, size)) / 2
                    self.put(left, self.y + side * 0.27, sign, Face.LABEL, size)
                position += 1
            if number < len(boxes.hints):
                self.put(
                    x, self.y - hint_size * 1.2, boxes.hints[number], Face.LABEL, hint_size, _MUTED
                )
            x += group * side + gap
        if boxes.hints:
            self.y -= hint_size * 1.4

    def choices(self, choices: Sequence[Choice]) -> None:
        """Boxes to tick, side by side as long as they fit the line."""
        size, box = 9.5 * self.scale, 3.4 * MM * self.scale
        line, between = 16 * self.scale, 5 * MM * self.scale
        x = _LEFT
        self.y -= line
        for choice in choices:
            words = wrap(choice.label, Face.LABEL, size, _WIDTH - box - 5)
            needed = box + 5 + max(width(word, Face.LABEL, size) for word in words)
            if x > _LEFT and x + needed > _RIGHT:
                x, self.y = _LEFT, self.y - line
            self.tick(x, self.y - 1, box, choice.ticked)
            for number, word in enumerate(words):
                if number:
                    self.y -= size * 1.25
                self.put(x + box + 5, self.y, word, Face.LABEL, size)
            x += needed + between

    def tick(self, x: float, y: float, side: float, ticked: bool) -> None:
        if self.canvas is None:
            return
        self.canvas.setStrokeColor(_INK)
        self.canvas.setLineWidth(0.8)
        self.canvas.rect(x, y, side, side)
        if ticked:
            inset = side * 0.2
            self.canvas.setLineWidth(1.4)
            self.canvas.line(x + inset, y + inset, x + side - inset, y + side - inset)
            self.canvas.line(x + inset, y + side - inset, x + side - inset, y + inset)

    def signatures(self, labels: Sequence[str]) -> None:
        size, column = 8.5 * self.scale, _WIDTH / max(1, len(labels))
        for place, label in enumerate(labels):
            x = _LEFT + place * column
            self.line(x, x + column - 12 * MM, self.y, _INK)
            self.put(x, self.y - size * 1.4, label, Face.LABEL, size, _MUTED)
        self.y -= size * 1.5
