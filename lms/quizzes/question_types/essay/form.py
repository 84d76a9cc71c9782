"""The form of a text that a person marks."""

from __future__ import annotations

import re

from lms.quizzes.question_types.essay.rules import NAME, Format
from lms.quizzes.question_types.form_parts import (
    Field,
    Form,
    Kind,
    Row,
    Rows,
    Values,
    fraction_of,
    lazy,
    number,
    percent_of,
    rows,
    rows_of,
    text_of,
    texts,
)
from lms.quizzes.question_types.protocol import Payload

_TYPED = ("min_words", "max_words", "lines", "format", "template", "notes")
_LEVEL = re.compile(r"(.+?)\s*=\s*(\d[\d.,]*)\s*%?", re.DOTALL)


def _values(payload: Payload) -> Values:
    return texts(payload, *_TYPED) | {"rubric": rubric_rows(payload)}


def rubric_rows(payload: Payload) -> list[Row]:
    """Show the rows of a rubric as they are typed."""
    return [_row(each) for each in rows(payload, "rubric")]


def _row(criterion: Payload) -> Row:
    levels = (
        f"{level.get('label')} = {percent_of(level.get('fraction') or '0')}"
        for level in rows(criterion, "levels")
    )
    return {
        "text": str(criterion.get("text") or ""),
        "share": percent_of(criterion.get("share") or "0"),
        "levels": "; ".join(levels),
    }


def _payload(values: Values) -> dict[str, object]:
    typed: dict[str, object] = {name: text_of(values, name) for name in _TYPED}
    for name in ("min_words", "max_words", "lines"):
        typed[name] = number(text_of(values, name))
    return typed | {"rubric": rubric_payload(values)}


def rubric_payload(values: Values) -> list[dict[str, object]]:
    """Read the rows of the rubric."""
    return [
        {
            "text": row.get("text", ""),
            "share": fraction_of(row.get("share", "")),
            "levels": _levels(row.get("levels", "")),
        }
        for row in rows_of(values, "rubric")
        if any(value.strip() for value in row.values())
    ]


def _levels(written: str) -> list[dict[str, str]]:
    """Read „lipsește = 0; în parte = 50; limpede = 100”."""
    found = []
    for part in written.split(";"):
        if not part.strip():
            continue
        level = _LEVEL.fullmatch(part.strip())
        label, percent = (level[1], level[2]) if level else (part.strip(), "")
        found.append({"label": label, "fraction": fraction_of(percent) if percent else ""})
    return found


RUBRIC = Rows(
    "rubric",
    lazy("What is looked at"),
    lazy("Add a criterion"),
    (
        Field("text", lazy("Criterion"), Kind.LINE, is_needed=True),
        Field("share", lazy("Its share"), Kind.NUMBER, unit="%"),
        Field(
            "levels",
            lazy("Levels"),
            Kind.LINE,
            hint=lazy("For example: missing = 0; in part = 50; whole = 100"),
        ),
    ),
    blank=0,
)
FORM = Form(
    type=NAME,
    label=lazy("A text, marked by you"),
    hint=lazy("Learners write freely; you find their texts under “Marking”."),
    parts=(
        Field("min_words", lazy("At least so many words"), Kind.NUMBER),
        Field("max_words", lazy("At most so many words"), Kind.NUMBER),
        Field("notes", lazy("Notes for marking"), hint=lazy("Learners never see them.")),
        RUBRIC,
        Field("template", lazy("What stands in the box at first"), is_more=True),
        Field("lines", lazy("Height of the box, in rows"), Kind.NUMBER, is_more=True),
        Field(
            "format",
            lazy("Letters"),
            Kind.CHOICE,
            choices=(
                (Format.PLAIN.value, lazy("as usual")),
                (Format.MONO.value, lazy("all of one width")),
            ),
            is_more=True,
        ),
    ),
    values=_values,
    payload=_payload,
)
