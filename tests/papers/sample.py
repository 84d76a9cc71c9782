"""The small invented course with a working paper to fill in."""

from __future__ import annotations

from tests.exchange.sample import files

PAPER = "papers/proba-fisa.yaml"
TEXT = """id: proba-fisa
title: {ro: Fișa de probă, en: Sample sheet}
summary: {ro: Ce ați găsit pe drum., en: What you found on the way.}
format: docx
lessons: ["1.1"]
facts: [A1]
body:
  - guidance: [Scrieți scurt.]
  - text: Am plecat din __locul__ la __ora__.
"""


def files_with_paper(text: str = TEXT) -> dict[str, bytes]:
    """Return the sample course's files with one paper."""
    course = files()
    course["course.yaml"] += b"papers: [proba-fisa.yaml]\n"
    return course | {PAPER: text.encode()}
