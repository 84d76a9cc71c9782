"""The bank's own questions go out with their course and come in with it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.exchange.course_files import read_course
from lms.exchange.services import export_course, import_course, plan_files
from lms.quizzes.models import Question, QuestionState
from tests.cast import EPOCH
from tests.exchange.sample import files, import_files, replaced
from tests.quizzes.bank.test_filing import of, tags
from tests.quizzes.bank.test_pages import BANK, NEW, ids, owner, post, write

__all__ = ["owner"]
IN_A_FILE = """$CATEGORY: Modulul 1

// [id:proba-b-77] [tag:greu]
Câți sunt? {=trei ~doi}

// [id:proba-b-78] [status:draft]
Câte sunt? {=trei ~două}
"""
WORDS = """// [id:proba-b-77]
How many are they? {=three ~two}
"""


def exported(app, course) -> dict[str, bytes]:
    with app.app_context():
        found = export_course(course.id)
        db.end_reading()
    return found


def test_what_the_bank_alone_has_goes_out_with_the_course_and_is_read_again(
    app, cast, course, owner
) -> None:
    assert "bank.gift" not in exported(app, course)
    write(owner)
    out = exported(app, course)
    assert "Câți membri fondatori cere legea?" in out["bank.gift"].decode()
    reading = read_course(out)
    assert not reading.errors
    assert reading.course is not None
    assert {item.category for item in reading.course.bank.items} == {"Modulul 1/Definiții"}
    with app.app_context():
        plan = plan_files(out)
        assert not plan.problems
        assert not plan.conflicts
        db.end_reading()
        import_course(reading.course, by=None, now=EPOCH)
        db.end_reading()
    with app.app_context():
        rows = db.session().scalars(sa.select(Question).where(Question.quiz_id.is_(None))).all()
        assert {row.is_in_bank_alone for row in rows} == {True}
        assert len(rows) == NEW.count("?")
        db.end_reading()


def test_a_folder_without_the_bank_s_file_takes_nothing_from_the_site(
    app, cast, course, owner
) -> None:
    write(owner)
    first = ids(app, 2)[0]
    with app.app_context():
        import_files(replaced("course.yaml", "Curs de prob", "Cursul de prob"))
        assert db.session().get_one(Question, first).is_in_bank_alone
        db.end_reading()
    assert "bank.gift" in exported(app, course)


def test_a_bank_s_file_is_taken_in_with_its_english_and_kept_as_it_came(app, cast, course) -> None:
    more = {"bank.gift": IN_A_FILE.encode(), "bank.en.gift": WORDS.encode()}
    with app.app_context():
        import_files(files() | more)
        first, second = of("proba-b-77"), of("proba-b-78")
        assert (first.state, first.is_ready, second.is_ready) == (QuestionState.DRAFT, True, False)
        assert (first.category, tags(first)) == ("Modulul 1", {"greu"})
        assert "How many are they?" in first.words_source
        db.end_reading()
    assert {path: exported(app, course)[path] for path in more} == more
    with app.app_context():
        import_files(files())
        assert of("proba-b-77").state is QuestionState.RETIRED
        db.end_reading()


@pytest.mark.parametrize(("count", "is_short"), [(1, False), (2, True)])
def test_what_is_ready_in_the_bank_alone_suffices_for_a_draw(
    app, cast, course, count: int, is_short: bool
) -> None:
    there = "modules/1-inceputul/quiz.gift"
    draws = f"---\ndraws: [{{count: {count}, category: Modulul 1}}]\n".encode()
    more = {there: files()[there].replace(b"---\n", draws, 1), "bank.gift": IN_A_FILE.encode()}
    with app.app_context():
        assert plan_files(files() | more).short_of_questions == ("proba-q1",) * is_short
        db.end_reading()


def test_a_question_added_to_a_test_and_out_of_use_leaves_the_bank_s_file(
    app, cast, course, owner
) -> None:
    write(owner)
    first, second = ids(app, 2)
    with app.app_context():
        quiz = of("proba-q1-01").quiz_id
        db.end_reading()
    post(owner, BANK, question=str(first), do="add", quiz=str(quiz))
    assert "Câți membri" not in exported(app, course)["bank.gift"].decode()
    post(owner, BANK, question=str(second), do="retire")
    assert exported(app, course)["bank.gift"] == b""
    assert not read_course(exported(app, course)).errors
