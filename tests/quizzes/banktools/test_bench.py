"""The test bench: answers tried at every behaviour, in the learner's own fields; nothing stored."""

from __future__ import annotations

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.bank_tools import bench
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.rules.settings import Behaviour, QuizSettings
from tests.access.snapshot import rows_of
from tests.cast import csrf
from tests.quizzes.banktools.acting import Desk
from tests.quizzes.strategies import payloads_for, questions

EVERY = "tests/quizzes/types/every_type.gift"
HINTED = """
// [id:h-1] [hint:Mai mult decât doi.] [hint:Mai puțin decât patru.]
Câți membri are o asociație nouă?{
=trei#Corect.
~doi#Prea puțini.
~zece#Prea mulți.
####Vedeți lecția 1.1.
}
"""


@pytest.fixture
def hinted(desk) -> Desk:
    desk.save(f"{desk.text}\n{HINTED}")
    return desk


def form_of(page: str) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for box in BeautifulSoup(page, "html.parser").select_one("main form").select("[name]"):
        is_off = box.get("type") in {"radio", "checkbox"} and not box.has_attr("checked")
        if not is_off and box.name != "button":
            data.setdefault(box["name"], []).append(box.get("value", ""))
    return data


def answer(desk: Desk, page: str, words: str) -> str:
    soup = BeautifulSoup(page, "html.parser")
    option = next(o for o in soup.select("main form label.option") if words in o.text)
    data = {**form_of(page), option.input["name"]: [option.input["value"]]}
    sent = desk.client.post(
        desk.address("h-1", "try"), data={**data, "csrf_token": csrf(desk.client)}
    )
    assert sent.status_code == 200
    assert sent.headers["Cache-Control"] == "no-store"
    return sent.text


def lines(page: str) -> dict[str, str]:
    rows = BeautifulSoup(page, "html.parser").select("#result table tbody tr")
    return {row.th.get_text(strip=True): " ".join(row.get_text(" ").split()) for row in rows}


def test_the_page_gives_nothing_away_before_an_answer(hinted):
    page = hinted.get(hinted.address("h-1", "try")).text
    assert "Corect." not in page
    assert "Mai mult decât doi" not in page


def test_an_answer_is_marked_at_every_behaviour_and_nothing_is_kept(app, hinted):
    path = hinted.address("h-1", "try")
    page = hinted.get(path).text
    before = rows_of(app, {"sign_in_sessions"})
    page = answer(hinted, page, "doi")
    found = lines(page)
    assert len(found) == len(Behaviour)
    assert "Prea puțini." in page
    interactive = next(text for name, text in found.items() if "indicii" in name)
    assert "0 %" in interactive
    assert "Mai mult decât doi." in interactive
    assert "de 2 ori" in interactive
    page = answer(hinted, page, "trei")
    found = lines(page)
    interactive = next(text for name, text in found.items() if "indicii" in name)
    assert "66,67 %" in interactive
    once = next(text for name, text in found.items() if "verifica o dată" in name)
    assert "0 %" in once
    assert "Se verifică abia la trimitere" in next(iter(found))
    assert "100 %" in next(iter(found.values()))
    assert rows_of(app, {"sign_in_sessions"}) == before


def test_the_same_answer_again_is_no_further_try(hinted):
    page = answer(hinted, hinted.get(hinted.address("h-1", "try")).text, "doi")
    again = answer(hinted, page, "doi")
    assert "1 răspuns verificat până acum" in again


@pytest.mark.parametrize("tries", ["", "x", "{}", "[1,2]", '[{"choice": 5}]', "[" * 3000])
def test_odd_tries_are_no_tries(hinted, tries):
    path = hinted.address("h-1", "try")
    sent = hinted.post(path, **{"tries-0": tries, "i0-choice": "nimic"})
    assert sent.status_code == 200


def test_every_type_has_its_bench(desk):
    with open(EVERY, encoding="utf-8") as stream:
        text = stream.read()
    body = text.split("---", 2)[2] if text.startswith("---") else text
    desk.save(f"{desk.text}\n{body}")
    items = read_gift(text, ids_required=False).items
    assert len({item.question.type for item in items}) > 5
    for item in items:
        page = desk.get(desk.address(item.id, "try"))
        assert page.status_code == 200, item.id
        sent = desk.client.post(
            desk.address(item.id, "try"),
            data={**form_of(page.text), "csrf_token": csrf(desk.client)},
        )
        assert sent.status_code == 200, item.id


# The rules -----------------------------------------------------------------------------------


@given(st.data())
def test_what_is_earned_is_told_for_each_behaviour_and_within_bounds(data):
    question = data.draw(questions)
    payload = data.draw(payloads_for(question))
    tries = data.draw(st.lists(payloads_for(question), max_size=3))
    found = bench.earned(question, payload, tries, QuizSettings())
    names = [each.behaviour for each in found]
    assert len(set(names)) == len(names)
    plain = rules_for(question).mark(question, payload).fraction
    for each in found:
        if each.behaviour is Behaviour.DEFERRED and each.fraction is not None:
            assert each.fraction == plain
        assert each.fraction is None or 0 <= each.fraction <= 1
        assert all(Decimal(-6) <= share <= 3 for _level, share in each.by_certainty)
