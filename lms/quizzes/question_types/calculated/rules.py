"""A number computed from changing values: each attempt draws its own, and the formula its answer.

The draw is fixed by the attempt's seed and kept with it. Once the values are in, the question is
a numerical one: tolerance, units, penalties and the reading of numbers are those of `numerical`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types import plain
from lms.quizzes.question_types.calculated.formula import LONGEST, BadFormula, value_of
from lms.quizzes.question_types.calculated.places import (
    Rounding,
    changed,
    filled,
    names_in,
    rounded,
)
from lms.quizzes.question_types.calculated.variables import (
    Values,
    Variables,
    draw_values,
    dump_variables,
    fault_of,
    read_variables,
    texts_of,
    values_of,
)
from lms.quizzes.question_types.ids import digest
from lms.quizzes.question_types.numerical import rules as numerical
from lms.quizzes.question_types.numerical.rules import (
    LIMIT,
    OTHER,
    Numerical,
    NumericAnswer,
    ToleranceKind,
)
from lms.quizzes.question_types.numerical.units import NO_UNITS, Units, dump_units, read_units
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    MarkResult,
    OptionOrder,
    Payload,
    Question,
    QuestionFault,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
)

NAME: str = "calculated"
MOST_ANSWERS = 10
MOST_PLACES = 40
EXAMPLES = 5


@dataclass(frozen=True)
class FormulaAnswer:
    """Hold a formula, how far from its value is near enough, and what it earns."""

    formula: str
    tolerance: Decimal
    tolerance_kind: ToleranceKind
    fraction: Decimal = ONE
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class Calculated(Question):
    """Ask for what a formula gives; `drawn` holds an attempt's values once its texts have them."""

    type: ClassVar[str] = NAME
    variables: Variables
    answers: tuple[FormulaAnswer, ...]
    rounding: Rounding = Rounding.DECIMALS
    places: int = 2
    unit: str = ""
    units: Units = NO_UNITS
    other_feedback: str = ""
    is_english: bool = False  # how numbers in its texts are written
    drawn: OptionOrder = ()

    @property
    def values(self) -> Values:
        """The values drawn; the lowest ones where nothing is."""
        return values_of(self.variables, self.drawn)

    @property
    def formulas(self) -> tuple[str, ...]:
        """The formulas of the answers, and those in its texts."""
        places = (place for _field, text in _texts(self) for place in names_in(text))
        said = (written for is_formula, written in places if is_formula)
        return (*(answer.formula for answer in self.answers), *said)


@dataclass(frozen=True)
class Example:
    """Show an author one draw: the values, and what the first answer is."""

    values: tuple[tuple[str, Decimal], ...]
    answer: Decimal


def parse(payload: Payload) -> Calculated:
    """Read the question; every formula gives a number at the ends of the ranges and in between."""
    variables = read_variables(payload)
    rounding = Rounding(read.choice(payload, "rounding", list(Rounding)))
    places = read.whole(payload, "places", 2, low=0, high=12)
    assert places is not None
    items = read.objects(payload, "answers", least=1, most=MOST_ANSWERS)
    usual = usual_tolerance(rounding, places)
    answers = tuple(_read_answer(item, index, usual) for index, item in enumerate(items))
    for index, answer in enumerate(answers):
        _check(variables, answer.formula, "formula", index)
    if all(answer.fraction < ONE for answer in answers):
        raise InvalidQuestion("answers", QuestionFault.NO_RIGHT_ANSWER)
    unit = read.text(payload, "unit", required=False, limit=40)
    question = Calculated(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        variables=variables,
        answers=answers,
        rounding=rounding,
        places=places,
        unit=unit,
        units=read_units(payload, unit),
        other_feedback=read.text(payload, "other_feedback", required=False),
        is_english=read.flag(payload, "english"),
    )
    _check_texts(question)
    return question


def usual_tolerance(rounding: Rounding, places: int) -> tuple[Decimal, ToleranceKind]:
    """Tell how far an answer may lie where the author says nothing: half of the last digit."""
    half = Decimal("0.5")
    if rounding is Rounding.DIGITS:
        return half.scaleb(1 - max(places, 1)), ToleranceKind.RELATIVE
    return half.scaleb(-places), ToleranceKind.NOMINAL


