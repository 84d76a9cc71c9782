"""Reading a question's JSON-able form field by field, and writing it canonically."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation

from lms.quizzes.question_types.ids import ID_PATTERN, derive_id
from lms.quizzes.question_types.protocol import InvalidQuestion, Payload, QuestionFault

# Room for the HTML made of a text as well as for its Markdown.
MAX_STEM = 40_000
MAX_TEXT = 10_000
MAX_OPTIONS = 40
MAX_MARKS = Decimal(1000)
_ROOMY = Context(prec=500)

# Control characters and lone surrogates (no database takes them), and the reserved range that
# the reader of quiz files uses for its own ends.
UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\U0010ff00-\U0010ff1f]")

_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?", re.ASCII)


def text(
    payload: Payload,
    field: str,
    *,
    index: int | None = None,
    required: bool = True,
    limit: int = MAX_TEXT,
) -> str:
    """Read a text without the white space around it."""
    value = payload.get(field)
    if value is None:
        value = ""
    if not isinstance(value, str) or UNUSABLE.search(value):
        raise InvalidQuestion(field, QuestionFault.NOT_TEXT, index)
    stripped = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if required and not stripped:
        raise InvalidQuestion(field, QuestionFault.MISSING, index)
    if len(stripped) > limit:
        raise InvalidQuestion(field, QuestionFault.TOO_LONG, index)
    return stripped


def decimal(
    payload: Payload,
    field: str,
    default: Decimal | None = None,
    *,
    index: int | None = None,
    low: Decimal | None = None,
    high: Decimal | None = None,
) -> Decimal:
    """Read a number written with a decimal point, as text or as a whole number."""
    value = payload.get(field)
    if value is None or value == "":
        if default is None:
            raise InvalidQuestion(field, QuestionFault.MISSING, index)
        return default
    number = _to_decimal(value)
    if number is None:
        raise InvalidQuestion(field, QuestionFault.NOT_A_NUMBER, index)
    if (low is not None and number < low) or (high is not None and number > high):
        raise InvalidQuestion(field, QuestionFault.OUT_OF_RANGE, index)
    return plain(number)


def flag(payload: Payload, field: str, default: bool = False) -> bool:
    """Read a JSON true or false."""
    value = payload.get(field)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise InvalidQuestion(field, QuestionFault.NOT_TRUE_OR_FALSE)
    return value


def whole(
    payload: Payload,
    field: str,
    default: int | None = None,
    *,
    index: int | None = None,
    low: int = 0,
    high: int = 1_000_000,
) -> int | None:
    """Read a whole number; None where it is left out and has no default."""
    value = payload.get(field)
    if value is None or value == "":
        return default
    number = _to_decimal(value)
    if number is None or number != number.to_integral_value():
        raise InvalidQuestion(field, QuestionFault.NOT_A_NUMBER, index)
    if not low <= number <= high:
        raise InvalidQuestion(field, QuestionFault.OUT_OF_RANGE, index)
    return int(number)


def choice(payload: Payload, field: str, allowed: Sequence[str], default: str = "") -> str:
    """Read one of a few words; the first is meant where nothing is said."""
    value = text(payload, field, required=False, limit=40) or default or allowed[0]
    if value not in allowed:
        raise InvalidQuestion(field, QuestionFault.UNKNOWN)
    return value


def rounded(number: Decimal, places: int) -> Decimal:
    """Round to so many places; a number of any file, however large, has room for them."""
    return number.quantize(Decimal(1).scaleb(-places), context=_ROOMY)


def _to_decimal(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    written = str(value).strip()
    if not _NUMBER.fullmatch(written):
        return None
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def plain(number: Decimal) -> Decimal:
    """Drop trailing zeros and exponents, so that equal numbers are written alike."""
    return Decimal(number_text(number))


def number_text(number: Decimal) -> str:
    """Write a number in full, with a decimal point and no trailing zeros."""
    written = format(number, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in {"-0", ""} else written


def objects(payload: Payload, field: str, *, least: int, most: int = MAX_OPTIONS) -> list[Payload]:
    """Read a list of objects of a bearable length."""
    value = payload.get(field)
    if value is None:
        raise InvalidQuestion(field, QuestionFault.MISSING)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidQuestion(field, QuestionFault.NOT_A_LIST)
    if len(value) < least:
        raise InvalidQuestion(field, QuestionFault.TOO_FEW)
    if len(value) > most:
        raise InvalidQuestion(field, QuestionFault.TOO_MANY)
    for index, item in enumerate(value):
        if not isinstance(item, Mapping):
            raise InvalidQuestion(field, QuestionFault.NOT_AN_OBJECT, index)
    return list(value)


def identifier(payload: Payload, words: str, *, index: int, prefix: str = "") -> str:
    """Read an option's id, or derive it from the option's words."""
    value = text(payload, "id", index=index, required=False, limit=32)
    if not value:
        return derive_id(words, prefix=prefix)
    if not ID_PATTERN.fullmatch(value):
        raise InvalidQuestion("id", QuestionFault.BAD_ID, index)
    return value


def refuse_duplicates(field: str, values: Sequence[str]) -> None:
    """Refuse two equal texts or ids: a learner could not tell which is meant."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise InvalidQuestion(field, QuestionFault.DUPLICATE, index)
        seen.add(value)


def marks(payload: Payload) -> Decimal:
    """Read what the question is worth; more than nothing."""
    value = decimal(payload, "marks", Decimal(1), low=Decimal(0), high=MAX_MARKS)
    if not value:
        raise InvalidQuestion("marks", QuestionFault.OUT_OF_RANGE)
    return value


def stem(payload: Payload) -> str:
    """Read the question's own text."""
    return text(payload, "stem", limit=MAX_STEM)


def general_feedback(payload: Payload) -> str:
    """Read the feedback that everyone sees, whatever they answered."""
    return text(payload, "general_feedback", required=False, limit=MAX_STEM)
