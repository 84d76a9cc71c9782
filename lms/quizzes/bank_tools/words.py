"""Differences of questions in words, in the page's language."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from lms.quizzes.bank_tools.difference import Fate
from lms.quizzes.words import exchange_words
from lms.web.forms import lazy
from lms.web.i18n import format_number, format_percent
from lms.web.i18n import gettext as _

TEXTS = {
    "stem": lazy("Question"),
    "text": lazy("Text"),
    "general_feedback": lazy("Explanation for everyone"),
    "feedback": lazy("Explanation"),
    "other_feedback": lazy("Explanation of any other answer"),
    "feedback_true": lazy("Explanation for whoever says true"),
    "feedback_false": lazy("Explanation for whoever says false"),
    "template": lazy("What stands in the box at first"),
    "notes": lazy("Notes for whoever marks"),
    "label": lazy("Level"),
}
ROWS = {
    "options": lazy("Option"),
    "answers": lazy("Answer"),
    "statements": lazy("Statement"),
    "stems": lazy("Pair"),
    "items": lazy("Step"),
    "words": lazy("Word"),
    "gaps": lazy("Gap"),
    "views": lazy("View"),
    "rubric": lazy("Criterion"),
    "levels": lazy("Level"),
    "hints": lazy("Hint"),
    "units": lazy("Unit"),
    "variables": lazy("Variable"),
    "zones": lazy("Zone"),
}
VALUES = {
    "type": lazy("Kind of question"),
    "marks": lazy("Marks"),
    "fraction": lazy("Credit given"),
    "is_true": lazy("True"),
    "answer": lazy("Right answer"),
    "scoring": lazy("Scoring"),
    "value": lazy("Value"),
    "tolerance": lazy("Tolerance"),
    "tolerance_kind": lazy("Kind of tolerance"),
    "unit": lazy("Unit"),
    "case": lazy("Capitals count"),
    "plain_letters": lazy("Plain letters are accepted for diacritics"),
    "group": lazy("Group"),
    "reuse": lazy("A word may be used again"),
    "kind": lazy("Kind"),
    "weight": lazy("Weight"),
    "shuffle": lazy("In random order"),
    "pick": lazy("Which are shown"),
    "count": lazy("How many"),
    "lines": lazy("Lines"),
    "min_words": lazy("Words at least"),
    "max_words": lazy("Words at most"),
    "share": lazy("Share"),
    "formula": lazy("Formula"),
    "rounding": lazy("Rounding"),
    "places": lazy("Decimal places"),
    "low": lazy("Lowest"),
    "high": lazy("Highest"),
    "step": lazy("Step"),
    "picture": lazy("Picture"),
    "shape": lazy("Shape"),
}
FATES = {
    Fate.SAME: lazy("unchanged"),
    Fate.CHANGED: lazy("differs"),
    Fate.MOVED: lazy("moved"),
    Fate.ADDED: lazy("added"),
    Fate.REMOVED: lazy("taken out"),
}
_SHARES = {"fraction", "share"}
_ONE = Decimal(1)


def text_name(name: str) -> str:
    """Name a text of a question."""
    return _named(TEXTS, name)


def value_name(name: str) -> str:
    """Name a value of a question."""
    return _named(VALUES, name)


def row_name(name: str, number: int) -> str:
    """Name a row of a list: „Option 2”."""
    return _("%(what)s %(number)s", what=_named(ROWS, name), number=number)


def _named(words: dict[str, Any], name: str) -> str:
    """Say a field's name; of a type that is not known here, as the type calls it."""
    return str(words[name]) if name in words else name.replace("_", " ").replace("-", " ")


def value_words(name: str, value: Any) -> str:
    """Write a value."""
    if value is None or value == "":
        return _("none")
    if isinstance(value, bool) or value in ("true", "false"):
        return _("yes") if value in (True, "true") else _("no")
    if name == "type":
        return str(exchange_words.TYPES.get(value, value))
    number = _number(value)
    if number is None:
        return str(value).replace("_", " ")
    if name in _SHARES:
        return format_percent((100 * number).quantize(_ONE / 100))
    return format_number(number)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 20 else None
