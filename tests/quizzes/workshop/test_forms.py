"""Questions as forms: every type's form holds all that its text says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.exchange.quiz_file import ItemStatus, QuizItem
from lms.quizzes.question_types.form_parts import Form, Rows, Values
from lms.quizzes.question_types.form_registry import forms
from lms.quizzes.question_types.protocol import InvalidQuestion, QuestionFault
from lms.quizzes.workshop.forming import (
    blank,
    changed_rows,
    item_of,
    read_values,
    values_of,
    without_blank,
)
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.writing import gift_of
from tests.quizzes import strategies


def sent(form: Form, values: Values) -> dict[str, list[str]]:
    """Return what a browser sends of a form that holds values."""
    found: dict[str, list[str]] = {}
    for name, value in values.items():
        if isinstance(value, str):
            found[f"f-{name}"] = [value.replace("\n", "\r\n")]
    for part in form.lists:
        rows = values[part.name]
        found[f"f-{part.name}"] = [str(7 + n) for n in range(len(rows))]
        found[f"f-{part.name}-right"] = [
            str(7 + n) for n, row in enumerate(rows) if row.get("right")
        ]
        for n, row in enumerate(rows):
            for field in part.fields:
                text = row.get(field.name, "").replace("\n", "\r\n")
                found[f"f-{part.name}-{7 + n}-{field.name}"] = [text]
    return found


@st.composite
def items(draw: st.DrawFn) -> QuizItem:
    return QuizItem(
        id="q-1",
        question=draw(strategies.questions.filter(lambda q: q.type in forms())),
        title=draw(st.sampled_from(["", "Un titlu"])),
        lesson=draw(st.sampled_from(["", "1.1"])),
        slot=draw(st.sampled_from(["", "7"])),
        facts=draw(st.sampled_from([(), ("A1",), ("A1", "B2")])),
        tags=draw(st.sampled_from([(), ("una", "alta")])),
        status=draw(st.sampled_from(list(ItemStatus))),
    )


@given(items())
def test_a_question_goes_through_its_form_and_its_text_without_loss(item: QuizItem) -> None:
    form = forms()[item.question.type]
    values = read_values(form, sent(form, values_of(item, form)))
    values, _kept = without_blank(form, values)
    again = item_of(form, values, item)
    assert again == item
    (read,) = read_text(gift_of(again)).items
    assert read == item


def test_the_five_usual_types_come_first() -> None:
    assert [form.type for form in forms().values()][:5] == [
        "single_choice",
        "multiple_choice",
        "true_false",
        "matching",
        "numerical",
    ]
    assert all(form.is_usual for form in list(forms().values())[:5])


@pytest.mark.parametrize("form", forms().values(), ids=forms())
def test_an_empty_form_is_refused_and_not_a_fault_of_ours(form: Form) -> None:
    values, _kept = without_blank(form, read_values(form, sent(form, blank(form))))
    with pytest.raises(InvalidQuestion):
        item_of(form, values, None)


@pytest.mark.parametrize("group", ["²", "9" * 5000, "x", "٣", "-1", "0"])
def test_a_group_of_labels_that_is_no_number_is_refused(group: str) -> None:
    zone = {"shape": "rectangle", "words": "sus", "points": "1,1 9,9", "label": "a", "group": group}
    values = filled(
        "picture_labels", picture="![x](figures/x.png)", zones=[zone], others=[{"label": "b"}]
    )
    with pytest.raises(InvalidQuestion):
        item_of(forms()["picture_labels"], values, None)


def filled(kind: str, **values: object) -> Values:
    form = forms()[kind]
    return {**blank(form), "stem": "Care?", **values}


def test_right_answers_without_shares_share_the_whole() -> None:
    form = forms()["multiple_choice"]
    options = [
        {"text": t, "right": r, "percent": ""} for t, r in (("a", "1"), ("b", "1"), ("c", ""))
    ]
    item = item_of(form, filled("multiple_choice", options=options), None)
    assert [str(o.fraction) for o in item.question.options] == ["0.5", "0.5", "0"]


def test_shares_that_miss_the_whole_are_refused_and_spread_by_a_button() -> None:
    form = forms()["multiple_choice"]
    options = [{"text": t, "right": "1", "percent": p} for t, p in (("a", "40"), ("b", "40"))]
    values = filled("multiple_choice", options=options)
    with pytest.raises(InvalidQuestion) as refused:
        item_of(form, values, None)
    assert refused.value.reason is QuestionFault.POSITIVES_NOT_100
    item = item_of(form, changed_rows(form, values, "spread:options"), None)
    assert [str(o.fraction) for o in item.question.options] == ["0.5", "0.5"]


def test_rows_are_added_moved_and_taken_out() -> None:
    form = forms()["single_choice"]
    values = filled("single_choice", options=[{"text": "a"}, {"text": "b", "right": "1"}])

    def order(after: Values) -> list[str]:
        return [row.get("text", "") for row in after["options"]]

    assert order(changed_rows(form, values, "add:options")) == ["a", "b", ""]
    assert order(changed_rows(form, values, "up:options:1")) == ["b", "a"]
    assert order(changed_rows(form, values, "down:options:0")) == ["b", "a"]
    assert order(changed_rows(form, values, "del:options:0")) == ["b"]
    for odd in (
        "up:options:0",
        "del:options:9",
        "del:options:x",
        "add:nothing",
        "x",
        "spread:options",
    ):
        assert order(changed_rows(form, values, odd)) == ["a", "b"]


def test_numbers_may_have_a_comma() -> None:
    form = forms()["numerical"]
    answers = [{"value": "18240,96", "tolerance": "0,5", "tolerance_kind": "nominal"}]
    item = item_of(form, filled("numerical", answers=answers, unit="lei"), None)
    assert str(item.question.answers[0].value) == "18240.96"


def test_a_form_keeps_the_id_and_the_category() -> None:
    form = forms()["single_choice"]
    before = QuizItem(id="x-1", question=read_text("C? {=a ~b}").items[0].question, category="Una")
    values = values_of(before, form)
    assert item_of(form, values, before) == before
    assert item_of(form, {**values, "title": "Nou"}, before) == replace(before, title="Nou")


def test_each_list_of_rows_knows_which_field_makes_a_row() -> None:
    for form in forms().values():
        assert all(isinstance(part, Rows) and part.first.name for part in form.lists)
