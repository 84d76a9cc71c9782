"""Sections on pages: in the workshop, while taking, in the review, on paper; both languages."""

from __future__ import annotations

import pymupdf
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from bench.in_process import statements
from lms import db
from lms.courses.models import Course, Module
from lms.exchange.services import export_course
from lms.quizzes.models import AttemptItem, Quiz, QuizVersion
from lms.quizzes.services.workshop_plan import source_of
from tests.exchange.sample import files, import_files
from tests.factories import make_quiz
from tests.quizzes.test_taking import QUIZ, fields, paper, post, start

TEXT = """\
// [id:a]
Zero. {TRUE}

## Partea întâi
Alegeți **un singur** răspuns.

// [id:b]
Unu. {TRUE}

// [id:c]
Doi. {TRUE}

// [shuffle:no]
## Partea a doua

// [id:d]
Trei. {TRUE}

// [id:e]
Patru. {TRUE}
"""
ENGLISH = TEXT.replace("// [shuffle:no]\n", "").replace("Partea întâi", "Part one")
ENGLISH = ENGLISH.replace("Alegeți **un singur** răspuns.", "Choose **one** answer.")
ENGLISH = ENGLISH.replace("Partea a doua", "Part two")


@pytest.fixture
def make(app, cast):
    def made(**settings) -> int:
        with app.app_context(), db.writing():
            return make_quiz(cast.module_ids[0], text=TEXT, words=ENGLISH, **settings)

    return made


def outline(page) -> list[str]:
    """List headings and stems in the order of the page."""
    found = BeautifulSoup(page.data, "html.parser").select(
        ".exam-paper .quiz-section-title, .exam-paper .question-head > span:last-child"
    )
    return [each.get_text(" ", strip=True) for each in found]


def test_while_taking_each_section_stands_over_its_questions_in_its_order(app, cast, make):
    make()
    client = cast.client("learner")
    attempt_id = start(client)
    page = client.get(f"/attempts/{attempt_id}")
    said = outline(page)
    assert said[:2] == ["Zero.", "Partea întâi"]
    assert set(said[2:4]) == {"Unu.", "Doi."}
    assert said[4:] == ["Partea a doua", "Trei.", "Patru."]
    soup = BeautifulSoup(page.data, "html.parser")
    assert soup.select_one(".quiz-section p strong").text == "un singur"
    parts = [each.text for each in soup.select(".navigator-section")]
    assert parts == ["Partea întâi", "Partea a doua"]
    assert [len(each.select("li")) for each in soup.select("ol.navigator")] == [1, 2, 2]


def test_one_question_on_a_page_has_the_heading_of_its_section(app, cast, make):
    make(layout="one", shuffle_questions=False)
    client = cast.client("learner")
    attempt_id = start(client)
    assert outline(client.get(f"/attempts/{attempt_id}?q=1")) == ["Zero."]
    assert outline(client.get(f"/attempts/{attempt_id}?q=3")) == ["Partea întâi", "Doi."]
    assert outline(client.get(f"/attempts/{attempt_id}?q=5")) == ["Partea a doua", "Patru."]


def test_the_review_the_trial_and_the_preview_have_the_headings_too(app, cast, make):
    make()
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    trainer = cast.client("owner")
    pages = [
        client.get(f"/attempts/{attempt_id}/result"),
        trainer.get(f"/attempts/{attempt_id}/result"),
        trainer.get(f"{QUIZ}/preview"),
        trainer.get(f"{QUIZ}/try"),
    ]
    for page in pages:
        soup = BeautifulSoup(page.data, "html.parser")
        titles = [each.text for each in soup.select(".quiz-section-title")]
        assert titles == ["Partea întâi", "Partea a doua"]


