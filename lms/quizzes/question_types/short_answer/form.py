"""The form of a question that a word or a few answer."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import (
    ON,
    Field,
    Form,
    Kind,
    Rows,
    Values,
    fraction_of,
    lazy,
    percent_of,
    rows,
    rows_of,
    text_of,
    texts,
)
from lms.quizzes.question_types.protocol import Payload
from lms.quizzes.question_types.short_answer.rules import NAME


def _values(payload: Payload) -> Values:
    return texts(payload, "case", "plain_letters") | {
        "answers": [
            {
                "text": str(answer.get("text") or ""),
                "percent": percent_of(answer.get("fraction") or "0"),
                "feedback": str(answer.get("feedback") or ""),
            }
            for answer in rows(payload, "answers")
        ]
    }


def _payload(values: Values) -> dict[str, object]:
    return {
        "case": text_of(values, "case") == ON,
        "plain_letters": text_of(values, "plain_letters") == ON,
        "answers": [
            {
                "text": row.get("text", ""),
                "fraction": fraction_of(row.get("percent", "").strip() or "100"),
                "feedback": row.get("feedback", ""),
            }
            for row in rows_of(values, "answers")
        ],
    }


FORM = Form(
    type=NAME,
    label=lazy("A few words"),
    hint=lazy("Write every answer that is accepted. A star stands for any run of letters."),
    parts=(
        Rows(
            "answers",
            lazy("Accepted answers"),
            lazy("Add another answer"),
            (
                Field("text", lazy("Answer"), Kind.LINE, is_needed=True),
                Field("percent", lazy("Credit given"), Kind.NUMBER, unit="%", is_more=True),
                Field("feedback", lazy("Said to who answers so"), is_more=True),
            ),
            blank=2,
        ),
        Field("plain_letters", lazy("Accept it without diacritics too"), Kind.FLAG),
        Field("case", lazy("Capital letters count"), Kind.FLAG, is_more=True),
    ),
    values=_values,
    payload=_payload,
)
