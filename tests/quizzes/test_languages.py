"""A quiz in the page's language: paper, one question at a time, result, preview."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from lms import db
from lms.demo.answers import right_answer, wrong_answer
from lms.quizzes import queries
from lms.quizzes.models import Attempt
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start

RO = """\
// [id:a] [lesson:1.1]
Cât fac doi și doi? {=patru#Corect, patru.~trei#Mai numărați.####Despre adunare.}

// [id:b] [lesson:1.2]
Potriviți. {=unu -> întâiul =doi -> al doilea}

// [id:c] [unit:zile]
Câte zile are săptămâna? {#=7#Corect.~#Numărați din nou.}

// [id:d]
Numai în română? {=da ~nu#Ba da.}
"""
EN = """\
// [id:a]
How much is two and two? {=four#Right, four.~three#Count again.####About adding.}

// [id:b]
Match. {=one -> the first =two -> the second}

// [id:c]
How many days does a week have? {#=7#Right.~#Count once more.}
"""
QUIZ = "/courses/curs/quizzes/limbi"


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0], text=RO, words=EN, slug="limbi", attempts=9)


def client_in(cast, language, part="learner"):
    client = cast.client(part)
    post(client, "/language", {"locale": language})
    return client


def soup(client, path):
    return BeautifulSoup(client.get(path).text, "html.parser")


def test_the_paper_is_in_the_pages_language_and_says_where_it_is_not(app, cast, quiz_id):
    client = client_in(cast, "en")
    page = soup(client, f"/attempts/{start(client, QUIZ)}")
    stems = {s.text: s["lang"] for s in page.select(".question-head [lang]")}
    assert stems == {
        "How much is two and two?": "en",
        "Match.": "en",
        "How many days does a week have?": "en",
        "Numai în română?": "ro",
    }
    assert page.select_one(".unit").text == "days"
    assert {o.text: o["lang"] for o in page.select(".option-text")} == {
        "four": "en",
        "three": "en",
        "da": "ro",
        "nu": "ro",
    }
    assert {o["lang"] for o in page.select("option[lang]")} == {"en"}


def test_the_same_attempt_may_be_read_and_answered_in_both_languages(app, cast, quiz_id):
    client = client_in(cast, "en")
    attempt_id = start(client, QUIZ)
    first, *others = paper(app, attempt_id)
    post(client, f"/attempts/{attempt_id}/answers", fields([first]))
    post(client, "/language", {"locale": "ro"})
    page = soup(client, f"/attempts/{attempt_id}")
    assert {s["lang"] for s in page.select(".question-head [lang]")} == {"ro"}
    assert page.select_one(".unit").text == "zile"
    post(client, f"/attempts/{attempt_id}/submit", fields(others))
    with app.app_context():
        assert db.session().get(Attempt, attempt_id).percent == 100


def test_a_unit_typed_in_english_is_right(app, cast, quiz_id):
    client = client_in(cast, "en")
    attempt_id = start(client, QUIZ)
    data = fields(paper(app, attempt_id))
    item = next(i for i in paper(app, attempt_id) if i.question.type == "numerical")
    data[f"i{item.item_id}-value"] = ["7 days"]
    post(client, f"/attempts/{attempt_id}/submit", data)
    with app.app_context():
        assert db.session().get(Attempt, attempt_id).percent == 100


@pytest.mark.parametrize(
    ("language", "seen", "unseen"),
    [
        ("en", ["Count again.", "About adding.", "four"], ["Mai numărați.", "patru", "întâiul"]),
        ("ro", ["Mai numărați.", "Despre adunare.", "patru"], ["Count again.", "the first"]),
    ],
)
def test_a_result_teaches_in_the_pages_language(app, cast, quiz_id, language, seen, unseen):
    client = client_in(cast, language)
    attempt_id = start(client, QUIZ)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id), wrong_answer))
    text = client.get(f"/attempts/{attempt_id}/result").text
    for words in seen:
        assert words in text
    for words in unseen:
        assert words not in text
    assert "1.1" in text


def test_the_right_option_is_marked_in_english_too(app, cast, quiz_id):
    client = client_in(cast, "en")
    attempt_id = start(client, QUIZ)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id), right_answer))
    page = soup(client, f"/attempts/{attempt_id}/result")
    assert [o.select_one(".option-text").text for o in page.select(".option-right")].count(
        "four"
    ) == 1


def test_a_trainer_reads_questions_and_answers_in_the_pages_language(app, cast, quiz_id):
    learner = client_in(cast, "ro")
    attempt_id = start(learner, QUIZ)
    post(learner, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    trainer = client_in(cast, "en", "trainer")
    for path in (f"{QUIZ}/preview", f"/attempts/{attempt_id}/result"):
        text = trainer.get(path).text
        assert "How much is two and two?" in text
        assert "Numai în română?" in text
        assert "Cât fac doi și doi?" not in text


def test_an_answer_and_its_mark_know_no_language(app, cast, quiz_id):
    percents = []
    for part, language in (("learner", "en"), ("classmate", "ro")):
        client = client_in(cast, language, part)
        attempt_id = start(client, QUIZ)
        post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id), wrong_answer))
        with app.app_context():
            percents.append(db.session().get(Attempt, attempt_id).percent)
    assert percents[0] == percents[1]


def test_one_question_at_a_time_is_in_the_pages_language_too(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=RO, words=EN, slug="limbi", layout="one")
    client = client_in(cast, "en")
    attempt_id = start(client, QUIZ)
    with app.app_context():
        items = queries.paper_of(attempt_id)
    for item in items:
        page = soup(client, f"/attempts/{attempt_id}?q={item.position}")
        (stem,) = page.select(".question-head [lang]")
        assert stem.text == item.words.in_language("en").stem
