"""The form of a text between questions: the stem that every question has is all of it."""

from __future__ import annotations

from lms.quizzes.question_types.description.rules import NAME
from lms.quizzes.question_types.form_parts import Form, Values, lazy
from lms.quizzes.question_types.protocol import Payload


def _values(payload: Payload) -> Values:
    return {}


def _payload(values: Values) -> dict[str, object]:
    return {}


FORM = Form(
    type=NAME,
    label=lazy("A text without a question"),
    hint=lazy("A case or a table that the next questions are about. It has no mark."),
    parts=(),
    values=_values,
    payload=_payload,
)
