"""What came of the questionnaire: the same groups and the same silence as on its own page."""

from __future__ import annotations

from lms.reports import figures
from lms.reports.figures import Chart, Column, Figure, Part, Report, Row, Unit
from lms.reports.population import Population, Scope
from lms.surveys import queries, tables
from lms.surveys.figures import QuestionFigures
from lms.surveys.grouping import GROUP
from lms.web.i18n import gettext as _

KIND = "satisfaction"


def build(scope: Scope, _population: Population) -> Report:
    """Show what may be shown; five statements for each course. Nobody is listed, nothing narrowed.

    Never takes filters or days: with them, whose an answer is could be told from differences.
    """
    head: list[tuple[str, str, Figure]] = []
    parts: list[Part] = []
    for course_id in scope.course_ids:
        survey = queries.survey_of(course_id)
        if survey is None:
            continue
        found = queries.results_of(survey, [r.id for r in scope.runs if r.course_id == course_id])
        counts = found.counts
        head += [
            (
                f"submitted{course_id}",
                _("have submitted"),
                Figure(counts.submitted, of=counts.places),
            ),
            (
                f"rate{course_id}",
                _("response rate"),
                figures.percent(counts.submitted, counts.places),
            ),
            (f"shown{course_id}", _("are shown now"), Figure(counts.shown)),
            (f"waiting{course_id}", _("wait to be shown"), Figure(counts.waiting)),
        ]
        if counts.shown:
            questions = [q for q in found.questions if q.bars]
            parts += [_means(course_id, questions), *(_question(course_id, q) for q in questions)]
    return Report(
        KIND,
        title(),
        (
            _(
                "Answers are kept without names and shown in groups of at least %(num)s; nobody "
                "is listed, and nothing here can be narrowed.",
                num=GROUP,
            ),
            _("What people wrote in their own words stands on the questionnaire’s page."),
        ),
        figures.head(_("Answers"), head),
        tuple(parts),
        nothing="" if head else _("No course here has a questionnaire."),
    )


def title() -> str:
    """Name the report."""
    return _("Satisfaction")


def _means(course_id: int, questions: list[QuestionFigures]) -> Part:
    rows = tuple(
        Row(
            q.question.id,
            tables.said(q.question.label),
            (
                Figure(q.mean, Unit.MARK, of=q.answered),
                Figure(q.question.most),
                Figure(q.answered, of=q.asked),
            ),
        )
        for q in questions
        if q.mean is not None
    )
    return Part(
        f"means{course_id}",
        _("Means of the scales"),
        _("Question"),
        (
            Column("mean", _("Mean")),
            Column("most", _("Maximum")),
            Column("n", _("Answers")),
        ),
        rows,
    )


def _question(course_id: int, asked: QuestionFigures) -> Part:
    rows = tuple(
        Row(
            f"a{at}",
            tables.bar_label(asked.question, bar),
            (Figure(bar.count, of=asked.answered), figures.percent(bar.count, asked.answered)),
            short="" if bar.point is None else str(bar.point),
        )
        for at, bar in enumerate(asked.bars)
    )
    label = tables.said(asked.question.label)
    return Part(
        f"{asked.question.id}-{course_id}",
        label,
        _("Answer"),
        (Column("n", _("How many")), Column("share", _("Per cent"))),
        rows,
        chart=Chart(label, ("n",)),
    )
