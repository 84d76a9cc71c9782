"""The form of a text with places to fill in."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import (
    Field,
    Form,
    Kind,
    Rows,
    Values,
    lazy,
    number,
    rows,
    rows_of,
    text_of,
    texts,
)
from lms.quizzes.question_types.gap_select.rules import NAME
from lms.quizzes.question_types.protocol import Payload

TEXT = Field(
    "text",
    lazy("Text with places"),
    hint=lazy("Write [[1]] where the first word goes, [[2]] where the second goes."),
    is_needed=True,
)
WORDS = Rows(
    "words",
    lazy("Words, in the order of their numbers"),
    lazy("Add a word"),
    (
        Field("text", lazy("Word"), Kind.LINE, is_needed=True),
        Field(
            "group",
            lazy("Group"),
            Kind.NUMBER,
            hint=lazy("A place offers the words of its own group."),
            is_more=True,
        ),
    ),
)


def gap_values(payload: Payload) -> Values:
    """Show what both types of gaps have."""
    words = [
        {"text": str(each.get("text") or ""), "group": str(each.get("group") or "1")}
        for each in rows(payload, "words")
    ]
    return texts(payload, "text") | {"words": words}


def gap_payload(values: Values) -> dict[str, object]:
    """Read what both types of gaps have."""
    return {
        "text": text_of(values, "text"),
        "words": [
            {"text": row.get("text", ""), "group": number(row.get("group", ""))}
            for row in rows_of(values, "words")
        ],
    }


FORM = Form(
    type=NAME,
    label=lazy("Choose the missing words"),
    hint=lazy("Each place is a list to choose from; words without a place mislead."),
    parts=(TEXT, WORDS),
    values=gap_values,
    payload=gap_payload,
)
