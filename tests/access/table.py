"""The project's table of permissions: read from `permissions.csv`, one row for each thing asked."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.access.world import PERSONS

TABLE = Path(__file__).with_name("permissions.csv")
ANSWERS = {"yes", "own", "nothing", "login", "403", "404"}


@dataclass(frozen=True)
class Row:
    """A route asked about one thing, and what each person is answered."""

    rows: str  # ids of the matrix that it comes from
    endpoint: str
    method: str
    permission: str
    subject: str
    answers: Mapping[str, str]
    changes: str  # „yes” where somebody's allowed request changes rows
    condition: str

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} ({self.subject})"


def read_table() -> list[Row]:
    """Read all rows."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return [
            Row(
                rows=line["rows"],
                endpoint=line["endpoint"],
                method=line["method"],
                permission=line["permission"],
                subject=line["subject"],
                answers={person: line[person] for person in PERSONS},
                changes=line["changes"],
                condition=line["condition"],
            )
            for line in csv.DictReader(stream)
        ]


def routes_of(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield each endpoint with each method that it takes."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method
