"""The result of a paper as it is typed: points of possible, or per cent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ScoreFault(StrEnum):
    """Why what was typed is no result."""

    MISSING = "missing"
    HALF = "half"  # points without their maximum, or the other way round
    BOTH = "both"
    NOT_A_NUMBER = "not_a_number"
    MORE_THAN_ALL = "more_than_all"


class ScoreRefused(ValueError):
    """What was typed is no result."""

    def __init__(self, fault: ScoreFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Score:
    """A result: points of possible, or per cent alone."""

    earned: Decimal | None = None
    possible: Decimal | None = None
    percent: Decimal | None = None


def read_score(earned: str, possible: str, percent: str) -> Score:
    """Read a result; raise ScoreRefused."""
    given = [bool(text.strip()) for text in (earned, possible, percent)]
    match given:
        case [False, False, False]:
            raise ScoreRefused(ScoreFault.MISSING)
        case [True, True, False]:
            points, most = _number(earned, 5), _number(possible, 5)
            if not most or points > most:
                raise ScoreRefused(ScoreFault.MORE_THAN_ALL)
            return Score(points, most)
        case [False, False, True]:
            share = _number(percent.replace("%", ""), 2)
            if share > 100:
                raise ScoreRefused(ScoreFault.MORE_THAN_ALL)
            return Score(percent=share)
        case [_, _, True]:
            raise ScoreRefused(ScoreFault.BOTH)
    raise ScoreRefused(ScoreFault.HALF)


def _number(text: str, places: int) -> Decimal:
    squeezed = re.sub(r"\s+", "", text).replace(",", ".")
    if not re.fullmatch(rf"\d{{1,4}}(\.\d{{1,{places}}})?", squeezed, re.ASCII):
        raise ScoreRefused(ScoreFault.NOT_A_NUMBER)
    return Decimal(squeezed)
