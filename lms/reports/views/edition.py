"""An edition's reports."""

from __future__ import annotations

from typing import Any

from flask import url_for
from werkzeug.wrappers import Response

from lms.access import may, prepares, reads
from lms.courses.models import Edition
from lms.participants.views.blueprint import edition_by_slug
from lms.reports.building import participants as indicators
from lms.reports.catalogue import KINDS, built
from lms.reports.permissions import SEE_INDICATORS, SEE_REPORTS
from lms.reports.population import Scope, scope_of
from lms.reports.views.blueprint import (
    FORMS,
    LISTED,
    OPEN,
    bp,
    filters_asked,
    hand_out,
    index_page,
    people_page,
    report_page,
)

_BASE = "/editions/<slug>/reports"


def _scope(edition: Edition) -> Scope:
    return scope_of(edition.programme, edition, filters_asked())


def _kinds() -> list[str]:
    """The reports that who asks may see."""
    sees = may(SEE_INDICATORS.name)
    return [kind for kind in KINDS if sees or kind != indicators.KIND]


def _href(edition: Edition) -> Any:
    slug = edition.slug

    def href(what: str, kind: str = "", **values: Any) -> str:
        if what == "index":
            return url_for("reports.index", slug=slug)
        if kind == indicators.KIND:
            return url_for(f"reports.indicators_{what}", slug=slug, **values)
        return url_for(f"reports.edition_{what}", slug=slug, kind=kind, **values)

    return href


@bp.get(_BASE)
@reads(SEE_REPORTS, edition_by_slug)
def index(edition: Edition) -> str:
    """List an edition's reports."""
    return index_page(_href(edition), edition, _kinds())


@bp.get(f"{_BASE}/participants")
@reads(SEE_INDICATORS, edition_by_slug)
def indicators_report(edition: Edition) -> str:
    """Show an edition's participants by indicator and gender."""
    made = built(indicators.KIND, _scope(edition))
    return report_page(made, _href(edition), edition, _kinds())


@bp.get(f"{_BASE}/participants.<{FORMS}>")
@prepares(SEE_INDICATORS, edition_by_slug)
def indicators_file(edition: Edition, form: str) -> Response:
    """Hand it out as a file, and record it."""
    return hand_out(
        SEE_INDICATORS,
        edition_by_slug,
        indicators.KIND,
        form,
        _scope(edition),
        name=edition.slug,
    )


@bp.get(f"{_BASE}/participants/people")
@reads(SEE_INDICATORS, edition_by_slug)
def indicators_people(edition: Edition) -> str:
    """List the people behind one of its figures."""
    return people_page(built(indicators.KIND, _scope(edition)), _href(edition), edition)


@bp.get(f"{_BASE}/participants/people.<{FORMS}>")
@prepares(SEE_INDICATORS, edition_by_slug)
def indicators_people_file(edition: Edition, form: str) -> Response:
    """Hand that list out as a file, and record it."""
    return hand_out(
        SEE_INDICATORS,
        edition_by_slug,
        indicators.KIND,
        form,
        _scope(edition),
        name=edition.slug,
        is_list=True,
    )


@bp.get(f"{_BASE}/<{OPEN}>")
@reads(SEE_REPORTS, edition_by_slug)
def edition_report(edition: Edition, kind: str) -> str:
    """Show one of an edition's other reports."""
    return report_page(built(kind, _scope(edition)), _href(edition), edition, _kinds())


@bp.get(f"{_BASE}/<{OPEN}>.<{FORMS}>")
@prepares(SEE_REPORTS, edition_by_slug)
def edition_file(edition: Edition, kind: str, form: str) -> Response:
    """Hand it out as a file, and record it."""
    return hand_out(SEE_REPORTS, edition_by_slug, kind, form, _scope(edition), name=edition.slug)


@bp.get(f"{_BASE}/<{LISTED}>/people")
@reads(SEE_REPORTS, edition_by_slug)
def edition_people(edition: Edition, kind: str) -> str:
    """List the people behind one of its figures."""
    return people_page(built(kind, _scope(edition)), _href(edition), edition)


@bp.get(f"{_BASE}/<{LISTED}>/people.<{FORMS}>")
@prepares(SEE_REPORTS, edition_by_slug)
def edition_people_file(edition: Edition, kind: str, form: str) -> Response:
    """Hand that list out as a file, and record it."""
    return hand_out(
        SEE_REPORTS,
        edition_by_slug,
        kind,
        form,
        _scope(edition),
        name=edition.slug,
        is_list=True,
    )
