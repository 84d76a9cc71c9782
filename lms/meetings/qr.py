"""A QR code as rectangles for a picture in the page."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET = 4  # modules of white around it


@dataclass(frozen=True)
class Squares:
    """How wide the picture is, in modules, and the path that fills its dark ones."""

    size: int
    path: str


def squares(text: str) -> Squares:
    """Return the dark modules of a text's QR code as one path of runs."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start + QUIET} {y + QUIET}h{x - start}v1h-{x - start}z")
            x += 1
    return Squares(len(rows) + 2 * QUIET, "".join(runs))
