"""A report's tables as plots."""

from __future__ import annotations

from markupsafe import Markup

from lms.reports.figures import Column, Figure, Part
from lms.reports.words import figure_words
from lms.web.charts import Bars, draw_bars


def bars_of(part: Part) -> list[Column]:
    """The columns that are drawn."""
    if part.chart is None:
        return []
    at = {column.id: column for column in part.columns}
    return [at[name] for name in part.chart.columns]


def plot_of(part: Part) -> Markup | None:
    """Draw a table; none where there is nothing to draw."""
    bars = part.bars()
    if part.chart is None or not any(any(values) for _name, values in bars):
        return None
    columns = bars_of(part)
    said = [
        f"{name}: "
        + ", ".join(
            f"{column.heading} {figure_words(Figure(value))}"
            if len(columns) > 1
            else figure_words(Figure(value))
            for column, value in zip(columns, values, strict=True)
        )
        for name, values in bars
    ]
    return draw_bars(
        Bars(
            id=f"plot-{part.id}",
            title=part.chart.title,
            description="; ".join(said),
            bars=bars,
            is_stacked=part.chart.is_stacked,
            says_first=part.chart.says_first,
            say=lambda value: figure_words(Figure(value)),
        )
    )
