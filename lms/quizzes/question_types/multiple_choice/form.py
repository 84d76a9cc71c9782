"""The form of a question with several right answers."""

from __future__ import annotations

from decimal import Decimal

from lms.quizzes.question_types.form_parts import (
    ON,
    Field,
    Form,
    Kind,
    Right,
    Rows,
    Values,
    even_share,
    fraction_of,
    lazy,
    percent_of,
    rows,
    rows_of,
    text_of,
    texts,
)
from lms.quizzes.question_types.multiple_choice.rules import NAME
from lms.quizzes.question_types.protocol import Payload

_SCHEMES = (
    ("sum_of_fractions", lazy("each tick counts its share")),
    ("all_or_nothing", lazy("all the right ones and only those, or nothing")),
    ("right_minus_wrong", lazy("right ticks less wrong ticks")),
    ("proportional", lazy("right decisions over all answers")),
    ("openolat_partial", lazy("share of right ticks less share of wrong ones")),
)


def _values(payload: Payload) -> Values:
    return texts(payload, "scoring") | {
        "options": [
            {
                "text": str(option.get("text") or ""),
                "right": ON if _is_right(option.get("fraction")) else "",
                "percent": percent_of(option.get("fraction") or "0"),
                "feedback": str(option.get("feedback") or ""),
            }
            for option in rows(payload, "options")
        ]
    }


def _is_right(fraction: object) -> bool:
    return Decimal(str(fraction or 0)) > 0


def _payload(values: Values) -> dict[str, object]:
    """Right answers without a share of their own share the whole evenly."""
    found = rows_of(values, "options")
    right = [row for row in found if row.get("right")]
    is_even = not any(row.get("percent", "").strip() for row in right)
    return {
        "scoring": text_of(values, "scoring"),
        "options": [
            {
                "text": row.get("text", ""),
                "fraction": _fraction(row, even_share(len(right)) if is_even else ""),
                "feedback": row.get("feedback", ""),
            }
            for row in found
        ],
    }


def _fraction(row: dict[str, str], share: str) -> str:
    """Read what a row earns: a wrong answer can't earn anything, a right one can't cost."""
    percent = row.get("percent", "").strip()
    if row.get("right"):
        return fraction_of(share or percent)
    fraction = fraction_of(percent)
    return "0" if fraction.replace(".", "", 1).isdigit() else fraction


FORM = Form(
    type=NAME,
    label=lazy("Several right answers"),
    hint=lazy("Mark every right answer; their shares make 100 per cent."),
    parts=(
        Rows(
            "options",
            lazy("Answers"),
            lazy("Add an answer"),
            (
                Field("text", lazy("Answer"), is_needed=True),
                Field("percent", lazy("Share"), Kind.NUMBER, unit="%"),
                Field("feedback", lazy("Said to who chooses it"), is_more=True),
            ),
            Right.SEVERAL,
            share="percent",
        ),
        Field("scoring", lazy("How ticks are counted"), Kind.CHOICE, choices=_SCHEMES),
    ),
    values=_values,
    payload=_payload,
    is_usual=True,
)
