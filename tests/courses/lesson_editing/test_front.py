"""A lesson's file in a form and back: what is not touched stays to the byte."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.lesson_editor.front import Place, place_of, put_together, taken_apart
from tests.exchange.sample import OS2

LESSONS = sorted(OS2.glob("modules/*/lessons/*.md"))
SOURCE = """---
id: proba-1-1
# o vorbă despre număr
number: "1.1"
title: {ro: Primul pas, en: The first step}
summary: {ro: Cum începeți., en: How to begin.}
minutes: {reading: 5, exercise: 10, test: 0}
facts: [A1]
---

Un rând.

Alt rând.
"""


@pytest.mark.one_database
@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_a_lesson_that_nobody_touched_is_written_to_the_byte(path) -> None:
    source = path.read_text(encoding="utf-8")
    assert put_together(taken_apart(source), source) == source


@pytest.mark.one_database
def test_the_form_has_title_and_minutes_and_the_rest_as_it_was_written() -> None:
    parts = taken_apart(SOURCE)
    assert (parts.title_ro, parts.title_en) == ("Primul pas", "The first step")
    assert parts.minutes == ("5", "10", "0")
    assert "o vorbă despre număr" not in parts.title_ro
    assert parts.rest.startswith('number: "1.1"\n')
    assert "id:" not in parts.rest
    assert parts.body == "Un rând.\n\nAlt rând."


@pytest.mark.one_database
def test_another_title_stands_where_the_old_one_stood() -> None:
    title = 'Un „pas” cu: două \\ semne # și "ghilimele"'
    written = put_together(replace(taken_apart(SOURCE), title_ro=title), SOURCE)
    assert taken_apart(written).title_ro == title
    assert written.index("title:") < written.index("summary:") < written.index("minutes:")
    assert "# o vorbă despre număr" in written
    assert written.endswith("Un rând.\n\nAlt rând.\n")


@pytest.mark.one_database
def test_a_rest_that_is_rewritten_keeps_the_id() -> None:
    parts = replace(taken_apart(SOURCE), rest='number: "1.2"\nfacts: [A1]\n')
    written = put_together(parts, SOURCE)
    assert written.startswith("---\nid: proba-1-1\n")
    assert "summary" not in written
    assert taken_apart(written).minutes == ("5", "10", "0")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "source",
    [
        "",
        "Fără capăt.",
        "---\n---\ntext",
        "---\nid: x\ntitle: [unu, doi]\nminutes: mult\n---\ntext\n",
        "---\nid: x\ntitle: {ro: A, en: B}\ntitle: {ro: C, en: D}\n---\ntext\n",
        "---\n  - nu e o pereche\nid: x\n---\n\n\ntext\n\n",
    ],
)
def test_odd_files_are_shown_and_nothing_of_them_is_lost(source: str) -> None:
    written = put_together(taken_apart(source), source)
    assert taken_apart(written).body == taken_apart(source).body
    for line in source.split("\n"):
        assert line in written


@pytest.mark.one_database
@pytest.mark.parametrize(
    "said", ["", "draft: false\n", "draft: true\n", "draft: True  # încă nu\n"]
)
def test_whether_it_is_a_draft_is_ticked_and_unticked(said: str) -> None:
    source = SOURCE.replace("facts: [A1]\n", f"facts: [A1]\n{said}")
    parts = taken_apart(source)
    assert parts.is_draft == ("rue" in said)
    assert "draft" not in parts.rest
    assert put_together(parts, source) == source
    hidden = put_together(replace(parts, is_draft=True), source)
    assert taken_apart(hidden).is_draft
    again = put_together(replace(parts, is_draft=False, rest='number: "1.2"\n'), hidden)
    assert not taken_apart(again).is_draft
    assert again.endswith("Alt rând.\n")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("line", "place"),
    [
        pytest.param(5, Place("title", 1), id="title"),
        pytest.param(7, Place("minutes", 1), id="minutes"),
        pytest.param(8, Place("rest", 3), id="a line of the rest"),
        pytest.param(11, Place("body", 1), id="the first line of the text"),
        pytest.param(13, Place("body", 3), id="a later line of the text"),
    ],
)
def test_a_line_of_the_file_is_found_in_the_form(line: int, place: Place) -> None:
    assert place_of(SOURCE, line) == place
