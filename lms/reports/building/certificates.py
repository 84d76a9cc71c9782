"""Certificates: in which state they are, when they were issued, where their paper is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from lms import db
from lms.certificates import papers
from lms.certificates.models import Award, Certificate
from lms.certificates.paper import ENDED, Paper, PaperEvent, PaperGap, gaps
from lms.certificates.states import CertificateState
from lms.certificates.words import state_word
from lms.courses.models import Completion, Enrolment, SubjectKind
from lms.reports import figures
from lms.reports.figures import Behind, Chart, Column, Figure, Part, Report, Row
from lms.reports.population import Population, Scope
from lms.web.i18n import current_locale, speech
from lms.web.i18n import gettext as _

KIND = "certificates"


@dataclass(frozen=True)
class Line:
    """A certificate, as it is counted."""

    place_id: int
    number: str
    state: CertificateState
    issued_on: date
    was_issued: bool
    is_of_course: bool
    paper: Paper

    @property
    def behind(self) -> Behind:
        """The line of lists."""
        return Behind(self.place_id, self.number)


def build(scope: Scope, population: Population) -> Report:
    """Count the certificates of a scope's places; three statements."""
    lines = [line for line in _lines(scope) if line.place_id in population.by_id]
    return Report(
        KIND,
        title(),
        (
            _("Certificates are counted, not people: a person with two is counted twice."),
            _("Those of people who withdrew later are counted: they were issued."),
            _("A month counts what was issued in it, whatever became of it since."),
        ),
        _head(scope, population, lines),
        (_states(lines), _months(lines), _paper(lines)),
    )


def title() -> str:
    """Name the report."""
    return _("Certificates")


def _lines(scope: Scope) -> list[Line]:
    printings = papers.printed_of().subquery()
    rows = (
        db.session()
        .execute(
            sa.select(
                Certificate.id,
                Certificate.enrolment_id,
                Certificate.number,
                Certificate.state,
                Certificate.issued_on,
                Certificate.issued_at.is_not(None),
                Award.module_id.is_(None),
                printings.c.originals,
                printings.c.copies,
                printings.c.duplicates,
            )
            .join(Award, Award.id == Certificate.award_id)
            .outerjoin(printings, printings.c.certificate_id == Certificate.id)
            .where(Certificate.enrolment_id.in_(scope.places()))
            .order_by(Certificate.series, Certificate.year, Certificate.serial)
        )
        .all()
    )
    ids = sa.select(Certificate.id).where(Certificate.enrolment_id.in_(scope.places()))
    on_paper = papers.lines_of(ids)
    return [
        Line(
            place_id=row[1],
            number=row[2],
            state=row[3],
            issued_on=row[4],
            was_issued=row[5],
            is_of_course=row[6],
            paper=Paper(row[7] or 0, None, on_paper.get(row[0], {}), row[8] or 0, row[9] or 0),
        )
        for row in rows
    ]


def _count(lines: Iterable[Line], of: int | None = None) -> Figure:
    return figures.count((line.behind for line in lines), of=of)


def _head(scope: Scope, population: Population, lines: list[Line]) -> Part:
    completed = set(
        db.session().scalars(
            sa.select(Completion.enrolment_id)
            .join(Enrolment, Enrolment.id == Completion.enrolment_id)
            .where(scope.here, Completion.kind == SubjectKind.COURSE)
        )
    )
    done = {p.person_id for p in population.active if p.id in completed}
    valid = [ln for ln in lines if ln.state is CertificateState.VALID and ln.is_of_course]
    numbers = {line.place_id: line.number for line in valid}
    person = population.by_id
    holders = {person[line.place_id].person_id: line for line in valid}
    people = population.once(p for p in population.places if p.person_id in done)
    held = [holders[p.person_id].behind for p in people if p.person_id in holders]
    lack = [p.id for p in people if p.person_id not in holders]
    return figures.head(
        _("People"),
        [
            ("people", _("take part"), figures.count(p.id for p in population.people)),
            (
                "completed",
                _("have completed"),
                figures.count(
                    (Behind(p.id, numbers.get(p.id)) for p in people), of=len(population.people)
                ),
            ),
            ("held", _("of them hold a valid one"), figures.count(held, of=len(people))),
            ("lack", _("of them are waiting for one"), figures.count(lack, of=len(people))),
        ],
        brings=_("Number"),
    )


def _states(lines: list[Line]) -> Part:
    rows = [
        Row(state.value, state_word(state)[1], (_count(ln for ln in lines if ln.state is state),))
        for state in CertificateState
    ]
    rows.append(Row("all", _("Total"), (_count(lines),), is_total=True))
    return Part(
        "states",
        _("By state"),
        _("State"),
        (Column("n", _("Certificates"), _("Number")),),
        tuple(rows),
        chart=Chart(_("Certificates by state"), ("n",)),
    )


def _months(lines: list[Line]) -> Part:
    issued = [line for line in lines if line.was_issued]
    months = Counter(line.issued_on.replace(day=1) for line in issued)
    rows = []
    for month in sorted(months):
        here = [line for line in issued if line.issued_on.replace(day=1) == month]
        valid = [line for line in here if line.state is CertificateState.VALID]
        said = speech(current_locale()).month(month)
        counted = (_count(here), _count(valid, of=len(here)))
        rows.append(Row(month.strftime("%Y-%m"), said, counted, short=month.strftime("%m.%Y")))
    return Part(
        "months",
        _("By month of issue"),
        _("Month"),
        (
            Column("issued", _("Issued then"), _("Number")),
            Column("valid", _("Still valid"), _("Number")),
        ),
        tuple(rows),
        note="" if rows else _("None has been issued yet."),
        chart=Chart(_("Certificates by month of issue"), ("issued",)),
    )


def _paper(lines: list[Line]) -> Part:
    valid = [line for line in lines if line.state is CertificateState.VALID]

    def has(event: PaperEvent) -> Callable[[Line], bool]:
        return lambda line: event in line.paper.lines

    def row(name: str, label: str, suits: Callable[[Line], bool]) -> Row:
        found = [line for line in valid if suits(line)]
        return Row(
            name, label, (_count(found, of=len(valid)), figures.percent(len(found), len(valid)))
        )

    ended = [line for line in lines if line.state in ENDED]
    back = [line for line in lines if PaperGap.TO_CALL_BACK in gaps(line.state, line.paper)]
    return Part(
        "paper",
        _("On paper"),
        _("What was done"),
        (Column("n", _("Certificates"), _("Number")), Column("share", _("Per cent"))),
        (
            row("printed", _("have their paper original"), lambda line: line.paper.originals > 0),
            row("duplicated", _("have a duplicate"), lambda line: line.paper.duplicates > 0),
            row("copied", _("have copies"), lambda line: line.paper.copies > 0),
            row("signed", _("are signed"), has(PaperEvent.SIGNED)),
            row("handed", _("are handed over"), has(PaperEvent.HANDED_OVER)),
            row(
                "waiting", _("are not handed over"), lambda ln: not has(PaperEvent.HANDED_OVER)(ln)
            ),
            Row(
                "back",
                _("no longer valid, to be returned"),
                (_count(back, of=len(ended)), figures.NOTHING),
            ),
        ),
        note=_("Counted among the valid ones; the last row among those replaced or revoked."),
        chart=Chart(_("Certificates on paper"), ("n",)),
    )
