"""What is pasted becomes Markdown; what could be better is said; two texts are compared."""

from __future__ import annotations

import pytest

from lms.exchange.course_files import CONTENT_ID
from lms.exchange.lesson_file import read_lesson
from lms.lesson_editor.advice import Kind, advise
from lms.lesson_editor.comparing import compared
from lms.lesson_editor.pasting import markdown_from
from tests.courses.lesson_editing.test_front import SOURCE

pytestmark = pytest.mark.one_database

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p{color:red}</style>
</head><body><h1>Cele <b>patru</b> forme</h1>
<p class=MsoNormal>Un cuvânt <b style='mso-bidi-font-weight:normal'>tare</b>, unul <i>altfel</i> și
<span style='font-weight:bold'>încă unul</span>.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·
<span>&nbsp;&nbsp;</span></span>primul</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o
</span>dedesubt</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·
</span>al doilea</p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>pasul unu</p>
<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.</span>pasul doi</p>
<table class=MsoTableGrid><tbody><tr><td><p><b>Cine</b></p></td><td><p>Ce</p></td></tr>
<tr><td><p>primăria</p></td><td><p>sala | curtea</p></td></tr></tbody></table>
<p><a href="https://exemplu.ro/a">legea</a> și <a href="javascript:alert(1)">capcana</a></p>
<script>alert(1)</script></body></html>"""


def test_a_document_of_word_becomes_the_markdown_of_a_lesson() -> None:
    text = markdown_from(WORD, lambda _address: "")
    assert "## Cele patru forme" in text
    assert "Un cuvânt **tare**, unul *altfel* și" in text
    assert "**încă unul**" in text
    assert "- primul\n  - dedesubt\n- al doilea" in text
    assert "1. pasul unu\n2. pasul doi" in text
    assert "| **Cine** | Ce |\n| --- | --- |\n| primăria | sala \\| curtea |" in text
    assert "[legea](https://exemplu.ro/a) și capcana" in text
    assert "alert" not in text
    assert "color" not in text


def test_what_google_wraps_in_bold_that_is_not_bold_is_not_bold() -> None:
    html = '<b style="font-weight:normal"><p><span style="font-weight:700">Da</span> nu</p></b>'
    assert markdown_from(html, lambda _address: "") == "**Da** nu"


def test_pasted_pictures_stand_where_they_were_and_others_leave_their_words() -> None:
    html = (
        '<p>a <img src="data:image/png;base64,AA==" alt="harta"> b</p><p><img src="file:///x"></p>'
    )
    asked: list[str] = []

    def picture(address: str) -> str:
        asked.append(address)
        return "figures/x.png" if address.startswith("data:") else ""

    assert markdown_from(html, picture) == "a ![harta](figures/x.png) b"


@pytest.mark.parametrize("html", ["", "<" * 50_000, "<p>" * 3000, "x" * 4_000_001])
def test_odd_clipboards_are_no_trouble(html: str) -> None:
    assert isinstance(markdown_from(html, lambda _address: ""), str)


def lesson(body: str):
    found = read_lesson(
        "l.md",
        SOURCE[: SOURCE.index("\n\nUn rând")] + "\n\n" + body,
        [],
        outcomes=1,
        id_pattern=CONTENT_ID,
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("body", "kind", "line"),
    [
        pytest.param("\n" + "cuvânt " * 29 + ".", Kind.LONG_SENTENCE, 3, id="a long sentence"),
        pytest.param("Bine. " * 81, Kind.LONG_PARAGRAPH, 2, id="a wall of words"),
        pytest.param("![harta](figures/a.png)", Kind.PICTURE_WORDS, 2, id="a picture unsaid"),
        pytest.param("Scurt.", Kind.READING_TIME, 0, id="minutes that are too many"),
    ],
)
def test_what_is_hard_to_read_is_said_at_its_line(body: str, kind: Kind, line: int) -> None:
    assert (kind, line) in [(a.kind, a.line) for a in advise(lesson(body))]


def test_a_law_that_is_quoted_may_be_long() -> None:
    quoted = "> " + "cuvânt " * 60
    assert Kind.LONG_SENTENCE not in [a.kind for a in advise(lesson(quoted))]


def test_two_texts_are_compared_word_by_word_with_a_line_around() -> None:
    before = "unu\n\ndoi\n\ntrei patru cinci\n\nșase\n\nșapte"
    after = before.replace("patru", "PATRU")
    found = compared(before, after)
    assert [part.kind for part in found] == ["gap", "same", "changed", "same"]
    assert [(r.kind.value, r.text) for r in found[2].runs] == [
        ("same", "trei "),
        ("out", "patru"),
        ("in", "PATRU"),
        ("same", " cinci"),
    ]
    assert compared(before, before) == []


def test_texts_that_have_nothing_in_common_are_shown_whole() -> None:
    found = compared("a " * 12_000, "b " * 12_000)
    assert [run.kind.value for run in found[0].runs] == ["out", "in"]
