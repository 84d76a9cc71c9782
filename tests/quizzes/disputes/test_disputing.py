"""Contesting a question: in time, once, answered once; all of it stays with the attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pypdfium2
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import clock, db
from lms.accounts import traces
from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.mail.models import MailMessage
from lms.quizzes.corrections.proposal import Proposal
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.disputes import queries as dispute_queries
from lms.quizzes.disputes.rules import contest_until, may_contest
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    Dispute,
    DisputeState,
    PaperResult,
    Quiz,
    QuizPlace,
    QuizQuestion,
    QuizVersion,
)
from lms.quizzes.services import attempts, correcting, disputes
from tests.cast import csrf
from tests.factories import make_quiz
from tests.quizzes.disputes.acting import attempt_of, item_of, new_version, take

TWO = """\
// [id:doua-1]
Unu? {=da ~nu ~poate}

// [id:doua-2]
Doi? {=da ~nu}
"""
WORDS = "La lecția 1 scrie că și „nu” e bine."
DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_the_days_begin_with_the_last_moment_and_their_end_still_counts():
    assert contest_until(0, DAY) is None
    assert contest_until(7, None) is None
    until = contest_until(7, DAY, None, DAY + timedelta(days=1))
    assert until == DAY + timedelta(days=8)
    assert may_contest(until, now=until)
    assert not may_contest(until, now=until + timedelta(seconds=1))
    assert not may_contest(None, now=DAY)


@pytest.fixture
def attempt_id(app, cast):
    with app.app_context(), db.writing():
        for part in ("learner", "trainer"):
            person = db.session().get_one(Person, cast.persons[part])
            person.email = f"{part}@exemplu.example"
        quiz_id = make_quiz(cast.module_ids[0], text=TWO, slug="doua", attempts=3)
        return take(cast.enrolments["learner"], quiz_id, {})


def post(client, path, **data):
    return client.post(path, data={"csrf_token": csrf(client), **data})


def contest(app, client, attempt_id, text=WORDS, number=1):
    with app.app_context():
        item = item_of(attempt_id, number)
    return post(client, f"/attempts/{attempt_id}/disputes", item=str(item), text=text)


def count(app, model) -> int:
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def only_dispute(app) -> Dispute:
    with app.app_context():
        return db.session().scalars(sa.select(Dispute)).one()


def mails(app) -> list[MailMessage]:
    with app.app_context():
        return list(db.session().scalars(sa.select(MailMessage).order_by(MailMessage.id)))


def page(client, path) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return BeautifulSoup(answer.text, "html.parser")


def test_a_double_click_is_one_dispute_and_one_mail_to_the_trainer(app, cast, attempt_id):
    client = cast.client("learner")
    for _ in range(2):
        answer = contest(app, client, attempt_id)
        assert answer.status_code == 302
        assert "#d" in answer.location
    assert count(app, Dispute) == 1
    (mail,) = mails(app)
    assert mail.to_address == "trainer@exemplu.example"
    assert WORDS in mail.text
    shown = page(client, f"/attempts/{attempt_id}/result").text
    assert WORDS in shown
    assert "așteaptă răspuns" in shown


def test_only_ones_own_questions_in_time_and_in_words_are_contested(app, cast, attempt_id):
    for part, status in (("classmate", 404), ("trainer", 403), ("anonymous", 302)):
        assert contest(app, cast.client(part), attempt_id).status_code in {status, 401}
    client = cast.client("learner")
    assert post(client, f"/attempts/{attempt_id}/disputes", item="99999").status_code == 404
    assert post(client, f"/attempts/{attempt_id}/disputes", item="x").status_code == 404
    contest(app, client, attempt_id, text="   ")
    with clock.stopped_at(datetime.now(UTC) + timedelta(days=8)):
        contest(app, client, attempt_id)
    assert count(app, Dispute) == 0


def test_a_quiz_without_days_offers_nothing_to_contest(app, cast, attempt_id):
    with app.app_context(), db.writing():
        attempt = attempt_of(attempt_id)
        version = db.session().get_one(QuizVersion, attempt.quiz_version_id)
        version.settings = {**version.settings, "dispute_days": 0}
    client = cast.client("learner")
    assert "contest" not in {
        name
        for tag in page(client, f"/attempts/{attempt_id}/result").select("details")
        for name in tag.get("class", [])
    }
    contest(app, client, attempt_id)
    assert count(app, Dispute) == 0


def test_a_reasoned_refusal_reaches_the_learner_once_and_stays_with_the_attempt(
    app, cast, attempt_id
):
    contest(app, cast.client("learner"), attempt_id)
    dispute = only_dispute(app)
    trainer = cast.client("trainer")
    assert "1 contestație așteaptă" in page(trainer, "/teaching").text
    assert WORDS in page(trainer, "/disputes").text
    there = f"/disputes/{dispute.id}"
    assert "spune" in post(trainer, f"{there}/answer", do="refuse", reason=" ").text.lower()
    for _ in range(2):
        answer = post(trainer, f"{there}/answer", do="refuse", reason="Lecția spune altceva.")
        assert answer.status_code == 302
    assert [m.to_address for m in mails(app)] == [
        "trainer@exemplu.example",
        "learner@exemplu.example",
    ]
    shown = page(cast.client("learner"), f"/attempts/{attempt_id}/result").text
    assert "Lecția spune altceva." in shown
    assert "punctajul rămâne" in shown
    assert "Lecția spune altceva." in page(trainer, there).text
    assert WORDS not in page(trainer, "/disputes").text
    assert WORDS in page(trainer, "/disputes?show=answered").text
    with app.app_context():
        (line,) = dispute_queries.of_attempt(attempt_id)
        assert (line.position, line.text, line.is_upheld) == (line.position, WORDS, False)
        acts = set(db.session().scalars(sa.select(AuditEntry.action)))
        assert {"dispute.raised", "dispute.answered"} <= acts


def test_the_second_of_two_trainers_hears_that_it_was_answered(app, cast, attempt_id):
    contest(app, cast.client("learner"), attempt_id)
    dispute = only_dispute(app)
    post(cast.client("trainer"), f"/disputes/{dispute.id}/answer", do="refuse", reason="Nu.")
    post(cast.client("owner"), f"/disputes/{dispute.id}/answer", do="refuse", reason="Ba da.")
    assert only_dispute(app).answer == "Nu."
    assert len(mails(app)) == 2


@pytest.mark.parametrize("share", ["", "101", "-1", "NaN", "abc"])
def test_an_odd_share_of_the_marks_changes_nothing(app, cast, attempt_id, share):
    contest(app, cast.client("learner"), attempt_id)
    there = f"/disputes/{only_dispute(app).id}/answer"
    answer = post(cast.client("trainer"), there, do="mark", reason="Bine.", share=share)
    assert answer.status_code == 200
    assert "de la 0 la 100" in answer.text
    assert "Bine." in answer.text
    assert only_dispute(app).state is DisputeState.OPEN


def test_one_answer_alone_gets_another_mark_and_one_mail_tells_of_it(app, cast, attempt_id):
    contest(app, cast.client("learner"), attempt_id)
    there = f"/disputes/{only_dispute(app).id}/answer"
    post(cast.client("trainer"), there, do="mark", reason="Aveți dreptate.", share="50")
    assert only_dispute(app).state is DisputeState.UPHELD
    with app.app_context():
        assert attempt_of(attempt_id).percent == Decimal(25)
    assert len(mails(app)) == 2
    shown = page(cast.client("learner"), f"/attempts/{attempt_id}/result").text
    assert "notat de formator" in shown


def test_where_the_answer_can_not_be_marked_nothing_is_answered(app, cast, attempt_id):
    contest(app, cast.client("learner"), attempt_id)
    with app.app_context(), db.writing():
        attempt_of(attempt_id).enrolment.person.erased_at = clock.now()
    there = f"/disputes/{only_dispute(app).id}/answer"
    post(cast.client("trainer"), there, do="mark", reason="Aveți dreptate.", share="50")
    assert only_dispute(app).state is DisputeState.OPEN
    with app.app_context():
        assert attempt_of(attempt_id).percent == 0
    assert len(mails(app)) == 1  # the trainer's, of before


def test_an_answer_that_another_trainer_refused_is_not_marked(app, cast, attempt_id):
    contest(app, cast.client("learner"), attempt_id)
    there = f"/disputes/{only_dispute(app).id}/answer"
    post(cast.client("trainer"), there, do="refuse", reason="Nu.")
    post(cast.client("owner"), there, do="mark", reason="Ba da.", share="50")
    assert only_dispute(app).state is DisputeState.REFUSED
    with app.app_context():
        assert attempt_of(attempt_id).percent == 0


def version_of(app, attempt_id, number=1) -> int:
    with app.app_context():
        item = db.session().get_one(AttemptItem, item_of(attempt_id, number))
        return item.question_version_id


CORRECTIONS = "/courses/curs/quizzes/doua/corrections"


def test_a_dispute_leads_to_a_correction_that_answers_it(app, cast, attempt_id):
    contest(app, cast.client("learner"), attempt_id)
    dispute = only_dispute(app)
    version = version_of(app, attempt_id)
    trainer = cast.client("trainer")
    leads = page(trainer, f"/disputes/{dispute.id}").select(f'a[href^="{CORRECTIONS}/{version}"]')
    assert leads
    assert page(trainer, leads[0]["href"])
    look = page(trainer, f"{CORRECTIONS}/{version}/look?kind=question_credit")
    form = look.select_one(f'form[action$="/corrections/{version}"]')
    values = {i["name"]: i.get("value", "") for i in form.select("input")}
    assert values["dispute"] == str(dispute.id)
    with app.app_context():
        assert attempt_of(attempt_id).percent == 0
    for _ in range(2):
        answer = trainer.post(
            f"{CORRECTIONS}/{version}", data={**values, "reason": "Două răspunsuri bune."}
        )
        assert answer.status_code == 302
    assert count(app, Correction) == 1
    answered = only_dispute(app)
    assert (answered.state, answered.answer) == (DisputeState.UPHELD, "Două răspunsuri bune.")
    assert answered.correction_id is not None
    shown = page(cast.client("learner"), f"/attempts/{attempt_id}/result").text
    assert "Punctaj corectat la" in shown
    assert "Două răspunsuri bune." in shown
    assert "Două răspunsuri bune." in page(trainer, CORRECTIONS).text


def test_without_a_reason_or_after_others_submitted_the_page_asks_again(app, cast, attempt_id):
    version, trainer = version_of(app, attempt_id), cast.client("trainer")
    data = {"kind": "question_credit", "seen": "x", "reason": ""}
    assert "de ce" in post(trainer, f"{CORRECTIONS}/{version}", **data).text
    again = post(trainer, f"{CORRECTIONS}/{version}", **{**data, "reason": "Motivul meu"})
    assert "s-a schimbat ceva" in again.text
    assert "Motivul meu" in again.text
    assert count(app, Correction) == 0


@pytest.mark.parametrize(
    "query",
    [
        "kind=nimic",
        "",
        "kind=key",
        "kind=key&key=99999",
        "kind=option_ignored&option=nu-e",
        "kind=withdrawn&withdraws=77",
        "kind=option_credit",
    ],
)
def test_odd_proposals_lead_back_with_a_sentence(app, cast, attempt_id, query):
    version = version_of(app, attempt_id)
    answer = cast.client("trainer").get(f"{CORRECTIONS}/{version}/look?{query}")
    assert answer.status_code == 302
    assert answer.location.endswith(f"{CORRECTIONS}/{version}")


def test_a_question_of_another_quiz_is_not_there(app, cast, attempt_id):
    trainer = cast.client("trainer")
    assert trainer.get(f"{CORRECTIONS}/99999").status_code == 404
    assert trainer.get(f"{CORRECTIONS}/99999/look?kind=question_credit").status_code == 404


def test_who_would_be_graded_anew_does_not_correct(app, cast, attempt_id):
    with app.app_context():
        proposal = Proposal(version_of(app, attempt_id), CorrectionKind.QUESTION_CREDIT)
        seen = correcting.look(proposal).seen
        db.end_reading()
        with pytest.raises(correcting.CannotCorrect), db.writing():
            correcting.apply(
                proposal,
                reason="Pentru mine.",
                by=cast.persons["learner"],
                seen=seen,
                now=clock.now(),
            )
    assert count(app, Correction) == 0


def test_ones_traces_hold_what_was_contested_and_corrected_and_erasing_leaves_the_numbers(
    app, cast, attempt_id
):
    contest(app, cast.client("learner"), attempt_id)
    there = f"/disputes/{only_dispute(app).id}/answer"
    post(cast.client("trainer"), there, do="mark", reason="Aveți dreptate.", share="50")
    contest(app, cast.client("learner"), attempt_id, text="Și a doua.", number=2)
    person = cast.persons["learner"]
    with app.app_context(), app.test_request_context():
        held = traces.TRACES["contested"].export(person).values["contested"]
        assert [row["text"] for row in held] == [WORDS, "Și a doua."]
        marks = traces.TRACES["corrected_results"].export(person).values
        assert marks["marks_by_hand"][0]["comment"] == "Aveți dreptate."
        assert marks["corrected_results"][0]["percent"] == "25.00"
        db.end_reading()
        with db.writing():
            for key in ("contested", "corrected_results"):
                traces.TRACES[key].erase(person)
        left = traces.TRACES["contested"].export(person).values["contested"]
        assert {row["text"] for row in left} == {""}
        assert {row["answer"] for row in left} == {None}
        assert (
            traces.TRACES["corrected_results"].export(person).values["marks_by_hand"][0]["comment"]
            == ""
        )
        assert not disputes.open_on(version_of(app, attempt_id, 2))
        assert db.session().get_one(Attempt, attempt_id).percent == 25


def test_the_attempts_pdf_holds_what_was_contested_answered_and_corrected(app, cast, attempt_id):
    contest(app, cast.client("learner"), attempt_id)
    version, trainer = version_of(app, attempt_id), cast.client("trainer")
    look = page(trainer, f"{CORRECTIONS}/{version}/look?kind=question_credit")
    form = look.select_one(f'form[action$="/corrections/{version}"]')
    values = {i["name"]: i.get("value", "") for i in form.select("input")}
    trainer.post(f"{CORRECTIONS}/{version}", data={**values, "reason": "Ambele erau bune."})
    data = cast.client("learner").get(f"/attempts/{attempt_id}/attempt.pdf").data
    document = pypdfium2.PdfDocument(data)
    written = " ".join(document[n].get_textpage().get_text_bounded() for n in range(len(document)))
    written = " ".join(written.split())
    assert "La lecția 1 scrie" in written
    assert "Ambele erau bune." in written
    assert "Întrebarea a fost anulată" in written


def test_answers_marked_by_an_older_key_are_pointed_out_until_somebody_decides(
    app, cast, attempt_id
):
    version, trainer = version_of(app, attempt_id), cast.client("trainer")
    assert "răspuns corect mai vechi" not in page(trainer, CORRECTIONS).text
    with app.app_context(), db.writing():
        key = new_version(version, "nu")
        place = sa.select(QuizQuestion).where(QuizQuestion.question_version_id == version)
        db.session().scalars(place).one().question_version_id = key
    shown = page(trainer, CORRECTIONS)
    assert "răspuns corect mai vechi" in shown.text
    (link,) = shown.select('.notice a[href*="kind=key"]')
    rows = shown.select('td a[href*="kind=key"]')  # the old version's row and the new one's
    assert [row["href"] for row in rows] == [link["href"]] * 2
    newest = page(trainer, f"{CORRECTIONS}/{key}")
    assert not newest.select('input[name="key"]')  # nobody is offered the old key for the new one
    (way,) = newest.select('a[href*="kind=key"]')
    assert way["href"] == link["href"]
    look = page(trainer, link["href"])
    assert look.select_one('a[href$="/versions"]') is not None
    backs = [a for a in look.select("main a") if a["href"] == f"{CORRECTIONS}/{version}"]
    assert [back.text.strip() for back in backs] == [
        "Înapoi la întrebare",
        "Lăsați încercările vechi așa cum sunt",
    ]
    form = look.select_one(f'form[action$="/corrections/{version}"]')
    values = {i["name"]: i.get("value", "") for i in form.select("input")}
    trainer.post(f"{CORRECTIONS}/{version}", data={**values, "reason": "Cheia era greșită."})
    assert count(app, Correction) == 1
    assert "răspuns corect mai vechi" not in page(trainer, CORRECTIONS).text
    review = page(cast.client("learner"), f"/attempts/{attempt_id}/result").text
    assert "cheia era greșită" in review


def test_a_correction_keeps_nothing_that_its_kind_does_not_speak_of(app, cast, attempt_id):
    version, trainer = version_of(app, attempt_id), cast.client("trainer")
    look = page(trainer, f"{CORRECTIONS}/{version}/look?kind=question_credit")
    form = look.select_one(f'form[action$="/corrections/{version}"]')
    values = {i["name"]: i.get("value", "") for i in form.select("input")}
    sent = {**values, "reason": "Ambele erau bune.", "withdraws": "77", "option": "nu-e"}
    assert trainer.post(f"{CORRECTIONS}/{version}", data=sent).status_code == 302
    with app.app_context():
        made = db.session().scalars(sa.select(Correction)).one()
        assert (made.withdraws_id, made.option_id, made.key_version_id) == (None, None, None)


@pytest.mark.parametrize("way", ["given up first", "on paper"])
def test_a_first_test_is_contested_from_when_the_last_was_taken_and_counts(app, cast, way):
    began = clock.now()
    edge = {"course_id": cast.course_id, "text": TWO, "pass_mark": "none"}
    with app.app_context():
        with db.writing(), clock.stopped_at(began):
            first = make_quiz(
                None, place=QuizPlace.START, slug="initial", feedback="after_final", **edge
            )
            last = make_quiz(None, place=QuizPlace.END, slug="final", **edge)
            place = cast.enrolments["learner"]
            attempt_id = take(place, first, {})
        taken = began + timedelta(days=30)
        with db.writing():
            if way == "on paper":
                paper = {"taken_on": taken.date(), "place": "Sala", "percent": Decimal(90)}
                by = {"recorded_at": taken, "recorded_by_id": cast.persons["registrar"]}
                version_id = db.session().get_one(Quiz, last).current_version_id
                held = {"enrolment_id": place, "quiz_id": last, "quiz_version_id": version_id}
                db.session().add(PaperResult(**held, **paper, **by, reason="Fără internet"))
            else:
                with clock.stopped_at(began):
                    given_up = take(place, last, {}, submit=False)
                    attempts.abandon_attempt(attempt_of(given_up), now=began)
                with clock.stopped_at(taken):
                    take(place, last, {})
        assert disputes.until_of(attempt_of(attempt_id)) == taken + timedelta(days=7)
