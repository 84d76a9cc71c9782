"""Participants by indicator and gender, as they were at entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lms.entry import queries, rules
from lms.entry.indicator_sets import REFUSED, IndicatorSet, Kind
from lms.entry.queries import EntryLine, EntryState
from lms.entry.services.settings import set_of, settings_of
from lms.entry.words import option_label, refusal, said
from lms.reports import figures
from lms.reports.figures import Behind, Chart, Column, Figure, Part, Report, Row
from lms.reports.population import Population, Scope
from lms.web.i18n import gettext as _

KIND = "participants"


def build(scope: Scope, population: Population) -> Report:
    """Count by the programme's indicator set; six statements."""
    asked = set_of(settings_of(scope.programme_id))
    if asked is None:
        return Report(
            KIND,
            title(),
            (),
            figures.head(_("At entry"), []),
            nothing=_("The programme asks nothing at entry, so no indicator can be counted."),
        )
    lines = queries.entry_lines(asked, programme_id=scope.programme_id, edition_id=scope.edition_id)
    lines = [line for line in lines if line.enrolment_id in population.by_id]
    answered = [line for line in lines if line.state is EntryState.ANSWERED]
    tally = rules.tally(asked, [p for p in (li.as_participant for li in answered) if p])
    return Report(
        KIND,
        title(),
        (
            _("Each person is counted once in the programme, as they were on the day of entry."),
            _("People who withdrew after entry are counted: they took part."),
            _("Who left a necessary question open can’t be counted."),
        ),
        _head(lines),
        (_indicators(asked, tally, answered), *_entities(asked, tally)),
    )


def title() -> str:
    """Name the report."""
    return _("Participants by indicator and gender")


def _first(lines: Iterable[EntryLine]) -> dict[int, EntryLine]:
    found: dict[int, EntryLine] = {}
    for line in lines:
        found.setdefault(line.person_id, line)
    return found


def _behind(lines: Iterable[EntryLine]) -> list[Behind]:
    return [Behind(line.enrolment_id, line.entered_on) for line in lines]


def _head(lines: list[EntryLine]) -> Part:
    people = list(_first(lines).values())

    def among(suits: Callable[[EntryLine], bool]) -> Figure:
        return figures.count(_behind(filter(suits, people)), of=len(people))

    return figures.head(
        _("At entry"),
        [
            (
                "counted",
                _("can be counted"),
                among(lambda line: line.state is EntryState.ANSWERED),
            ),
            ("begun", _("answered in part"), among(lambda line: line.state is EntryState.BEGUN)),
            (
                "open",
                _("have not answered"),
                among(lambda line: line.state is EntryState.NOT_ANSWERED),
            ),
        ],
        brings=_("Day of entry"),
    )


def _indicators(asked: IndicatorSet, tally: rules.Tally, answered: list[EntryLine]) -> Part:
    first = _first(answered)
    genders = _genders(asked)
    of_person = {i: rules.gender_of(asked, line.answers) for i, line in first.items()}
    columns = [Column(gender, label, _("Day of entry")) for gender, label in genders.items()]
    columns.append(Column("all", _("Total"), _("Day of entry")))

    def cells(people: Iterable[int]) -> tuple[Figure, ...]:
        wanted = set(people)
        here = [person for person in first if person in wanted]
        by_gender = (
            figures.count(_behind(first[i] for i in here if of_person[i] == gender))
            for gender in genders
        )
        return (*by_gender, figures.count(_behind(first[i] for i in here)))

    nothing = (figures.NOTHING,) * len(columns)
    rows = [
        Row(
            indicator.code,
            said(indicator.name),
            nothing if indicator.is_dropped else cells(tally.people[indicator.code]),
            short=indicator.code,
            code=indicator.code,
        )
        for indicator in asked.indicators
    ]
    rows.append(Row("all", _("Total"), cells(first), is_total=True))
    return Part(
        "indicators",
        _("Indicators"),
        _("Indicator"),
        tuple(columns),
        tuple(rows),
        note=said(asked.title),
        chart=Chart(_("Participants by indicator and gender"), tuple(genders), is_stacked=True),
    )


def _genders(asked: IndicatorSet) -> Mapping[str, str]:
    question = asked.of_kind(Kind.GENDER)
    found = {option.id: option_label(option) for option in question.options}
    return {**found, REFUSED: refusal()} if question.may_refuse else found


def _entities(asked: IndicatorSet, tally: rules.Tally) -> list[Part]:
    rows = tuple(
        Row(e.code, said(e.name), (Figure(tally.entities[e.code]),), code=e.code)
        for e in asked.entities
    )
    if not rows:
        return []
    columns = (Column("n", _("How many")),)
    return [Part("entities", _("Organisations"), _("Indicator"), columns, rows)]
