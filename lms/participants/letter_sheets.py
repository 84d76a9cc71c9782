"""Letters on paper: one A4 page for each person, drawn from words that were already chosen."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from lms.typography import LOCK, MM, Face, load_all, wrap

_LEFT, _TOP = 25 * MM, A4[1] - 30 * MM
_WIDTH = A4[0] - 2 * _LEFT
_TEXT, _LEADING = 12.0, 17.0
_FACT_INDENT, _FACT_LEADING = 62 * MM, 30.0
_FACT_SIZE, _CODE_SIZE = 14.0, 22.0


@dataclass(frozen=True)
class LetterText:
    """What stands on one sheet, in the language of the person it is for.

    `facts` are (label, value) pairs; the last one is the code, in the largest type.
    """

    sender: str
    addressee: tuple[str, ...]
    greeting: str
    before: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    after: tuple[str, ...]


def draw_letters(title: str, letters: Sequence[LetterText]) -> bytes:
    """Draw the letters as one PDF, a page each, in their order."""
    out = io.BytesIO()
    with LOCK:
        load_all()
        canvas = Canvas(out, pagesize=A4, invariant=True, initialFontName=Face.LABEL.value)
        canvas.setTitle(title)
        for letter in letters:
            _draw(canvas, letter)
            canvas.showPage()
        canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, letter: LetterText) -> None:
    y = _paragraph(canvas, letter.sender, _TOP, size=11)
    canvas.setLineWidth(0.6)
    canvas.line(_LEFT, y + 6, _LEFT + _WIDTH, y + 6)
    y -= 26
    for line in letter.addressee:
        y = _paragraph(canvas, line, y)
    y -= 24
    y = _paragraph(canvas, letter.greeting, y) - 6
    for text in letter.before:
        y = _paragraph(canvas, text, y) - 6
    y -= 12
    for number, (label, value) in enumerate(letter.facts):
        is_code = number == len(letter.facts) - 1
        canvas.setFont(Face.LABEL.value, _TEXT)
        canvas.drawString(_LEFT, y, label)
        size = _CODE_SIZE if is_code else _FACT_SIZE
        canvas.setFont(Face.LABEL.value, size)
        canvas.drawString(_LEFT + _FACT_INDENT, y, value)
        y -= _FACT_LEADING
    y -= 6
    for text in letter.after:
        y = _paragraph(canvas, text, y) - 6


def _paragraph(canvas: Canvas, text: str, y: float, *, size: float = _TEXT) -> float:
    """Set a text in lines from `y` down; return where the next one begins."""
    canvas.setFont(Face.LABEL.value, size)
    for line in wrap(text, Face.LABEL, size, _WIDTH):
        canvas.drawString(_LEFT, y, line)
        y -= _LEADING
    return y
