"""The form of a question that a computed number answers."""

from __future__ import annotations

from lms.quizzes.question_types.calculated.places import Rounding
from lms.quizzes.question_types.calculated.rules import NAME
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
from lms.quizzes.question_types.numerical.form import (
    TOLERANCE_KIND,
    UNIT_PARTS,
    unit_payload,
    unit_values,
)
from lms.quizzes.question_types.numerical.rules import ToleranceKind
from lms.quizzes.question_types.protocol import Payload

_RANGE = ("low", "high", "step")
_NOMINAL = ToleranceKind.NOMINAL.value


def _values(payload: Payload) -> Values:
    variables = [
        {name: str(each.get(name) or "") for name in ("name", *_RANGE)}
        for each in rows(payload, "variables")
    ]
    places = payload.get("places")
    return (
        texts(payload, "rounding")
        | unit_values(payload)
        | {
            "places": "" if places is None else str(places),
            "variables": variables,
            "answers": [_row(answer) for answer in rows(payload, "answers")],
        }
    )


def _row(answer: Payload) -> Row:
    kind = str(answer.get("tolerance_kind") or _NOMINAL)
    tolerance = str(answer.get("tolerance") or "")
    return {
        "formula": str(answer.get("formula") or ""),
        "tolerance": tolerance if kind == _NOMINAL or not tolerance else percent_of(tolerance),
        "tolerance_kind": kind,
        "percent": percent_of(answer.get("fraction") or "0"),
        "feedback": str(answer.get("feedback") or ""),
    }


def _payload(values: Values) -> dict[str, object]:
    return {
        **unit_payload(values),
        "rounding": text_of(values, "rounding"),
        "places": text_of(values, "places").strip(),
        "variables": [
            {
                "name": row.get("name", "").strip(),
                **{name: number(row.get(name, "")) for name in _RANGE},
            }
            for row in rows_of(values, "variables")
        ],
        "answers": [
            {
                "formula": " ".join(row.get("formula", "").split()),
                "tolerance": _tolerance(row),
                "tolerance_kind": row.get("tolerance_kind") or _NOMINAL,
                "fraction": fraction_of(row.get("percent", "").strip() or "100"),
                "feedback": row.get("feedback", ""),
            }
            for row in rows_of(values, "answers")
        ],
    }


def _tolerance(row: Row) -> str:
    written = row.get("tolerance", "").strip()
    if not written:
        return ""
    is_part = row.get("tolerance_kind") != _NOMINAL
    return fraction_of(written) if is_part else number(written)


FORM = Form(
    type=NAME,
    label=lazy("A number computed from changing values"),
    hint=lazy("Each attempt draws its own values. In the question write [[a]] for the value of a."),
    parts=(
        Rows(
            "variables",
            lazy("Variables"),
            lazy("Add a variable"),
            (
                Field("name", lazy("Name"), Kind.LINE, is_needed=True),
                Field("low", lazy("From"), Kind.NUMBER),
                Field("high", lazy("To"), Kind.NUMBER),
                Field("step", lazy("In steps of"), Kind.NUMBER),
            ),
            blank=2,
        ),
        Rows(
            "answers",
            lazy("Accepted answers"),
            lazy("Add another answer"),
            (
                Field("formula", lazy("Formula, for example a*b/100"), Kind.LINE, is_needed=True),
                Field("tolerance", lazy("May miss it by"), Kind.NUMBER),
                TOLERANCE_KIND,
                Field("percent", lazy("Credit given"), Kind.NUMBER, unit="%", is_more=True),
                Field("feedback", lazy("Said to who answers so"), is_more=True),
            ),
            blank=1,
        ),
        Field("places", lazy("The answer is rounded to"), Kind.NUMBER),
        Field(
            "rounding",
            lazy("counted as"),
            Kind.CHOICE,
            choices=(
                (Rounding.DECIMALS.value, lazy("decimals")),
                (Rounding.DIGITS.value, lazy("significant digits")),
            ),
        ),
        *UNIT_PARTS,
    ),
    values=_values,
    payload=_payload,
)
