"""One question of a text as a form: what a button asks for is a form again, or the text changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from lms.quizzes.exchange.quiz_file import QuizItem
from lms.quizzes.question_types.form_parts import Form, Rows, Values
from lms.quizzes.question_types.form_registry import forms
from lms.quizzes.question_types.protocol import InvalidQuestion
from lms.quizzes.workshop.forming import (
    blank,
    changed_rows,
    item_of,
    read_values,
    values_of,
    without_blank,
)
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import TextRead
from lms.quizzes.workshop.writing import with_piece

_LINE = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True)
class FormPage:
    """A question's form as the page draws it."""

    form: Form
    values: Values
    first: int | None  # the line that the question begins on; None for a new one
    fault: InvalidQuestion | None = None
    focus: str = ""  # the field that the cursor goes to
    question: str = ""  # the id that it has in the text

    def rows(self, part: Rows) -> list[dict[str, str]]:
        """The rows of a list."""
        found = self.values.get(part.name)
        return found if isinstance(found, list) else []

    def text(self, name: str) -> str:
        """What stands in a field."""
        found = self.values.get(name)
        return found if isinstance(found, str) else ""

    def is_wrong(self, name: str, place: int | None = None) -> bool:
        """Whether the fault speaks of a field, or of a row."""
        return (
            self.fault is not None
            and self.fault.field == name
            and (place is None or self.fault.index == place)
        )


def step_of(text: str, given: Mapping[str, str], do: str) -> FormPage | str:
    """Do what the button asks: open a form, change its rows, or put its question into the text."""
    if do in ("apply", "") and "row" not in given and "form" not in given and "add" not in given:
        return _applied(text) if do == "apply" else text
    if "row" in given:
        page = _posted()
        if page is None:
            return text
        values = changed_rows(page.form, page.values, given["row"])
        item = _item_at(read_text(text), page.first)
        name = item.id if item is not None else ""
        return FormPage(page.form, values, page.first, focus=given["row"], question=name)
    if "add" in given:
        form = forms().get(given["add"])
        return text if form is None else FormPage(form, blank(form), None)
    if "form" in given:
        return _opened(text, given["form"])
    return text


def form_of(text: str, name: str) -> FormPage | None:
    """Open the form of the question that has an id in the text; None where it has none."""
    pieces = read_text(text).pieces
    first = next((p.first for p in pieces if p.item is not None and p.item.id == name), None)
    page = _opened(text, str(first)) if first is not None else None
    return page if isinstance(page, FormPage) else None


def line_after(before: str, after: str, *, is_put: bool) -> int | None:
    """Return the line of the sent question once it is put into the text, or was left."""
    line = request.form.get("first", "")
    first = int(line) if _LINE.fullmatch(line) else None
    old, new = read_text(before).pieces, read_text(after).pieces
    last = len(new) - 1 if is_put else -1  # a new question stands last
    at = next((n for n, piece in enumerate(old) if piece.first == first), last)
    return new[at].first if 0 <= at < len(new) else None


def _opened(text: str, line: str) -> FormPage | str:
    item = _item_at(read_text(text), int(line)) if _LINE.fullmatch(line) else None
    form = forms().get(item.question.type) if item is not None else None
    if item is None or form is None:
        return text
    return FormPage(form, values_of(item, form), int(line), question=item.id)


def _item_at(read: TextRead, first: int | None) -> QuizItem | None:
    return next((p.item for p in read.pieces if p.first == first), None)


def _posted() -> FormPage | None:
    form = forms().get(request.form.get("type", ""))
    if form is None:
        return None
    line = request.form.get("first", "")
    first = int(line) if _LINE.fullmatch(line) else None
    return FormPage(form, read_values(form, dict(request.form.lists())), first)


def _applied(text: str) -> FormPage | str:
    page = _posted()
    if page is None:
        return text
    read = read_text(text)
    values, kept = without_blank(page.form, page.values)
    before = _item_at(read, page.first)
    try:
        item = item_of(page.form, values, before)
    except InvalidQuestion as invalid:
        fault, name = _placed(invalid, kept), before.id if before is not None else ""
        return FormPage(page.form, page.values, page.first, fault=fault, question=name)
    return with_piece(read, page.first, item)


def _placed(invalid: InvalidQuestion, kept: Mapping[str, list[int]]) -> InvalidQuestion:
    """Count a row as the page shows it, empty ones among them."""
    for places in kept.values():
        if invalid.index is not None and invalid.index < len(places):
            return InvalidQuestion(invalid.field, invalid.reason, places[invalid.index])
    return invalid
