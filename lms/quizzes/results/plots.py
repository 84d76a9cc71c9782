"""A quiz's figures as plots; each stands beside a table that says the same."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from markupsafe import Markup

from lms.quizzes.results.report import QuestionReport, QuizReport
from lms.quizzes.results.words import number
from lms.quizzes.statistics.advice import ADEQUATE, WEAK
from lms.web.charts import Bars, Points, draw_bars, draw_points
from lms.web.i18n import format_number, format_percent
from lms.web.i18n import gettext as _


def band_names() -> list[str]:
    """Name the tenths that results fall into."""
    return [f"{low}–{format_percent(low + 9 if low < 90 else 100)}" for low in range(0, 100, 10)]


def results_plot(report: QuizReport) -> Markup | None:
    """Draw how many results fall into each tenth."""
    if not any(report.bands):
        return None
    bars = list(zip(band_names(), [(n,) for n in report.bands], strict=True))
    return draw_bars(
        Bars(
            id="plot-results",
            title=_("How many results fall into each tenth"),
            description="; ".join(f"{name}: {format_number(n)}" for name, (n,) in bars),
            bars=bars,
        )
    )


def questions_plot(report: QuizReport) -> Markup | None:
    """Draw each question by how easy it is and how well it tells people apart."""
    points = [
        (q.of.facility, q.of.discrimination, str(q.number))
        for q in report.questions
        if q.of.facility is not None and q.of.discrimination is not None and not q.of.is_of_few
    ]
    if len(points) < 2:
        return None
    said = _("question %(number)s: facility %(facility)s, discrimination %(discrimination)s")
    return draw_points(
        Points(
            id="plot-questions",
            title=_("Questions by facility and discrimination"),
            description="; ".join(
                said
                % {
                    "number": name,
                    "facility": number(facility, "%", 0),
                    "discrimination": number(discrimination, "%", 0),
                }
                for facility, discrimination, name in points
            ),
            points=points,
            across=(0, 100, _("facility, per cent")),
            up=(_floor(y for _x, y, _name in points), 100, _("discrimination, per cent")),
            bands=[(int(ADEQUATE), _("adequate")), (int(WEAK), "")],
        )
    )


def _floor(values: Iterable[float]) -> int:
    """Where the axis begins: at nothing, or low enough for all."""
    lowest = min(values, default=0.0)
    return 0 if lowest >= 0 else -20 if lowest >= -20 else -100


def options_plot(question: QuestionReport, names: list[str]) -> Markup | None:
    """Draw how many chose each option; its letter is its name, as in the table."""
    lines = question.table.lines
    is_drawn = question.table.is_closed and not any(line.part for line in lines)
    if not is_drawn or not any(line.chosen for line in lines):
        return None
    bars = [(name, (Decimal(line.chosen),)) for name, line in zip(names, lines, strict=True)]
    return draw_bars(
        Bars(
            id="plot-options",
            title=_("How many chose each option"),
            description="; ".join(f"{name}: {format_number(n)}" for name, (n,) in bars),
            bars=bars,
            say=format_number,
        )
    )
