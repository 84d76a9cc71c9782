"""What came of the modules' tests, on the site and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from lms.quizzes.models import Quiz, QuizPlace
from lms.reports import figures
from lms.reports.building.marks import Marks, OfPerson, by_person, marks_of, quizzes_of
from lms.reports.figures import Behind, Chart, Column, Figure, Part, Report, Row, Unit
from lms.reports.population import PlaceLine, Population, Scope
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _

KIND = "results"


def build(scope: Scope, population: Population) -> Report:
    """Count attempts, marks and passes by test; three statements."""
    quizzes = [quiz for quiz in quizzes_of(scope) if quiz.place is QuizPlace.MODULE]
    order = {course_id: at for at, course_id in enumerate(scope.course_ids)}
    quizzes.sort(key=lambda q: (order[q.course_id], q.module.position if q.module else 0))
    marks = marks_of(scope)
    named = [(f"q{quiz.id}", _name(quiz), f"T{n}") for n, quiz in enumerate(quizzes, 1)]
    places = {quiz.id: _places(scope, population, quiz) for quiz in quizzes}
    rows = list(zip(quizzes, named, strict=True))
    return Report(
        KIND,
        title(),
        (
            _("Everyone taking part is counted once; people who withdrew are not."),
            _("Of each person the best mark counts; marks are of a hundred."),
            _("A test on paper never stands among attempts: it has a table of its own."),
            _("Tests before the first and after the last module are in a report of their own."),
        ),
        _head(population, quizzes, marks, places),
        (
            _together(rows, marks, places, population),
            _online(rows, marks, places),
            _paper(rows, marks, places),
        ),
        nothing="" if quizzes else _("The course has no tests in its modules."),
    )


def title() -> str:
    """Name the report."""
    return _("Test results")


def _name(quiz: Quiz) -> str:
    return quiz.title_en if current_locale() == "en" else quiz.title_ro


def _places(scope: Scope, population: Population, quiz: Quiz) -> tuple[PlaceLine, ...]:
    return population.of_editions(r.id for r in scope.runs if r.course_id == quiz.course_id)


Named = list[tuple[Quiz, tuple[str, str, str]]]
Places = Mapping[int, tuple[PlaceLine, ...]]


def _head(population: Population, quizzes: list[Quiz], marks: Marks, places: Places) -> Part:
    took: dict[int, OfPerson] = {}
    papers: dict[int, OfPerson] = {}
    for quiz in quizzes:
        for person, one in by_person(places[quiz.id], marks.online.get(quiz.id, {})).items():
            took.setdefault(person, one)
        for person, one in by_person(places[quiz.id], marks.on_paper.get(quiz.id, {})).items():
            papers.setdefault(person, one)
    here = len(population.people)
    return figures.head(
        _("In all"),
        [
            ("people", _("take part"), figures.count(p.id for p in population.people)),
            (
                "online",
                _("took a test on the site"),
                figures.count((o.place_id for o in took.values()), of=here),
            ),
            (
                "paper",
                _("took a test on paper"),
                figures.count((o.place_id for o in papers.values()), of=here),
            ),
        ],
    )


def _best(taken: Iterable[OfPerson]) -> list[Behind]:
    return [Behind(one.place_id, one.best) for one in taken]


def _marks(taken: Iterable[OfPerson]) -> dict[int, Decimal]:
    return {one.place_id: one.best for one in taken if one.best is not None}


def _highest(taken: Iterable[OfPerson]) -> Figure:
    known = _marks(taken)
    top = max(known.values(), default=None)
    holders = tuple(Behind(i, mark) for i, mark in known.items() if mark == top)
    return Figure(top, Unit.MARK, of=len(known), behind=holders)


def _together(rows: Named, marks: Marks, places: Places, population: Population) -> Part:
    drawn = []
    for quiz, (row_id, name, short) in rows:
        ways = (marks.online.get(quiz.id, {}), marks.on_paper.get(quiz.id, {}))
        here = population.once(places[quiz.id])
        taken = by_person(places[quiz.id], *ways)
        passed = [one for one in taken.values() if one.passed]
        failed = [one for one in taken.values() if not one.passed]
        never = [p.id for p in here if p.person_id not in taken]
        drawn.append(
            Row(
                row_id,
                name,
                (
                    figures.count(_best(passed), of=len(here)),
                    figures.count(_best(failed), of=len(here)),
                    figures.count(never, of=len(here)),
                    figures.percent(len(passed), len(here)),
                    figures.percent(len(passed), len(taken)),
                ),
                short=short,
                code=short,
            )
        )
    return Part(
        "all",
        _("Passed, on the site or on paper"),
        _("Test"),
        (
            Column("passed", _("Passed"), _("Best mark")),
            Column("failed", _("Not passed yet"), _("Best mark")),
            Column("never", _("Not taken")),
            Column("share", _("Passed of all, per cent")),
            Column("rate", _("Passed of those who took it, per cent")),
        ),
        tuple(drawn),
        chart=Chart(
            _("Passed, on the site or on paper"),
            ("passed", "failed", "never"),
            is_stacked=True,
            says_first=True,
        ),
    )


def _online(rows: Named, marks: Marks, places: Places) -> Part:
    """Tests on the site, where one person may try several times."""
    drawn = []
    for quiz, named in rows:
        taken = list(by_person(places[quiz.id], marks.online.get(quiz.id, {})).values())
        times = tuple(Behind(one.place_id, one.times) for one in taken)
        tries = Figure(sum(one.times for one in taken), behind=times)
        people, *others = _of_those(taken)
        drawn.append(_row(named, (people, tries, *others)))
    people_column, *columns = _columns()
    attempts = Column("attempts", _("Attempts"), _("Attempts"))
    return Part(
        "online",
        _("On the site"),
        _("Test"),
        (people_column, attempts, *columns),
        tuple(drawn),
    )


def _paper(rows: Named, marks: Marks, places: Places) -> Part:
    drawn = []
    for quiz, named in rows:
        taken = list(by_person(places[quiz.id], marks.on_paper.get(quiz.id, {})).values())
        drawn.append(_row(named, _of_those(taken)))
    return Part("paper", _("On paper"), _("Test"), _columns(), tuple(drawn))


def _of_those(taken: Sequence[OfPerson]) -> tuple[Figure, ...]:
    """Count those who took a test one way, with their marks; the order is that of `_columns`."""
    passed = [one for one in taken if one.passed]
    return (
        figures.count(_best(taken)),
        figures.mean(_marks(taken)),
        _highest(taken),
        figures.count(_best(passed), of=len(taken)),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("people", _("Took it"), _("Best mark")),
        Column("mean", _("Mean of best marks"), _("Best mark")),
        Column("best", _("Best mark"), _("Best mark")),
        Column("passed", _("Passed"), _("Best mark")),
    )


def _row(named: tuple[str, str, str], found: tuple[Figure, ...]) -> Row:
    row_id, name, short = named
    return Row(row_id, name, found, short=short, code=short)
