"""The form of a text with words to be dragged to their places."""

from __future__ import annotations

from lms.quizzes.question_types.drag_words.rules import NAME
from lms.quizzes.question_types.form_parts import (
    ON,
    Field,
    Form,
    Kind,
    Values,
    lazy,
    text_of,
    texts,
)
from lms.quizzes.question_types.gap_select.form import TEXT, WORDS, gap_payload, gap_values
from lms.quizzes.question_types.protocol import Payload


def _values(payload: Payload) -> Values:
    return gap_values(payload) | texts(payload, "reuse")


def _payload(values: Values) -> dict[str, object]:
    return gap_payload(values) | {"reuse": text_of(values, "reuse") == ON}


FORM = Form(
    type=NAME,
    label=lazy("Drag the missing words"),
    hint=lazy("Words are dragged to their places, or chosen there from a list."),
    parts=(TEXT, WORDS, Field("reuse", lazy("A word may be used again"), Kind.FLAG, is_more=True)),
    values=_values,
    payload=_payload,
)
