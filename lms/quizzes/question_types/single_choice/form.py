"""The form of a question with one right answer."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import (
    ON,
    Field,
    Form,
    Kind,
    Right,
    Rows,
    Values,
    fraction_of,
    lazy,
    percent_of,
    rows,
    rows_of,
)
from lms.quizzes.question_types.protocol import Payload
from lms.quizzes.question_types.single_choice.rules import NAME

OPTIONS = (
    Field("text", lazy("Answer"), is_needed=True),
    Field("feedback", lazy("Said to who chooses it"), is_more=True),
)


def _values(payload: Payload) -> Values:
    options = rows(payload, "options")
    key = next((i for i, o in enumerate(options) if str(o.get("fraction")) == "1"), None)
    return {
        "options": [
            {
                "text": str(option.get("text") or ""),
                "right": ON if place == key else "",
                "percent": "" if place == key else _partly(option.get("fraction")),
                "feedback": str(option.get("feedback") or ""),
            }
            for place, option in enumerate(options)
        ]
    }


def _partly(fraction: object) -> str:
    percent = percent_of(fraction or "0")
    return "" if percent == "0" else percent


def _payload(values: Values) -> dict[str, object]:
    return {
        "options": [
            {
                "text": row.get("text", ""),
                "fraction": "1" if row.get("right") else fraction_of(row.get("percent", "")),
                "feedback": row.get("feedback", ""),
            }
            for row in rows_of(values, "options")
        ]
    }


FORM = Form(
    type=NAME,
    label=lazy("One right answer"),
    hint=lazy("Mark the right answer."),
    parts=(
        Rows(
            "options",
            lazy("Answers"),
            lazy("Add an answer"),
            (
                *OPTIONS,
                Field("percent", lazy("Partial credit"), Kind.NUMBER, unit="%", is_more=True),
            ),
            Right.ONE,
        ),
    ),
    values=_values,
    payload=_payload,
    is_usual=True,
)
