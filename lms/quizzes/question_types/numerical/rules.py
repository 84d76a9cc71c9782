"""A number, right within a tolerance, typed as the learner is used to writing it.

The first answer whose interval holds the value gives its fraction. The answer is kept as it
was typed; it is read anew each time it is marked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import ClassVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.ids import digest
from lms.quizzes.question_types.numerical.number_input import (
    MAX_LENGTH,
    NumberFault,
)
from lms.quizzes.question_types.numerical.units import (
    NO_UNITS,
    Amount,
    UnitRule,
    Units,
    amount_of,
    dump_units,
    names_of,
    read_units,
)
from lms.quizzes.question_types.plain import shown
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    InvalidResponse,
    MarkResult,
    OptionOrder,
    PartResult,
    Payload,
    Question,
    QuestionFault,
    ResponseFault,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    result,
)

NAME: str = "numerical"
FIELD, UNIT = "value", "unit"
OTHER = "other"
LIMIT = Decimal("1e30")


class ToleranceKind(StrEnum):
    """Name what a tolerance is measured in."""

    NOMINAL = "nominal"
    RELATIVE = "relative"
    GEOMETRIC = "geometric"


@dataclass(frozen=True)
class NumericAnswer:
    """Hold a value, how far from it is near enough, and what it earns.

    A relative tolerance is a fraction of the value: 0.01 is one per cent. A geometric one holds
    from the value ÷ (1 + tolerance) to the value × (1 + tolerance).
    """

    value: Decimal
    tolerance: Decimal = ZERO
    tolerance_kind: ToleranceKind = ToleranceKind.NOMINAL
    fraction: Decimal = ONE
    feedback: str = ""

    def holds(self, value: Decimal) -> bool:
        """Say whether a value is near enough, the edges included."""
        with localcontext(prec=200):
            reach = self.tolerance
            if self.tolerance_kind is ToleranceKind.GEOMETRIC:
                ends = sorted((self.value / (1 + reach), self.value * (1 + reach)))
                return ends[0] <= value <= ends[1]
            if self.tolerance_kind is ToleranceKind.RELATIVE:
                reach *= abs(self.value)
            return abs(value - self.value) <= reach


@dataclass(frozen=True, kw_only=True)
class Numerical(Question):
    """Ask for a number; `other_feedback` is for any value that no answer holds."""

    type: ClassVar[str] = NAME
    answers: tuple[NumericAnswer, ...]
    unit: str = ""
    units: Units = NO_UNITS
    other_feedback: str = ""


def parse(payload: Payload) -> Numerical:
    """Read the question; at least one answer earns everything."""
    answers = tuple(
        _read_answer(item, index)
        for index, item in enumerate(read.objects(payload, "answers", least=1))
    )
    if all(answer.fraction < ONE for answer in answers):
        raise InvalidQuestion("answers", QuestionFault.NO_RIGHT_ANSWER)
    unit = read.text(payload, "unit", required=False, limit=40)
    return Numerical(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        answers=answers,
        unit=unit,
        units=read_units(payload, unit),
        other_feedback=read.text(payload, "other_feedback", required=False),
    )


def _read_answer(item: Payload, index: int) -> NumericAnswer:
    kind = read.text(item, "tolerance_kind", index=index, required=False) or ToleranceKind.NOMINAL
    if kind not in list(ToleranceKind):
        raise InvalidQuestion("tolerance_kind", QuestionFault.UNKNOWN, index)
    return NumericAnswer(
        value=read.decimal(item, "value", index=index, low=-LIMIT, high=LIMIT),
        tolerance=read.decimal(item, "tolerance", ZERO, index=index, low=ZERO, high=LIMIT),
        tolerance_kind=ToleranceKind(kind),
        fraction=read.decimal(item, "fraction", ONE, index=index, low=ZERO, high=ONE),
        feedback=read.text(item, "feedback", index=index, required=False),
    )


def dump(question: Numerical) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "unit": question.unit,
        **dump_units(question.units),
        "answers": [{**_structure(a), "feedback": a.feedback} for a in question.answers],
        "other_feedback": question.other_feedback,
        "general_feedback": question.general_feedback,
    }


def _structure(answer: NumericAnswer) -> dict[str, str]:
    return {
        "value": read.number_text(answer.value),
        "tolerance": read.number_text(answer.tolerance),
        "tolerance_kind": answer.tolerance_kind.value,
        "fraction": read.number_text(answer.fraction),
    }


def match_ids(new: Numerical, old: Numerical) -> Numerical:
    """Keep everything: a number has no options."""
    return new


def map_texts(question: Numerical, change: Callable[[str], str]) -> Numerical:
    """Change stem and feedback; the unit is a plain word and stays."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        other_feedback=change(question.other_feedback),
        answers=tuple(
            replace(answer, feedback=change(answer.feedback)) for answer in question.answers
        ),
    )


