"""Files to hand in have `[type:upload]` and empty braces; kinds and limits stand in keys.

`[kinds:pdf docx]`, `[files:1-3]`, `[megabytes:5]`, and `[notes:…]` and `[criterion:…]` as for
essays.
"""

from __future__ import annotations

import re

from lms.quizzes.exchange.gift_forms import Source, Written, chunks, general_part
from lms.quizzes.question_types.essay.gift import criterion_of, written_criterion
from lms.quizzes.question_types.upload.rules import KINDS, MOST_MEGABYTES, NAME, Upload

KEYS = frozenset({"kinds", "files", "megabytes", "notes", "criterion"})
WORDS = frozenset({"notes", "criterion"})
_FILES = re.compile(r"(?:(\d{1,2})\s*-\s*)?(\d{1,2})", re.ASCII)


def read(source: Source) -> dict[str, object]:
    """Read what the keys say; nothing stands in braces but what is said to everyone."""
    if source.body.text.strip():
        raise source.bad_key("type", source.plain(source.body.text))
    least, most = _limits(source)
    return {
        "type": NAME,
        "kinds": source.one("kinds"),
        "least": least,
        "most": most,
        "megabytes": source.one("megabytes") or None,
        "notes": source.joined("notes"),
        "rubric": [criterion_of(source, key.value) for key in source.keys.get("criterion", ())],
    }


def _limits(source: Source) -> tuple[str | None, str | None]:
    written = source.one("files")
    if not written:
        return None, None
    found = _FILES.fullmatch(written)
    if found is None:
        raise source.bad_key("files", written)
    return found[1], found[2]


def write(question: Upload) -> Written:
    """Write the keys."""
    least, most = question.least, question.most
    count = f"{least}-{most}" if least > 1 else str(most)
    size = question.megabytes
    keys = [("kinds", " ".join(question.kinds) if question.kinds != KINDS else "")]
    keys += [("files", count if most > 1 else "")]
    keys += [("megabytes", str(size) if size != MOST_MEGABYTES else "")]
    keys += chunks("notes", question.notes)
    keys += [("criterion", written_criterion(each)) for each in question.rubric]
    return Written(general_part(question), keys)
