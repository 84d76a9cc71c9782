"""Forms of further types, each offered where the type is there and brings no form of its own."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import (
    ON,
    Field,
    Form,
    Kind,
    Right,
    Row,
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

_ANSWER = Field("text", lazy("Answer"), is_needed=True)
_SAID = Field("feedback", lazy("Said afterwards"), is_more=True)
_PLAIN = ("text", "feedback")


def _texts_of(payload: Payload, name: str, *names: str) -> list[Row]:
    return [{n: str(each.get(n) or "") for n in names} for each in rows(payload, name)]


def _typed(values: Values, name: str, *names: str) -> list[dict[str, object]]:
    return [{n: row.get(n, "") for n in names} for row in rows_of(values, name)]


def _whole(written: str) -> int | None:
    text = written.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


# Short answer ------------------------------------------------------------------------------------


def _short_values(payload: Payload) -> Values:
    found = [
        {
            "text": str(each.get("text") or ""),
            "percent": percent_of(each.get("fraction") or "0"),
            "feedback": str(each.get("feedback") or ""),
        }
        for each in rows(payload, "answers")
    ]
    return texts(payload, "case", "plain_letters") | {"answers": found}


def _short_payload(values: Values) -> dict[str, object]:
    return {
        "case": bool(text_of(values, "case")),
        "plain_letters": bool(text_of(values, "plain_letters")),
        "answers": [
            {
                "text": row.get("text", ""),
                "fraction": fraction_of(row.get("percent", "").strip() or "100"),
                "feedback": row.get("feedback", ""),
            }
            for row in rows_of(values, "answers")
        ],
    }


_SHORT = Form(
    type="short_answer",
    label=lazy("A few words"),
    hint=lazy("Write every answer that is accepted; a star stands for anything."),
    parts=(
        Rows(
            "answers",
            lazy("Accepted answers"),
            lazy("Add another answer"),
            (
                Field("text", lazy("Answer"), Kind.LINE, is_needed=True),
                Field("percent", lazy("Credit given"), Kind.NUMBER, unit="%"),
                _SAID,
            ),
            blank=2,
        ),
        Field("case", lazy("Capital letters count"), Kind.FLAG),
        Field("plain_letters", lazy("Letters without their signs will do"), Kind.FLAG),
    ),
    values=_short_values,
    payload=_short_payload,
)

# Four statements, an order, a text, an opinion --------------------------------------------------


def _kprim_values(payload: Payload) -> Values:
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


def _kprim_payload(values: Values) -> dict[str, object]:
    return {
        "statements": [
            {**{n: row.get(n, "") for n in _PLAIN}, "is_true": bool(row.get("right"))}
            for row in rows_of(values, "statements")
        ]
    }


_KPRIM = Form(
    type="kprim",
    label=lazy("Four statements, each true or false"),
    hint=lazy("Mark those that are true; all four earn everything, three earn half."),
    parts=(
        Rows(
            "statements",
            lazy("Statements"),
            lazy("Add a statement"),
            (Field("text", lazy("Statement"), is_needed=True), _SAID),
            Right.SEVERAL,
        ),
    ),
    values=_kprim_values,
    payload=_kprim_payload,
)
_ORDERING = Form(
    type="ordering",
    label=lazy("Put in order"),
    hint=lazy("Write the items in their right order; learners meet them in another."),
    parts=(Rows("items", lazy("Items"), lazy("Add an item"), (_ANSWER,)),),
    values=lambda payload: {"items": _texts_of(payload, "items", "text")},
    payload=lambda values: {"items": _typed(values, "items", "text")},
)
_WORDS = ("lines", "min_words", "max_words")
_ESSAY = Form(
    type="essay",
    label=lazy("A text, marked by hand"),
    hint=lazy("The trainer reads and marks what is written."),
    parts=(
        Field("lines", lazy("Lines of the box"), Kind.NUMBER, is_more=True),
        Field("min_words", lazy("Words at least"), Kind.NUMBER),
        Field("max_words", lazy("Words at most"), Kind.NUMBER),
        Field("notes", lazy("For who marks it"), is_more=True),
        Field("template", lazy("Text to begin with"), is_more=True),
    ),
    values=lambda payload: texts(payload, *_WORDS, "notes", "template"),
    payload=lambda values: {
        **{name: _whole(text_of(values, name)) for name in _WORDS},
        "notes": text_of(values, "notes"),
        "template": text_of(values, "template"),
    },
)
_DESCRIPTION = Form(
    type="description",
    label=lazy("A text to read, without a question"),
    hint=lazy("It stands between the questions and earns nothing."),
    parts=(),
    values=lambda _payload: {},
    payload=lambda _values: {},
)
_SURVEY = Form(
    type="survey",
    label=lazy("An opinion, without a mark"),
    hint=lazy("There is no right answer."),
    parts=(
        Field(
            "kind",
            lazy("One gives"),
            Kind.CHOICE,
            choices=(
                ("one", lazy("one answer")),
                ("several", lazy("several answers")),
                ("text", lazy("own words")),
            ),
        ),
        Rows("views", lazy("Answers"), lazy("Add an answer"), (_ANSWER,)),
    ),
    values=lambda payload: texts(payload, "kind") | {"views": _texts_of(payload, "views", "text")},
    payload=lambda values: {
        "kind": text_of(values, "kind"),
        "views": _typed(values, "views", "text"),
    },
)

FURTHER = (_SHORT, _KPRIM, _ORDERING, _ESSAY, _DESCRIPTION, _SURVEY)
