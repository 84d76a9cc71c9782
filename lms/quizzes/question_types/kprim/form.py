"""The form of four statements to decide on."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import (
    ON,
    Field,
    Form,
    Right,
    Rows,
    Values,
    lazy,
    rows,
    rows_of,
)
from lms.quizzes.question_types.kprim.rules import NAME, STATEMENTS
from lms.quizzes.question_types.protocol import Payload


def _values(payload: Payload) -> Values:
    return {
        "statements": [
            {
                "text": str(each.get("text") or ""),
                "right": ON if each.get("is_true") else "",
                "feedback": str(each.get("feedback") or ""),
            }
            for each in rows(payload, "statements")
        ]
    }


def _payload(values: Values) -> dict[str, object]:
    return {
        "statements": [
            {
                "text": row.get("text", ""),
                "is_true": row.get("right") == ON,
                "feedback": row.get("feedback", ""),
            }
            for row in rows_of(values, "statements")
        ]
    }


FORM = Form(
    type=NAME,
    label=lazy("Four statements, true or false"),
    hint=lazy("Tick the statements that are true. Four right decisions earn all, three half."),
    parts=(
        Rows(
            "statements",
            lazy("Statements"),
            lazy("Add a statement"),
            (
                Field("text", lazy("Statement"), is_needed=True),
                Field("feedback", lazy("Said to who decides on it"), is_more=True),
            ),
            Right.SEVERAL,
            blank=STATEMENTS,
        ),
    ),
    values=_values,
    payload=_payload,
)
