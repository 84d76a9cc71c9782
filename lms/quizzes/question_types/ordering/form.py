"""The form of items to be put in order."""

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
from lms.quizzes.question_types.ordering.rules import NAME, Pick
from lms.quizzes.question_types.ordering.schemes import OrderScheme
from lms.quizzes.question_types.protocol import Payload

_SCHEMES = (
    (OrderScheme.ABSOLUTE_POSITION, lazy("rows at their right place")),
    (OrderScheme.ALL_OR_NOTHING, lazy("all or nothing")),
    (OrderScheme.NEXT_WITHOUT_LAST, lazy("rows followed by the right one")),
    (OrderScheme.NEXT_WITH_LAST, lazy("rows followed by the right one, the last at the end")),
    (OrderScheme.ONE_PREVIOUS_AND_NEXT, lazy("right neighbours before and after")),
    (OrderScheme.ALL_PREVIOUS_AND_NEXT, lazy("pairs in the right order")),
    (OrderScheme.LONGEST_ORDERED, lazy("the most rows that stand in order")),
    (OrderScheme.LONGEST_CONTIGUOUS, lazy("the longest run without a mistake")),
    (OrderScheme.RELATIVE_TO_CORRECT, lazy("how far each row is off its place")),
)


def _values(payload: Payload) -> Values:
    items = [{"text": str(each.get("text") or "")} for each in rows(payload, "items")]
    return texts(payload, "scoring", "pick", "count") | {"items": items}


def _payload(values: Values) -> dict[str, object]:
    return {
        "scoring": text_of(values, "scoring"),
        "pick": text_of(values, "pick"),
        "count": number(text_of(values, "count")),
        "items": [{"text": row.get("text", "")} for row in rows_of(values, "items")],
    }


FORM = Form(
    type=NAME,
    label=lazy("Put in order"),
    hint=lazy("Write the rows in their right order; learners see them mixed."),
    parts=(
        Rows(
            "items",
            lazy("Rows in their right order"),
            lazy("Add a row"),
            (Field("text", lazy("Row"), is_needed=True),),
        ),
        Field(
            "scoring",
            lazy("What earns marks"),
            Kind.CHOICE,
            choices=tuple((scheme.value, label) for scheme, label in _SCHEMES),
        ),
        Field(
            "pick",
            lazy("Learners get"),
            Kind.CHOICE,
            choices=(
                (Pick.ALL.value, lazy("all rows")),
                (Pick.RANDOM.value, lazy("some rows by chance")),
                (Pick.CONTIGUOUS.value, lazy("a run of neighbours")),
            ),
            is_more=True,
        ),
        Field("count", lazy("How many, if not all"), Kind.NUMBER, is_more=True),
    ),
    values=_values,
    payload=_payload,
)