def test_readers_of_english_meet_english_headings(app, cast, make):
    make()
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, "/language", {"locale": "en"})
    soup = BeautifulSoup(client.get(f"/attempts/{attempt_id}").data, "html.parser")
    titles = soup.select(".quiz-section-title")
    assert [each.text for each in titles] == ["Part one", "Part two"]
    assert [each.parent["lang"] for each in titles] == ["en", "en"]
    assert soup.select_one(".quiz-section p strong").text == "one"
    post(client, "/language", {"locale": "ro"})


def test_the_pdf_of_an_attempt_has_the_headings(app, cast, make):
    make()
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    data = client.get(f"/attempts/{attempt_id}/attempt.pdf").data
    with pymupdf.open(stream=data) as document:
        said = " ".join(" ".join(page.get_text() for page in document).split())
    places = [said.index(words) for words in ("Partea întâi", "Alegeți un singur", "a doua")]
    assert places == sorted(places)
    assert said.index("Partea a doua") < said.index("Trei.") < said.index("Patru.")


def test_sections_cost_no_statement(app, cast, make):
    make()
    client = cast.client("learner")
    attempt_id = start(client)
    client.get(f"/attempts/{attempt_id}")
    with statements(app) as found:
        client.get(f"/attempts/{attempt_id}")
    with_sections = len(found)
    with app.app_context(), db.writing() as session:
        session.execute(sa.update(QuizVersion).values(sections=[]))
        session.execute(sa.update(AttemptItem).values(section=0))
    with statements(app) as found:
        client.get(f"/attempts/{attempt_id}")
    assert len(found) == with_sections


# The workshop --------------------------------------------------------------------------------

TYPED = """\
## Partea întâi

Alegeți un răspuns.

1. Câți?
a) doi
*b) trei

## Partea a doua
2. Este așa.
Răspuns: adevărat
"""


@pytest.fixture
def course_id(app, cast):
    with app.app_context():
        cast.course_id = import_files(files())
    return cast.course_id


def test_what_was_typed_with_headings_is_saved_edited_and_exported_with_them(app, cast, course_id):
    client = cast.client("owner")
    with app.app_context():
        slug = db.session().get_one(Course, course_id).slug
        module = db.session().scalars(sa.select(Module.id).filter_by(course_id=course_id)).one()
        db.end_reading()
    here = f"/courses/{slug}/new-quiz"
    form = {"text": TYPED, "key": "abc123", "module": str(module)}
    seen = post(client, here, {**form, "do": "preview"})
    soup = BeautifulSoup(seen.data, "html.parser")
    assert [each.text for each in soup.select(".text-section h3")] == [
        "Partea întâi",
        "Partea a doua",
    ]
    made = post(client, here, {**form, "do": "publish"})
    assert made.status_code == 302
    with app.app_context():
        quiz = (
            db.session()
            .scalars(sa.select(Quiz).filter_by(course_id=course_id).order_by(Quiz.id.desc()))
            .first()
        )
        version = quiz.current_version
        assert [s["title"] for s in version.sections] == ["Partea întâi", "Partea a doua"]
        assert [q.section for q in version.questions] == [1, 2]
        source = source_of(course_id, quiz.content_id)
        quiz_slug, number = quiz.slug, version.number
        exported = export_course(course_id)
        db.end_reading()
    assert "## Partea întâi\nAlegeți un răspuns.\n" in source.text
    assert any(b"## Partea a doua" in data for data in exported.values())
    page = f"/courses/{slug}/quizzes/{quiz_slug}/questions"
    text = source.text.replace("## Partea a doua", "// [shuffle:no]\n## Partea B")
    saved = post(client, page, {"text": text, "base": source.base, "key": "abc124", "do": "save"})
    assert saved.status_code == 302
    with app.app_context():
        version = (
            db.session()
            .scalars(sa.select(QuizVersion).order_by(QuizVersion.id.desc()).limit(1))
            .one()
        )
        assert version.number == number + 1
        assert [(s["title"], s["shuffle"]) for s in version.sections] == [
            ("Partea întâi", None),
            ("Partea B", False),
        ]
        db.end_reading()
