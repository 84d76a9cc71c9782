"""A question checked while the attempt goes on: once, with hints, again and again; nothing lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import db
from lms.demo.answers import right_answer, wrong_answer
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.gift_writer import write_gift, write_words
from lms.quizzes.exchange.words import with_words
from lms.quizzes.models import Attempt, ResponseTry, ResponseVersion
from lms.quizzes.rules.settings import Behaviour, QuizSettings
from lms.quizzes.services import regrading
from lms.quizzes.views.results import certainty_words, review_item
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start

HINTED = """\
---
id: proba
---

// [id:h-1] [hint:Mai mult decât doi.] [hint:Este \\: trei \\] sau patru.]
Câți? {=trei#Corect.~doi#Prea puțini.####Vedeți lecția.}

// [id:h-2] [hint:Numărați.]
Potriviți. {=unu -> 1 =doi -> 2 =trei -> 3}
"""
WORDS = """\
// [id:h-1] [hint:More than two.] [hint:Three or four.]
How many? {=three#Right.~two#Too few.####See the lesson.}

// [id:h-2] [hint:Count.]
Match. {=one -> 1 =two -> 2 =three -> 3}
"""


@pytest.fixture
def begin(app, cast):
    def begun(**settings):
        with app.app_context(), db.writing():
            make_quiz(
                cast.module_ids[0], text=HINTED, words=WORDS, shuffle_questions=False, **settings
            )
        client = cast.client("learner")
        return client, start(client)

    return begun


def check(app, client, attempt_id, answer, at=0):
    """Press the button of a question, as a page without a script does: the whole form goes."""
    items = paper(app, attempt_id)
    data = {**fields([items[at]], answer), "check": str(items[at].item_id)}
    return post(client, f"/attempts/{attempt_id}/check", data)


def tries(app) -> int:
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(ResponseTry))


def page_of(client, attempt_id, at=1):
    page = BeautifulSoup(client.get(f"/attempts/{attempt_id}").text, "html.parser")
    return page.select_one(f"#q{at}")


def percent_of(app, client, attempt_id) -> Decimal:
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    with app.app_context():
        return db.session().get_one(Attempt, attempt_id).percent


def test_immediate_checks_once_and_closes_the_question(app, begin):
    client, attempt_id = begin(behaviour="immediate", feedback="at_once")
    answer = check(app, client, attempt_id, wrong_answer)
    assert answer.status_code == 302
    assert answer.location.endswith("#q1")
    box = page_of(client, attempt_id)
    assert box.has_attr("disabled")
    for told in ("Greșit", "Prea puțini.", "trei", "Vedeți lecția."):
        assert told in box.text
    assert not box.select("button[name=check]")
    late = check(app, client, attempt_id, right_answer)  # another window, or „back”
    assert late.status_code == 302
    assert tries(app) == 1
    with app.app_context():
        kept = db.session().scalars(sa.select(ResponseVersion.standing)).all()
        assert [each.value for each in kept] == ["counts", "behind"]
    assert percent_of(app, client, attempt_id) == 0


def test_an_exam_says_only_right_or_wrong_after_a_check(app, begin):
    client, attempt_id = begin(behaviour="immediate", feedback="never")
    check(app, client, attempt_id, wrong_answer)
    box = page_of(client, attempt_id)
    assert "Greșit" in box.text
    for hidden in ("Prea puțini.", "Răspunsul corect", "Vedeți lecția."):
        assert hidden not in box.text


def test_interactive_shows_hint_after_hint_and_each_try_costs(app, begin):
    client, attempt_id = begin(behaviour="interactive", penalty="25", feedback="at_once")
    assert "mai puteți răspunde de 3 ori" in page_of(client, attempt_id).text
    check(app, client, attempt_id, wrong_answer)
    box = page_of(client, attempt_id)
    assert "Mai mult decât doi." in box.text
    assert "Răspunsul corect" not in box.text  # not before it is over
    assert "Vedeți lecția." not in box.text
    check(app, client, attempt_id, wrong_answer)  # a second click on the same answer is no try
    assert tries(app) == 1
    check(app, client, attempt_id, right_answer)
    box = page_of(client, attempt_id)
    assert box.has_attr("disabled")
    assert "Vedeți lecția." in box.text
    check(app, client, attempt_id, right_answer, at=1)
    assert percent_of(app, client, attempt_id) == Decimal("87.50")  # (3/4 + 1) / 2


def test_interactive_hints_speak_the_readers_language(app, cast, begin):
    client, attempt_id = begin(behaviour="interactive")
    check(app, client, attempt_id, wrong_answer)
    post(client, "/language", {"locale": "en"})
    text = page_of(client, attempt_id).text
    assert "More than two." in text


def test_an_unfinished_answer_uses_no_try_up(app, begin):
    client, attempt_id = begin(behaviour="interactive")

    def nothing(_question):
        return {}

    answer = check(app, client, attempt_id, nothing)
    assert "q=1" in answer.location
    page = client.get(f"/attempts/{attempt_id}").text
    assert "nu are încă un răspuns complet" in page
    assert tries(app) == 0


def test_adaptive_keeps_the_best_and_never_closes(app, begin):
    client, attempt_id = begin(behaviour="adaptive", penalty="10")
    check(app, client, attempt_id, wrong_answer)
    check(app, client, attempt_id, right_answer)
    check(app, client, attempt_id, wrong_answer)
    box = page_of(client, attempt_id)
    assert not box.has_attr("disabled")
    assert "Verificați din nou" in box.text
    assert tries(app) == 3
    assert percent_of(app, client, attempt_id) == Decimal("45.00")  # 0.9 of one of two


def test_certainty_is_saved_with_the_answer_and_costs_where_wrong(app, begin):
    client, attempt_id = begin(behaviour="immediate_cbm")
    (item, _other) = paper(app, attempt_id)
    sure = {f"i{item.item_id}-certainty": "3", "check": str(item.item_id)}
    post(client, f"/attempts/{attempt_id}/check", {**fields([item], right_answer), **sure})
    assert paper(app, attempt_id)[0].payload["certainty"] == 3
    odd = {**fields([item], right_answer), f"i{item.item_id}-certainty": "9"}
    post(client, f"/attempts/{attempt_id}/answers", odd)
    assert paper(app, attempt_id)[0].payload["certainty"] == 3
    assert percent_of(app, client, attempt_id) == 100  # 3 of 2, and never more than all


def test_who_was_sure_and_right_has_nothing_to_look_at_again(app, begin):
    client, attempt_id = begin(behaviour="deferred_cbm")
    items = paper(app, attempt_id)
    sure = {f"i{item.item_id}-certainty": "3" for item in items}
    post(client, f"/attempts/{attempt_id}/submit", {**fields(items, right_answer), **sure})
    page = BeautifulSoup(client.get(f"/attempts/{attempt_id}/result").text, "html.parser")
    assert not page.select("ul.missing")
    assert not page.select(".question-meta .state-warn")
    assert len(page.select(".question-meta .state-ok")) == len(items)


def test_an_essay_says_nothing_of_how_sure_one_was(app, cast):
    text = f"{HINTED}\n// [id:h-3]\nDescrieți. {{}}\n"
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=text, shuffle_questions=False, behaviour="deferred_cbm")
    client = cast.client("learner")
    attempt_id = start(client)
    *ruled, essay = paper(app, attempt_id)
    data = fields(ruled, right_answer)
    data["item"].append(str(essay.item_id))
    data[f"i{essay.item_id}-text"] = ["Un text."]
    post(client, f"/attempts/{attempt_id}/submit", data)
    with app.test_request_context():
        settings = QuizSettings(behaviour=Behaviour.DEFERRED_CBM)
        marks = regrading.item_marks(db.session().get_one(Attempt, attempt_id))
        reviewed = [review_item(i, marks[i.item_id], None, "ro") for i in paper(app, attempt_id)]
        told = certainty_words(settings, reviewed)
        assert (told.accuracy, sum(level.answers for level in told.levels)) == (100, 2)


def test_a_form_that_left_a_question_empty_covers_no_answer_of_another_window(app, begin):
    client, attempt_id = begin(behaviour="deferred_cbm")
    first, second = paper(app, attempt_id)
    page = BeautifulSoup(client.get(f"/attempts/{attempt_id}").text, "html.parser")
    usual = {  # what the page, drawn before, sends by itself
        field["name"]: field["value"]
        for field in page.select("input[name$=-certainty][checked], input[name$=-seen]")
    }
    answered = {**fields([first], right_answer), f"i{first.item_id}-certainty": "3"}
    post(client, f"/attempts/{attempt_id}/answers", answered)
    old = {**usual, **fields([second], right_answer)}
    old["item"] = [str(first.item_id), str(second.item_id)]
    post(client, f"/attempts/{attempt_id}/answers", old)
    held = paper(app, attempt_id)
    assert [item.is_answered for item in held] == [True, True]
    assert held[0].payload["certainty"] == 3


def test_nothing_is_checked_where_nothing_is_to_be_checked(app, begin):
    client, attempt_id = begin()
    assert not page_of(client, attempt_id).select("button[name=check]")
    check(app, client, attempt_id, right_answer)
    assert tries(app) == 0
    assert paper(app, attempt_id)[0].is_answered  # what came with it is saved all the same


def test_a_question_of_another_attempt_is_refused(app, cast, begin):
    client, attempt_id = begin(behaviour="immediate")
    (item, _other) = paper(app, attempt_id)
    classmate = cast.client("classmate")
    other = start(classmate)
    answer = post(classmate, f"/attempts/{other}/check", {"check": str(item.item_id)})
    assert answer.status_code == 400
    odd = post(client, f"/attempts/{attempt_id}/check", {"check": "unu"})
    assert odd.status_code == 400
    assert tries(app) == 0


def test_a_closed_attempt_checks_nothing(app, begin):
    client, attempt_id = begin(behaviour="immediate")
    post(client, f"/attempts/{attempt_id}/submit", {"confirmed": "1"})
    answer = check(app, client, attempt_id, right_answer)
    assert answer.location.endswith("/result")
    assert tries(app) == 0


def test_hints_survive_files_in_both_languages():
    read = read_gift(HINTED)
    assert read.items[0].question.hints == ("Mai mult decât doi.", "Este : trei ] sau patru.")
    worded, problems = with_words(read, WORDS)
    assert not problems
    assert worded.items[0].words.hints == ("More than two.", "Three or four.")
    again, problems = with_words(read_gift(write_gift(worded)), write_words(worded))
    assert not problems
    assert again.items == worded.items


def test_hints_that_are_fewer_in_english_are_told():
    fewer = WORDS.replace(" [hint:Three or four.]", "")
    _quiz, problems = with_words(read_gift(HINTED), fewer)
    assert [(p.item, p.reason) for p in problems] == [("h-1", "hints")]
