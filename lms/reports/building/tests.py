"""The test before the first module against the one after the last, of those who took both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lms.quizzes.models import Quiz, QuizPlace
from lms.reports import figures
from lms.reports.building.marks import Marks, marks_of, quizzes_of
from lms.reports.figures import Behind, Chart, Column, Figure, Part, Report, Row, Unit
from lms.reports.population import PlaceLine, Population, Scope
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _

KIND = "tests"
BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 101))


@dataclass(frozen=True)
class Pair:
    """Both marks of a person, of one place."""

    place_id: int
    initial: Decimal
    final: Decimal

    @property
    def gain(self) -> Decimal:
        """How many points more than at the start."""
        return self.final - self.initial


@dataclass(frozen=True)
class Both:
    """What a course's two tests brought, each person once."""

    people: int
    initial: Mapping[int, Decimal]  # by place
    final: Mapping[int, Decimal]
    pairs: tuple[Pair, ...]


def build(scope: Scope, population: Population) -> Report:
    """Put the two tests side by side; three statements."""
    marks, quizzes = marks_of(scope), quizzes_of(scope)
    parts, head = [], []
    for course_id in scope.course_ids:
        start = _first(quizzes, course_id, QuizPlace.START)
        end = _first(quizzes, course_id, QuizPlace.END)
        if start is None or end is None:
            continue
        runs = [run.id for run in scope.runs if run.course_id == course_id]
        both = _both(population.of_editions(runs), marks, start.id, end.id)
        name = ""
        if len(scope.course_ids) > 1:
            name = scope.course_title(course_id, current_locale())
        head += _head(both, course_id, name)
        parts += [_means(both, course_id, name), _spread(both, course_id, name)]
        parts.append(_changes(both, course_id, name))
    return Report(
        KIND,
        title(),
        (
            _("Everyone taking part is counted once; people who withdrew are not."),
            _("Means, gain and spread are of those alone who took both tests."),
            _("Marks are of a hundred, on the site or on paper; neither test is passed or failed."),
        ),
        figures.head(_("Who took them"), head, _("Mark")),
        tuple(parts),
        nothing="" if parts else _("No course here has both an initial and a final test."),
    )


def title() -> str:
    """Name the report."""
    return _("Initial and final test")


def _first(quizzes: list[Quiz], course_id: int, place: QuizPlace) -> Quiz | None:
    return next((q for q in quizzes if q.course_id == course_id and q.place is place), None)


def _both(places: tuple[PlaceLine, ...], marks: Marks, start: int, end: int) -> Both:
    initial: dict[int, tuple[int, Decimal]] = {}  # by person
    final: dict[int, tuple[int, Decimal]] = {}
    pairs: dict[int, Pair] = {}
    for place in sorted(places, key=lambda p: p.id):  # of several places the earliest counts
        first, last = marks.best(start, place.id), marks.best(end, place.id)
        if first is not None:
            initial.setdefault(place.person_id, (place.id, first))
        if last is not None:
            final.setdefault(place.person_id, (place.id, last))
        if first is not None and last is not None:
            pairs.setdefault(place.person_id, Pair(place.id, first, last))
    people = Population.once(places)
    return Both(
        people=len(people),
        initial=dict(initial[p.person_id] for p in people if p.person_id in initial),
        final=dict(final[p.person_id] for p in people if p.person_id in final),
        pairs=tuple(pairs[p.person_id] for p in people if p.person_id in pairs),
    )


def _titled(title: str, course: str) -> str:
    return f"{title}: {course}" if course else title


def _head(both: Both, course_id: int, name: str) -> list[tuple[str, str, Figure]]:
    def those(marks: Mapping[int, Decimal]) -> Figure:
        return figures.count((Behind(i, mark) for i, mark in marks.items()), of=both.people)

    return [
        (f"initial{course_id}", _titled(_("took the initial test"), name), those(both.initial)),
        (f"final{course_id}", _titled(_("took the final test"), name), those(both.final)),
        (
            f"both{course_id}",
            _titled(_("took both"), name),
            figures.count((p.place_id for p in both.pairs), of=both.people),
        ),
    ]


def _means(both: Both, course_id: int, name: str) -> Part:
    before = figures.mean({p.place_id: p.initial for p in both.pairs})
    after = figures.mean({p.place_id: p.final for p in both.pairs})
    gain = figures.mean({p.place_id: p.gain for p in both.pairs}, Unit.GAIN)
    return Part(
        f"means{course_id}",
        _titled(_("Means of those who took both"), name),
        _("Test"),
        (Column("mean", _("Mean"), _("Mark")), Column("n", _("Number of people"))),
        (
            Row("initial", _("Initial test"), (before, Figure(len(both.pairs)))),
            Row("final", _("Final test"), (after, Figure(len(both.pairs)))),
            Row("gain", _("Gain"), (gain, Figure(len(both.pairs))), is_total=True),
        ),
        note=_("The gain is the mean of each person’s final mark less the initial one."),
    )


def _spread(both: Both, course_id: int, name: str) -> Part:
    rows = []
    for least, most in BANDS:
        label = f"{least}–{min(most - 1, 100)}"
        ways: list[Figure] = []
        for marks in (
            [(p.place_id, p.initial) for p in both.pairs],
            [(p.place_id, p.final) for p in both.pairs],
        ):
            inside = (Behind(i, mark) for i, mark in marks if least <= mark < most)
            ways.append(figures.count(inside, of=len(both.pairs)))
        rows.append(Row(f"from{least}", label, tuple(ways)))
    heading = _titled(_("Spread of the marks of those who took both"), name)
    return Part(
        f"spread{course_id}",
        heading,
        _("Marks"),
        (
            Column("initial", _("Initial test"), _("Mark")),
            Column("final", _("Final test"), _("Mark")),
        ),
        tuple(rows),
        note=_("A mark between two bands, such as 39.5, stands in the lower one."),
        chart=Chart(heading, ("initial", "final")),
    )


def _changes(both: Both, course_id: int, name: str) -> Part:
    def those(sign: int) -> tuple[Figure, Figure]:
        found = [
            Behind(p.place_id, p.gain) for p in both.pairs if (p.gain > 0) - (p.gain < 0) == sign
        ]
        return (
            figures.count(found, of=len(both.pairs)),
            figures.percent(len(found), len(both.pairs)),
        )

    return Part(
        f"changes{course_id}",
        _titled(_("From the initial to the final test"), name),
        _("The final mark is"),
        (Column("n", _("People"), _("Gain")), Column("share", _("Per cent"))),
        (
            Row("more", _("higher"), those(1)),
            Row("same", _("the same"), those(0)),
            Row("less", _("lower"), those(-1)),
        ),
    )
