"""What the checks found, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lms.checks import Level, Problem, Sentence
from lms.web.i18n import gettext


def said(sentence: Sentence) -> str:
    """Say a check's sentence in the page's language."""
    return gettext(sentence.message, **sentence.values) if sentence else ""


@dataclass(frozen=True)
class Told:
    """One finding as the page shows it."""

    is_danger: bool
    wrong: str
    endangers: str
    do: str
    check: str


def told(problems: Iterable[Problem]) -> list[Told]:
    """Return findings for the page, dangers first."""
    found = [
        Told(
            is_danger=problem.level is Level.ERROR,
            wrong=said(problem.sentence),
            endangers=said(problem.endangers),
            do=said(problem.hint),
            check=problem.check,
        )
        for problem in problems
    ]
    return sorted(found, key=lambda t: not t.is_danger)
