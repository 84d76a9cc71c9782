"""The form of a picture with labels for its zones."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import (
    ON,
    Field,
    Form,
    Kind,
    Rows,
    Values,
    lazy,
    rows,
    rows_of,
    text_of,
    texts,
)
from lms.quizzes.question_types.ids import derive_id
from lms.quizzes.question_types.picture_labels.rules import NAME
from lms.quizzes.question_types.picture_labels.zones import Shape
from lms.quizzes.question_types.protocol import Payload

_ZONE = ("words", "shape", "points")


def values(payload: Payload) -> Values:
    known = {str(each.get("id")): each for each in rows(payload, "labels")}
    zones = [
        {name: str(each.get(name) or "") for name in _ZONE}
        | _label(known.get(str(each.get("label")), {}))
        for each in rows(payload, "zones")
    ]
    used = {str(each.get("label")) for each in rows(payload, "zones")}
    others = [_label(each) for name, each in known.items() if name not in used]
    return texts(payload, "picture", "reuse") | {"zones": zones, "others": others}


def _label(found: Payload) -> dict[str, str]:
    return {"label": str(found.get("text") or ""), "group": str(found.get("group") or "1")}


def payload(typed: Values) -> dict[str, object]:
    labels: dict[str, dict[str, object]] = {}

    def name_of(row: dict[str, str]) -> str:
        text = " ".join(row.get("label", "").split())
        group = row.get("group", "").strip() or "1"
        if not text:
            return ""
        is_other = group.isdecimal() and int(group[:9]) > 1
        name = derive_id(text, prefix=f"g{group[:9]}-" if is_other else "")
        labels.setdefault(name, {"id": name, "text": text, "group": group})
        return name

    zones = [
        {**{name: row.get(name, "") for name in _ZONE}, "label": name_of(row)}
        for row in rows_of(typed, "zones")
    ]
    for row in rows_of(typed, "others"):
        name_of(row)
    return {
        "picture": text_of(typed, "picture"),
        "reuse": text_of(typed, "reuse") == ON,
        "zones": zones,
        "labels": list(labels.values()),
    }


_GROUP = Field("group", lazy("Group"), Kind.NUMBER, is_more=True)

PICTURE = Field(
    "picture",
    lazy("Picture"),
    Kind.PICTURE,
    hint=lazy("Between the square brackets say what it shows, for who can’t see it."),
    is_needed=True,
)
PLACED = (
    Field("words", lazy("Where it is, in words"), Kind.LINE),
    Field(
        "shape",
        lazy("Shape"),
        Kind.CHOICE,
        choices=(
            (Shape.RECTANGLE.value, lazy("rectangle: two corners")),
            (Shape.ELLIPSE.value, lazy("circle: centre, then radii")),
            (Shape.POLYGON.value, lazy("polygon: its corners")),
        ),
    ),
    Field("points", lazy("Points, in per cent of the picture"), Kind.LINE),
)

FORM = Form(
    type=NAME,
    label=lazy("Labels on a picture"),
    hint=lazy("Labels are dragged to their places on a picture, or chosen there from a list."),
    parts=(
        PICTURE,
        Rows(
            "zones",
            lazy("Places on the picture, each with its right label"),
            lazy("Add a place"),
            (
                Field("label", lazy("Right label"), Kind.LINE, is_needed=True),
                *PLACED,
                _GROUP,
            ),
            blank=2,
        ),
        Rows(
            "others",
            lazy("Labels that mislead"),
            lazy("Add a label"),
            (Field("label", lazy("Label"), Kind.LINE, is_needed=True), _GROUP),
            blank=1,
        ),
        Field("reuse", lazy("A label may be used again"), Kind.FLAG, is_more=True),
    ),
    values=values,
    payload=payload,
)
