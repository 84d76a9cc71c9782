"""How figures are written, in the page's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lms.counties import COUNTIES
from lms.reports.figures import Figure, Said, Unit
from lms.reports.population import Population, Scope
from lms.web.i18n import format_number, format_percent, format_short_date
from lms.web.i18n import gettext as _

NOTHING = "—"


def figure_words(figure: Figure) -> str:
    """Write a figure without its denominator."""
    if figure.value is None:
        return NOTHING
    match figure.unit:
        case Unit.PERCENT:
            return format_percent(figure.value)
        case Unit.GAIN:
            sign = "+" if figure.value > 0 else ""
            return sign + format_number(figure.value).replace("-", "−")
        case _:
            return format_number(figure.value).replace("-", "−")


def of_words(figure: Figure) -> str:
    """Write a count's denominator; empty where there is none, or a column says it."""
    if figure.of is None or figure.unit is not Unit.COUNT or figure.value is None:
        return ""
    return _("of %(num)s", num=format_number(figure.of))


def whole_words(figure: Figure) -> str:
    """Write a figure with its denominator, as papers do."""
    return " ".join(part for part in (figure_words(figure), of_words(figure)) if part)


def said_words(value: Said) -> str:
    """Write what a line brings to a figure."""
    match value:
        case None | "":
            return ""
        case date():
            return format_short_date(value)
        case Decimal() | int():
            return format_number(value).replace("-", "−")
        case _:
            return value


def narrowed_words(scope: Scope, population: Population) -> str:
    """Say whom alone is counted; empty where it is everybody."""
    filters = scope.filters
    said = []
    if filters.group is not None:
        name = dict(population.groups).get(filters.group, NOTHING)
        said.append(_("group %(name)s", name=name))
    if filters.organisation:
        said.append(filters.organisation)
    if filters.county:
        said.append(_("county %(name)s", name=county_of(filters.county)))
    return _("Only: %(what)s", what=", ".join(said)) if said else ""


def county_of(code: str) -> str:
    """Name a county; one that is not known by its code."""
    return COUNTIES[code].name if code in COUNTIES else code
