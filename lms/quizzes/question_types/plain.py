"""What types share that have no options, and what was typed."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from typing import TypeVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.protocol import (
    FormValues,
    InvalidResponse,
    OptionOrder,
    Payload,
    Question,
    ResponseFault,
)

Q = TypeVar("Q", bound=Question)


def match_ids(new: Q, old: Q) -> Q:
    """Keep everything: there are no ids to match."""
    return new


def option_ids(question: Question) -> OptionOrder:
    """List nothing: there is nothing to choose from."""
    return ()


def draw(question: Question, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Order nothing."""
    return ()


def as_drawn(question: Q, order: Sequence[str]) -> Q:
    """Change nothing: every attempt meets the same question."""
    return question


def read_typed(form_values: FormValues, field: str, *, limit: int, name: str = "") -> str:
    """Read one typed text as it was typed; nothing a learner typed is lost."""
    values = [_usable(value) for value in form_values.get(field, ())]
    if len(values) > 1:
        raise InvalidResponse(name or field, ResponseFault.SEVERAL_VALUES)
    typed = values[0].strip() if values else ""
    if len(typed) > limit:
        raise InvalidResponse(name or field, ResponseFault.TOO_LONG)
    return typed


def _usable(value: str) -> str:
    cleaned = read.UNUSABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", cleaned)


def typed_in(payload: Payload, name: str = "text") -> str:
    """Find the typed text in a stored answer, whatever else it holds."""
    value = payload.get(name)
    return value.strip() if isinstance(value, str) else ""


def shown(typed: str) -> str:
    """Escape what was typed, so that it can stand where the question's own texts stand."""
    return html.escape(typed, quote=False)
