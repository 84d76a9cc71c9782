"""The reader: its contents, figures, the size of the text, where one stopped."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import db
from lms.courses.models import Course, Enrolment, GlossaryTerm, Lesson, LessonProgress
from lms.courses.reading import contents_of, heading_at, with_figures
from tests.cast import EPOCH, csrf

LESSON = "/courses/curs/1-modul/1-1-lectie"
TEXT = '<h2 id="s-unu">Unu <b>&amp;</b></h2><p>a</p><h2 id="s-doi">Doi</h2><p>b</p>'
FIGURE = '<img src="/courses/curs/figures/a.svg" alt="Un drum" class="lesson-image">'


def post(client, path, **data):
    return client.post(path, data={"csrf_token": csrf(client), **data})


@pytest.fixture
def headed(app, cast):
    with app.app_context(), db.writing() as session:
        session.get(Lesson, cast.lesson_ids[0]).html = TEXT
    return cast


def test_the_contents_are_the_headings_of_the_second_level():
    assert [(h.anchor, h.title) for h in contents_of(TEXT)] == [
        ("s-unu", "Unu &"),
        ("s-doi", "Doi"),
    ]
    assert contents_of("<p>a</p>") == ()


def test_nobody_is_sent_to_the_first_part_nor_to_one_that_is_gone():
    assert heading_at(TEXT, "s-doi").title == "Doi"
    assert heading_at(TEXT, "s-unu") is None
    assert heading_at(TEXT, "s-trei") is None
    assert heading_at(TEXT, None) is None


def test_a_figure_leads_to_itself_but_in_a_link_it_stays():
    drawn = with_figures(f"<p>{FIGURE}</p>", "Mai mare <")
    assert drawn.startswith('<p><a class="enlarge" href="/courses/curs/figures/a.svg">')
    assert "Mai mare &lt;" in drawn
    linked = f'<p><a href="/x">{FIGURE}</a></p>'
    assert with_figures(linked, "m") == linked
    assert with_figures('<p><img src="/a" alt=""></p>', "m") == '<p><img src="/a" alt=""></p>'


def test_a_lesson_shows_its_parts_and_staff_go_on_to_the_next(headed):
    page = headed.client("learner").get(LESSON).text
    assert 'href="#s-doi"' in page
    trainer = headed.client("trainer").get(LESSON).text
    assert 'href="/courses/curs/1-modul/1-2-lectie"' in trainer
    assert "notele-mele" not in trainer


def test_where_one_stopped_is_kept_and_offered_until_the_lesson_is_read(app, headed):
    client = headed.client("learner")
    page = client.get(LESSON)
    assert "stopped-at" not in page.text
    assert post(client, f"{LESSON}/place", heading="s-doi").status_code == 204
    again = client.get(LESSON, headers={"If-None-Match": page.headers["ETag"]})
    assert '<p class="stopped-at no-print"><a href="#s-doi">' in again.text
    post(client, f"{LESSON}/read")
    assert "stopped-at" not in client.get(LESSON).text


def test_where_one_stopped_is_no_sign_of_life(app, headed):
    client = headed.client("learner")
    post(client, f"{LESSON}/place", heading="s-doi")  # not opened: there is nothing to keep it in
    with app.app_context():
        assert db.session().scalars(sa.select(LessonProgress)).all() == []
    client.get(LESSON)
    client.get("/courses/curs/1-modul/1-2-lectie")
    post(client, f"{LESSON}/place", heading="s-doi")  # told late, by a page that was left
    post(client, f"{LESSON}/place", heading="s-nimic")
    with app.app_context():
        place = db.session().get(Enrolment, headed.enrolments["learner"])
        assert place.last_lesson_id == headed.lesson_ids[1]
        kept = db.session().get(LessonProgress, (place.id, headed.lesson_ids[0]))
        assert (kept.last_heading, kept.read_at) == ("s-doi", None)


def test_the_size_of_the_text_is_kept_and_taken_away_at_the_end(cast):
    client = cast.client("learner")
    assert 'class="prose prose-1"' in client.get(LESSON).text
    answer = post(client, "/text-size", size="3", next=LESSON)
    assert (answer.status_code, answer.location) == (303, LESSON)
    assert 'class="prose prose-3"' in client.get(LESSON).text
    post(client, "/text-size", size="900")
    assert 'class="prose prose-3"' in client.get(LESSON).text
    assert post(client, "/text-size", size="2", next="//evil.example").location == "/"
    post(client, "/sign-out")
    assert client.get_cookie("text") is None


def test_a_lesson_says_where_it_stands_and_leads_to_its_neighbours_before_the_terms(app, headed):
    with app.app_context(), db.writing() as session:
        lesson = session.get_one(Lesson, headed.lesson_ids[3])
        lesson.terms = ["t"]
        session.add(
            GlossaryTerm(
                course_id=headed.course_id,
                term_id="t",
                term_ro="acord",
                term_en="agreement",
                definition_ro="Ce se scrie.",
                definition_en="What is written.",
                forms=[],
            )
        )
        session.get_one(Course, headed.course_id).version += 1
        for lesson_id in headed.lesson_ids[:2]:  # the next module opens once the first is complete
            session.add(
                LessonProgress(
                    enrolment_id=headed.enrolments["learner"],
                    lesson_id=lesson_id,
                    first_opened_at=EPOCH,
                    last_active_at=EPOCH,
                    read_at=EPOCH,
                )
            )
    page = headed.client("learner").get("/courses/curs/2-modul/2-2-lectie").text
    main = BeautifulSoup(page, "html.parser").select_one("main")
    assert "Modulul 2 din 2 · lecția 2 din 2" in " ".join(
        main.select_one(".lesson-meta").text.split()
    )
    neighbours = main.select_one("nav[aria-label='Lecțiile acestui modul']")
    assert [a["href"].rsplit("/", 1)[1] for a in neighbours.select("a")] == [
        "2-1-lectie",
        "2-2-lectie",
    ]
    terms = main.select_one(".terms details")
    assert terms.has_attr("open")  # a browser without scripts must find the term that a link names
    assert page.index("Lecțiile acestui modul") < page.index('class="terms"')
