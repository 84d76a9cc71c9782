"""What waits for a learner: a test that was not passed, an exercise that was sent back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from bench.in_process import statements
from lms import clock, db
from lms.courses.models import CompletionCondition, ConditionKind, Course, LessonProgress
from lms.demo.answers import wrong_answer
from lms.quizzes.models import AttemptAllowance, PaperResult, Quiz
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.home.test_home import DAY, home, quiz, read, window
from tests.quizzes.test_taking import fields, paper, post, start
from tests.submissions.works import give_exercise, write

MISSING = "/courses/curs/missing"
COURSE = "/courses/curs"


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace("\N{NO-BREAK SPACE}", " ")


def block(text):
    """The part of home that says what waits, in plain words."""
    part = re.search(r'<ul class="due waits">(.*?)</ul>', text, re.S)
    return plain(part[1]) if part else ""


def fail(cast, part="learner"):
    client = cast.client(part)
    attempt_id = start(client)
    answers = fields(paper(cast.app, attempt_id), wrong_answer)
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1", **answers})


def row(text, kind="failed"):
    """The lines of a page's stations that stand so."""
    return [
        plain(li)
        for li in re.findall(rf'<li class="station station-{kind}">(.*?)</li>', text, re.S)
    ]


@pytest.fixture
def quiz_id(cast):
    return quiz(cast)


def test_a_failed_test_waits_on_home_beside_the_next_lesson(cast, quiz_id):
    assert block(home(cast)) == ""
    fail(cast)
    said = block(home(cast))
    assert "Testul de probă" in said
    assert "nepromovat · au rămas 2 încercări" in said
    assert "fără termen" in said
    assert f'href="{COURSE}/quizzes/proba"' in home(cast)


def test_the_page_of_a_failed_test_leads_to_its_answers_before_another_try(cast, quiz_id):
    fail(cast)
    said = cast.client("learner").get(f"{COURSE}/quizzes/proba").text
    form = said.partition("/quizzes/proba/start")[2].partition("</form>")[0]
    assert form.index("Vedeți răspunsurile") < form.index("Încercați din nou")


def test_a_failed_test_that_comes_next_says_so_in_its_own_place(cast, quiz_id):
    for lesson_id in cast.lesson_ids[:2]:
        read(cast, lesson_id)
    fail(cast)
    text = home(cast)
    card = plain(text.partition("card-key")[2].partition("</section>")[0])
    assert "nepromovat · au rămas 2 încercări" in card
    assert "urmează testul" not in card
    assert block(text) == ""


@pytest.mark.parametrize("page", [MISSING, COURSE])
def test_a_failed_test_is_called_so_wherever_its_state_is_told(cast, quiz_id, page):
    fail(cast)
    text = cast.client("learner").get(page).text
    (said,) = row(text)
    assert "nepromovat · au rămas 2 încercări" in said
    assert "în curs" not in said


def test_one_more_attempt_counts_and_none_left_is_said(cast, quiz_id):
    for _number in range(3):
        fail(cast)
    assert "nepromovat · nu mai aveți nicio încercare" in block(home(cast))
    with cast.app.app_context(), db.writing() as session:
        session.add(
            AttemptAllowance(
                quiz_id=quiz_id,
                enrolment_id=cast.enrolments["learner"],
                extra=1,
                reason="Boală",
                granted_at=EPOCH,
                granted_by_id=cast.persons["trainer"],
            )
        )
    assert "nepromovat · a rămas 1 încercare" in block(home(cast))


def test_a_test_with_a_day_of_its_own_says_until_when_and_then_that_it_is_closed(cast, quiz_id):
    with clock.stopped_at(EPOCH):
        fail(cast)
    window(cast, quiz_id, closes_at=EPOCH + 3 * DAY)
    assert "se poate da până la 5 martie 2026" in block(home(cast))
    over = block(home(cast, at=EPOCH + 4 * DAY))
    assert "nepromovat · testul este închis" in over
    assert "până la" not in over


def test_a_test_that_runs_or_was_passed_is_not_failed(cast, quiz_id):
    fail(cast)
    attempt_id = start(cast.client("learner"))
    assert block(home(cast)) == ""
    assert row(cast.client("learner").get(MISSING).text) == []
    answers = fields(paper(cast.app, attempt_id))
    post(cast.client("learner"), f"/attempts/{attempt_id}/submit", answers)
    assert block(home(cast)) == ""
    assert row(cast.client("learner").get(MISSING).text) == []