def translated(question: Numerical, words: Numerical) -> Numerical:
    """Take the words of another language; the unit stays, pages word it (`unit_in_english`)."""
    if len(question.answers) != len(words.answers):
        raise WordsDiffer(WordsFault.OPTIONS)
    for index, (answer, other) in enumerate(zip(question.answers, words.answers, strict=True)):
        if answer.fraction != other.fraction:
            raise WordsDiffer(WordsFault.WEIGHTS, index)
        if _structure(answer) != _structure(other):
            raise WordsDiffer(WordsFault.NUMBERS, index)
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        other_feedback=words.other_feedback,
        answers=tuple(
            replace(answer, feedback=other.feedback)
            for answer, other in zip(question.answers, words.answers, strict=True)
        ),
    )


def structure_digest(question: Numerical) -> str:
    """Hash what marking depends on; the order of answers counts, the first to fit wins."""
    answers = [sorted(_structure(answer).items()) for answer in question.answers]
    parts = [NAME, read.number_text(question.marks), question.unit, answers]
    units = sorted(dump_units(question.units).items())
    return digest([*parts, units] if units else parts)


def option_ids(question: Numerical) -> OptionOrder:
    """List nothing: there is nothing to choose from."""
    return ()


def draw(question: Numerical, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Order nothing."""
    return ()


def as_drawn(question: Numerical, order: Sequence[str]) -> Numerical:
    """Change nothing: every attempt meets the same question."""
    return question


def public(question: Numerical, order: Sequence[str]) -> dict[str, object]:
    """Show stem, marks and unit."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "unit": question.unit,
        "unit_rule": question.units.rule.value,
        "units": _offered(question),
        "example": example_of(question),
    }


_MONEY = frozenset({"lei", "leu", "ron", "euro", "eur", "€"})
_LESS_THAN_A_THOUSAND = "12.5"


def example_of(question: Numerical, *, is_whole: bool | None = None) -> str:
    """Give a number written like the answer wanted, and never one that is accepted.

    "" where one with thousands and decimals fits: of money, or where nothing is known.
    """

    def is_free(text: str) -> bool:
        return not any(answer.holds(Decimal(text)) for answer in question.answers)

    is_money = question.unit.lower() in _MONEY
    if is_whole if is_whole is not None else _is_whole(question):
        examples = ("250", "480", "360", "720") if is_money else ("12", "48", "26", "54")
        return next(filter(is_free, examples), "")
    if is_money or not question.unit or not is_free(_LESS_THAN_A_THOUSAND):
        return ""
    return _LESS_THAN_A_THOUSAND


def _is_whole(question: Numerical) -> bool:
    return all(
        answer.tolerance_kind is ToleranceKind.NOMINAL
        and answer.value == answer.value.to_integral_value()
        and answer.tolerance == answer.tolerance.to_integral_value()
        for answer in question.answers
        if answer.fraction
    )


def _offered(question: Numerical) -> list[str]:
    is_list = question.units.rule is UnitRule.LIST
    return list(names_of(question.unit, question.units)) if is_list else []


def field_names(question: Numerical) -> tuple[str, ...]:
    """Name the field of the number, and that of the unit where it is chosen from a list."""
    return (FIELD, UNIT) if question.units.rule is UnitRule.LIST else (FIELD,)


def read_response(question: Numerical, form_values: FormValues) -> dict[str, object]:
    """Keep what was typed, readable or not: nothing a learner typed is lost."""
    values = [read.UNUSABLE.sub("", value).strip() for value in form_values.get(FIELD, ())]
    if len(values) > 1:
        raise InvalidResponse(FIELD, ResponseFault.SEVERAL_VALUES)
    typed = values[0] if values else ""
    if len(typed) > MAX_LENGTH:
        raise InvalidResponse(FIELD, ResponseFault.TOO_LONG)
    found: dict[str, object] = {"text": typed} if typed else {}
    if offered := _offered(question):
        chosen = [value for value in form_values.get(UNIT, ()) if value]
        if len(chosen) > 1:
            raise InvalidResponse(UNIT, ResponseFault.SEVERAL_VALUES)
        if chosen and chosen[0] not in offered:
            raise InvalidResponse(UNIT, ResponseFault.UNKNOWN_OPTION)
        if chosen:
            found["unit"] = chosen[0]
    return found


