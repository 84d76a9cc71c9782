"""How a quiz's figures are said: each with its range and what it means, in the page's language."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from lms.quizzes.results.report import NO_GROUP, QuestionReport, QuizReport
from lms.quizzes.results.scope import Which
from lms.quizzes.statistics.advice import (
    ADEQUATE,
    GRAVE,
    LOOK,
    VERY_GOOD,
    WEAK,
    Advice,
    Hint,
    TestAdvice,
)
from lms.quizzes.statistics.figures import FEW, Of, Whole
from lms.quizzes.statistics.intervals import Interval
from lms.web.i18n import format_number, format_percent, ngettext
from lms.web.i18n import gettext as _

NOTHING = "—"


@dataclass(frozen=True)
class FigureLine:
    """A figure as it is said."""

    key: str
    label: str
    value: float | None
    interval: Interval | None
    unit: str  # "%", or nothing
    says: str

    @property
    def shown(self) -> str:
        """The value, written."""
        return number(self.value, self.unit)

    @property
    def range(self) -> str:
        """The interval, written; empty where there is none."""
        return range_of(self.interval, self.unit)


def number(value: float | None, unit: str = "", places: int | None = None) -> str:
    """Write a figure with one decimal, or two where it is no percentage."""
    if value is None:
        return NOTHING
    if places is None:
        places = 1 if unit else 2
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    shown = format_percent(rounded) if unit else format_number(rounded.normalize() + 0)
    return shown.replace("-", "−")


def range_of(interval: Interval | None, unit: str = "") -> str:
    """Write an interval: between its ends."""
    if interval is None:
        return ""
    low = number(interval.low, "", 0 if unit else 2)
    high = number(interval.high, unit, 0 if unit else 2)
    if interval.low >= 0:
        return f"{low}–{high}"
    return _("%(low)s to %(high)s", low=low, high=high)


def of_words(count: int) -> str:
    """Say of how many attempts."""
    return ngettext("%(num)s attempt", "%(num)s attempts", count)


def which_words(which: Which) -> str:
    """Name which attempts count."""
    return {
        Which.FIRST: _("each person’s first attempt"),
        Which.LAST: _("each person’s last attempt"),
        Which.BEST: _("each person’s best attempt"),
        Which.ALL: _("all attempts"),
    }[which]


def group_words(by: str, name: object) -> str:
    """Name a group."""
    if name == NO_GROUP:
        return _("not known") if by == "kind" else _("no group")
    if by != "kind":
        return str(name)
    return {
        "ngo": _("NGO"),
        "public_authority": _("public authority"),
        "other": _("other"),
    }.get(str(name), str(name))


# A test ----------------------------------------------------------------------------------------


def test_lines(report: QuizReport) -> list[FigureLine]:
    """Say the figures of a test."""
    whole = report.statistics.whole
    lines = [
        FigureLine(
            "mean",
            _("Mean, in points"),
            whole.mean,
            whole.mean_interval,
            "",
            _("What an attempt earned on average, of %(num)s.", num=number(whole.possible)),
        ),
        FigureLine(
            "median",
            _("Median, in points"),
            whole.median,
            None,
            "",
            _("Half of the attempts earned no more than this, half no less."),
        ),
        FigureLine(
            "deviation",
            _("Standard deviation, in points"),
            whole.deviation,
            None,
            "",
            _("How far results lie from the mean: about two in three lie no farther than this."),
        ),
        FigureLine(
            "consistency",
            _("Reliability (Cronbach’s alpha)"),
            whole.consistency,
            whole.consistency_interval,
            "%",
            _(
                "How well the questions agree about who knows more. From 70% people may be "
                "compared by their results; under 50% they should not be."
            ),
        ),
        FigureLine(
            "standard_error",
            _("Standard error, in points"),
            whole.standard_error,
            None,
            "",
            _("How far a result may be off by chance alone, two times in three."),
        ),
        FigureLine(
            "error_ratio",
            _("Error ratio"),
            whole.error_ratio,
            None,
            "%",
            _("How much of the spread comes from chance rather than from what people know."),
        ),
        FigureLine(
            "skewness",
            _("Skewness"),
            whole.skewness,
            None,
            "",
            _("Under 0: most did well and some much worse. Above 0: most did badly."),
        ),
        FigureLine(
            "kurtosis",
            _("Kurtosis"),
            whole.kurtosis,
            None,
            "",
            _("Above 0: more results than usual lie far from the mean. Under 0: fewer."),
        ),
    ]
    return [line for line in lines if line.value is not None or line.key != "kurtosis"]


def advice_on_test(report: QuizReport) -> list[tuple[str, str]]:
    """Say what to know before the figures are used, as (kind of notice, sentence)."""
    whole = report.statistics.whole
    said = [
        (_TEST_KINDS.get(advice, "info"), _test_words(advice, whole)) for advice in report.advice
    ]
    if report.near_mark and not whole.is_of_few:
        said.append(
            (
                "info",
                ngettext(
                    "%(num)s result lies so near the pass mark that chance may have decided.",
                    "%(num)s results lie so near the pass mark that chance may have decided.",
                    report.near_mark,
                ),
            )
        )
    return said


_TEST_KINDS = {
    TestAdvice.OF_FEW: "warn",
    TestAdvice.UNRELIABLE: "warn",
    TestAdvice.BELOW_NOTHING: "warn",
    TestAdvice.RELIABLE: "ok",
}


def _test_words(advice: TestAdvice, whole: Whole) -> str:
    return {
        TestAdvice.OF_NONE: _("No attempt is complete and marked yet."),
        TestAdvice.OF_FEW: _(
            "Made of fewer than %(num)s attempts: the figures may change a lot with the next "
            "ones. No advice is given yet.",
            num=FEW,
        ),
        TestAdvice.UNMARKED: ngettext(
            "%(num)s attempt is left out: something in it waits to be marked.",
            "%(num)s attempts are left out: something in them waits to be marked.",
            whole.unmarked,
        ),
        TestAdvice.ODD: ngettext(
            "%(num)s attempt is left out of the test’s figures: it had another number of "
            "questions.",
            "%(num)s attempts are left out of the test’s figures: they had another number of "
            "questions.",
            whole.odd,
        ),
        TestAdvice.RELIABLE: _("The results can be trusted: people may be compared by them."),
        TestAdvice.ACCEPTABLE: _(
            "Trust in the results is fair for a short test. More questions, or better ones, "
            "would raise it."
        ),
        TestAdvice.UNRELIABLE: _(
            "Trust in the results is low: the test says little of who knows more. Look at the "
            "questions that tell little, or ask more of them."
        ),
        TestAdvice.BELOW_NOTHING: _(
            "Trust in the results is below zero: the questions pull against each other. Look "
            "for a wrong key first."
        ),
        TestAdvice.ALL_EQUAL: _("All results are equal: nothing can be said of who knows more."),
        TestAdvice.EASY: _("The test is easy for these people: most of the points are earned."),
        TestAdvice.HARD: _(
            "The test is hard for these people: less than half of the points are earned."
        ),
    }[advice]


# A question ------------------------------------------------------------------------------------


def item_lines(question: QuestionReport) -> list[FigureLine]:
    """Say the figures of a question."""
    of, place = question.of, question.of.place
    lines = [
        FigureLine(
            "facility",
            _("Facility"),
            of.facility,
            of.facility_interval,
            "%",
            _("The part of the points that was earned. 100%: everybody knew it."),
        ),
        FigureLine(
            "guess",
            _("By guessing"),
            of.guess,
            None,
            "%",
            _("The mark you would expect from guessing."),
        ),
        FigureLine(
            "deviation",
            _("Standard deviation"),
            of.deviation,
            None,
            "%",
            _("How different people’s answers are; 0 where all earned the same."),
        ),
        FigureLine(
            "discrimination",
            _("Discrimination"),
            of.discrimination,
            of.discrimination_interval,
            "%",
            _discrimination_words(of),
        ),
        FigureLine(
            "efficiency",
            _("Discriminative efficiency"),
            of.efficiency,
            None,
            "%",
            _("Discrimination as a part of what such an easy or hard question could reach."),
        ),
    ]
    if place is not None:
        lines += [
            FigureLine(
                "intended",
                _("Intended weight"),
                place.intended,
                None,
                "%",
                _("Its part of the test’s points."),
            ),
            FigureLine(
                "effective",
                _("Effective weight"),
                place.effective,
                None,
                "%",
                _("It works against the total, so it has no weight.")
                if place.is_against
                else _("Its part in what makes results differ."),
            ),
            FigureLine(
                "without",
                _("Reliability without it"),
                place.consistency_without,
                None,
                "%",
                _("The test’s reliability if this question were left out."),
            ),
        ]
    return lines


def _discrimination_words(of: Of) -> str:
    how = (
        _("Whether those who know it do better in the whole test.")
        if of.is_drawn
        else _("Whether those who know it do better in the other questions.")
    )
    r = of.discrimination
    if r is None or of.is_of_few:
        return how
    if r >= VERY_GOOD:
        grade = _("Very good.")
    elif r >= ADEQUATE:
        grade = _("Adequate.")
    elif r >= WEAK:
        grade = _("Weak.")
    elif r >= 0:
        grade = _("Very weak.")
    else:
        grade = _("They do worse: something is wrong with it.")
    return f"{how} {grade}"


def hint_kind(hint: Hint) -> str:
    """Say how grave a piece of advice is, as the kind of its sign."""
    if hint.kind in GRAVE:
        return "bad"
    if hint.kind in LOOK:
        return "warn"
    return "ok" if hint.kind is Advice.GOOD else "muted"


def hint_short(hint: Hint) -> str:
    """Say a piece of advice in two or three words, for a table."""
    return {
        Advice.KEY_MAY_BE_WRONG: _("the key may be wrong"),
        Advice.AGAINST_THE_WHOLE: _("works against the total"),
        Advice.NO_BETTER_THAN_GUESSING: _("no better than guessing"),
        Advice.TOO_HARD: _("too hard"),
        Advice.TOO_EASY: _("too easy"),
        Advice.STRONG_MISLED: _("misleads strong learners"),
        Advice.TELLS_LITTLE: _("tells little"),
        Advice.MANY_BLANK: _("often left open"),
        Advice.IDLE_OPTIONS: _("options nobody chooses"),
        Advice.WAITS_FOR_MARKS: _("waits to be marked"),
        Advice.OF_FEW: _("too few answers"),
        Advice.GOOD: _("good"),
    }[hint.kind]


def hint_words(hint: Hint) -> str:
    """Say a piece of advice, with what to do."""
    return {
        Advice.KEY_MAY_BE_WRONG: _(
            "The key may be wrong: a wrong answer is chosen more often, or by people who know "
            "more. Check the key before anything else."
        ),
        Advice.AGAINST_THE_WHOLE: _(
            "Who does well here does worse elsewhere. Read the question again: it may be "
            "ambiguous, or ask something else."
        ),
        Advice.NO_BETTER_THAN_GUESSING: _(
            "People do hardly better than by guessing. Was it taught? Is it clear what is asked?"
        ),
        Advice.TOO_HARD: _(
            "Too hard for these people. Explain the point better, or ask it more simply."
        ),
        Advice.TOO_EASY: _(
            "Too easy: nearly everybody knows it. Keep it where it encourages; it doesn’t tell "
            "people apart."
        ),
        Advice.STRONG_MISLED: _(
            "A wrong answer draws the stronger third more than the weaker. Read it as somebody "
            "who knows a lot would: is it right in some sense?"
        ),
        Advice.TELLS_LITTLE: _(
            "It tells little of who knows more. Make the wrong answers more plausible."
        ),
        Advice.MANY_BLANK: _("More than one in five left it open. Is it clear, or too long?"),
        Advice.IDLE_OPTIONS: _(
            "Nobody chooses some of the wrong answers. Replace them by mistakes that people "
            "really make."
        ),
        Advice.WAITS_FOR_MARKS: _("Some answers wait to be marked; they are not in these figures."),
        Advice.OF_FEW: _("Fewer than %(num)s answers: too few for advice.", num=FEW),
        Advice.GOOD: _("Nothing to change."),
    }[hint.kind]


def apart_words(question: QuestionReport) -> list[str]:
    """Say between which groups a question makes a difference."""
    return [
        _(
            "“%(better)s” earned %(points)s percentage points more here than “%(worse)s”.",
            better=group_words(by, one.better),
            worse=group_words(by, one.worse),
            points=number(one.points, "", 0),
        )
        for by, one in question.apart
    ]


# Attempts --------------------------------------------------------------------------------------


def standing_words(standing: str) -> str:
    """Say how an attempt stands."""
    return {
        "passed": _("passed"),
        "failed": _("not passed"),
        "submitted": _("submitted"),
        "open": _("in progress"),
        "abandoned": _("not submitted in time"),
    }.get(standing, standing)


STANDING_KINDS = {"passed": "ok", "failed": "warn", "submitted": "ok", "open": "info"}


def order_words(order: str) -> str:
    """Name an order of the list."""
    return {
        "name": _("Name"),
        "organisation": _("Organisation"),
        "started": _("Started last"),
        "submitted": _("Submitted last"),
        "result": _("Best result first"),
        "time": _("Shortest time first"),
    }[order]