def test_a_test_failed_on_paper_is_failed_and_another_person_s_is_not(cast, quiz_id):
    with cast.app.app_context(), db.writing() as session:
        session.add(
            PaperResult(
                quiz_id=quiz_id,
                enrolment_id=cast.enrolments["learner"],
                taken_on=date(2026, 3, 1),
                place="Sala mică",
                percent=Decimal(40),
                passed=False,
                quiz_version_id=session.get_one(Quiz, quiz_id).current_version_id,
                reason="",
                recorded_at=EPOCH,
                recorded_by_id=cast.persons["trainer"],
            )
        )
    assert "nepromovat · au rămas 3 încercări" in block(home(cast))
    assert block(home(cast, part="classmate")) == ""


def test_it_costs_one_statement_and_only_where_a_test_was_tried(cast, quiz_id):
    read(cast, cast.lesson_ids[0])

    def cost():
        client = cast.client("learner")
        client.get("/learn")
        with statements(cast.app) as sent:
            client.get("/learn")
        return len(sent)

    before = cost()
    fail(cast)
    assert cost() == before + 1


def test_an_exercise_that_was_sent_back_waits_and_leads_to_where_it_is_handed_in(cast):
    give_exercise(cast, "text")
    write(cast.client("learner"), "Prima hartă")
    assert block(home(cast)) == ""
    with cast.app.app_context(), db.writing() as session:
        session.query(LessonProgress).update({"exercise_state": "reopened"})
    text = home(cast)
    assert "de predat din nou" in block(text)
    assert "(fără termen; nu se cere pentru certificat)" in block(text)
    assert "/exercise" in text.partition("due waits")[2].partition("</ul>")[0]


def missing_lines(text):
    part = re.search(r'<ul class="missing">(.*?)</ul>', text, re.S)
    return plain(part[1])


def test_what_is_left_is_told_with_what_is_done_and_leads_to_the_next_test(cast, quiz_id):
    with cast.app.app_context(), db.writing():
        make_quiz(cast.module_ids[1], slug="alta", titles=("Al doilea test", "Second test"))
    text = home(cast)
    assert "Teste ale modulelor promovate: 0 din 2; mai aveți 2 Urmează: Testul de probă" in (
        missing_lines(text)
    )
    assert " / " not in missing_lines(text)
    fail(cast)
    assert "nepromovat · au rămas 2 încercări" in missing_lines(home(cast))
    for lesson_id in cast.lesson_ids[:2]:
        read(cast, lesson_id)
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(cast.app, attempt_id)))
    text = home(cast)
    assert "1 din 2; mai aveți 1 Urmează: Al doilea test" in missing_lines(text)


def test_the_page_names_what_the_certificate_does_not_ask_for(cast):
    give_exercise(cast, "text")
    said = plain(cast.client("learner").get(MISSING).text)
    assert "Pentru certificat nu se cer: exercițiile și prezența la întâlniri." in said
    with cast.app.app_context(), db.writing() as session:
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=90,
                kind=ConditionKind.HOURS_ATTENDED,
                parameters={"hours": "6"},
            )
        )
        session.get_one(Course, cast.course_id).version += 1
    said = plain(cast.client("learner").get(MISSING).text)
    assert "Pentru certificat nu se cer: exercițiile." in said


def test_the_last_day_leads_to_the_calendar_and_both_say_what_stays_open(cast):
    text = home(cast)
    assert re.search(r'<a href="/learn/calendar">Ultima zi a acestei ediții</a>', text)
    assert "nu se închide nimic de la sine" in text
    with clock.stopped_at(EPOCH):
        calendar = cast.client("learner").get("/learn/calendar").text
        of_trainer = cast.client("trainer").get("/learn/calendar").text
    assert "nu se închide nimic de la sine" in calendar
    assert "nu se închide nimic de la sine" not in of_trainer


def test_messages_and_questions_lead_to_each_other(cast):
    client = cast.client("learner")
    assert 'href="/learn/threads"' in client.get("/learn/messages").text
    assert 'href="/learn/messages"' in client.get("/learn/threads").text
