"""Notes of one's own: kept once, read by nobody else, found again, taken along, gone at the end."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bench.in_process import statements
from lms import db
from lms.accounts.traces import TRACES
from lms.courses.models import Lesson, LessonNote
from lms.courses.note_text import as_text
from tests.cast import csrf

LESSON = "/courses/curs/1-modul/1-1-lectie"
NOTES = "/courses/curs/notes"


def post(client, path, *, headers=None, **data):
    return client.post(path, data={"csrf_token": csrf(client), **data}, headers=headers or {})


def add(client, **data):
    return post(client, f"{LESSON}/notes", **data)


def held(app):
    with app.app_context():
        return db.session().scalars(sa.select(LessonNote).order_by(LessonNote.id)).all()


def test_a_note_stands_below_its_lesson_and_in_the_list(app, cast):
    client = cast.client("learner")
    answer = add(client, text="De întrebat\r\nla curs.", quote="  Text. ")
    assert (answer.status_code, answer.location) == (303, f"{LESSON}#notele-mele")
    (note,) = held(app)
    assert (note.quote, note.text) == ("Text.", "De întrebat\nla curs.")
    for page in (client.get(LESSON), client.get(NOTES)):
        assert "De întrebat" in page.text
        assert "Text." in page.text


def test_a_second_click_keeps_nothing_twice(app, cast):
    client = cast.client("learner")
    add(client, quote="Text.", before="a", after="b")
    add(client, quote="Text.", before="a", after="b")
    add(client, quote="Text.", before="c", after="d")  # the same words in another place
    assert len(held(app)) == 2


def test_the_list_reads_no_lesson_s_text_with_each_note(app, cast):
    client = cast.client("learner")
    for text in ("unu", "doi", "trei"):
        add(client, text=text)
    for path in (NOTES, f"{NOTES}.txt"):
        with statements(app) as seen:
            assert "trei" in client.get(path).text
        asked = [text for text in seen if "lesson_notes" in text]
        assert len(asked) == 1
        assert "html" not in asked[0]


def test_nobody_else_finds_it(app, cast):
    add(cast.client("learner"), text="CANARYNOTE")
    (note,) = held(app)
    for part in ("classmate", "trainer", "registrar", "auditor", "owner", "learner_of_other"):
        client = cast.client(part)
        for path in (LESSON, NOTES, f"{NOTES}.txt", "/courses/curs", "/learn"):
            assert "CANARYNOTE" not in client.get(path).text, (part, path)
        assert post(client, f"{NOTES}/{note.id}", text="al meu").status_code == 404
        assert post(client, f"{NOTES}/{note.id}/remove").status_code == 404
    assert held(app)[0].text == "CANARYNOTE"


def test_a_page_that_the_browser_keeps_ends_with_a_note(cast):
    client = cast.client("learner")
    client.get(LESSON)
    tag = client.get(LESSON).headers["ETag"]
    assert client.get(LESSON, headers={"If-None-Match": tag}).status_code == 304
    add(client, text="Nou.")
    assert client.get(LESSON, headers={"If-None-Match": tag}).status_code == 200


def test_a_note_is_changed_and_removed_by_its_writer(app, cast):
    client = cast.client("learner")
    add(client, text="Una.")
    (note,) = held(app)
    assert post(client, f"{NOTES}/{note.id}", text="Alta.").location == f"{NOTES}#nota-{note.id}"
    assert held(app)[0].text == "Alta."
    post(client, f"{NOTES}/{note.id}", text="  ")  # nothing would be left
    assert held(app)[0].text == "Alta."
    assert post(client, f"{NOTES}/{note.id}/remove").location == NOTES
    assert held(app) == []
    assert post(client, f"{NOTES}/{note.id}/remove").status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"text": "  "}, id="nothing"),
        pytest.param({"text": "x" * 4001}, id="too long"),
        pytest.param({"quote": "x" * 1001}, id="too many words marked"),
    ],
)
def test_what_cannot_be_kept_stays_on_the_page(app, cast, typed):
    client = cast.client("learner")
    answer = add(client, **typed)
    assert answer.status_code == 422
    assert typed.get("text", "").strip() in answer.text
    said = add(client, headers={"Accept": "application/json"}, **typed)
    assert said.status_code == 422
    assert said.json["error"]
    assert held(app) == []


def test_there_is_an_end_to_notes(app, cast):
    with app.app_context(), db.writing() as session:
        for number in range(200):
            session.add(
                LessonNote(
                    person_id=cast.persons["learner"],
                    lesson_id=cast.lesson_ids[0],
                    quote="",
                    before="",
                    after="",
                    text=str(number),
                    created_at=sa.func.now(),
                    changed_at=sa.func.now(),
                )
            )
    answer = add(cast.client("learner"), text="Încă una.")
    assert answer.status_code == 422
    assert "Încă una." in answer.text
    assert len(held(app)) == 200


def test_a_script_gets_the_page_s_own_list(cast):
    client = cast.client("learner")
    said = add(client, headers={"Accept": "application/json"}, quote='<b>"Text"', text="<i>")
    assert said.status_code == 200
    assert f'id="nota-{said.json["id"]}"' in said.json["section"]
    assert "&lt;b&gt;" in said.json["section"]


def test_notes_survive_a_new_version_and_a_lesson_taken_back(app, cast):
    client = cast.client("learner")
    add(client, quote="Text.", text="Rămâne.")
    with app.app_context(), db.writing() as session:
        lesson = session.get(Lesson, cast.lesson_ids[0])
        lesson.html, lesson.html_digest = "<p>Altul.</p>", "1" * 64
    page = client.get(LESSON).text
    assert "Altul." in page
    assert "Rămâne." in page
    with app.app_context(), db.writing() as session:
        session.get(Lesson, cast.lesson_ids[0]).is_published = False
    listed = client.get(NOTES).text
    assert "Rămâne." in listed
    assert f'href="{LESSON}"' not in listed


def test_they_are_taken_along_as_text(cast):
    client = cast.client("learner")
    add(client, quote="Text.", text="Prima.\nA doua.")
    answer = client.get(f"{NOTES}.txt")
    assert answer.mimetype == "text/plain"
    assert 'filename="note-curs.txt"' in answer.headers["Content-Disposition"]
    assert "„Text.”\r\nPrima.\r\nA doua." in answer.text


def test_text_has_titles_quotes_and_words_in_order():
    text = as_text(
        "Note", "Ana", [("1.1 Una", [("citat", "vorbă"), ("", "singură"), ("doar", "")])]
    )
    lines = [line for line in text.removeprefix("\ufeff").split("\r\n") if line]
    assert lines == ["Note", "Ana", "1.1 Una", "-------", "„citat”", "vorbă", "singură", "„doar”"]


def test_they_are_handed_out_and_erased_with_the_person(app, cast):
    add(cast.client("learner"), text="A mea.")
    add(cast.client("classmate"), text="A celuilalt.")
    trace = TRACES["lesson_notes"]
    mine = cast.persons["learner"]
    with app.app_context():
        (note,) = trace.export(mine).values["lesson_notes"]
        assert note["text"] == "A mea."
    with app.app_context(), db.writing():
        assert list(trace.erase(mine).values()) == [1]
    assert [note.text for note in held(app)] == ["A celuilalt."]
