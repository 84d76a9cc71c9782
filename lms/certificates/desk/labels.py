"""Labels for envelopes on common sheets of them, each sheet as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lms.certificates.drawing.items import INK, Element, Item, Page, Text
from lms.typography import MM, Face, wrap

_PAD: Final = 4.0
_LEADING: Final = 1.25
_SIZES: Final = (10.0, 9.0, 8.0, 7.0, 6.0)
A4: Final = (210.0, 297.0)


@dataclass(frozen=True)
class LabelSheet:
    """A sheet of labels on A4, in millimetres: how many, how large, and where the first begins."""

    name: str
    columns: int
    rows: int
    across: float
    high: float
    left: float
    top: float
    gap: float = 0.0

    @property
    def count(self) -> int:
        """How many labels are on it."""
        return self.columns * self.rows


SHEETS: Final = {
    "3x8": LabelSheet("3 × 8, 70 × 37 mm", 3, 8, 70, 37, 0, 0.5),
    "3x7": LabelSheet("3 × 7, 63,5 × 38,1 mm", 3, 7, 63.5, 38.1, 7.25, 15.15, 2.5),
    "2x7": LabelSheet("2 × 7, 99,1 × 38,1 mm", 2, 7, 99.1, 38.1, 4.65, 15.15, 2.5),
    "2x8": LabelSheet("2 × 8, 105 × 37 mm", 2, 8, 105, 37, 0, 0.5),
    "2x4": LabelSheet("2 × 4, 105 × 74 mm", 2, 4, 105, 74, 0, 0.5),
}


def label_pages(
    sheet: LabelSheet, labels: Sequence[Sequence[str]], start: int = 1
) -> Iterator[Page]:
    """Put labels on sheets, from the one named on: those before it are used already.

    Lines are broken, and all labels set in one size, the largest in which each of them fits.
    """
    size = min((_size(sheet, lines) for lines in labels), default=_SIZES[0])
    slots: list[Sequence[str]] = [*([()] * (start - 1)), *labels]
    for at in range(0, len(slots), sheet.count):
        items: list[Item] = []
        for place, lines in enumerate(slots[at : at + sheet.count]):
            row, column = divmod(place, sheet.columns)
            left = sheet.left + column * (sheet.across + sheet.gap)
            top = A4[1] - sheet.top - row * sheet.high
            items += _label(sheet, _broken(sheet, lines, size), (left, top), size)
        yield Page(*A4, (Element("P", tuple(items)),))


def _size(sheet: LabelSheet, lines: Sequence[str]) -> float:
    """Return the largest size in which a label's lines fit it."""
    for size in _SIZES:
        if len(_broken(sheet, lines, size)) * size * _LEADING <= (sheet.high - 2 * _PAD) * MM:
            return size
    return _SIZES[-1]


def _broken(sheet: LabelSheet, lines: Sequence[str], size: float) -> list[tuple[str, Face]]:
    """Break lines to the label's breadth: the first in the face of texts, the others in labels'."""
    faces = [Face.TEXT, *([Face.LABEL] * len(lines))]
    room = (sheet.across - 2 * _PAD) * MM
    return [
        (part, face)
        for line, face in zip(lines, faces, strict=False)
        for part in wrap(line, face, size, room)
    ]


def _label(
    sheet: LabelSheet, broken: Sequence[tuple[str, Face]], at: tuple[float, float], size: float
) -> list[Item]:
    """Set a label, in the middle of its height."""
    step = size * _LEADING / MM
    fitting = broken[: max(1, int((sheet.high - 2 * _PAD) / step))]
    left, y = at[0] + _PAD, at[1] - sheet.high / 2 + len(fitting) * step / 2 - step * 0.78
    return [
        Text(left, y - down * step, part, face, size, INK)
        for down, (part, face) in enumerate(fitting)
    ]
