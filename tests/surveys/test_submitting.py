"""A learner and the questionnaire: when it opens, what is refused, what it brings."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from lms import db
from lms.courses.models import Completion, Enrolment, EnrolmentState, Programme, SubjectKind
from lms.surveys.models import SurveyBox, SurveySubmission
from tests.cast import csrf
from tests.surveys import asked

PAGE = "/courses/curs/questionnaire"
FORM = {"version": "1", "q-util": "4", "q-ritm": "bun"}


def send(client, **changed):
    return client.post(PAGE, data={"csrf_token": csrf(client), **FORM, **changed})


def submissions(app) -> list[tuple[int, date]]:
    with app.app_context():
        found = db.session().execute(
            sa.select(SurveySubmission.enrolment_id, SurveySubmission.submitted_on)
        )
        return [tuple(row) for row in found]


def waiting(app) -> int:
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.sum(SurveyBox.waiting))) or 0


def test_it_is_the_next_step_once_everything_else_is_done(survey):
    home = survey.client("learner").get("/learn").text
    assert f'href="{PAGE}"' in home
    assert "Un ultim lucru" in home
    course = survey.client("learner").get("/courses/curs").text
    assert course.count(f'href="{PAGE}"') == 2  # what is missing, and the course's end


def test_before_that_it_is_shown_where_it_will_open_and_leads_nowhere(survey):
    client = survey.client("classmate")
    assert PAGE not in client.get("/learn").text
    course = client.get("/courses/curs").text
    assert "se deschide la sfârșitul cursului" in course
    assert PAGE not in course
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Încă nu este deschis" in page.text
    assert "<textarea" not in page.text
    assert send(client).status_code == 302
    assert submissions(survey.app) == []


def test_submitting_it_completes_the_course_and_thanks(survey):
    client = survey.client("learner")
    answer = send(client)
    assert answer.status_code == 302
    assert answer.location == f"{PAGE}/thanks"
    thanks = client.get(answer.location).text
    assert "Vă mulțumim pentru răspunsuri" in thanks
    assert "/learn" in thanks
    ((enrolment_id, day),) = submissions(survey.app)
    assert enrolment_id == survey.enrolments["learner"]
    assert isinstance(day, date)
    with survey.app.app_context():
        statement = sa.select(Completion.id).where(
            Completion.enrolment_id == enrolment_id, Completion.kind == SubjectKind.COURSE
        )
        assert db.session().scalar(statement) is not None


def test_a_double_click_is_one_submission(survey):
    client = survey.client("learner")
    assert [send(client).status_code for _click in range(3)] == [302, 302, 302]
    assert len(submissions(survey.app)) == 1
    assert waiting(survey.app) == 1


def test_whoever_has_submitted_is_thanked_instead_of_asked_again(survey):
    client = survey.client("learner")
    assert client.get(f"{PAGE}/thanks").location == PAGE
    send(client)
    assert client.get(PAGE).location == f"{PAGE}/thanks"
    assert "trimis" in client.get("/courses/curs").text


def test_a_missing_answer_is_named_and_nothing_typed_is_lost(survey):
    client = survey.client("learner")
    answer = send(client, **{"q-util": "", "q-altceva": "Un <b>text</b> „lung”", "q-coleg": "7"})
    assert answer.status_code == 422
    assert 'href="#q-util-0"' in answer.text
    assert "Un &lt;b&gt;text&lt;/b&gt; „lung”</textarea>" in answer.text
    assert 'name="q-ritm" value="bun" checked' in answer.text
    assert 'name="q-coleg" value="7" checked' in answer.text
    assert 'name="q-util" value="4" checked' not in answer.text
    assert submissions(survey.app) == []
    assert waiting(survey.app) == 0


def test_odd_answers_are_refused_and_shown_as_faults(survey):
    client = survey.client("learner")
    for odd in ({"q-util": "99"}, {"q-ritm": "altul"}, {"q-altceva": "x" * 3000}):
        assert send(client, **odd).status_code == 422
    assert submissions(survey.app) == []


def test_answers_to_an_older_version_are_shown_again_to_be_sent_anew(survey):
    asked.submit(survey.app, asked.people(survey, 1)[0], asked.GIVEN)
    questions = (*asked.QUESTIONS[1:], asked.QUESTIONS[0])
    asked.ask(
        survey, asked.Questionnaire("parerea", asked.words("Alta"), asked.words("P."), questions)
    )
    client = survey.client("learner")
    answer = send(client)
    assert answer.status_code == 422
    assert "s-a schimbat între timp" in answer.text
    assert 'name="q-util" value="4" checked' in answer.text
    assert send(client, version="2").status_code == 302


def test_staff_see_the_questions_and_can_send_nothing(survey):
    client = survey.client("trainer")
    page = client.get(PAGE).text
    assert "Așa îl văd cursanții" in page
    assert 'type="submit"' not in page.partition('class="form survey"')[2].partition("</form>")[0]
    assert send(client).status_code == 403
    assert survey.client("learner_of_other").get(PAGE).status_code == 404


def test_who_has_left_the_edition_is_not_asked(survey):
    client = survey.client("learner")
    with survey.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, survey.enrolments["learner"])
        place.state = EnrolmentState.WITHDRAWN
    assert client.get(PAGE).status_code == 404
    assert send(client).status_code == 404


def test_a_course_without_one_has_no_such_page(cast):
    assert cast.client("learner").get(PAGE).status_code == 404
    assert cast.client("owner").get(PAGE).status_code == 404


def test_it_is_asked_in_the_readers_language(survey):
    client = survey.client("learner")
    client.set_cookie("lang", "en")
    page = client.get(PAGE).text
    assert "Util? (en)" in page
    assert "1 = deloc (en)" in page


def test_the_form_asks_few_questions_of_the_database(survey):
    counted: list[str] = []
    client = survey.client("learner")
    client.get(PAGE)
    with survey.app.app_context(), db.writing() as session:
        session.get_one(Programme, survey.programme_id).completed_at = None  # no certificate yet
        engine = db.db.engine

    def count(_connection, _cursor, statement, *_more):
        counted.append(statement)

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        client.get(PAGE)
        form = list(counted)
        counted.clear()
        send(client)
        sending = list(counted)
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    assert len(form) <= 8, form
    assert len(sending) <= 32, (len(sending), sending)
