"""The `exercise` mapping of a lesson's front matter."""

from __future__ import annotations

import re

from lms.courses.exercises import Exercise, FormField, Trace
from lms.exchange.problems import Reason
from lms.exchange.yaml_lines import Fields

MOST_FIELDS = 12
MOST_ROWS = 20
_USUAL_ROWS = 3
_TITLE, _PROMPT, _LABEL, _HINT = 255, 1000, 120, 500
_FIELD_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)


def read_exercise(fields: Fields, *, id_pattern: re.Pattern[str]) -> Exercise | None:
    """Read a lesson's exercise; None where it has none. Faults go to the fields' own sink."""
    inner = fields.inner("exercise", required=False)
    if inner is None:
        return None
    trace = _trace(inner)
    exercise = Exercise(
        title=inner.words("title", limit=_TITLE),
        trace=trace or Trace.TICK,
        prompt=inner.words("prompt", limit=_PROMPT),
        paper=inner.identifier("paper", id_pattern) if "paper" in inner.nodes else "",
        # What the fields of an unknown trace are good for, nobody can say: they are passed over.
        fields=_form(inner) if trace in (Trace.FORM, None) else (),
        is_proposal=trace is Trace.FORM and inner.flag("proposal", default=False),
    )
    inner.close()
    return exercise


def _trace(inner: Fields) -> Trace | None:
    written = inner.short("trace")
    if not written:
        return None
    try:
        return Trace(written)
    except ValueError:
        inner.wrong("trace", Reason.UNKNOWN_TRACE)
        return None


def _form(inner: Fields) -> tuple[FormField, ...]:
    found: list[FormField] = []
    for each in inner.each("fields"):
        field = FormField(
            id=each.identifier("id", _FIELD_ID),
            label=each.words("label", limit=_LABEL),
            hint=each.words("hint", required=False, limit=_HINT),
            rows=each.whole("rows", least=1, most=MOST_ROWS, default=_USUAL_ROWS),
        )
        each.close()
        if field.id and field.id in {known.id for known in found}:
            each.wrong("id", Reason.DUPLICATE_ID)
        found.append(field)
    if "fields" in inner.nodes and not 1 <= len(found) <= MOST_FIELDS:
        inner.wrong("fields", Reason.OUT_OF_RANGE)
    return tuple(found)
