"""„Ce vă mai lipsește”: each condition with its state, what shows it, and since when."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from lms import clock, db
from lms.courses.completion import Condition, Kind, Result, steps_of
from lms.courses.models import (
    CompletionCondition,
    ConditionKind,
    Confirmation,
    HourEntry,
    LessonProgress,
)
from lms.quizzes.models import PaperResult, Quiz
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start

DAY = timedelta(days=1)
PAGE = "/courses/curs/missing"


def ask(cast, kind, **parameters):
    with cast.app.app_context(), db.writing() as session:
        condition = CompletionCondition(
            course_id=cast.course_id, position=90, kind=kind, parameters=parameters
        )
        session.add(condition)
        session.flush()
        return condition.id


def shown(cast, part="learner"):
    page = cast.client(part).get(PAGE)
    assert page.status_code == 200
    return page.text


def needs(text):
    """Each condition's words by its title."""
    parts = re.findall(
        r'<section class="card need" aria-labelledby="need-\d+">(.*?)</section>', text, re.S
    )
    plain = [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in parts]
    titles = [re.search(r"<h2[^>]*>(.*?)</h2>", part)[1] for part in parts]
    return dict(zip(titles, plain, strict=True))


def read(cast, *lesson_ids, at=EPOCH):
    with cast.app.app_context(), db.writing() as session:
        for lesson_id in lesson_ids:
            session.add(
                LessonProgress(
                    enrolment_id=cast.enrolments["learner"],
                    lesson_id=lesson_id,
                    first_opened_at=at,
                    last_active_at=at,
                    read_at=at,
                )
            )


def test_home_leads_to_it(cast):
    assert f'href="{PAGE}"' in cast.client("learner").get("/learn").text


def test_lessons_are_told_by_module_with_the_last_day(cast):
    read(cast, cast.lesson_ids[0], at=EPOCH + 5 * DAY)
    said = needs(shown(cast))["Lecții citite"]
    assert "mai aveți" in said
    assert f"1 din {len(cast.lesson_ids)}" in said
    assert "1 din 2 lecții citite · cel mai recent: 7 martie 2026" in said
    read(cast, *cast.lesson_ids[1:], at=EPOCH + 6 * DAY)
    said = needs(shown(cast))["Lecții citite"]
    assert "îndeplinită" in said
    assert "cel mai recent: 8 martie 2026" in said


@pytest.fixture
def quiz_id(cast):
    with cast.app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0])


def test_a_test_that_was_passed_is_told_with_day_and_result(cast, quiz_id):
    assert "mai aveți 1" in needs(shown(cast))["Testele modulelor"]
    client = cast.client("learner")
    with clock.stopped_at(datetime(2026, 4, 9, 9, 0, tzinfo=UTC)):
        attempt_id = start(client)
        post(client, f"/attempts/{attempt_id}/submit", fields(paper(cast.app, attempt_id)))
    said = needs(shown(cast))["Testele modulelor"]
    assert "1 din 1 promovate" in said
    assert "9 aprilie 2026" in said
    assert "100 %" in said


def test_a_test_on_paper_has_its_day_and_says_so(cast, quiz_id):
    with cast.app.app_context(), db.writing() as session:
        session.add(
            PaperResult(
                quiz_id=quiz_id,
                enrolment_id=cast.enrolments["learner"],
                taken_on=date(2026, 5, 6),
                place="Sala mică",
                percent=Decimal(80),
                passed=True,
                quiz_version_id=session.get_one(Quiz, quiz_id).current_version_id,
                reason="",
                recorded_at=EPOCH,
                recorded_by_id=cast.persons["trainer"],
            )
        )
    said = needs(shown(cast))["Testele modulelor"]
    assert "6 mai 2026" in said
    assert "pe hârtie" in said


def test_hours_are_told_with_what_gave_them_and_when(cast):
    ask(cast, ConditionKind.HOURS_ATTENDED, hours="6")
    with cast.app.app_context(), db.writing() as session:
        for hours, on in ((Decimal(3), date(2026, 5, 14)), (Decimal("1.5"), date(2026, 5, 21))):
            session.add(
                HourEntry(
                    enrolment_id=cast.enrolments["learner"],
                    source="office",
                    hours=hours,
                    attended_on=on,
                    reason="Listă de prezență",
                    entered_at=EPOCH,
                    entered_by_id=cast.persons["registrar"],
                )
            )
    said = needs(shown(cast))["Ore de prezență"]
    assert "din 6 ore" in said
    assert "Consemnate de secretariat, 14 mai 2026" in said
    assert "cel mai recent: 21 mai 2026" in said


def test_hours_that_nobody_asks_for_are_not_told(cast):
    assert "Ore de prezență" not in needs(shown(cast))


def test_a_confirmation_has_its_day(cast):
    condition_id = ask(cast, ConditionKind.CONFIRMED_BY_REGISTRAR)
    assert "așteaptă confirmarea" in needs(shown(cast))["Confirmarea secretariatului"]
    with cast.app.app_context(), db.writing() as session:
        session.add(
            Confirmation(
                enrolment_id=cast.enrolments["learner"],
                condition_id=condition_id,
                confirmed_at=EPOCH,
                confirmed_by_id=cast.persons["registrar"],
                reason="Dosar complet",
            )
        )
    said = needs(shown(cast))["Confirmarea secretariatului"]
    assert "îndeplinită" in said
    assert "2 martie 2026" in said


@pytest.mark.parametrize("part", ["learner_of_other", "trainer", "registrar", "owner"])
def test_whoever_has_no_place_finds_nothing(cast, part):
    assert cast.client(part).get(PAGE).status_code == 404


def test_hours_are_no_steps_and_nothing_counts_beyond_what_is_asked():
    def result(kind, done, needed):
        return Result(Condition(1, kind), done >= needed, Decimal(done), Decimal(needed))

    lessons, hours = result(Kind.LESSONS_READ, 7, 5), result(Kind.HOURS_ATTENDED, 3, 20)
    assert steps_of([lessons, hours, result(Kind.FORM_SUBMITTED, 0, 1)]) == (5, 6)
    assert steps_of([]) == (0, 0)
