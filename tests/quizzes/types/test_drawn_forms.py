"""An answer to a question that an attempt drew in part reads the same on every page."""

from __future__ import annotations

import pymupdf
import pytest
import sqlalchemy as sa

from lms import db
from lms.quizzes.models import QuestionRevision
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.quizzes.test_taking import paper, post, start

TEXT = """\
// [id:pasi-1] [type:ordering] [show:random-3]
Puneți în ordine. {
=pasul alfa
=pasul beta
=pasul gama
=pasul delta
=pasul epsilon
}
"""
STEPS = ("alfa", "beta", "gama", "delta", "epsilon")


@pytest.fixture
def ordered(app, cast):
    """Give an attempt that put three of five steps in the order drawn, and what it drew."""
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=TEXT, slug="pasi")
    client = cast.client("learner")
    attempt_id = start(client, "/courses/curs/quizzes/pasi")
    (item,) = paper(app, attempt_id)
    data = {"item": str(item.item_id), "confirmed": "1"}
    for place, each in enumerate(item.question.items, 1):
        data[f"i{item.item_id}-at-{each.id}"] = str(place)
    post(client, f"/attempts/{attempt_id}/submit", data)
    return attempt_id, [each.text.split()[1] for each in item.question.items]


def test_the_timeline_shows_the_order_that_was_given(cast, ordered):
    attempt_id, drawn = ordered
    page = cast.client("trainer").get(f"/attempts/{attempt_id}/timeline").text
    assert all(step in page for step in drawn)


def test_the_pdf_of_a_reworded_question_holds_what_was_drawn_alone(app, cast, ordered):
    attempt_id, drawn = ordered
    with app.app_context(), db.writing() as session:
        old = session.scalars(sa.select(QuestionRevision)).one()
        words = {**old.payload, "stem": "Reformulată."}
        session.add(
            QuestionRevision(version_id=old.version_id, number=2, payload=words, created_at=EPOCH)
        )
    answer = cast.client("trainer").get(f"/attempts/{attempt_id}/attempt.pdf")
    with pymupdf.open(stream=answer.data) as document:
        said = " ".join(page.get_text() for page in document)
    for step in STEPS:  # once in the answer, once in the key
        assert said.count(step) == (2 if step in drawn else 0), step