def _read_answer(item: Payload, index: int, usual: tuple[Decimal, ToleranceKind]) -> FormulaAnswer:
    kind = read.text(item, "tolerance_kind", index=index, required=False)
    if kind and kind not in list(ToleranceKind):
        raise InvalidQuestion("tolerance_kind", QuestionFault.UNKNOWN, index)
    is_said = item.get("tolerance") not in (None, "")
    reach = read.decimal(item, "tolerance", usual[0], index=index, low=ZERO, high=LIMIT)
    named = ToleranceKind(kind) if kind else ToleranceKind.NOMINAL
    return FormulaAnswer(
        formula=read.text(item, "formula", index=index, limit=LONGEST),
        tolerance=reach,
        tolerance_kind=named if is_said else usual[1],
        fraction=read.decimal(item, "fraction", ONE, index=index, low=ZERO, high=ONE),
        feedback=read.text(item, "feedback", index=index, required=False),
    )


def _check(variables: Variables, formula: str, field: str, index: int | None = None) -> None:
    fault = fault_of(variables, formula)
    if fault is not None:
        raise InvalidQuestion(field, fault, index)


def _check_texts(question: Calculated) -> None:
    known = {each.name for each in question.variables}
    found = [(field, place) for field, text in _texts(question) for place in names_in(text)]
    if len(found) > MOST_PLACES:
        raise InvalidQuestion("stem", QuestionFault.TOO_MANY)
    for (field, index), (is_formula, written) in found:
        if is_formula:
            _check(question.variables, written, field, index)
        elif written not in known:
            raise InvalidQuestion(field, QuestionFault.UNKNOWN_VARIABLE, index)


def _texts(question: Calculated) -> Iterator[tuple[tuple[str, int | None], str]]:
    yield ("stem", None), question.stem
    yield ("general_feedback", None), question.general_feedback
    yield ("other_feedback", None), question.other_feedback
    for index, answer in enumerate(question.answers):
        yield ("feedback", index), answer.feedback


def dump(question: Calculated) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "variables": dump_variables(question.variables),
        "answers": [{**_structure(a), "feedback": a.feedback} for a in question.answers],
        "rounding": question.rounding.value,
        "places": question.places,
        "unit": question.unit,
        **dump_units(question.units),
        "other_feedback": question.other_feedback,
        "general_feedback": question.general_feedback,
        **({"english": True} if question.is_english else {}),
    }


def _structure(answer: FormulaAnswer) -> dict[str, str]:
    return {
        "formula": answer.formula,
        "tolerance": read.number_text(answer.tolerance),
        "tolerance_kind": answer.tolerance_kind.value,
        "fraction": read.number_text(answer.fraction),
    }


match_ids = plain.match_ids


def map_texts(question: Calculated, change: Callable[[str], str]) -> Calculated:
    """Change stem and feedback, but not the places of numbers in them."""
    return _reworded(question, lambda text: changed(text, change))


def _reworded(question: Calculated, change: Callable[[str], str]) -> Calculated:
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        other_feedback=change(question.other_feedback),
        answers=tuple(replace(a, feedback=change(a.feedback)) for a in question.answers),
    )


def translated(question: Calculated, words: Calculated) -> Calculated:
    """Take the words of another language; variables and formulas are the same in it."""
    if len(question.answers) != len(words.answers):
        raise WordsDiffer(WordsFault.OPTIONS)
    if question.variables != words.variables:
        raise WordsDiffer(WordsFault.NUMBERS)
    for index, (answer, other) in enumerate(zip(question.answers, words.answers, strict=True)):
        if answer.fraction != other.fraction:
            raise WordsDiffer(WordsFault.WEIGHTS, index)
        if answer.formula != other.formula:
            raise WordsDiffer(WordsFault.NUMBERS, index)
    return replace(
        question,
        is_english=True,
        stem=words.stem,
        general_feedback=words.general_feedback,
        other_feedback=words.other_feedback,
        answers=tuple(
            replace(answer, feedback=other.feedback)
            for answer, other in zip(question.answers, words.answers, strict=True)
        ),
    )


def structure_digest(question: Calculated) -> str:
    """Hash what marking depends on; the order of answers counts, the first to fit wins."""
    answers = [sorted(_structure(answer).items()) for answer in question.answers]
    return digest(
        [
            NAME,
            read.number_text(question.marks),
            question.unit,
            [sorted(each.items()) for each in dump_variables(question.variables)],
            answers,
            [question.rounding.value, question.places],
            [[name, str(value)] for name, value in sorted(dump_units(question.units).items())],
        ]
    )


def option_ids(question: Calculated) -> OptionOrder:
    """List the values drawn; there is nothing to choose from."""
    return question.drawn


