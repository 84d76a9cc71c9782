"""Reading a table of grading cases: a question in few words, an answer, what it earns, and why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from lms.quizzes.question_types.protocol import MarkResult, Question
from lms.quizzes.question_types.registry import parse_question, rules_for

EVERY_TYPE = (Path(__file__).parent / "every_type.gift").read_text(encoding="utf-8")


def question(name: str, /, **fields: Any) -> Question:
    return parse_question({"type": name, "stem": "Întrebarea", **fields})


def marked(asked: Question, payload: Mapping[str, Any]) -> MarkResult:
    return rules_for(asked).mark(asked, payload)


def earned(asked: Question, payload: Mapping[str, Any]) -> Decimal:
    return marked(asked, payload).fraction


def near(one: Decimal, other: str) -> bool:
    """Compare with a fraction written as „1/3” or as a decimal."""
    over, _, under = other.partition("/")
    return abs(one - Decimal(over) / Decimal(under or 1)) < Decimal("1e-9")
