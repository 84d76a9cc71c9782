"""Who may change a course finds where: from the courses, from its page, from a lesson."""

from __future__ import annotations

import lxml.html
import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import Enrolment
from tests.factories import make_quiz

COURSE, LESSON = "/courses/curs", "/courses/curs/1-modul/1-1-lectie"
OUTLINE, EDIT = f"{COURSE}/outline", f"{LESSON}/edit"
QUESTIONS = f"{COURSE}/quizzes/proba/questions"


def main_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.text).get_element_by_id("main")


def ways(client, path):
    """Return where a page's own links lead, and what each says."""
    links = main_of(client, path).iterfind(".//a[@href]")
    return {a.get("href"): " ".join(a.text_content().split()) for a in links}


@pytest.mark.parametrize("page", ["/teaching", COURSE, LESSON])
@pytest.mark.parametrize("who", ["trainer", "registrar"])
def test_the_order_of_lessons_is_one_click_away_from_each_page_of_a_course(cast, who, page):
    assert ways(cast.client(who), page)[OUTLINE] == "Cuprinsul cursului: ordinea lecțiilor"


def test_a_lessons_text_is_one_click_away_from_the_course_and_from_the_lesson(cast):
    trainer = cast.client("trainer")
    assert ways(trainer, COURSE)[EDIT] == "Modificați lecția 1.1"
    assert ways(trainer, LESSON)[EDIT] == "Modificați lecția"
    title = main_of(trainer, LESSON).find(".//h1")
    (beside,) = title.xpath("ancestor::div[contains(@class, 'toolbar')]")
    assert beside.xpath(f".//a[@href='{EDIT}']")


def test_the_courses_page_has_the_tools_of_the_list_of_courses(cast):
    trainer = cast.client("trainer")
    listed, there = ways(trainer, "/teaching"), ways(trainer, COURSE)
    tools = {f"{COURSE}/{name}" for name in ("facts", "quizzes", "bank", "library", "import")}
    assert tools <= set(listed)
    assert {href: there.get(href) for href in tools} == {href: listed[href] for href in tools}
    words = set(there.values())
    assert {"Contestații", "Întrebările cursanților"} <= words


def test_no_state_of_learning_is_shown_to_who_does_not_learn(cast):
    said = main_of(cast.client("trainer"), COURSE).text_content()
    assert "neîncepută" not in said
    assert "neînceput" not in said
    assert "Atelier" not in said


def test_a_modules_test_is_changed_from_its_row_and_a_draft_stands_below(cast):
    with cast.app.app_context(), db.writing():
        make_quiz(cast.module_ids[0])
    found = ways(cast.client("trainer"), COURSE)
    assert found[QUESTIONS] == "Modificați testul: Testul de probă"
    assert ways(cast.client("auditor"), COURSE)[QUESTIONS].startswith("Întrebări")
    with cast.app.app_context(), db.writing():
        db.session().execute(sa.text("UPDATE quizzes SET published_at = NULL"))
        db.session().execute(sa.text("UPDATE courses SET version = version + 1"))
    page = main_of(cast.client("trainer"), COURSE)
    (draft,) = page.xpath(f".//a[@href='{QUESTIONS}']/parent::span")
    assert "Modificați testul" in draft.text_content()
    assert "ciornă" in draft.text_content()


def test_an_auditor_sees_the_tools_that_change_nothing(cast):
    auditor = cast.client("auditor")
    for path in ("/teaching", COURSE, LESSON):
        found = ways(auditor, path)
        assert OUTLINE not in found
        assert EDIT not in found
    assert f"{COURSE}/facts" in ways(auditor, COURSE)


def test_a_learner_sees_states_and_no_way_to_change_anything(cast):
    learner = cast.client("learner")
    for path in (COURSE, LESSON):
        found = ways(learner, path)
        assert not {OUTLINE, EDIT, f"{COURSE}/facts"} & set(found)
    assert main_of(learner, COURSE).find_class("station")


def test_a_trainer_who_learns_the_course_sees_both(cast):
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["classmate"])
        place.person_id = cast.persons["trainer"]
    trainer = cast.client("trainer")
    assert main_of(trainer, COURSE).find_class("station")
    assert OUTLINE in ways(trainer, COURSE)
    assert EDIT in ways(trainer, LESSON)
