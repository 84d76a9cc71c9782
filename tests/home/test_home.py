"""A learner's home: one next step, how much of the whole is done, what is due and when."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa

from lms import clock, db
from lms.courses.models import CompletionCondition, ConditionKind, Course, LessonProgress
from lms.quizzes.models import QuizOverride, QuizWindow
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.meetings.meeting import DURING, STARTS, make_group, meet
from tests.submissions.works import LESSON, give_exercise

DAY = timedelta(days=1)


def home(cast, *, at=EPOCH, part="learner"):
    with clock.stopped_at(at):
        page = cast.client(part).get("/learn")
    assert page.status_code == 200
    return page.text


def ahead(text):
    """The part of the page that says what comes next and when, in plain words."""
    part = re.search(r'<ul class="due">(.*?)</ul>', text, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", part[1]).split()) if part else ""


def read(cast, lesson_id, *, at=EPOCH):
    with cast.app.app_context(), db.writing() as session:
        session.add(
            LessonProgress(
                enrolment_id=cast.enrolments["learner"],
                lesson_id=lesson_id,
                first_opened_at=at,
                last_active_at=at,
                read_at=at,
            )
        )


def quiz(cast):
    with cast.app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0])


def window(cast, quiz_id, **dates):
    with cast.app.app_context(), db.writing() as session:
        session.add(QuizWindow(quiz_id=quiz_id, edition_id=cast.edition_id, set_at=EPOCH, **dates))


def grant(cast, quiz_id, **terms):
    with cast.app.app_context(), db.writing() as session:
        session.add(
            QuizOverride(
                quiz_id=quiz_id,
                terms={k: v and v.isoformat() for k, v in terms.items()},
                reason="Concediu",
                granted_at=EPOCH,
                granted_by_id=cast.persons["trainer"],
                enrolment_id=cast.enrolments["learner"],
            )
        )


def test_the_ring_says_how_much_of_the_whole_is_done(cast):
    before = home(cast)
    assert 'aria-label="0\N{NO-BREAK SPACE}% din întreg este făcut"' in before
    assert "ring-done" not in before
    read(cast, cast.lesson_ids[0])
    after = home(cast)
    assert "ring-done" in after
    assert re.search(r"1 din \d+ (de )?pa[șs]i", after)
    assert " style=" not in after


def test_one_thing_on_the_page_is_the_next_step(cast):
    assert home(cast).count("button-primary") == 1


def test_the_next_lesson_says_where_the_certificate_asks_for_the_test_alone(cast):
    quiz(cast)
    words = "Pentru certificat se cere testul modulului; lecția vă pregătește pentru el."
    assert words not in home(cast)
    with cast.app.app_context(), db.writing() as session:
        session.execute(
            sa.delete(CompletionCondition).where(
                CompletionCondition.kind == ConditionKind.LESSONS_READ
            )
        )
        session.get_one(Course, cast.course_id).version += 1
    assert words in home(cast)


def test_home_names_what_the_certificate_does_not_ask_for(cast):
    give_exercise(cast, "text")
    assert "Pentru certificat nu se cer: exercițiile și prezența la întâlniri." in home(cast)
    lesson = cast.client("learner").get(LESSON).text
    assert "Nu se cere pentru certificat: exersați pentru dumneavoastră." in lesson
    assert "Nu se cere pentru certificat" not in cast.client("trainer").get(LESSON).text


def test_home_says_until_when_a_test_may_be_taken(cast):
    quiz_id = quiz(cast)
    assert "Test" not in ahead(home(cast))
    window(cast, quiz_id, closes_at=EPOCH + 3 * DAY)
    said = ahead(home(cast))
    assert "peste 3 zile" in said
    assert "5 martie 2026, ora 10:00" in said
    assert "mâine" in ahead(home(cast, at=EPOCH + 2 * DAY))
    assert "astăzi" in ahead(home(cast, at=EPOCH + 3 * DAY - timedelta(hours=1)))


def test_what_somebody_was_granted_counts_in_the_place_of_the_editions_day(cast):
    quiz_id = quiz(cast)
    window(cast, quiz_id, closes_at=EPOCH + DAY)
    grant(cast, quiz_id, closes_at=EPOCH + 9 * DAY)
    assert "peste 9 zile" in ahead(home(cast))
    assert "mâine" in ahead(home(cast, part="classmate"))


def test_a_test_that_closed_undone_is_told_and_one_not_yet_open_too(cast):
    quiz_id = quiz(cast)
    window(cast, quiz_id, opens_at=EPOCH + DAY, closes_at=EPOCH + 2 * DAY)
    assert "se deschide la 3 martie 2026" in ahead(home(cast))
    over = ahead(home(cast, at=EPOCH + 5 * DAY))
    assert "s-a închis la 4 martie 2026" in over
    assert "încheiat" in over


def test_the_next_meetings_stand_on_the_page_and_its_code_while_it_is_on(cast):
    make_group(cast, "learner")
    meet(cast)
    before = home(cast, at=STARTS - 2 * DAY)
    assert "Limitele din art. 6" in ahead(before)
    assert "10:00–13:00" in ahead(before)
    assert 'id="meeting-now"' not in before
    assert 'id="meeting-now"' in home(cast, at=DURING)
    assert "Limitele" not in ahead(home(cast, at=STARTS + 3 * DAY))


def test_a_meeting_of_another_group_is_not_ahead(cast):
    group_id = make_group(cast, "classmate")
    meet(cast, group_id=group_id)
    assert "Limitele" not in ahead(home(cast, at=STARTS - DAY))
    assert "Limitele" in ahead(home(cast, at=STARTS - DAY, part="classmate"))


def test_the_last_day_of_the_edition_is_told(cast):
    assert "Ultima zi" in ahead(home(cast))


def test_where_nothing_is_left_to_do_the_page_says_what_is_awaited(cast):
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.delete(CompletionCondition))
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=1,
                kind=ConditionKind.CONFIRMED_BY_REGISTRAR,
                parameters={},
            )
        )
    for lesson_id in cast.lesson_ids:
        read(cast, lesson_id)
    text = home(cast)
    assert "Deocamdată nu aveți nimic de făcut aici" in text
    assert "Confirmarea" in text or "confirmare" in text


def test_a_first_visit_leads_to_the_first_lesson_itself(cast):
    client = cast.client("learner")
    there = client.get("/learn/begin")
    assert (there.status_code, there.location) == (302, "/courses/curs/1-modul/1-1-lectie")
    read(cast, cast.lesson_ids[0])
    assert client.get("/learn/begin").location == "/learn"


def test_whoever_has_no_place_is_led_home(cast):
    assert cast.client("registrar").get("/learn/begin").location == "/learn"
