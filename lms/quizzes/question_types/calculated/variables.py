"""The changing numbers of a calculated question: their ranges, how they are drawn and written.

A variable takes the values low, low + step … up to high. What an attempt drew is kept as texts,
`name=value`, where other types keep the order of their options: so the same values are shown and
marked for ever, whatever becomes of the ranges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import product

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.calculated.formula import (
    FUNCTIONS,
    NAME,
    BadFormula,
    value_of,
)
from lms.quizzes.question_types.protocol import (
    InvalidQuestion,
    OptionOrder,
    Payload,
    QuestionFault,
)
from lms.quizzes.rules.assembly import derived_seed

MOST = 12
MOST_VALUES = 1_000_000
_LIMIT = Decimal("1e15")
_TRIES = 40
_CORNERS = 4  # so many variables are tried at both their ends, all with all


@dataclass(frozen=True)
class Variable:
    """Hold a name and the values that it may take."""

    name: str
    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def count(self) -> int:
        """How many values there are."""
        return int((self.high - self.low) / self.step) + 1

    def at(self, place: int) -> Decimal:
        """The value at a place, from 0."""
        return self.low + self.step * place

    def text(self) -> str:
        """Write the range: „1..10 step 0.5”."""
        texts = [read.number_text(each) for each in (self.low, self.high, self.step)]
        return f"{texts[0]}..{texts[1]} step {texts[2]}"


Variables = tuple[Variable, ...]
Values = Mapping[str, Decimal]


def read_variables(payload: Payload) -> Variables:
    """Read the variables; no name twice, none that a function has."""
    items = read.objects(payload, "variables", least=1, most=MOST)
    found = tuple(_read(item, index) for index, item in enumerate(items))
    read.refuse_duplicates("variables", [each.name for each in found])
    return found


def _read(item: Payload, index: int) -> Variable:
    name = read.text(item, "name", index=index, limit=20)
    if not NAME.fullmatch(name) or name in FUNCTIONS:
        raise InvalidQuestion("name", QuestionFault.BAD_ID, index)
    low = read.decimal(item, "low", index=index, low=-_LIMIT, high=_LIMIT)
    high = read.decimal(item, "high", index=index, low=low, high=_LIMIT)
    step = read.decimal(item, "step", Decimal(1), index=index, low=Decimal("1e-9"), high=_LIMIT)
    if (high - low) / step >= MOST_VALUES:
        raise InvalidQuestion("step", QuestionFault.TOO_MANY, index)
    return Variable(name, low, high, step)


def dump_variables(variables: Variables) -> list[dict[str, str]]:
    """Write them canonically."""
    return [
        {
            "name": each.name,
            "low": read.number_text(each.low),
            "high": read.number_text(each.high),
            "step": read.number_text(each.step),
        }
        for each in variables
    ]


@lru_cache(maxsize=2048)
def fault_of(variables: Variables, formula: str) -> QuestionFault | None:
    """Try a formula at the ends of the ranges and at values in between; tell what is wrong."""
    try:
        for values in _samples(variables):
            value_of(formula, values)
    except BadFormula as bad:
        return bad.reason
    return None


def _samples(variables: Variables) -> Iterator[Values]:
    first, rest = variables[:_CORNERS], variables[_CORNERS:]
    for ends in product((0, -1), repeat=len(first)):
        values = {v.name: v.at(end % v.count) for v, end in zip(first, ends, strict=True)}
        for is_high in (False, True) if rest else (False,):
            yield values | {v.name: v.at(v.count - 1 if is_high else 0) for v in rest}
    for seed in range(16):
        yield _drawn(variables, seed, 0)


def _drawn(variables: Variables, seed: int, again: int) -> Values:
    label = f"|{again}" if again else ""
    return {v.name: v.at(derived_seed(seed, f"{v.name}{label}") % v.count) for v in variables}


def draw_values(variables: Variables, formulas: Sequence[str], seed: int) -> OptionOrder:
    """Draw values with which every formula gives a number."""
    for again in range(_TRIES):
        values = _drawn(variables, seed, again)
        if _is_computable(formulas, values):
            return texts_of(values)
    return texts_of({each.name: each.low for each in variables})


def _is_computable(formulas: Sequence[str], values: Values) -> bool:
    try:
        for formula in formulas:
            value_of(formula, values)
    except BadFormula:
        return False
    return True


def texts_of(values: Values) -> OptionOrder:
    """Write drawn values as an attempt keeps them."""
    return tuple(f"{name}={read.number_text(value)}" for name, value in values.items())


def values_of(variables: Variables, texts: Sequence[str]) -> Values:
    """Read the values that an attempt drew; a variable that came later has its lowest."""
    found = dict(text.partition("=")[::2] for text in texts)
    values = {}
    for each in variables:
        try:
            value = Decimal(found.get(each.name, ""))
        except InvalidOperation:
            value = each.low
        values[each.name] = value if value.is_finite() else each.low
    return values
