"""What a format has no type for is named with its question before the others are handed out."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from bs4 import BeautifulSoup

from tests.quizzes.workshop.test_pages import course, owner, post, quizzes, stored

__all__ = ["course"]

COUNTED = """
// [id:c-1] [type:calculated]
Cât este suma? {
a 1..5
b 2..6
=a+b
}
"""


@pytest.fixture
def page(app, cast, course):
    """The address of a quiz with a calculated question among others."""
    quiz = quizzes(app, course)[0]
    text, base = stored(app, course, quiz.content_id)
    here = f"/courses/proba/quizzes/{quiz.slug}"
    sent = {"text": text + COUNTED, "base": base, "do": "save"}
    assert post(owner(cast), f"{here}/questions", **sent).status_code == 302
    return f"{here}/exchange/file"


@pytest.mark.parametrize("form", ["qti-2.1", "qti-2.2", "qti-3.0", "aiken"])
def test_questions_of_another_type_are_named_with_the_reason(cast, page, form):
    client = owner(cast)
    shown = BeautifulSoup(client.get(f"{page}/{form}").data, "html.parser").select_one("main")
    assert shown is not None
    assert "dintre întrebări nu" in shown.text
    rows = [row.text for row in shown.select("tbody tr")]
    assert any("Cât este suma?" in row for row in rows)
    assert any("c-1" in row and "un număr calculat, de scris" in row for row in rows)
    link = shown.select_one("a[href*='others=1']")
    assert link is not None
    data = client.get(str(link["href"])).data
    if form == "aiken":
        assert b"ANSWER" in data
        return
    names = zipfile.ZipFile(BytesIO(data)).namelist()
    assert "items/c-1.xml" not in names
    assert "items/proba-q1-01.xml" in names


@pytest.mark.parametrize("form", ["gift", "xlsx", "moodle-xml"])
def test_a_format_that_has_every_type_is_handed_out_at_once(cast, page, form):
    answer = owner(cast).get(f"{page}/{form}")
    assert "attachment" in answer.headers["Content-Disposition"]
