"""The form of a picture on which markers are set."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import Field, Form, Kind, Rows, Values, lazy
from lms.quizzes.question_types.picture_labels import form as labels
from lms.quizzes.question_types.picture_markers.rules import NAME


def _payload(typed: Values) -> dict[str, object]:
    found = labels.payload(typed)
    del found["reuse"]
    return found


FORM = Form(
    type=NAME,
    label=lazy("Markers on a picture"),
    hint=lazy("Learners don’t see the places: they set markers on the picture, or choose words."),
    parts=(
        labels.PICTURE,
        Rows(
            "zones",
            lazy("Places on the picture, each with the marker that belongs there"),
            lazy("Add a place"),
            (
                Field(
                    "label",
                    lazy("Marker; leave it empty where nothing belongs"),
                    Kind.LINE,
                ),
                *labels.PLACED,
            ),
            blank=2,
        ),
        Rows(
            "others",
            lazy("Markers that belong nowhere"),
            lazy("Add a marker"),
            (Field("label", lazy("Marker"), Kind.LINE, is_needed=True),),
            blank=1,
        ),
    ),
    values=labels.values,
    payload=_payload,
)
