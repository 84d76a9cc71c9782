"""The form of a statement that is true or false."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import Field, Form, Kind, Values, lazy, text_of, texts
from lms.quizzes.question_types.protocol import Payload
from lms.quizzes.question_types.true_false.rules import FALSE, NAME, TRUE


def _values(payload: Payload) -> Values:
    answer = payload.get("answer")
    said = "" if answer is None else (TRUE if answer else FALSE)
    return {"answer": said} | texts(payload, "feedback_true", "feedback_false")


def _payload(values: Values) -> dict[str, object]:
    return {
        "answer": {TRUE: True, FALSE: False}.get(text_of(values, "answer")),
        "feedback_true": text_of(values, "feedback_true"),
        "feedback_false": text_of(values, "feedback_false"),
    }


FORM = Form(
    type=NAME,
    label=lazy("True or false"),
    hint=lazy("Write a statement, and say whether it is true."),
    parts=(
        Field(
            "answer",
            lazy("The statement is"),
            Kind.CHOICE,
            choices=((TRUE, lazy("True")), (FALSE, lazy("False"))),
            is_needed=True,
        ),
        Field("feedback_true", lazy("Said to who answers “true”"), is_more=True),
        Field("feedback_false", lazy("Said to who answers “false”"), is_more=True),
    ),
    values=_values,
    payload=_payload,
    is_usual=True,
)
