"""Around a quiz: what is unanswered by name, attempts beside one another, a calm clock."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from lms import clock, db
from lms.demo.answers import wrong_answer
from lms.quizzes.comparing import compare
from lms.quizzes.rules.grading import Method
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.quizzes.attempts.test_enforced import NOTHING
from tests.quizzes.test_taking import QUIZ, fields, paper, post, start


def make(cast, **settings):
    with cast.app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0], **settings)


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_before_the_end_each_question_without_an_answer_is_named(cast):
    make(cast, shuffle_questions=False)
    client = cast.client("learner")
    attempt_id = start(client)
    items = paper(cast.app, attempt_id)
    asked = post(client, f"/attempts/{attempt_id}/submit", fields(items[:2]), follow_redirects=True)
    summary = asked.text.partition('<div class="error-summary')[2].partition("</div>")[0]
    assert summary.count("<li>") == len(items) - 2
    said = plain(summary)
    for item in items[2:]:
        words = plain(item.public("ro")["stem"])[:20].split("&")[0].strip()
        assert f"Întrebarea {item.position}" in said
        assert words in said.replace("&#39;", "'")
    assert "Întrebarea 1 " not in said


def test_attempts_stand_beside_one_another(cast):
    make(cast)
    client = cast.client("learner")
    for number, answer in enumerate((wrong_answer, None)):
        at = EPOCH + timedelta(hours=number)
        with clock.stopped_at(at):
            attempt_id = start(client)
        with clock.stopped_at(at + timedelta(minutes=11, seconds=20)):
            items = paper(cast.app, attempt_id)
            given = fields(items, answer) if answer else fields(items)
            post(client, f"/attempts/{attempt_id}/submit", {**given, "confirmed": "1"})
    page = client.get(QUIZ).text
    first, second = (plain(row) for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", page, re.S))
    assert "12 minute" in first
    assert "contează" not in first
    assert "+93,33 %" in second
    assert "contează" in second


def test_results_that_are_not_shown_are_not_compared(cast):
    make(cast, review=NOTHING)
    client = cast.client("learner")
    for answer in (wrong_answer, wrong_answer):
        attempt_id = start(client)
        given = fields(paper(cast.app, attempt_id), answer)
        post(client, f"/attempts/{attempt_id}/submit", {**given, "confirmed": "1"})
    page = client.get(QUIZ).text
    for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", page, re.S):
        assert "%" not in row
        assert "contează" not in row


def test_the_time_left_is_told_in_minutes_with_its_end(cast):
    make(cast, time_limit=30)
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(client)
        page = client.get(f"/attempts/{attempt_id}").text
    head = plain(page.partition('class="exam-head"')[2].partition('class="exam-notice"')[0])
    assert "până la 10:30" in head
    assert "30 de minute" in head


def flag(client, attempt_id, item, on=1, **more):
    data = {"flag": f"{item.item_id}:{on}", **more.pop("data", {})}
    return post(client, f"/attempts/{attempt_id}/flag", data, **more)


def marked(page):
    """The numbers that stand with a flag in the list of questions."""
    listed = page.partition('<ol class="navigator"')[2].partition("</ol>")[0]
    shown = [part for part in listed.split("<li>") if "data-flagged>" in part]
    return [int(re.search(r">(\d+)<", part)[1]) for part in shown]


def test_a_question_marked_for_later_keeps_its_flag_and_the_forms_answers(cast):
    make(cast)
    client = cast.client("learner")
    attempt_id = start(client)
    items = paper(cast.app, attempt_id)
    back = flag(client, attempt_id, items[1], data=fields(items[:1]))
    assert back.location.endswith(f"/attempts/{attempt_id}?q=2#q2")
    page = client.get(f"/attempts/{attempt_id}").text
    assert marked(page) == [2]
    assert page.count("Scoateți marcajul</span>") == 1
    assert paper(cast.app, attempt_id)[0].is_answered
    flag(client, attempt_id, items[1])  # again is once
    assert marked(client.get(f"/attempts/{attempt_id}").text) == [2]
    flag(client, attempt_id, items[1], on=0)
    assert marked(client.get(f"/attempts/{attempt_id}").text) == []


def test_a_script_sets_a_mark_without_the_form(cast):
    make(cast)
    client = cast.client("learner")
    attempt_id = start(client)
    items = paper(cast.app, attempt_id)
    told = flag(client, attempt_id, items[0], headers={"Accept": "application/json"})
    assert told.json == {"flagged": True}
    assert [i.is_flagged for i in paper(cast.app, attempt_id)[:2]] == [True, False]


def test_before_the_end_what_is_marked_is_named_once_more(cast):
    make(cast)
    client = cast.client("learner")
    attempt_id = start(client)
    items = paper(cast.app, attempt_id)
    flag(client, attempt_id, items[2])
    submit = f"/attempts/{attempt_id}/submit"
    asked = post(client, submit, fields(items), follow_redirects=True)
    assert "Ați marcat 1 întrebare pentru mai târziu" in plain(asked.text)
    assert "Întrebarea 3" in plain(asked.text)
    done = post(client, submit, {**fields(items), "confirmed": "1"})
    assert done.location.endswith("/result")
    assert flag(client, attempt_id, items[0]).location.endswith("/result")


def test_odd_marks_and_other_peoples_are_refused(cast):
    make(cast)
    client = cast.client("learner")
    attempt_id = start(client)
    item = paper(cast.app, attempt_id)[0]
    for odd in ("", "x:1", f"{item.item_id}", f"{item.item_id}:2", "999999:1"):
        assert post(client, f"/attempts/{attempt_id}/flag", {"flag": odd}).status_code == 400
    assert flag(cast.client("classmate"), attempt_id, item).status_code == 404


def test_where_nobody_goes_back_nothing_is_marked(cast):
    make(cast, layout="one", navigation="sequential")
    client = cast.client("learner")
    attempt_id = start(client)
    item = paper(cast.app, attempt_id)[0]
    assert "Marcați pentru mai târziu" not in client.get(f"/attempts/{attempt_id}").text
    assert flag(client, attempt_id, item).status_code == 400


def line(number, percent, minutes=5):
    started = EPOCH + timedelta(hours=number)
    return SimpleNamespace(
        id=number,
        started_at=started,
        submitted_at=started + timedelta(minutes=minutes),
        percent=None if percent is None else Decimal(percent),
    )


LINES = [line(1, 60), line(2, 80), line(3, 70)]


@pytest.mark.parametrize(
    ("method", "counting"), [(Method.BEST, 2), (Method.LAST, 3), (Method.FIRST, 1)]
)
def test_which_attempt_counts_follows_the_method(method, counting):
    told = compare(LINES, method, {1, 2, 3})
    assert [number for number, each in told.items() if each.counts] == [counting]


def test_of_the_average_and_of_one_alone_nothing_is_marked():
    assert not any(c.counts for c in compare(LINES, Method.AVERAGE, {1, 2, 3}).values())
    assert not any(c.counts for c in compare(LINES[:1], Method.BEST, {1}).values())


def test_a_change_is_told_from_the_last_result_that_may_be_seen():
    told = compare(LINES, Method.BEST, {1, 3})
    assert [each.change for each in told.values()] == [None, None, Decimal(10)]
    assert not any(each.counts for each in told.values())


def test_an_attempt_without_an_end_took_no_time():
    odd = SimpleNamespace(id=9, started_at=EPOCH, submitted_at=None, percent=None)
    assert compare([odd], Method.BEST, {9})[9].minutes is None
