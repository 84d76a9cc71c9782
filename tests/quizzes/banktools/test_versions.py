"""A question's versions: listed, compared, brought back, pinned; each time the text agrees."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from lms import db
from lms.audit.models import AuditEntry
from lms.courses.models import ContentItem
from lms.quizzes.exchange.quiz_file import QuizItem
from lms.quizzes.models import Question, Quiz
from lms.quizzes.question_types.registry import dump_question, map_texts, with_kept_ids
from lms.quizzes.services.prepared import rendered
from lms.quizzes.services.restoring import markdown_of
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.writing import gift_of
from tests.cast import EPOCH
from tests.exchange.sample import files, import_files
from tests.quizzes.banktools.acting import Desk, with_question
from tests.quizzes.strategies import common_questions


def text_of(desk: Desk, content_id: str) -> str:
    """Return a question's own lines in its quiz's text."""
    for piece in read_text(desk.text).pieces:
        if piece.item is not None and piece.item.id == content_id:
            return "\n".join(desk.text.split("\n")[piece.first - 1 : piece.last])
    raise AssertionError(content_id)


@pytest.fixture
def mended(desk) -> Desk:
    """A question of three wordings: of version 1 two, of version 2 one."""
    desk.save(with_question(desk, " [fact:A1]", "trei", "doi"))
    desk.save(with_question(desk, " [fact:A1]", "**trei** membri", "doi"))
    desk.save(with_question(desk, " [fact:A1]", "doi", "**trei** membri"))
    assert desk.versions("p-1") == [2, 1]
    return desk


def test_versions_are_listed_and_the_newest_two_compared(mended):
    page = mended.get(mended.address("p-1", "versions")).text
    assert "Versiunea 1, revizia 2" in page
    assert "Ce diferă" in page
    assert "<del>" in page


def test_any_two_are_compared(mended):
    first, second, _third = mended.revisions("p-1")
    path = mended.address("p-1", f"versions?old={second}&new={first}")
    page = mended.get(path).text
    assert "De la versiunea 1, revizia 1, la versiunea 1, revizia 2" in page
    assert "membri</ins>" in page


@pytest.mark.parametrize("odd", ["old=999999&new=1", "old=x&new=y", "old=&new=", "old=1"])
def test_an_odd_choice_compares_the_newest(mended, odd):
    assert mended.get(mended.address("p-1", f"versions?{odd}")).status_code == 200


def test_what_is_brought_back_is_shown_before_and_changes_nothing(mended):
    first, *_rest = mended.revisions("p-1")
    before = mended.text
    page = mended.get(mended.address("p-1", f"versions/{first}/restore")).text
    assert "devine o versiune nouă" in page
    assert mended.text == before


def test_an_older_key_comes_back_as_a_new_version(mended):
    _first, second, _third = mended.revisions("p-1")
    answer = mended.post(mended.address("p-1", f"versions/{second}/restore"))
    assert answer.status_code == 302
    assert mended.versions("p-1") == [2, 1, 1]
    assert mended.asked()["p-1"] == 3
    own = text_of(mended, "p-1")
    assert "=**trei** membri" in own
    assert "[fact:A1]" in own
    with mended.app.app_context():
        source = db.session().scalars(sa.select(Question.source).filter_by(content_id="p-1")).one()
        acts = db.session().scalars(sa.select(AuditEntry.action)).all()
        db.end_reading()
    assert "=**trei** membri" in source
    assert acts.count("question.restored") == 1


def test_older_words_come_back_as_a_new_wording(desk):
    desk.save(with_question(desk, "", "trei", "doi"))
    desk.save(with_question(desk, "", "trei membri", "doi"))
    first, _second = desk.revisions("p-1")
    desk.post(desk.address("p-1", f"versions/{first}/restore"))
    assert desk.versions("p-1") == [3]
    assert "=trei\n" in text_of(desk, "p-1")


def test_bringing_back_twice_is_once(mended):
    first, *_rest = mended.revisions("p-1")
    path = mended.address("p-1", f"versions/{first}/restore")
    assert mended.post(path).status_code == 302
    after = mended.versions("p-1")
    again = mended.post(path)
    assert again.status_code == 302
    assert mended.versions("p-1") == after
    assert "nimic de adus" in mended.get(path).text


def test_the_text_saved_unchanged_afterwards_changes_no_version(mended):
    first, *_rest = mended.revisions("p-1")
    mended.post(mended.address("p-1", f"versions/{first}/restore"))
    after = mended.versions("p-1")
    mended.save(mended.text)
    assert mended.versions("p-1") == after


def test_english_words_come_back_too(desk):
    english = "// [id:p-1]\nHow many members? {\n=three\n~two\n}\n"
    desk.save(with_question(desk, "", "trei", "doi"))
    with desk.app.app_context(), db.writing():
        db.session().add(
            ContentItem(
                course_id=desk.course_id,
                content_id=f"{desk.content_id}.en",
                kind="quiz_words",
                path="x.en.gift",
                source=english.encode(),
                source_hash="x",
                base_hash="",
                changed_at=EPOCH,
            )
        )
    desk.save(with_question(desk, "", "trei ", "doi"))
    worded = desk.revisions("p-1")[-1]
    desk.save(with_question(desk, "", "doi", "patru\n~cinci"))  # the English fits no more and goes
    with desk.app.app_context():
        gone = words_of(desk)
        db.end_reading()
    assert "three" not in gone
    desk.post(desk.address("p-1", f"versions/{worded}/restore"))
    with desk.app.app_context():
        back = words_of(desk)
        db.end_reading()
    assert "=three" in back
    page = desk.get(desk.address("p-1", "versions")).text
    assert "three" in page


def words_of(desk: Desk) -> str:
    source = db.session().scalars(
        sa.select(ContentItem.source).filter_by(
            course_id=desk.course_id, content_id=f"{desk.content_id}.en"
        )
    )
    return source.one().decode()


def test_a_question_of_the_bank_alone_is_brought_back_there(mended):
    text = mended.text.split("// [id:p-1]")[0]
    mended.save(text)
    assert "p-1" not in mended.asked()
    first, *_rest = mended.revisions("p-1")
    assert mended.post(mended.address("p-1", f"versions/{first}/restore")).status_code == 302
    assert mended.versions("p-1") == [2, 1, 1]
    with mended.app.app_context():
        source = db.session().scalars(sa.select(Question.source).filter_by(content_id="p-1")).one()
        db.end_reading()
    assert "=trei\n" in source
    assert "p-1" not in mended.asked()


# Pinned ------------------------------------------------------------------------------------


def test_the_choice_of_a_version_is_kept_in_the_text(mended):
    path = mended.address("p-1", "pin")
    assert mended.post(path, version="1").status_code == 302
    assert "[pinned:1]" in text_of(mended, "p-1")
    assert mended.asked()["p-1"] == 1
    assert "Testul rămâne la versiunea 1" in mended.get(mended.address("p-1", "")[:-1]).text
    mended.post(path, version="newest")
    assert "pinned" not in mended.text
    assert mended.asked()["p-1"] == 2


def test_questions_of_a_test_that_is_not_published_keep_what_they_say_of_themselves(mended):
    with mended.app.app_context(), db.writing() as session:
        session.get_one(Quiz, mended.quiz_id).published_at = None
    before = mended.text
    mended.post(mended.address("p-1", "pin"), version="1")
    assert mended.text.replace(" [pinned:1]", "") == before


def test_the_same_choice_twice_is_one(mended):
    path = mended.address("p-1", "pin")
    for _time in range(2):
        mended.post(path, version="1")
    with mended.app.app_context():
        acts = db.session().scalars(sa.select(AuditEntry.action)).all()
        db.end_reading()
    assert acts.count("question.pinned") == 1


@pytest.mark.parametrize("odd", ["", "9", "-1", "x", "0"])
def test_a_version_that_is_not_there_cannot_be_chosen(mended, odd):
    before = mended.text
    assert mended.post(mended.address("p-1", "pin"), version=odd).status_code == 302
    assert mended.text == before


# Who may, and what is not there ------------------------------------------------------------------


def test_another_courses_question_and_wording_are_not_found(app, cast, mended):
    with app.app_context():
        other = files()
        other = {k: v.replace(b"proba", b"altfel") for k, v in other.items()}
        import_files(other)
        foreign = (
            db.session()
            .scalars(sa.select(Question.id).where(Question.course_id != mended.course_id))
            .first()
        )
        db.end_reading()
    for page in ("versions", "use", "try", "versions/1/restore"):
        path = f"/courses/{mended.course}/bank/{foreign}/{page}"
        assert mended.get(path).status_code == 404
    assert mended.post(f"/courses/{mended.course}/bank/{foreign}/pin").status_code == 404
    own = mended.address("p-1", "versions/999999/restore")
    assert mended.get(own).status_code == 404


def test_a_learner_sees_nothing_of_it(cast, mended):
    learner = cast.client("learner")
    for page in ("versions", "use", "try"):
        assert mended.get(mended.address("p-1", page), learner).status_code in (403, 404)


# Words there and back ----------------------------------------------------------------------------


@settings(max_examples=60)
@given(common_questions)
def test_stored_words_become_text_that_says_the_same(question):
    stored = rendered(map_texts(question, lambda text: text.replace("\n", " ")), "curs")
    [read] = read_text(gift_of(QuizItem(id="q-1", question=markdown_of(stored, "curs")))).items
    again = with_kept_ids(rendered(read.question, "curs"), stored)
    assert dump_question(again) == dump_question(stored)


def test_raised_letters_and_pictures_come_back():
    [item] = read_text("// [id:a]\nm<sup>2</sup> ![Harta](figures/harta.png) {=da~nu}\n").items
    stored = rendered(item.question, "curs")
    assert "<sup>2</sup>" in stored.stem
    assert "/courses/curs/figures/harta.png" in stored.stem
    assert rendered(markdown_of(stored, "curs"), "curs") == stored
