"""The forecast as a plot: who has completed, who is expected to, the target, today."""

from __future__ import annotations

from markupsafe import Markup

from lms.participants import words
from lms.participants.forecast import Forecast
from lms.web.charts import Line, Plot, draw
from lms.web.i18n import format_short_date
from lms.web.i18n import gettext as _


def forecast_plot(forecast: Forecast) -> Markup:
    """Draw both curves against the target; the page has the same figures in a table."""
    first = forecast.so_far[0].day if forecast.so_far else forecast.today
    last = max(forecast.ends_on, forecast.today)
    lines = [
        Line(_("completed"), [(p.day.toordinal(), p.people) for p in forecast.so_far]),
        Line(_("expected"), [(p.day.toordinal(), p.people) for p in forecast.to_come], "dashed"),
    ]
    if forecast.target is not None:
        ends = (first.toordinal(), last.toordinal())
        lines.append(Line(_("target"), [(day, forecast.target) for day in ends], "rule"))
    return draw(
        Plot(
            id="forecast-plot",
            title=_("Completed and expected, by day"),
            description=words.forecast_words(forecast),
            lines=lines,
            marks=[
                (first.toordinal(), format_short_date(first)),
                (last.toordinal(), format_short_date(last)),
            ],
            most=forecast.people,
        )
    )