def is_answered(question: Numerical, payload: Payload) -> bool:
    """Say whether all is filled in; `notice` tells whether it can be read."""
    is_chosen = question.units.rule is not UnitRule.LIST or bool(_chosen_unit(payload))
    return bool(_typed(payload)) and is_chosen


def notice(question: Numerical, payload: Payload) -> ResponseNotice | None:
    """Remark what can't be read as a number, or is in another unit."""
    if not _typed(payload):
        return None
    amount = _amount(question, payload)
    fault = amount.reading.fault
    if fault is None:
        is_asked = question.units.rule is not UnitRule.OPTIONAL
        return ResponseNotice.NO_UNIT if is_asked and not amount.unit_fits else None
    if fault is NumberFault.OTHER_UNIT:
        return ResponseNotice.OTHER_UNIT
    return ResponseNotice.NOT_A_NUMBER


def mark(question: Numerical, payload: Payload) -> MarkResult:
    """Mark the kindest plausible reading of what was typed."""
    key, fraction = _best(question, payload)
    part = PartResult(
        key=FIELD,
        given=_typed(payload) or None,
        expected=key_text(question)[0],
        is_right=fraction == ONE,
        fraction=fraction,
    )
    answered = bool(_typed(payload))
    return result(fraction, [part], answered=answered, feedback=[key] if answered else [])


def feedback(question: Numerical, payload: Payload) -> tuple[str, ...]:
    """Show the feedback of the answer hit, or the one for other values; and the general one."""
    specific = ""
    if _typed(payload):
        key, _ = _best(question, payload)
        specific = question.other_feedback if key == OTHER else question.answers[int(key)].feedback
    return tuple(text for text in (specific, question.general_feedback) if text)


def key_text(question: Numerical) -> tuple[str, ...]:
    """Give the right value with a decimal point; the page writes it as its reader does."""
    right = next(answer for answer in question.answers if answer.fraction == ONE)
    return (read.number_text(right.value),)


def response_text(question: Numerical, payload: Payload) -> tuple[str, ...]:
    """Give what was typed."""
    typed, chosen = _typed(payload), _chosen_unit(payload)
    if question.units.rule is UnitRule.LIST and chosen and typed:
        return (shown(f"{typed} {chosen}"),)
    return (shown(typed),) if typed else ()


def answer_classes(question: Numerical) -> tuple[AnswerClass, ...]:
    """List the author's values."""
    return tuple(
        AnswerClass(FIELD, str(index), read.number_text(answer.value), answer.fraction)
        for index, answer in enumerate(question.answers)
    )


def summarise(question: Numerical, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count the author's value that the answer came near enough to."""
    if not _typed(payload):
        return (AnswerClass(FIELD, "", "", ZERO),)
    key, fraction = _best(question, payload)
    text = shown(_typed(payload)) if key == OTHER else answer_classes(question)[int(key)].text
    return (AnswerClass(FIELD, key, text, fraction),)


def random_guess(question: Numerical) -> Decimal | None:
    """Expect nothing of a number picked at random."""
    return ZERO


def _best(question: Numerical, payload: Payload) -> tuple[str, Decimal]:
    """Find the answer that is kindest to the learner, as its index or `other`."""
    best: tuple[str, Decimal] | None = None
    amount = _amount(question, payload)
    for value in amount.reading.values:
        for index, answer in enumerate(question.answers):
            if answer.holds(value):
                if best is None or answer.fraction > best[1]:
                    best = (str(index), answer.fraction)
                break
    if best is None:
        return OTHER, ZERO
    return best if amount.unit_fits else (best[0], question.units.after_penalty(best[1]))


def _amount(question: Numerical, payload: Payload) -> Amount:
    return amount_of(_typed(payload), _chosen_unit(payload), question.unit, question.units)


def _typed(payload: Payload) -> str:
    value = payload.get("text")
    return value.strip() if isinstance(value, str) else ""


def _chosen_unit(payload: Payload) -> str:
    value = payload.get("unit")
    return value if isinstance(value, str) else ""
