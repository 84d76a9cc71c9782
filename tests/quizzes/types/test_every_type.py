"""A question of every type: drawn, saved, submitted and reviewed through the running site."""

from __future__ import annotations

import io

import pytest
from bs4 import BeautifulSoup

from lms import db
from lms.quizzes.question_types.registry import TYPES
from tests.access.samples import PNG
from tests.factories import make_quiz
from tests.quizzes.test_taking import paper, post, start
from tests.quizzes.types.cases import EVERY_TYPE

QUIZ = "/courses/curs/quizzes/fiecare"


@pytest.fixture
def attempt(app, cast):
    with app.app_context(), db.writing():
        make_quiz(
            cast.module_ids[0],
            text=EVERY_TYPE,
            slug="fiecare",
            shuffle_questions=False,
            pass_mark="50",
        )
    client = cast.client("learner")
    return client, start(client, QUIZ)


def soup(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.data, "html.parser")


def filled(box) -> dict[str, list[str]]:
    """Fill in a question as a person would who takes the first of everything."""
    data: dict[str, list[str]] = {}
    for field in box.select("input, select, textarea"):
        name = field["name"]
        if field.get("type") == "file":
            continue  # files go by their own button
        if field.name == "select":
            data[name] = [field.select("option")[1]["value"]]
        elif field.name == "textarea":
            data[name] = ["Un text de câteva cuvinte, pe înțelesul tuturor."]
        elif field["type"] in ("radio", "checkbox"):
            data.setdefault(name, [field["value"]])
        elif "ordering-place" in field.get("class", []):
            data[name] = [str(1 + len([key for key in data if "-at-" in key]))]
        elif field["type"] == "text":
            data[name] = ["5"]
        else:
            data.setdefault(name, []).append(field["value"])
    return data


def test_every_type_is_saved_and_reviewed_without_a_script(app, attempt):
    client, attempt_id = attempt
    drawn = soup(client, f"/attempts/{attempt_id}")
    data: dict[str, list[str]] = {}
    for box in drawn.select("fieldset[data-item]"):
        for name, values in filled(box).items():
            data.setdefault(name, []).extend(values)
    assert post(client, f"/attempts/{attempt_id}/answers", data).status_code == 302
    files = drawn.select_one("input[type=file]")["name"]
    sent = {"files": files.removeprefix("files-"), files: (io.BytesIO(PNG), "buget.png")}
    assert post(client, f"/attempts/{attempt_id}/files", sent).status_code == 303
    items = paper(app, attempt_id)
    assert all(item.is_answered for item in items), [i.question.type for i in items]
    post(client, f"/attempts/{attempt_id}/submit")
    result = soup(client, f"/attempts/{attempt_id}/result")
    assert len(result.select("section.question")) == len(items)
    assert "Un text de câteva cuvinte" in result.text
    assert "buget.png" in result.text


def test_the_sample_has_every_type_that_came_after_the_first_five(app, attempt):
    first = {"single_choice", "multiple_choice", "true_false", "matching", "numerical"}
    found = {item.question.type for item in paper(app, attempt[1])}
    assert found | first == set(TYPES)


def test_a_row_moves_up_without_a_script(app, attempt):
    client, attempt_id = attempt
    item = next(i for i in paper(app, attempt_id) if i.question.type == "ordering")
    box = soup(client, f"/attempts/{attempt_id}").select_one(f"[data-item='{item.item_id}']")
    rows = [row["data-row"] for row in box.select("[data-row]")]
    button = box.select("button[value^='up:']")[1]
    data = {"item": str(item.item_id), button["name"]: button["value"]}
    data[f"i{item.item_id}-shown"] = box.select_one("[name$='-shown']")["value"]
    post(client, f"/attempts/{attempt_id}/answers", data)
    moved = soup(client, f"/attempts/{attempt_id}").select_one(f"[data-item='{item.item_id}']")
    now = [row["data-row"] for row in moved.select("[data-row]")]
    assert now == [rows[1], rows[0], *rows[2:]]
    assert [p["value"] for p in moved.select(".ordering-place")] == ["1", "2", "3", "4", "5"]


def test_nothing_on_the_paper_tells_the_key(attempt):
    client, attempt_id = attempt
    drawn = client.get(f"/attempts/{attempt_id}").get_data(as_text=True)
    for secret in ("Se caută legătura", "Aproape.", "18240", "Așa este"):
        assert secret not in drawn
