"""The outline and the editor of a lesson write the same text: neither undoes what the other did."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import Lesson
from tests.cast import csrf
from tests.courses.lesson_editing.test_pages import form_of
from tests.exchange.outlining.test_outline import (  # noqa: F401 -- fixtures
    course_id,
    done,
    exported,
    order,
    trainer,
)


def written(client, address, **changes):
    """Save a lesson in the editor, with what its form holds and some changes."""
    sent = {**form_of(client, f"{address}/edit"), **changes, "do": "save"}
    answer = client.post(f"{address}/edit", data={"csrf_token": csrf(client), **sent})
    assert answer.status_code == 302, answer.text
    return client.get(answer.location).text


def row_of(app, content_id):
    with app.app_context():
        found = db.session().scalar(sa.select(Lesson).where(Lesson.content_id == content_id))
        db.session().expunge(found)
        db.end_reading()
    return found


def test_each_lesson_of_the_outline_leads_to_its_text(app, course_id, trainer):  # noqa: F811
    page = trainer.get("/courses/proba/outline").text
    for address in ("1-inceputul/1-1-primul-pas", "2-mersul/2-3-c"):
        assert f'href="/courses/proba/{address}/edit"' in page


@pytest.mark.parametrize("hidden", ["proba-2-1", "proba-m2"])
def test_what_is_written_keeps_a_draft_a_draft_and_the_order(
    app,
    course_id,  # noqa: F811
    trainer,  # noqa: F811
    hidden,
):
    done(trainer, "down:proba-2-1")
    done(trainer, f"hide:{hidden}")
    made = order(app, course_id)
    assert "Altfel scris" in written(trainer, "/courses/proba/2-mersul/2-1-a", body="Altfel scris.")
    assert order(app, course_id) == made
    row = row_of(app, "proba-2-1")
    assert "Altfel scris" in row.html
    assert (row.number, row.withdrawn_at is not None) == ("2.2", hidden == "proba-2-1")
    done(trainer, f"show:{hidden}")
    row = row_of(app, "proba-2-1")
    assert "Altfel scris" in row.html
    assert row.withdrawn_at is None


def test_what_was_written_goes_with_a_lesson_wherever_it_goes(app, course_id, trainer):  # noqa: F811
    written(trainer, "/courses/proba/2-mersul/2-1-a", body="Altfel scris.", title_ro="Scris")
    done(trainer, "place:proba-2-1", into="proba-m1")
    page = written(trainer, "/courses/proba/1-inceputul/2-1-a", body="Și iar altfel.")
    assert "Și iar altfel" in page
    text = exported(app, course_id)["modules/1-inceputul/lessons/2-1-a.md"].decode()
    assert text.endswith("Și iar altfel.\n")
    assert order(app, course_id)[0][1][-1] == ("1.3", "proba-2-1")
    history = trainer.get("/courses/proba/1-inceputul/2-1-a/history").text
    assert history.count("/history/") >= 3  # as it came, as it was written, moved, written again


def test_who_writes_while_the_outline_numbers_anew_is_told_and_loses_nothing(
    app,
    course_id,  # noqa: F811
    trainer,  # noqa: F811
):
    address = "/courses/proba/2-mersul/2-1-a"
    sent = {**form_of(trainer, f"{address}/edit"), "body": "Scris între timp.", "do": "save"}
    done(trainer, "down:proba-2-1")
    answer = trainer.post(f"{address}/edit", data={"csrf_token": csrf(trainer), **sent})
    assert answer.status_code == 409
    assert "Scris între timp." in answer.text
    assert row_of(app, "proba-2-1").number == "2.2"
