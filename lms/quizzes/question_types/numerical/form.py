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
from lms.quizzes.question_types.numerical.units import PenaltyOf, UnitRule
from lms.quizzes.question_types.protocol import Payload

_NOMINAL, _RELATIVE = ToleranceKind.NOMINAL.value, ToleranceKind.RELATIVE.value
_GEOMETRIC = ToleranceKind.GEOMETRIC.value
_UNITS = ("unit_rule", "penalty_of")

_KINDS = {
    _NOMINAL: lazy("units"),
    _RELATIVE: lazy("per cent"),
    _GEOMETRIC: lazy("per cent, up and down alike"),
}


def _values(payload: Payload) -> Values:
    found = [_row(answer) for answer in rows(payload, "answers")]
    return unit_values(payload) | {"answers": found}


def unit_values(payload: Payload) -> Values:
    """Show what is asked of the unit, and what is said to who answers otherwise."""
    others = [
        {"name": str(each.get("name") or ""), "factor": str(each.get("factor") or "")}
        for each in rows(payload, "other_units")
    ]
    penalty = percent_of(payload.get("unit_penalty") or "0.1")
    return texts(payload, "unit", "other_feedback", *_UNITS) | {
        "unit_penalty": penalty,
        "other_units": others,
    }


def _row(answer: Payload) -> Row:
    kind = str(answer.get("tolerance_kind") or _NOMINAL)
    tolerance = str(answer.get("tolerance") or "0")
    percent = percent_of(answer.get("fraction") or "0")
    return {
        "value": str(answer.get("value") or ""),
        "tolerance": tolerance if kind == _NOMINAL else percent_of(tolerance),
        "tolerance_kind": kind,
        "percent": percent,
        "feedback": str(answer.get("feedback") or ""),
    }


def unit_payload(values: Values) -> dict[str, object]:
    """Read what is asked of the unit, and what is said to who answers otherwise."""
    return {
        "unit": text_of(values, "unit"),
        "other_feedback": text_of(values, "other_feedback"),
        **{name: text_of(values, name) for name in _UNITS},
        "unit_penalty": fraction_of(text_of(values, "unit_penalty").strip() or "10"),
        "other_units": [
            {"name": row.get("name", ""), "factor": number(row.get("factor", ""))}
            for row in rows_of(values, "other_units")
        ],
    }


def _payload(values: Values) -> dict[str, object]:
    return {
        **unit_payload(values),
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
    is_part = row.get("tolerance_kind") in (_RELATIVE, _GEOMETRIC)
    return fraction_of(written) if is_part else number(written)


TOLERANCE_KIND = Field(
    "tolerance_kind",
    lazy("counted in"),
    Kind.CHOICE,
    choices=tuple((kind.value, _KINDS[kind.value]) for kind in ToleranceKind),
)
UNIT_PARTS: tuple[Field | Rows, ...] = (
    Field("unit", lazy("Unit"), Kind.LINE, hint=lazy("For example: lei, zile")),
    Field(
        "unit_rule",
        lazy("The unit"),
        Kind.CHOICE,
        choices=(
            (UnitRule.OPTIONAL.value, lazy("may be left out")),
            (UnitRule.TYPED.value, lazy("must be typed")),
            (UnitRule.LIST.value, lazy("is chosen from a list")),
        ),
        is_more=True,
    ),
    Field(
        "unit_penalty",
        lazy("A missing or wrong unit costs"),
        Kind.NUMBER,
        unit="%",
        is_more=True,
    ),
    Field(
        "penalty_of",
        lazy("of what"),
        Kind.CHOICE,
        choices=(
            (PenaltyOf.RESPONSE.value, lazy("of what the number earns")),
            (PenaltyOf.QUESTION.value, lazy("of the whole question")),
        ),
        is_more=True,
    ),
    Rows(
        "other_units",
        lazy("Other units"),
        lazy("Add a unit"),
        (
            Field("name", lazy("Unit"), Kind.LINE, is_needed=True),
            Field("factor", lazy("One of it is so many of the first"), Kind.NUMBER),
        ),
        blank=0,
    ),
    Field("other_feedback", lazy("Said to who answers otherwise"), is_more=True),
)
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
                TOLERANCE_KIND,
                Field("percent", lazy("Credit given"), Kind.NUMBER, unit="%", is_more=True),
                Field("feedback", lazy("Said to who answers so"), is_more=True),
            ),
            blank=1,
        ),
        *UNIT_PARTS,
    ),
    values=_values,
    payload=_payload,
    is_usual=True,
)
