"""What a trainer might do about a question, or a test; reasons as names, worded by the pages.

Bounds are those that trainers' handbooks give for tests of a class. Advice is a hint to look, never
a verdict, and of few attempts there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lms.quizzes.statistics.figures import FEW, SCARCE, Of, Whole
from lms.quizzes.statistics.responses import Line, Table, is_distractor

TOO_EASY, TOO_HARD = 95.0, 25.0  # facility
VERY_GOOD, ADEQUATE, WEAK = 50.0, 30.0, 20.0  # discrimination
DUBIOUS = 15.0  # efficiency
MANY_BLANK = 20.0  # per cent unanswered
RELIABLE, ACCEPTABLE = 70.0, 50.0  # alpha of a short test of a course


class Advice(StrEnum):
    """Name what was found of a question, the gravest first."""

    KEY_MAY_BE_WRONG = "key_may_be_wrong"
    AGAINST_THE_WHOLE = "against_the_whole"
    NO_BETTER_THAN_GUESSING = "no_better_than_guessing"
    TOO_HARD = "too_hard"
    TOO_EASY = "too_easy"
    STRONG_MISLED = "strong_misled"
    TELLS_LITTLE = "tells_little"
    MANY_BLANK = "many_blank"
    IDLE_OPTIONS = "idle_options"
    WAITS_FOR_MARKS = "waits_for_marks"
    OF_FEW = "of_few"
    GOOD = "good"


GRAVE = frozenset({Advice.KEY_MAY_BE_WRONG, Advice.AGAINST_THE_WHOLE})
LOOK = frozenset(
    {
        Advice.NO_BETTER_THAN_GUESSING,
        Advice.TOO_HARD,
        Advice.TOO_EASY,
        Advice.STRONG_MISLED,
        Advice.TELLS_LITTLE,
        Advice.MANY_BLANK,
    }
)


@dataclass(frozen=True)
class Hint:
    """A piece of advice; `of` names the options that it is about."""

    kind: Advice
    of: tuple[str, ...] = ()


def advise(item: Of, table: Table) -> tuple[Hint, ...]:
    """Say what to look at in a question."""
    if not item.marked and item.unmarked:
        return (Hint(Advice.WAITS_FOR_MARKS),)
    if item.is_of_few or item.facility is None:
        return (Hint(Advice.OF_FEW),)
    hints = [
        *_of_key(item, table),
        *_of_facility(item),
        *_of_options(table),
        *_of_discrimination(item),
        *_of_blanks(table),
    ]
    if not hints:
        hints.append(Hint(Advice.GOOD))
    if item.unmarked:
        hints.append(Hint(Advice.WAITS_FOR_MARKS))
    order = list(Advice)
    return tuple(sorted(hints, key=lambda hint: order.index(hint.kind)))


def _of_key(item: Of, table: Table) -> list[Hint]:
    """Doubt the key where a wrong answer draws more people, and better ones, than the right one."""
    keys = [line for line in table.lines if line.is_right]
    if table.is_single and len(keys) == 1:
        better = [
            line
            for line in table.lines
            if is_distractor(line) and line.chosen > keys[0].chosen and _is_stronger(line, keys[0])
        ]
        if better:
            return [Hint(Advice.KEY_MAY_BE_WRONG, tuple(line.text for line in better))]
    within = item.discrimination_interval
    if within is not None and within.high < 0:
        return [Hint(Advice.KEY_MAY_BE_WRONG)]
    if item.discrimination is not None and item.discrimination < 0 and item.compared >= FEW:
        return [Hint(Advice.AGAINST_THE_WHOLE)]
    return []


def _is_stronger(line: Line, key: Line) -> bool:
    return line.mean is not None and (key.mean is None or line.mean > key.mean)


def _of_facility(item: Of) -> list[Hint]:
    assert item.facility is not None
    within = item.facility_interval
    if item.facility >= TOO_EASY:
        return [Hint(Advice.TOO_EASY)]
    if item.guess and within is not None and within.high <= item.guess + WEAK / 2:
        return [Hint(Advice.NO_BETTER_THAN_GUESSING)]
    if item.facility <= TOO_HARD:
        return [Hint(Advice.TOO_HARD)]
    return []


def _of_options(table: Table) -> list[Hint]:
    if not table.is_closed or not table.is_single:
        return []
    hints = []
    wrong = [line for line in table.lines if is_distractor(line)]
    low, high = table.thirds or (0, 0)
    misled = tuple(
        line.text
        for line in wrong
        if line.weaker is not None
        and line.stronger is not None
        and line.stronger >= THREE
        and line.stronger / high > line.weaker / low
    )
    if misled:
        hints.append(Hint(Advice.STRONG_MISLED, misled))
    idle = tuple(line.text for line in wrong if not line.chosen)
    if idle and table.met >= SCARCE:
        hints.append(Hint(Advice.IDLE_OPTIONS, idle))
    return hints


THREE = 3  # of fewer strong learners who chose a distractor nothing is said


def _of_discrimination(item: Of) -> list[Hint]:
    if item.compared < SCARCE or item.discrimination is None or item.discrimination < 0:
        return []
    is_dubious = item.efficiency is not None and item.efficiency < DUBIOUS
    return [Hint(Advice.TELLS_LITTLE)] if item.discrimination < WEAK or is_dubious else []


def _of_blanks(table: Table) -> list[Hint]:
    share = 100 * table.unanswered / table.met if table.met else 0
    return [Hint(Advice.MANY_BLANK)] if share > MANY_BLANK else []


class TestAdvice(StrEnum):
    """Name what was found of a whole test."""

    __test__ = False  # no test case, whatever its name

    OF_NONE = "of_none"
    OF_FEW = "of_few"
    UNMARKED = "unmarked"
    ODD = "odd"
    RELIABLE = "reliable"
    ACCEPTABLE = "acceptable"
    UNRELIABLE = "unreliable"
    BELOW_NOTHING = "below_nothing"
    ALL_EQUAL = "all_equal"
    EASY = "easy"
    HARD = "hard"


def advise_on_test(whole: Whole) -> tuple[TestAdvice, ...]:
    """Say what to know of a test's figures before they are used."""
    said = []
    if whole.unmarked:
        said.append(TestAdvice.UNMARKED)
    if whole.odd:
        said.append(TestAdvice.ODD)
    if not whole.attempts:
        return (TestAdvice.OF_NONE, *said)
    if whole.is_of_few:
        return (TestAdvice.OF_FEW, *said)
    if whole.deviation == 0:
        said.append(TestAdvice.ALL_EQUAL)
    if (alpha := whole.consistency) is not None:
        said.append(_of_alpha(alpha))
    if whole.mean is not None and whole.possible:
        if whole.mean >= 0.9 * whole.possible:
            said.append(TestAdvice.EASY)
        elif whole.mean <= 0.4 * whole.possible:
            said.append(TestAdvice.HARD)
    return tuple(said)


def _of_alpha(alpha: float) -> TestAdvice:
    if alpha < 0:
        return TestAdvice.BELOW_NOTHING
    if alpha >= RELIABLE:
        return TestAdvice.RELIABLE
    return TestAdvice.ACCEPTABLE if alpha >= ACCEPTABLE else TestAdvice.UNRELIABLE
