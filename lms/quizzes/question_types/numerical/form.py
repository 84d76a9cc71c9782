"""The form of a question that a number answers."""

from __future__ import annotations

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
from lms.quizzes.question_types.numerical.rules import NAME, ToleranceKind
from lms.quizzes.question_types.protocol import Payload

_NOMINAL, _RELATIVE = ToleranceKind.NOMINAL.value, ToleranceKind.RELATIVE.value

_KINDS = {
    _NOMINAL: lazy("units"),
    _RELATIVE: lazy("per cent"),
    "geometric": lazy("parts of it, downwards by division"),
}


def _values(payload: Payload) -> Values:
    found = [_row(answer) for answer in rows(payload, "answers")]
    return texts(payload, "unit", "other_feedback") | {"answers": found}


def _row(answer: Payload) -> Row:
    kind = str(answer.get("tolerance_kind") or _NOMINAL)
    tolerance = str(answer.get("tolerance") or "0")
    percent = percent_of(answer.get("fraction") or "0")
    return {
        "value": str(answer.get("value") or ""),
        "tolerance": percent_of(tolerance) if kind == _RELATIVE else tolerance,
        "tolerance_kind": kind,
        "percent": percent,
        "feedback": str(answer.get("feedback") or ""),
    }


def _payload(values: Values) -> dict[str, object]:
    return {
        "unit": text_of(values, "unit"),
        "other_feedback": text_of(values, "other_feedback"),
        "answers": [
            {
                "value": number(row.get("value", "")),
                "tolerance": _tolerance(row),
                "tolerance_kind": row.get("tolerance_kind") or _NOMINAL,
                "fraction": fraction_of(row.get("percent", "").strip() or "100"),
                "feedback": row.get("feedback", ""),
            }
            for row in rows_of(values, "answers")
        ],
    }


def _tolerance(row: Row) -> str:
    written = row.get("tolerance", "").strip() or "0"
    is_relative = row.get("tolerance_kind") == _RELATIVE
    return fraction_of(written) if is_relative else number(written)


FORM = Form(
    type=NAME,
    label=lazy("A number"),
    hint=lazy("Write the number, and by how much an answer may miss it."),
    parts=(
        Rows(
            "answers",
            lazy("Accepted answers"),
            lazy("Add another answer"),
            (
                Field("value", lazy("Number"), Kind.NUMBER, is_needed=True),
                Field("tolerance", lazy("May miss it by"), Kind.NUMBER),
                Field(
                    "tolerance_kind",
                    lazy("counted in"),
                    Kind.CHOICE,
                    choices=tuple((kind.value, _KINDS[kind.value]) for kind in ToleranceKind),
                ),
                Field("percent", lazy("Earns"), Kind.NUMBER, unit="%", is_more=True),
                Field("feedback", lazy("Said to who answers so"), is_more=True),
            ),
            blank=1,
        ),
        Field("unit", lazy("Unit"), Kind.LINE, hint=lazy("For example: lei, zile")),
        Field("other_feedback", lazy("Said to who answers otherwise"), is_more=True),
    ),
    values=_values,
    payload=_payload,
    is_usual=True,
)
