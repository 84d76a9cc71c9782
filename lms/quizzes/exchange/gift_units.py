"""What is asked of a number's unit, in the keys of a quiz file."""

from __future__ import annotations

import re
from typing import Protocol

from lms.quizzes.question_types.numerical.units import NO_UNITS, PenaltyOf, Units
from lms.quizzes.question_types.payload import number_text

_OTHER = re.compile(r"(.{1,40}?)\s*=\s*([+-]?\d{1,15}(?:\.\d{1,15})?)", re.ASCII)


class _WithUnits(Protocol):
    @property
    def units(self) -> Units: ...


def unit_keys(question: _WithUnits) -> list[tuple[str, str]]:
    """Write `[unit-rule:typed] [unit-penalty:10% of response] [other-unit:mii lei = 1000]`."""
    units = question.units
    if units == NO_UNITS:
        return []
    percent = number_text(units.penalty.scaleb(2))
    return [
        ("unit-rule", units.rule.value),
        ("unit-penalty", f"{percent}% of {units.penalty_of}"),
        *(("other-unit", f"{o.name} = {number_text(o.factor)}") for o in units.others),
    ]


def unit_payload(rule: str, penalty: str, others: list[str]) -> dict[str, object] | str:
    """Read these keys into a payload; the value that can't be read, where there is one."""
    payload: dict[str, object] = {"unit_rule": rule}
    if penalty:
        found = re.fullmatch(
            r"(\d{1,3}(?:\.\d{1,10})?)\s*%(?:\s+of\s+(response|question))?", penalty, re.ASCII
        )
        if found is None:
            return penalty
        payload |= {
            "unit_penalty": f"{found[1]}e-2",
            "penalty_of": found[2] or PenaltyOf.RESPONSE.value,
        }
    listed = []
    for written in others:
        other = _OTHER.fullmatch(written)
        if other is None:
            return written
        listed.append({"name": other[1], "factor": other[2]})
    return {**payload, "other_units": listed}
