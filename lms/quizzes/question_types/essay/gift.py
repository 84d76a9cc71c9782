"""Essays in GIFT have empty braces; limits, notes and rubric stand in keys before them.

`[words:100-300]`, `[lines:12]`, `[format:mono]`, `[template:…]`, `[notes:…]`, and for each
criterion `[criterion:40 | What is looked at | 0 missing | 50 in part | 100 whole]`.
"""

from __future__ import annotations

import re

from lms.quizzes.exchange.gift_forms import Source, Written, chunks, general_part
from lms.quizzes.question_types.essay.rubric import Criterion
from lms.quizzes.question_types.essay.rules import NAME, Essay, Format
from lms.quizzes.question_types.payload import number_text

KEYS = frozenset({"words", "lines", "format", "template", "notes", "criterion"})
WORDS = frozenset({"template", "notes", "criterion"})
_BAR = re.compile(r"(?<!\\)\|")
_LEVEL = re.compile(r"(\d{1,3}(?:\.\d{1,10})?)\s+(.+)", re.ASCII | re.DOTALL)
_WORDS = re.compile(r"(\d{1,5})?\s*-\s*(\d{1,5})?", re.ASCII)


def read(source: Source) -> dict[str, object]:
    """Read what the keys say; nothing stands in braces."""
    if source.body.text.strip():
        raise source.bad_key("type", source.plain(source.body.text))
    least, most = _limits(source)
    return {
        "type": NAME,
        "min_words": least,
        "max_words": most,
        "lines": source.one("lines") or None,
        "format": source.choice("format", *Format),
        "template": source.joined("template"),
        "notes": source.joined("notes"),
        "rubric": [criterion_of(source, key.value) for key in source.keys.get("criterion", ())],
    }


def _limits(source: Source) -> tuple[str | None, str | None]:
    written = source.one("words")
    if not written:
        return None, None
    found = _WORDS.fullmatch(written)
    if found is None:
        raise source.bad_key("words", written)
    return found[1], found[2]


def criterion_of(source: Source, written: str) -> dict[str, object]:
    """Read a row of the rubric."""
    share, *parts = [part.replace("\\|", "|").strip() for part in _BAR.split(written)]
    levels = [_LEVEL.fullmatch(part) for part in parts[1:]]
    if not parts or None in levels or not re.fullmatch(r"\d{1,3}(\.\d{1,10})?", share, re.ASCII):
        raise source.bad_key("criterion", written)
    return {
        "text": parts[0],
        "share": f"{share}e-2",
        "levels": [{"label": found[2], "fraction": f"{found[1]}e-2"} for found in levels if found],
    }


def write(question: Essay) -> Written:
    """Write the keys."""
    least, most = question.min_words, question.max_words
    keys = [("words", f"{least or ''}-{most or ''}" if least or most else "")]
    keys += [("lines", str(question.lines) if question.lines != 10 else "")]
    keys += [("format", question.format if question.format is not Format.PLAIN else "")]
    keys += chunks("template", question.template)
    keys += chunks("notes", question.notes)
    keys += [("criterion", written_criterion(each)) for each in question.rubric]
    return Written(general_part(question), keys)


def written_criterion(criterion: Criterion) -> str:
    """Write a row of the rubric."""
    parts = [number_text(criterion.share.scaleb(2)), _bar(criterion.text)]
    parts += [
        f"{number_text(level.fraction.scaleb(2))} {_bar(level.label)}" for level in criterion.levels
    ]
    return " | ".join(parts)


def _bar(text: str) -> str:
    return text.replace("|", "\\|")
