"""The form of files that a person marks."""

from __future__ import annotations

from lms.quizzes.question_types.essay.form import RUBRIC, rubric_payload, rubric_rows
from lms.quizzes.question_types.form_parts import (
    Field,
    Form,
    Kind,
    Values,
    lazy,
    number,
    text_of,
    texts,
)
from lms.quizzes.question_types.protocol import Payload
from lms.quizzes.question_types.upload.rules import KINDS, NAME

_NUMBERS = ("least", "most", "megabytes")


def _values(payload: Payload) -> Values:
    typed = texts(payload, "kinds", *_NUMBERS, "notes")
    if typed["kinds"] == " ".join(KINDS):
        typed["kinds"] = ""
    return typed | {"rubric": rubric_rows(payload)}


def _payload(values: Values) -> dict[str, object]:
    typed: dict[str, object] = {name: number(text_of(values, name)) for name in _NUMBERS}
    return typed | {
        "kinds": text_of(values, "kinds"),
        "notes": text_of(values, "notes"),
        "rubric": rubric_payload(values),
    }


FORM = Form(
    type=NAME,
    label=lazy("Files to hand in, marked by you"),
    hint=lazy("Learners upload their work; you find it under “Marking”."),
    parts=(
        Field("most", lazy("At most so many files"), Kind.NUMBER),
        Field("notes", lazy("Notes for marking"), hint=lazy("Learners never see them.")),
        RUBRIC,
        Field(
            "kinds",
            lazy("Kinds of files"),
            Kind.LINE,
            hint=lazy("Some of: pdf docx xlsx odt ods jpg png. Empty: all of these."),
            is_more=True,
        ),
        Field("least", lazy("At least so many files"), Kind.NUMBER, is_more=True),
        Field("megabytes", lazy("Size of a file, at most"), Kind.NUMBER, unit="MB", is_more=True),
    ),
    values=_values,
    payload=_payload,
)
