"""The form of a cloze: its text with the gaps written into it, as in a quiz file."""

from __future__ import annotations

from lms.quizzes.exchange.gift_answers import Unreadable
from lms.quizzes.question_types.cloze.gift import read_text, text_with_gaps
from lms.quizzes.question_types.cloze.rules import NAME, parse
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
from lms.quizzes.question_types.protocol import InvalidQuestion, Payload


def _values(payload: Payload) -> Values:
    try:
        written = text_with_gaps(parse(payload))
    except InvalidQuestion:  # a new question has nothing yet
        written = str(payload.get("text") or "")
    return {"text": written} | texts(payload, "plain_letters")


def _payload(values: Values) -> dict[str, object]:
    plain_letters = text_of(values, "plain_letters") == ON
    try:
        text, gaps = read_text(text_of(values, "text"))
    except Unreadable:  # parsing then says that there are no gaps
        text, gaps = text_of(values, "text"), []
    return {"text": text, "gaps": gaps, "plain_letters": plain_letters}


FORM = Form(
    type=NAME,
    label=lazy("A text with gaps of several kinds"),
    hint=lazy(
        "Write each gap where it stands: {1:SA:=word} typed, {1:NM:=5:0.1} a number, "
        "{1:MC:=right~wrong} a list."
    ),
    parts=(
        Field("text", lazy("Text with gaps"), is_needed=True),
        Field("plain_letters", lazy("Accept words without diacritics too"), Kind.FLAG),
    ),
    values=_values,
    payload=_payload,
)
