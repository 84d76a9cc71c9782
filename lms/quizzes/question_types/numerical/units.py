"""Units of a numerical answer: which one is asked for, which others convert, what a fault costs.

A number in the declared unit, or in one that converts to it, is marked as that amount. Where the
unit is asked for, a missing or wrong one costs a part of what the number earns (`of_response`) or
of the whole question (`of_question`); where it is optional, a missing one costs nothing and a
wrong one everything, because „5 ore” is no answer to how many days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.numerical.number_input import NumberReading, read_number
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    InvalidQuestion,
    Payload,
    QuestionFault,
)

MAX_UNITS = 12
_NO_UNIT = (
    "\N{INVERTED QUESTION MARK}"  # nobody's unit: with it any word beside the number is another
)


class UnitRule(StrEnum):
    """Name how the unit is asked for."""

    OPTIONAL = "optional"
    TYPED = "typed"
    LIST = "list"


class PenaltyOf(StrEnum):
    """Name what the penalty is a part of."""

    RESPONSE = "response"
    QUESTION = "question"


@dataclass(frozen=True)
class OtherUnit:
    """Hold a unit that converts: one of it is `factor` of the declared one."""

    name: str
    factor: Decimal


@dataclass(frozen=True)
class Units:
    """Say what is asked of the unit."""

    rule: UnitRule = UnitRule.OPTIONAL
    others: tuple[OtherUnit, ...] = ()
    penalty: Decimal = Decimal("0.1")
    penalty_of: PenaltyOf = PenaltyOf.RESPONSE

    def after_penalty(self, fraction: Decimal) -> Decimal:
        """Take off what a missing or wrong unit costs; never below nothing."""
        base = fraction if self.penalty_of is PenaltyOf.RESPONSE else ONE
        return max(ZERO, fraction - self.penalty * base)


NO_UNITS = Units()


def read_units(payload: Payload, unit: str) -> Units:
    """Read what is asked of the unit; only where one is declared."""
    rule = UnitRule(read.choice(payload, "unit_rule", list(UnitRule)))
    others: tuple[OtherUnit, ...] = ()
    if payload.get("other_units"):
        items = read.objects(payload, "other_units", least=1, most=MAX_UNITS)
        others = tuple(_read_other(item, index) for index, item in enumerate(items))
    if (others or rule is not UnitRule.OPTIONAL) and not unit:
        raise InvalidQuestion("unit", QuestionFault.MISSING)
    read.refuse_duplicates("other_units", [unit, *(each.name for each in others)])
    if rule is UnitRule.LIST and not others:
        raise InvalidQuestion("other_units", QuestionFault.TOO_FEW)
    return Units(
        rule=rule,
        others=others,
        penalty=read.decimal(payload, "unit_penalty", Decimal("0.1"), low=ZERO, high=ONE),
        penalty_of=PenaltyOf(read.choice(payload, "penalty_of", list(PenaltyOf))),
    )


def _read_other(item: Payload, index: int) -> OtherUnit:
    factor = read.decimal(item, "factor", index=index, low=Decimal("-1e12"), high=Decimal("1e12"))
    if not factor:
        raise InvalidQuestion("factor", QuestionFault.OUT_OF_RANGE, index)
    return OtherUnit(read.text(item, "name", index=index, limit=40), factor)


def dump_units(units: Units) -> dict[str, object]:
    """Write what is asked of the unit; nothing where nothing is."""
    if units == NO_UNITS:
        return {}
    return {
        "unit_rule": units.rule.value,
        "other_units": [
            {"name": each.name, "factor": read.number_text(each.factor)} for each in units.others
        ],
        "unit_penalty": read.number_text(units.penalty),
        "penalty_of": units.penalty_of.value,
    }


@dataclass(frozen=True)
class Amount:
    """Hold the plausible values in the declared unit, and whether the unit is as asked."""

    reading: NumberReading
    unit_fits: bool = True


def amount_of(typed: str, chosen: str, unit: str, units: Units) -> Amount:
    """Read a number with its unit, typed beside it or chosen from a list."""
    if units.rule is UnitRule.LIST:
        return _chosen(typed, chosen, unit, units)
    plain = read_number(typed, unit=unit)
    has_unit = read_number(typed, unit=_NO_UNIT).fault is not None
    if plain.fault is None and (has_unit or units.rule is UnitRule.OPTIONAL):
        return Amount(plain)
    if not has_unit:  # asked for, and missing
        return Amount(plain, unit_fits=False)
    for other in units.others:
        found = read_number(typed, unit=other.name)
        if found.fault is None:
            return Amount(_converted(found, other.factor))
    if units.rule is UnitRule.TYPED:
        return Amount(read_number(typed), unit_fits=False)
    return Amount(plain)


def _chosen(typed: str, chosen: str, unit: str, units: Units) -> Amount:
    # A unit that is typed as well must be the one chosen.
    factors: Mapping[str, Decimal] = {unit: ONE, **{o.name: o.factor for o in units.others}}
    if chosen not in factors:
        return Amount(read_number(typed), unit_fits=False)
    return Amount(_converted(read_number(typed, unit=chosen), factors[chosen]))


def _converted(found: NumberReading, factor: Decimal) -> NumberReading:
    return NumberReading(tuple(value * factor for value in found.values), found.fault)


def names_of(unit: str, units: Units) -> Sequence[str]:
    """List the units that may be chosen; the declared one is not the first, being the key."""
    return sorted([unit, *(each.name for each in units.others)], key=str.casefold)
