"""Write keys and values of answers as the reader's language does; texts of options stay."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from lms.quizzes.question_types.cloze.rules import Cloze
from lms.quizzes.question_types.protocol import PartResult, Question
from lms.quizzes.question_types.registry import rules_for
from lms.web.i18n import format_number
from lms.web.i18n import gettext as _

_PLAIN_NUMBER = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?", re.ASCII)
_NUMBERS = ("numerical", "calculated")


def plain_words(kind: str, text: str) -> str:
    """Write a value of an answer to a type of question as the reader's language does."""
    if kind == "true_false":
        return _("True") if text == "true" else _("False")
    if kind in _NUMBERS:
        return _number(text)
    return text


def given_words(kind: str, text: str) -> str:
    """Write what somebody gave; a typed number stays as it was typed: 18.240 isn't 18,24."""
    return text if kind in _NUMBERS else plain_words(kind, text)


def _number(text: str) -> str:
    """Write a number with every digit that it has; one of another kind stays as it was typed."""
    if not _PLAIN_NUMBER.fullmatch(text):  # 1e9999999, sNaN and the like
        return text
    value = Decimal(text)
    return format_number(value, max(0, -int(value.as_tuple().exponent)) or None)


def key_texts(question: Question) -> tuple[str, ...]:
    """Give what is right; numbers in gaps are written out, a whole key still wants `plain_words`.

    A gap's key stands behind its number, so nothing but its kind tells whether it is one.
    """
    if not isinstance(question, Cloze):
        return rules_for(question).key_text(question)
    found = []
    for key, gap in question.by_key.items():
        words = (_gap_words(question, key, text) for text in gap.rules.key_text(gap.question))
        found.append(f"{key}. {', '.join(words)}")
    return tuple(found)


def worded_part(question: Question, part: PartResult) -> PartResult:
    """Write what was right in a part as the reader's language does; what was typed stays."""
    if not isinstance(question, Cloze) or part.expected is None:
        return part
    return replace(part, expected=_gap_words(question, part.key, part.expected))


def _gap_words(question: Cloze, key: str, text: str) -> str:
    gap = question.by_key.get(key)
    return text if gap is None else plain_words(gap.question.type, text)
