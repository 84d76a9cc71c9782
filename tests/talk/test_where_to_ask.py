"""Where a learner finds how to ask, and what an asked question shows to its asker."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from lms import db
from lms.courses.models import Course
from tests.cast import Cast
from tests.messages.people import post
from tests.talk.talking import LESSON, asked

SETTLES = "Am aflat ce doream"


def page_of(cast: Cast, href: str, part: str = "learner") -> BeautifulSoup:
    answer = cast.client(part).get(href)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def lessons(page: BeautifulSoup) -> list[str]:
    return [str(a["href"]) for a in page.select("section[aria-labelledby=ask] details a")]


def test_before_anything_was_asked_the_page_leads_to_the_field_of_each_open_lesson(
    cast: Cast,
) -> None:
    page = page_of(cast, "/learn/threads")
    assert page.select_one("a[href='#ask']") is None, "it stands in sight"
    assert LESSON in lessons(page)
    client = cast.client("learner")
    for href in lessons(page):
        answer = client.get(href)
        assert answer.status_code == 200
        assert 'id="write"' in answer.text


def test_below_what_was_asked_the_way_to_ask_has_its_link_above(cast: Cast) -> None:
    asked(cast)
    page = page_of(cast, "/learn/threads")
    assert page.select_one("a[href='#ask']") is not None
    assert page.select_one("#ask") is not None
    assert LESSON in lessons(page)


def test_a_module_that_is_not_open_is_not_offered(cast: Cast) -> None:
    found = lessons(page_of(cast, "/learn/threads"))
    assert [href.split("/")[3] for href in found] == ["1-modul", "1-modul"]
    with cast.app.app_context(), db.writing() as session:
        course = session.get_one(Course, cast.course_id)
        course.modules_in_order, course.version = False, course.version + 1
    assert len(lessons(page_of(cast, "/learn/threads"))) == 4


def test_whoever_learns_nowhere_is_offered_nothing_to_ask(cast: Cast) -> None:
    page = page_of(cast, "/learn/threads", "registrar")
    assert page.select_one("#ask") is None


def test_a_question_that_waits_bears_a_clock_and_no_warning(cast: Cast) -> None:
    href = asked(cast)
    for place in ("/learn/threads", href):
        (state,) = [s for s in page_of(cast, place).select(".state") if "așteaptă" in s.text]
        assert "state-warn" not in state["class"]
        use = state.select_one("use")
        assert isinstance(use, Tag)
        assert str(use["href"]).endswith("#clock")


def test_only_an_answered_question_asks_its_asker_whether_that_was_all(cast: Cast) -> None:
    href = asked(cast)
    learner, trainer = cast.client("learner"), cast.client("trainer")
    assert SETTLES not in learner.get(href).text
    post(learner, f"{href}/replies", text="Și încă ceva.", key="r0")
    assert SETTLES not in learner.get(href).text, "one's own words are no answer"
    assert "/state" in trainer.get(href).text, "a trainer may settle it in another way"
    post(trainer, f"{href}/replies", text="Da.", key="r1")
    post(learner, f"{href}/replies", text="Dar de ce?", key="r2")
    assert SETTLES in learner.get(href).text
