"""An attempt as a PDF: what was seen, answered and earned; as far as the reader may see it."""

from __future__ import annotations

import pymupdf
import pytest
import sqlalchemy as sa

from bench.in_process import statements
from lms import clock, db
from lms.demo.answers import right_answer, wrong_answer
from lms.quizzes import queries
from lms.quizzes.corrections.neutral import flawable
from lms.quizzes.corrections.proposal import Proposal
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.models import (
    AttemptItem,
    Dispute,
    DisputeState,
    QuestionRevision,
    QuizPlace,
)
from lms.quizzes.services import correcting
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start


def submitted(app, client, answer=right_answer, path="/courses/curs/quizzes/proba") -> int:
    attempt_id = start(client, path)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id), answer))
    return attempt_id


def text_of(client, attempt_id) -> str:
    answer = client.get(f"/attempts/{attempt_id}/attempt.pdf")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    with pymupdf.open(stream=answer.data) as document:
        return " ".join(" ".join(page.get_text() for page in document).split())


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0], pass_mark="70")


def test_the_learner_and_the_trainer_get_questions_answers_and_marks(app, cast, quiz_id):
    attempt_id = submitted(app, cast.client("learner"), wrong_answer)
    for part in ("learner", "trainer", "auditor"):
        said = text_of(cast.client(part), attempt_id)
        assert "Testul de probă" in said
        assert "nepromovat (prag: 70 %)" in said
        assert "Cât fac doi și doi?" in said
        assert "0 din 1" in said
        assert "KEYCANARY-wrong" in said or "Mai numărați." in said  # the feedback on the answer
        assert "corect" in said


def test_a_true_answer_a_number_and_pairs_are_in_words(app, cast, quiz_id):
    said = text_of(cast.client("trainer"), submitted(app, cast.client("learner")))
    assert "Fals" in said
    assert "18.240,96" in said
    assert "unu – 1" in said
    assert "100 %" in said


def test_where_the_rules_hide_answers_the_learner_gets_the_result_alone(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], feedback="never", pass_mark="70")
    attempt_id = submitted(app, cast.client("learner"))
    own = text_of(cast.client("learner"), attempt_id)
    assert "promovat" in own
    assert "Cât fac doi" not in own
    assert "KEYCANARY" not in own
    assert "Cât fac doi" in text_of(cast.client("trainer"), attempt_id)


def test_of_a_first_test_the_learner_sees_no_result_before_the_last(app, cast):
    with app.app_context(), db.writing():
        make_quiz(
            None,
            course_id=cast.course_id,
            place=QuizPlace.START,
            slug="initial",
            pass_mark="none",
            feedback="after_final",
        )
        make_quiz(
            None, course_id=cast.course_id, place=QuizPlace.END, slug="final", pass_mark="none"
        )
    attempt_id = submitted(app, cast.client("learner"), path="/courses/curs/quizzes/initial")
    own = text_of(cast.client("learner"), attempt_id)
    assert "Rezultat" not in own
    assert "%" not in own
    assert "Rezultat: 5 din 5" in text_of(cast.client("trainer"), attempt_id)


def test_nobody_else_gets_it_and_an_open_one_leads_to_its_page(app, cast, quiz_id):
    learner = cast.client("learner")
    attempt_id = start(learner)
    answer = learner.get(f"/attempts/{attempt_id}/attempt.pdf")
    assert answer.status_code == 302
    assert answer.location.endswith(f"/attempts/{attempt_id}/result")
    assert cast.client("classmate").get(f"/attempts/{attempt_id}/attempt.pdf").status_code == 404
    assert cast.client("anonymous").get(f"/attempts/{attempt_id}/attempt.pdf").status_code == 302


def test_each_question_stands_in_the_words_that_its_answer_saw(app, cast, quiz_id):
    attempt_id = submitted(app, cast.client("learner"))
    with app.app_context(), db.writing() as session:
        for old in list(session.scalars(sa.select(QuestionRevision))):
            words = {**old.payload, "stem": f"Reformulată: {old.payload['stem']}"}
            session.add(
                QuestionRevision(
                    version_id=old.version_id, number=2, payload=words, created_at=EPOCH
                )
            )
    assert "Reformulată" not in text_of(cast.client("trainer"), attempt_id)


