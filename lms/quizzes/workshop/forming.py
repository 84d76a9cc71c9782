"""A question as a form, and back: what was typed becomes a question of the text, without loss."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms.quizzes.exchange.quiz_file import ItemStatus, QuizItem
from lms.quizzes.question_types.form_parts import Form, Row, Rows, Values, number, spread
from lms.quizzes.question_types.registry import dump_question, parse_question

SHARED = ("stem", "general_feedback", "marks")
ABOUT = ("title", "lesson", "slot", "facts", "tags", "status", "pinned")
NEWEST = "newest"  # no version is pinned
_PREFIX = "f-"
_VERSION = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_MOST_ROWS = 60
_LONGEST = 50_000
Sent = Mapping[str, Sequence[str]]


def values_of(item: QuizItem, form: Form) -> Values:
    """Put a question into its form."""
    payload = dump_question(item.question)
    values = form.values(payload)
    values |= {name: str(payload.get(name) or "") for name in SHARED}
    values |= {
        "title": item.title,
        "lesson": item.lesson,
        "slot": item.slot,
        "facts": ", ".join(item.facts),
        "tags": ", ".join(item.tags),
        "status": item.status.value,
        "pinned": str(item.pinned or NEWEST),
    }
    return values


def blank(form: Form) -> Values:
    """Make the form of a new question."""
    values: Values = dict.fromkeys((*SHARED, *ABOUT), "")
    values |= {part.name: "" for part in form.fields}
    values |= {part.name: [{} for _ in range(part.blank)] for part in form.lists}
    return values | {"marks": "1", "status": ItemStatus.PUBLISHED.value}


def read_values(form: Form, sent: Sent) -> Values:
    """Read what was typed; rows come in the order in which the page has them."""
    values: Values = {
        name: _one(sent, f"{_PREFIX}{name}")
        for name in (*SHARED, *ABOUT, *(part.name for part in form.fields))
    }
    for part in form.lists:
        order = [key for key in sent.get(f"{_PREFIX}{part.name}", ()) if key.isdigit()][:_MOST_ROWS]
        values[part.name] = [_row(part, key, sent) for key in dict.fromkeys(order)]
    return values


def _row(part: Rows, key: str, sent: Sent) -> Row:
    stem = f"{_PREFIX}{part.name}-{key}-"
    row = {field.name: _one(sent, stem + field.name) for field in part.fields}
    chosen = sent.get(f"{_PREFIX}{part.name}-right", ())
    return row | {"right": "1" if key in chosen else ""}


def _one(sent: Sent, name: str) -> str:
    found = sent.get(name, ())
    return found[0].replace("\r\n", "\n")[:_LONGEST] if found else ""


def without_blank(form: Form, values: Values) -> tuple[Values, dict[str, list[int]]]:
    """Leave out rows in which nothing is typed; say which places are left."""
    kept: dict[str, list[int]] = {}
    shorter = dict(values)
    for part in form.lists:
        rows = values.get(part.name)
        assert isinstance(rows, list)
        kept[part.name] = [
            place for place, row in enumerate(rows) if _is_typed(part, row) or row.get("right")
        ]
        shorter[part.name] = [rows[place] for place in kept[part.name]]
    return shorter, kept


def _is_typed(part: Rows, row: Row) -> bool:
    chosen = {field.name for field in part.fields if field.choices}
    return any(text.strip() for name, text in row.items() if name not in chosen)


def item_of(form: Form, values: Values, before: QuizItem | None) -> QuizItem:
    """Make the question; raise InvalidQuestion. Its id and category stay.

    So does what the form has no field for.
    """
    is_same_type = before is not None and before.question.type == form.type
    payload = dump_question(before.question) if before is not None and is_same_type else {}
    payload |= {"type": form.type, **form.payload(values)}
    payload |= {name: _text(values, name) for name in SHARED}
    payload["marks"] = number(_text(values, "marks"))
    question = parse_question(payload)
    base = before or QuizItem(id="", question=question)
    return replace(
        base,
        question=question,
        title=" ".join(_text(values, "title").split()),
        lesson=_text(values, "lesson").strip(),
        slot=_text(values, "slot").strip(),
        facts=_listed(values, "facts"),
        tags=_listed(values, "tags"),
        status=_status(values, before),
        pinned=_pinned(values, base),
    )


def _pinned(values: Values, before: QuizItem) -> int | None:
    """Read which version its quiz stays with; a form without the field leaves it as it is."""
    said = _text(values, "pinned").strip()
    if said == NEWEST:
        return None
    return int(said) if _VERSION.fullmatch(said) else before.pinned


def _status(values: Values, before: QuizItem | None) -> ItemStatus:
    """Read whether it is kept back; what waits, looked over, for its quiz goes on waiting."""
    if _text(values, "status") == ItemStatus.DRAFT:
        return ItemStatus.DRAFT
    is_ready = before is not None and before.status is ItemStatus.READY
    return ItemStatus.READY if is_ready else ItemStatus.PUBLISHED


def _text(values: Values, name: str) -> str:
    found = values.get(name)
    return found if isinstance(found, str) else ""


def _listed(values: Values, name: str) -> tuple[str, ...]:
    parts = (part.strip() for part in _text(values, name).split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


# What the buttons of rows do -------------------------------------------------------------------


def changed_rows(form: Form, values: Values, act: str) -> Values:
    """Carry out „add:options”, „del:options:2”, „up:options:2”, „down:options:2”, „spread:…”."""
    verb, _, rest = act.partition(":")
    name, _, at = rest.partition(":")
    part = next((p for p in form.lists if p.name == name), None)
    rows = values.get(name)
    if part is None or not isinstance(rows, list):
        return values
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 4 else -1
    found = [dict(row) for row in rows]
    if verb == "add" and len(found) < _MOST_ROWS:
        found.append({})
    elif verb == "spread" and part.share:
        found = spread(found, part.share)
    elif verb == "del" and 0 <= place < len(found):
        del found[place]
    elif verb in ("up", "down") and 0 <= place < len(found):
        other = place - 1 if verb == "up" else place + 1
        if 0 <= other < len(found):
            found[place], found[other] = found[other], found[place]
    return {**values, name: found}
