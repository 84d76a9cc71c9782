"""Marks given by hand: added, never written over; the grade follows, what was earned stays."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Completion
from lms.mail.models import MailMessage
from lms.quizzes.corrections.marking import ItemMark, mark_item, total_of
from lms.quizzes.models import GradeChange, ManualMark
from lms.quizzes.question_types.protocol import MarkResult, Outcome
from lms.quizzes.question_types.registry import parse_question, rules_for
from lms.quizzes.services import marking
from lms.quizzes.services.attempts import locked_attempt
from tests.factories import make_quiz
from tests.quizzes.disputes.acting import attempt_of, item_of, take, trainers

TWO = """\
// [id:doua-1]
Unu? {=da ~nu}

// [id:doua-2]
Doi? {=da ~nu}
"""
WRONG: dict[int, dict[str, list[str]]] = {}


@pytest.fixture
def attempt_id(app, cast):
    with app.app_context(), db.writing():
        db.session().get_one(Person, cast.persons["learner"]).email = "elev@exemplu.example"
        quiz_id = make_quiz(cast.module_ids[0], text=TWO, slug="doua", attempts=3)
        return take(cast.enrolments["learner"], quiz_id, WRONG)


def mark(attempt_id, number, fraction, **more):
    db.end_reading()
    with db.writing():
        attempt = locked_attempt(attempt_id)
        values = {"by": trainers()[0], "now": clock.now(), **more}
        return marking.set_mark(
            attempt, item_of(attempt_id, number), Decimal(fraction), **values
        ).id


def test_a_mark_by_hand_counts_and_the_earlier_ones_stay(app, attempt_id):
    with app.app_context():
        assert attempt_of(attempt_id).percent == 0
        mark(attempt_id, 1, "0.5", comment="Pe jumătate.")
        assert attempt_of(attempt_id).percent == Decimal("25.00")
        mark(attempt_id, 1, "1", comment="De fapt e bine.")
        attempt = attempt_of(attempt_id)
        assert (attempt.percent, attempt.passed) == (Decimal("50.00"), False)
        held = marking.marks_of(item_of(attempt_id, 1))
        assert [m.fraction for m in held] == [Decimal("0.5"), Decimal(1)]
        changes = list(db.session().scalars(sa.select(GradeChange).order_by(GradeChange.id)))
        assert [(c.percent_before, c.percent) for c in changes] == [(0, 25), (25, 50)]


def test_the_same_mark_again_adds_nothing_and_no_mail_goes_twice(app, attempt_id):
    with app.app_context():
        for _ in range(2):
            mark(attempt_id, 1, "1", comment="Bine.")
        assert db.session().scalar(sa.select(sa.func.count()).select_from(ManualMark)) == 1
        mails = db.session().scalars(sa.select(MailMessage)).all()
        assert len(mails) == 1
        assert "0" in mails[0].text
        assert "50" in mails[0].text


def test_of_two_trainers_the_second_hears_that_the_answer_was_marked_meanwhile(app, attempt_id):
    with app.app_context():
        first = mark(attempt_id, 1, "0.5", seen=0)
        with pytest.raises(marking.MarkedMeanwhile):
            mark(attempt_id, 1, "1", seen=0)
        mark(attempt_id, 1, "1", seen=first)
        assert attempt_of(attempt_id).percent == 50


def test_an_open_attempt_an_odd_fraction_and_an_erased_person_are_refused(app, cast, attempt_id):
    with app.app_context():
        with pytest.raises(marking.MarkOutOfRange):
            mark(attempt_id, 1, "1.5")
        db.end_reading()
        with db.writing():
            locked_attempt(attempt_id).enrolment.person.erased_at = clock.now()
        with pytest.raises(marking.NothingLeft):
            mark(attempt_id, 1, "1")
        db.end_reading()
        with db.writing():
            quiz_id = attempt_of(attempt_id).quiz_id
            still_open = take(cast.enrolments["learner"], quiz_id, WRONG, submit=False)
        with pytest.raises(marking.NotSubmitted):
            mark(still_open, 1, "1")


def test_a_mark_that_passes_the_attempt_completes_the_module_now_and_is_never_taken_back(
    app, cast, attempt_id
):
    with app.app_context():
        mark(attempt_id, 1, "1")
        mark(attempt_id, 2, "1")
        attempt = attempt_of(attempt_id)
        assert attempt.passed is True
        before = db.session().scalars(sa.select(Completion)).all()
        dates = {c.id: c.earned_at for c in before}
        submitted = attempt.submitted_at
        mark(attempt_id, 2, "0")
        attempt = attempt_of(attempt_id)
        assert (attempt.passed, attempt.submitted_at) == (False, submitted)
        after = db.session().scalars(sa.select(Completion)).all()
        assert {c.id: c.earned_at for c in after} == dates


@pytest.mark.parametrize("moment", ["right_after", "later"])
def test_a_mail_tells_no_mark_that_the_page_does_not_show_yet(app, cast, moment):
    after_close = {"after_close": ["attempt", "marks"], moment: ["attempt"]}
    with app.app_context():
        with db.writing():
            db.session().get_one(Person, cast.persons["learner"]).email = "elev@exemplu.example"
            quiz_id = make_quiz(cast.module_ids[0], text=TWO, slug="doua", review=after_close)
            attempt_id = take(cast.enrolments["learner"], quiz_id, WRONG)
        mark(attempt_id, 1, "1", comment="Chiar da e bine.")
        (mail,) = db.session().scalars(sa.select(MailMessage))
        assert "50" not in mail.text
        assert "Chiar da" not in mail.text
        assert "a notat răspunsurile la „Testul de probă”" in mail.text.replace("v-a", "a")


def waiting_item(marks: str) -> ItemMark:
    return ItemMark(MarkResult(Decimal(0), Outcome.WAITING, ()), None, Decimal(marks))


def test_what_waits_counts_as_nothing_so_passed_is_sure_and_not_passed_is_not():
    question = parse_question(
        {
            "type": "single_choice",
            "stem": "?",
            "marks": "3",
            "options": [
                {"id": "a", "text": "a", "fraction": "1"},
                {"id": "b", "text": "b", "fraction": "0"},
            ],
        }
    )
    right = mark_item(question, rules_for(question).read_response(question, {"choice": ["a"]}))
    sure = total_of([right, waiting_item("1")], pass_mark=Decimal(70))
    assert (sure.percent, sure.passed, sure.waiting) == (75, True, 1)
    open_yet = total_of([right, waiting_item("3")], pass_mark=Decimal(70))
    assert (open_yet.percent, open_yet.passed, open_yet.is_final) == (50, False, False)