def corrected(app, version_id, kind, by, **more):
    with app.app_context():
        proposal = Proposal(version_id, kind, **more)
        seen = correcting.look(proposal).seen
        db.end_reading()
        with db.writing():
            correcting.apply(
                proposal, reason="Două variante erau bune.", by=by, seen=seen, now=clock.now()
            )


def test_corrections_and_what_was_contested_stand_on_the_paper(app, cast, quiz_id):
    learner = cast.client("learner")
    attempt_id = submitted(app, learner, wrong_answer)
    with app.app_context(), db.writing() as session:
        items = list(session.scalars(sa.select(AttemptItem).order_by(AttemptItem.position)))
        first, second = items[0].question_version_id, items[1].question_version_id
        session.add(
            Dispute(
                attempt_id=attempt_id,
                item_id=items[0].id,
                text="Și varianta mea e bună.",
                state=DisputeState.OPEN,
                raised_at=EPOCH,
            )
        )
    corrected(app, second, CorrectionKind.QUESTION_LEFT_OUT, cast.persons["trainer"])
    said = text_of(learner, attempt_id)
    assert "Contestată la 2 martie 2026" in said
    assert "Și varianta mea e bună." in said
    assert "Așteaptă răspuns." in said
    assert "Nu intră în total." in said
    assert "din 4" in said
    corrected(app, first, CorrectionKind.QUESTION_CREDIT, cast.persons["trainer"])
    said = text_of(learner, attempt_id)
    assert "1 din 1" in said
    assert "Punctaj corectat la" in said
    assert "rezultatul s-a schimbat de la" in said
    assert said.count("Două variante erau bune.") >= 2


def test_what_was_corrected_tells_no_key_where_the_key_is_not_shown(app, cast):
    hidden = {"during": ["attempt"], "after_close": ["attempt"]}
    shown = {"right_after": ["attempt", "marks"], "later": ["attempt", "marks"]}
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], review={**hidden, **shown}, shuffle_questions=False)
    learner = cast.client("learner")
    attempt_id = submitted(app, learner, wrong_answer)
    with app.app_context():
        first = db.session().scalars(sa.select(AttemptItem).order_by(AttemptItem.position)).first()
        version_id = first.question_version_id
        question = queries.newest_words([version_id])[version_id].ro
        credited = next(each for each in flawable(question) if not each.is_right)
    kind = CorrectionKind.OPTION_CREDIT
    corrected(app, version_id, kind, cast.persons["trainer"], option_id=credited.id)
    result = f"/attempts/{attempt_id}/result"
    assert "se socotește corectă" in text_of(cast.client("trainer"), attempt_id)
    assert "se socotește corectă" in cast.client("trainer").get(result).text
    assert "se socotește corectă" not in text_of(learner, attempt_id)
    assert "se socotește corectă" not in learner.get(result).text


def test_the_result_page_leads_to_it(app, cast, quiz_id):
    learner = cast.client("learner")
    attempt_id = submitted(app, learner)
    page = learner.get(f"/attempts/{attempt_id}/result").text
    assert f"/attempts/{attempt_id}/attempt.pdf" in page


def test_an_unanswered_question_says_so(app, cast, quiz_id):
    learner = cast.client("learner")
    attempt_id = start(learner)
    post(learner, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    said = text_of(cast.client("trainer"), attempt_id)
    assert "fără răspuns" in said


def test_it_asks_the_database_a_bounded_number_of_times(app, cast, quiz_id):
    learner = cast.client("learner")
    attempt_id = submitted(app, learner)
    learner.get(f"/attempts/{attempt_id}/attempt.pdf")
    with statements(app) as seen:
        learner.get(f"/attempts/{attempt_id}/attempt.pdf")
    assert len(seen) <= 20, (len(seen), seen)
