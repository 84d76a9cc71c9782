"""A Romanian form shows numbers with commas: typed so, every question stays what it was."""

from __future__ import annotations

import pytest

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.question_types.form_parts import Kind
from lms.quizzes.question_types.form_registry import forms
from lms.quizzes.workshop.forming import item_of, values_of
from tests.quizzes.types.cases import EVERY_TYPE

PARTS = """
// [id:n-1] [marks:1.5] [unit:lei]
Cât? {#=1234.5:0.25 =%50%12.75:0.5}

// [id:n-2] [marks:2]
Care? {~%33.33333%unu ~%66.66667%doi ~%-50%trei}

// [id:n-3]
Cum? {=Iași =%12.5%Ieși}
"""
ITEMS = [*read_gift(EVERY_TYPE).items, *read_gift(PARTS).items]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_numbers_with_commas_are_the_same_numbers(item):
    form = forms()[item.question.type]
    values = values_of(item, form)
    kinds = {field.name: field.kind for field in form.fields}
    for name, value in values.items():
        if isinstance(value, str):
            is_number = kinds.get(name) is Kind.NUMBER or name == "marks"
            values[name] = value.replace(".", ",") if is_number else value
            continue
        part = next(part for part in form.lists if part.name == name)
        numbers = {field.name for field in part.fields if field.kind is Kind.NUMBER}
        values[name] = [
            {key: text.replace(".", ",") if key in numbers else text for key, text in row.items()}
            for row in value
        ]
    assert item_of(form, values, item).question == item.question
