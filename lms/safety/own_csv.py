"""Read back a CSV file that `sheets.write_csv` has written, and nothing else: no guessing."""

from __future__ import annotations

import csv
import io

from lms.errors import Unusable
from lms.safety.formulas import unguard


class NotOurCsv(Unusable):
    """The bytes are no CSV as we write it."""


def read_own_csv(data: bytes) -> list[tuple[str, ...]]:
    """Return all rows, the heading first, each as long as the heading; raise NotOurCsv."""
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotOurCsv(str(error)) from error
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise NotOurCsv("rows of different lengths")
    return [tuple(map(unguard, row)) for row in rows]
