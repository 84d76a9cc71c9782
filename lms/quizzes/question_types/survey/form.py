"""The form of a question without a mark."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import (
    Field,
    Form,
    Kind,
    Rows,
    Values,
    lazy,
    rows,
    rows_of,
    text_of,
    texts,
)
from lms.quizzes.question_types.protocol import Payload
from lms.quizzes.question_types.survey.rules import NAME
from lms.quizzes.question_types.survey.rules import Kind as Answering


def _values(payload: Payload) -> Values:
    views = [{"text": str(each.get("text") or "")} for each in rows(payload, "views")]
    return texts(payload, "kind") | {"views": views}


def _payload(values: Values) -> dict[str, object]:
    kind = text_of(values, "kind") or Answering.ONE.value
    views = [{"text": row.get("text", "")} for row in rows_of(values, "views")]
    return {"kind": kind, "views": [] if kind == Answering.TEXT else views}


FORM = Form(
    type=NAME,
    label=lazy("A question without a mark"),
    hint=lazy("About views or experience: no answer is the right one."),
    parts=(
        Field(
            "kind",
            lazy("One answers by"),
            Kind.CHOICE,
            choices=(
                (Answering.ONE.value, lazy("choosing one")),
                (Answering.SEVERAL.value, lazy("ticking several")),
                (Answering.TEXT.value, lazy("writing")),
            ),
        ),
        Rows(
            "views",
            lazy("Answers"),
            lazy("Add an answer"),
            (Field("text", lazy("Answer"), is_needed=True),),
        ),
    ),
    values=_values,
    payload=_payload,
)
