"""The form of texts to be matched."""

from __future__ import annotations

from lms.quizzes.question_types.form_parts import Field, Form, Rows, Values, lazy, rows, rows_of
from lms.quizzes.question_types.ids import derive_id, same_text
from lms.quizzes.question_types.matching.rules import NAME
from lms.quizzes.question_types.protocol import Payload


def _values(payload: Payload) -> Values:
    answers = {str(a.get("id")): str(a.get("text") or "") for a in rows(payload, "answers")}
    stems = rows(payload, "stems")
    used = {str(stem.get("answer")) for stem in stems}
    return {
        "pairs": [
            {
                "text": str(stem.get("text") or ""),
                "answer": answers.get(str(stem.get("answer")), ""),
                "feedback": str(stem.get("feedback") or ""),
            }
            for stem in stems
        ],
        "others": [{"text": text} for key, text in answers.items() if key not in used],
    }


def _payload(values: Values) -> dict[str, object]:
    answers: dict[str, dict[str, str]] = {}
    stems = []
    for row in rows_of(values, "pairs"):
        answer = _answer(answers, row.get("answer", ""))
        stems.append(
            {"text": row.get("text", ""), "answer": answer, "feedback": row.get("feedback", "")}
        )
    for row in rows_of(values, "others"):
        _answer(answers, row.get("text", ""))
    return {"stems": stems, "answers": list(answers.values())}


def _answer(answers: dict[str, dict[str, str]], written: str) -> str:
    """Note an answer once, however many stems lead to it; return its id."""
    text = written.strip()
    found = answers.setdefault(same_text(text), {"id": derive_id(text, prefix="a"), "text": text})
    return found["id"]


FORM = Form(
    type=NAME,
    label=lazy("Matching"),
    hint=lazy("Each text on the left belongs to the one beside it. Several may share an answer."),
    parts=(
        Rows(
            "pairs",
            lazy("Pairs"),
            lazy("Add a pair"),
            (
                Field("text", lazy("Text"), is_needed=True),
                Field("answer", lazy("belongs to"), is_needed=True),
                Field("feedback", lazy("Said afterwards"), is_more=True),
            ),
            blank=3,
        ),
        Rows(
            "others",
            lazy("Answers that belong to none"),
            lazy("Add such an answer"),
            (Field("text", lazy("Answer")),),
            blank=0,
        ),
    ),
    values=_values,
    payload=_payload,
    is_usual=True,
)
