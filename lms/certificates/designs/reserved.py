"""Words that the law or good faith keeps for others, with the reason: a warning, never a ban."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lms.people_names import fold


class Reason(StrEnum):
    """Why a word is doubtful on this certificate."""

    AUTHORISED = "authorised"  # certificates of authorised training providers
    SUPPLEMENT = "supplement"  # the annex of those
    SCHOOL = "school"  # diplomas and licences of schools
    STATE = "state"  # the state's own signs
    GENDER = "gender"  # a form that fits only some people


_WORDS: Final = (
    (r"absolvi\w*|absolvent\w*|graduat\w*", Reason.AUTHORISED),
    (r"calific\w*|qualifi\w*", Reason.AUTHORISED),
    (r"atesta[tr]\w*|attestation\w*", Reason.AUTHORISED),
    (r"competen[tc]\w* profesional\w*|professional competen\w*", Reason.AUTHORISED),
    (r"supliment\w* descriptiv\w*|descriptive supplement\w*", Reason.SUPPLEMENT),
    (r"diplom\w*|licent\w*|licence\w*|degree\w*|bachelor\w*|master\w*", Reason.SCHOOL),
    (r"stema|stemei|steme|coat of arms|ministerul\w*|ministry", Reason.STATE),
    (r"domnul|doamna|dl\.?|d-na|cursant[ua]\w*", Reason.GENDER),
)
_PATTERNS: Final = tuple((re.compile(rf"\b(?:{words})(?!\w)"), why) for words, why in _WORDS)


@dataclass(frozen=True)
class ReservedWord:
    """A word as it stands in the text, and why it is doubtful."""

    word: str
    reason: Reason


def reserved_words(text: str) -> tuple[ReservedWord, ...]:
    """Find the doubtful words of a text, in order, each once."""
    folded = fold(text)
    # folding may change the length of odd letters; only then is the folded word shown
    shown = text if len(folded) == len(text) else folded
    found = {
        match.start(): ReservedWord(shown[match.start() : match.end()], why)
        for pattern, why in _PATTERNS
        for match in pattern.finditer(folded)
    }
    unique = {each.word.lower(): each for _, each in sorted(found.items())}
    return tuple(unique.values())