def draw(question: Calculated, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Draw a value for each variable."""
    return draw_values(question.variables, question.formulas, seed)


def as_drawn(question: Calculated, order: Sequence[str]) -> Calculated:
    """Put the drawn values into the texts, and keep them for marking."""
    if not order:
        return question
    values = values_of(question.variables, order)

    def change(text: str) -> str:
        return filled(
            text,
            values,
            question.rounding,
            question.places,
            is_english=question.is_english,
        )

    met = _reworded(question, change)
    hints = tuple(change(hint) for hint in question.hints)
    return replace(met, drawn=texts_of(values), hints=hints)


def as_numerical(question: Calculated) -> Numerical:
    """Give the question of the drawn values: what is said of numbers holds for it."""
    return Numerical(
        stem=question.stem,
        marks=question.marks,
        general_feedback=question.general_feedback,
        answers=tuple(_computed(question, answer) for answer in question.answers),
        unit=question.unit,
        units=question.units,
        other_feedback=question.other_feedback,
    )


def _computed(question: Calculated, answer: FormulaAnswer) -> NumericAnswer:
    try:
        value = rounded(
            value_of(answer.formula, question.values), question.rounding, question.places
        )
    except BadFormula:  # only where a later version computes with values that it never drew
        value, answer = ZERO, replace(answer, tolerance=ZERO)
    return NumericAnswer(
        value=value,
        tolerance=answer.tolerance,
        tolerance_kind=answer.tolerance_kind,
        fraction=answer.fraction,
        feedback=answer.feedback,
    )


def examples(question: Calculated) -> tuple[Example, ...]:
    """Draw a few variants for the author's eyes."""
    found = []
    for seed in range(1, EXAMPLES + 1):
        met = replace(question, drawn=draw(question, seed))
        right = next(a for a in as_numerical(met).answers if a.fraction == ONE)
        found.append(Example(tuple(met.values.items()), right.value))
    return tuple(found)


def public(question: Calculated, order: Sequence[str]) -> dict[str, object]:
    """Show the stem with the drawn values, marks, unit and how to round."""
    met = as_numerical(question if question.drawn else as_drawn(question, order))
    is_whole = question.rounding is Rounding.DECIMALS and not question.places
    return {
        **numerical.public(met, ()),
        "example": numerical.example_of(met, is_whole=is_whole),
        "type": NAME,
        "rounding": question.rounding.value,
        "places": question.places,
    }


def field_names(question: Calculated) -> tuple[str, ...]:
    """Name the fields of a number."""
    return numerical.field_names(as_numerical(question))


def read_response(question: Calculated, form_values: FormValues) -> dict[str, object]:
    """Keep what was typed."""
    return numerical.read_response(as_numerical(question), form_values)


def is_answered(question: Calculated, payload: Payload) -> bool:
    """Say whether all is filled in."""
    return numerical.is_answered(as_numerical(question), payload)


def notice(question: Calculated, payload: Payload) -> ResponseNotice | None:
    """Remark what can't be read as a number, or is in another unit."""
    return numerical.notice(as_numerical(question), payload)


def mark(question: Calculated, payload: Payload) -> MarkResult:
    """Mark against the value that the drawn numbers give."""
    return numerical.mark(as_numerical(question), payload)


def feedback(question: Calculated, payload: Payload) -> tuple[str, ...]:
    """Show the feedback of the answer hit, and the general one."""
    return numerical.feedback(as_numerical(question), payload)


def key_text(question: Calculated) -> tuple[str, ...]:
    """Give the right value; the formula where nothing is drawn."""
    if question.drawn:
        return numerical.key_text(as_numerical(question))
    right = next(answer for answer in question.answers if answer.fraction == ONE)
    return (plain.shown(right.formula),)


def response_text(question: Calculated, payload: Payload) -> tuple[str, ...]:
    """Give what was typed."""
    return numerical.response_text(as_numerical(question), payload)


def answer_classes(question: Calculated) -> tuple[AnswerClass, ...]:
    """List the author's formulas: the values behind them differ from attempt to attempt."""
    return tuple(
        AnswerClass(numerical.FIELD, str(index), plain.shown(answer.formula), answer.fraction)
        for index, answer in enumerate(question.answers)
    )


def summarise(question: Calculated, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count the author's formula whose value the answer came near enough to."""
    (found,) = numerical.summarise(as_numerical(question), payload)
    if found.key in ("", OTHER):
        return (found,)
    return (replace(found, text=answer_classes(question)[int(found.key)].text),)


def random_guess(question: Calculated) -> Decimal | None:
    """Expect nothing of a number picked at random."""
    return ZERO
