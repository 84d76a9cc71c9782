"""A quiz's statistics put together: figures, answers, groups and advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.results.loading import Asked, Loaded, load
from lms.quizzes.results.scope import Scope, Which
from lms.quizzes.statistics import intervals
from lms.quizzes.statistics.advice import Hint, TestAdvice, advise, advise_on_test
from lms.quizzes.statistics.figures import Of, Statistics, statistics_of
from lms.quizzes.statistics.groups import Apart, Group, apart, groups_of
from lms.quizzes.statistics.intervals import Interval
from lms.quizzes.statistics.responses import Table, table_of
from lms.quizzes.statistics.scores import Item, scaled

NO_GROUP = ""


@dataclass(frozen=True)
class QuestionReport:
    """A version of a question with all that is known of it."""

    number: int  # in the list
    asked: Asked
    of: Of
    table: Table
    hints: tuple[Hint, ...]
    apart: tuple[tuple[str, Apart], ...]  # what the groups are told apart by, and how

    @property
    def is_marked(self) -> bool:
        """Whether there is anything to earn with it."""
        return self.asked.is_marked


@dataclass(frozen=True)
class Split:
    """The same test told apart by something: the kind of organisation, the group."""

    by: str  # "kind" or "group"
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class QuizReport:
    """A quiz's statistics."""

    scope: Scope
    which: Which
    people: int
    tried: int
    passed: int | None
    passed_interval: Interval | None
    statistics: Statistics
    advice: tuple[TestAdvice, ...]
    questions: tuple[QuestionReport, ...]
    splits: tuple[Split, ...]
    bands: tuple[int, ...]  # how many results in each tenth; the last holds the full mark
    near_mark: int | None  # how many stand within one standard error of the pass mark

    def question(self, version_id: int) -> QuestionReport | None:
        """Find a question."""
        return next((q for q in self.questions if q.asked.version_id == version_id), None)


def report_of(scope: Scope, which: Which, pass_mark: Decimal | None, *, locale: str) -> QuizReport:
    """Read and compute all of it; answers are worded as readers of a language meet them."""
    loaded = load(scope, which)
    asked = [one for one in loaded.asked if one.position is not None or _was_met(one, loaded)]
    items = [_item(one) for one in asked if one.is_marked]
    statistics = statistics_of(items, loaded.cells)
    of = {each.key: each for each in statistics.items}
    results = _results(statistics)
    splits = _splits(loaded, items, statistics)
    told = [one.passed for one in loaded.tried if one.passed is not None]
    passed = sum(told) if told else None
    around = None if passed is None else intervals.wilson(passed / len(told), len(told))
    return QuizReport(
        scope=scope,
        which=which,
        people=len({one.enrolment_id for one in loaded.tried}),
        tried=len(loaded.tried),
        passed=passed,
        passed_interval=around and Interval(100 * around.low, 100 * around.high),
        statistics=statistics,
        advice=advise_on_test(statistics.whole),
        questions=tuple(
            _question(
                number,
                one,
                of=of.get(one.version_id),
                table=_table(one, loaded, results, locale),
                splits=splits,
            )
            for number, one in enumerate(asked, 1)
        ),
        splits=splits,
        bands=_bands(results),
        near_mark=_near(statistics, results, pass_mark),
    )


def _was_met(asked: Asked, loaded: Loaded) -> bool:
    return bool(loaded.answers.get(asked.version_id))


def _item(asked: Asked) -> Item:
    question = asked.words.ro
    guess = rules_for(question).random_guess(question)
    return Item(asked.version_id, scaled(question.marks), None if guess is None else float(guess))


def _results(statistics: Statistics) -> dict[int, float]:
    """Each whole attempt's result, in per cent of what it could earn."""
    possible = sum(column.possible for column in statistics.sheet.columns)
    if not possible:
        return {}
    sheet = statistics.sheet
    return {
        row: 100 * total / possible for row, total in zip(sheet.whole, sheet.totals, strict=True)
    }


def _table(asked: Asked, loaded: Loaded, results: Mapping[int, float], locale: str) -> Table:
    question = asked.in_language(locale)
    answers = loaded.answers.get(asked.version_id, ())
    return table_of(rules_for(question), question, answers, results)


def _question(
    number: int, asked: Asked, *, of: Of | None, table: Table, splits: Sequence[Split]
) -> QuestionReport:
    mine = of or _unmarked(asked, table)
    return QuestionReport(
        number=number,
        asked=asked,
        of=mine,
        table=table,
        hints=advise(mine, table) if asked.is_marked else (),
        apart=tuple(
            (split.by, found)
            for split in splits
            if (found := apart(split.groups, asked.version_id)) is not None
        ),
    )


def _unmarked(asked: Asked, table: Table) -> Of:
    """Stand in for the figures of something that earns nothing: a survey's question."""
    return Of(
        key=asked.version_id,
        met=table.met,
        unmarked=0,
        left_out=0,
        facility=None,
        facility_interval=None,
        deviation=None,
        guess=None,
        is_drawn=False,
        compared=0,
        discrimination=None,
        discrimination_interval=None,
        efficiency=None,
        place=None,
    )


def _splits(loaded: Loaded, items: Sequence[Item], statistics: Statistics) -> tuple[Split, ...]:
    passed = [one.passed for one in loaded.tried]
    names = {
        "kind": [one.kind.value if one.kind else NO_GROUP for one in loaded.tried],
        "group": [one.group or NO_GROUP for one in loaded.tried],
    }
    return tuple(
        Split(by, groups_of(items, statistics.sheet, of, passed))
        for by, of in names.items()
        if len(set(of)) > 1
    )


def _bands(results: Mapping[int, float]) -> tuple[int, ...]:
    counts = [0] * 10
    for result in results.values():
        counts[min(9, max(0, int(result + 1e-9) // 10))] += 1
    return tuple(counts)


def _near(
    statistics: Statistics, results: Mapping[int, float], pass_mark: Decimal | None
) -> int | None:
    whole = statistics.whole
    if pass_mark is None or whole.standard_error is None or not whole.possible:
        return None
    error = 100 * whole.standard_error / whole.possible
    return sum(abs(result - float(pass_mark)) <= error for result in results.values())
