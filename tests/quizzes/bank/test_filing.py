"""What the bank knows of a question once its text is stored, and back into text."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given

from lms import db
from lms.quizzes.bank.entry import category_of, entry_of, item_in, tags_of, with_status
from lms.quizzes.exchange.quiz_file import ItemStatus
from lms.quizzes.models import Question, QuestionState, QuestionTag
from tests.quizzes.workshop.test_pages import save, stored
from tests.quizzes.workshop.test_text import items

TAGGED = """
$CATEGORY: $course$/top/Modulul 1/Definiții

// [id:proba-q1-90] [tag:greu] [tag:lege] [status:draft]
Câți sunt? {=trei ~doi}

$CATEGORY:

// [id:proba-q1-91]
Câte sunt? {=două ~una}
"""


def of(content_id: str) -> Question:
    """Find a question of the first course that has it."""
    found = sa.select(Question).filter_by(content_id=content_id).order_by(Question.id).limit(1)
    return db.session().scalars(found).one()


def tags(question: Question) -> set[str]:
    return set(
        db.session().scalars(
            sa.select(QuestionTag.tag).where(QuestionTag.question_id == question.id)
        )
    )


@given(items())
def test_what_the_bank_keeps_of_a_question_loses_nothing(asked) -> None:
    for item in asked:
        entry = entry_of(item, item.question.stem)
        assert item_in(entry.source, entry.words_source) == item
        for status in ItemStatus:
            assert item_in(with_status(entry.source, status)).status is status


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("", ""),
        ("$course$/top/Una / Alta", "Una/Alta"),
        ("top/Una", "Una"),
        (" Una //Alta/ ", "Una/Alta"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_category_is_a_path(written: str, path: str) -> None:
    assert category_of(written) == path


def test_tags_are_taken_once_and_cut() -> None:
    assert tags_of([" a  b ", "a b", "", "y" * 150]) == ("a b", "y" * 100)


def test_a_quiz_s_text_fills_category_tags_and_what_is_looked_for(app, cast, course) -> None:
    text, base = stored(app, course, "proba-q1")
    assert save(cast, text + TAGGED, base).status_code == 302
    with app.app_context():
        first, second = of("proba-q1-90"), of("proba-q1-91")
        assert (first.category, tags(first)) == ("Modulul 1/Definiții", {"greu", "lege"})
        assert (first.state, first.is_ready) == (QuestionState.DRAFT, False)
        assert (first.stem, first.type) == ("Câți sunt?", "single_choice")
        assert "cati sunt?" in first.search_text
        assert "trei" in first.search_text
        assert first.author_id == cast.persons["owner"]
        assert (second.category, tags(second)) == ("", set())
        assert second.is_ready
        assert second.state is QuestionState.PUBLISHED
        assert first.quiz_id == second.quiz_id is not None
        db.end_reading()
    again, base = stored(app, course, "proba-q1")
    changed = again.replace("[tag:greu] ", "[tag:ușor] ")
    assert save(cast, changed, base).status_code == 302
    with app.app_context():
        assert tags(of("proba-q1-90")) == {"ușor", "lege"}
        db.end_reading()


def test_a_question_taken_back_into_a_quiz_is_the_same_question(app, cast, course) -> None:
    text, base = stored(app, course, "proba-q1")
    kept = text[: text.index("// [id:proba-q1-02]")] + text[text.index("// [id:proba-q1-03]") :]
    assert save(cast, kept, base).status_code == 302
    with app.app_context():
        before = of("proba-q1-02")
        assert before.is_in_bank_alone
        number = before.id
        db.end_reading()
    _text, base = stored(app, course, "proba-q1")
    assert save(cast, text, base).status_code == 302
    with app.app_context():
        after = of("proba-q1-02")
        assert (after.id, after.is_in_bank_alone) == (number, False)
        assert len(after.versions) == 1
        db.end_reading()
