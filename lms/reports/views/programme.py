"""A programme's reports over all its editions: each person once."""

from __future__ import annotations

from typing import Any

from flask import url_for
from werkzeug.wrappers import Response

from lms.access import by_id, prepares, reads
from lms.courses.models import Programme
from lms.reports.catalogue import KINDS, built
from lms.reports.permissions import SEE_PROGRAMME_REPORTS
from lms.reports.population import Scope, scope_of
from lms.reports.views.blueprint import (
    ALL,
    ALL_LISTED,
    FORMS,
    bp,
    filters_asked,
    hand_out,
    index_page,
    people_page,
    report_page,
)
from lms.safety.file_names import ascii_letters

_BASE = "/programmes/<int:programme_id>/reports"
_load = by_id(Programme)


def _scope(programme: Programme) -> Scope:
    return scope_of(programme, None, filters_asked())


def _name(programme: Programme) -> str:
    return ascii_letters(programme.short_name).lower().replace(" ", "-")


def _href(programme: Programme) -> Any:
    programme_id = programme.id

    def href(what: str, kind: str = "", **values: Any) -> str:
        if what == "index":
            return url_for("reports.programme_index", programme_id=programme_id)
        return url_for(f"reports.programme_{what}", programme_id=programme_id, kind=kind, **values)

    return href


@bp.get(_BASE)
@reads(SEE_PROGRAMME_REPORTS, _load)
def programme_index(programme: Programme) -> str:
    """List a programme's reports."""
    return index_page(_href(programme), programme, list(KINDS))


@bp.get(f"{_BASE}/<{ALL}>")
@reads(SEE_PROGRAMME_REPORTS, _load)
def programme_report(programme: Programme, kind: str) -> str:
    """Show one of a programme's reports."""
    made = built(kind, _scope(programme))
    return report_page(made, _href(programme), programme, list(KINDS))


@bp.get(f"{_BASE}/<{ALL}>.<{FORMS}>")
@prepares(SEE_PROGRAMME_REPORTS, _load)
def programme_file(programme: Programme, kind: str, form: str) -> Response:
    """Hand it out as a file, and record it."""
    return hand_out(
        SEE_PROGRAMME_REPORTS, _load, kind, form, _scope(programme), name=_name(programme)
    )


@bp.get(f"{_BASE}/<{ALL_LISTED}>/people")
@reads(SEE_PROGRAMME_REPORTS, _load)
def programme_people(programme: Programme, kind: str) -> str:
    """List the people behind one of its figures."""
    return people_page(built(kind, _scope(programme)), _href(programme), programme)


@bp.get(f"{_BASE}/<{ALL_LISTED}>/people.<{FORMS}>")
@prepares(SEE_PROGRAMME_REPORTS, _load)
def programme_people_file(programme: Programme, kind: str, form: str) -> Response:
    """Hand that list out as a file, and record it."""
    return hand_out(
        SEE_PROGRAMME_REPORTS,
        _load,
        kind,
        form,
        _scope(programme),
        name=_name(programme),
        is_list=True,
    )
