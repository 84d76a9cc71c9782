"""The blueprint, and what the pages of editions and programmes share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from lms import db
from lms.access import Permission, writing_subject
from lms.audit.services import record
from lms.errors import Hidden
from lms.participants.views.blueprint import download, me
from lms.reports import files, words
from lms.reports.catalogue import Built, built, entries
from lms.reports.figures import Found
from lms.reports.plots import bars_of, plot_of
from lms.reports.population import Filters, Scope
from lms.web.templating import render

bp = Blueprint("reports", __name__)

FORMS = "any(xlsx, csv, pdf):form"
LISTED = "any(progress, results, tests, hours, certificates):kind"
OPEN = "any(progress, results, tests, hours, satisfaction, certificates):kind"
ALL_LISTED = "any(participants, progress, results, tests, hours, certificates):kind"
ALL = "any(participants, progress, results, tests, hours, satisfaction, certificates):kind"


def filters_asked() -> Filters:
    """Read what the page is narrowed to."""
    group = request.args.get("group", "")
    return Filters(
        group=int(group) if group.isdecimal() and len(group) < 15 else None,
        organisation=request.args.get("organisation", "")[:200],
        county=request.args.get("county", "")[:2],
    )


def query_of(scope: Scope) -> dict[str, Any]:
    """Write filters back into addresses."""
    filters = scope.filters
    return {
        "group": filters.group,
        "organisation": filters.organisation or None,
        "county": filters.county or None,
    }


Href = Callable[..., str]  # a page's address: what ("index", "report", "file" …) and its values


def index_page(href: Href, subject: Any, kinds: list[str]) -> str:
    """List the reports."""
    listed = [entry for entry in entries() if entry.kind in kinds]
    return render("reports/index.html", subject=subject, entries=listed, href=href)


def report_page(made: Built, href: Href, subject: Any, kinds: list[str]) -> str:
    """Show a report."""
    return render(
        "reports/report.html",
        subject=subject,
        made=made,
        report=made.report,
        scope=made.scope,
        query=query_of(made.scope),
        entries=[entry for entry in entries() if entry.kind in kinds],
        href=href,
        plots={part.id: plot_of(part) for part in made.report.parts},
        bars_of=bars_of,
        words=words,
        rules=files.rules_of(made),
    )


def found_in(made: Built) -> Found:
    """Find the figure that is asked for."""
    found = made.report.listed(request.args.get("figure", "")[:200])
    if found is None:
        raise Hidden
    return found


PER_PAGE = 200


@dataclass(frozen=True)
class Page:
    """A page of a list, for the pager."""

    number: int
    pages: int
    total: int
    href: Callable[[int], str]


def _page(total: int, href: Callable[[int], str]) -> Page:
    pages = max(1, -(-total // PER_PAGE))
    asked = request.args.get("page", "1")
    number = min(max(1, int(asked)), pages) if asked.isdecimal() and len(asked) < 6 else 1
    return Page(number, pages, total, href)


def people_page(made: Built, href: Href, subject: Any) -> str:
    """List the people behind a figure."""
    found = found_in(made)
    rows, key = files.people_rows(made, found), request.args["figure"]
    query = query_of(made.scope)

    def at(number: int) -> str:
        return href("people", made.report.kind, figure=key, page=number, **query)

    page = _page(len(rows), at)
    start = (page.number - 1) * PER_PAGE
    return render(
        "reports/people.html",
        subject=subject,
        made=made,
        found=found,
        scope=made.scope,
        query=query,
        figure_key=key,
        title=files.figure_title(made, found),
        columns=files.people_columns(made, found),
        rows=rows[start : start + PER_PAGE],
        page=page,
        href=href,
        words=words,
    )


def hand_out(
    permission: Permission,
    load: Any,
    kind: str,
    form: str,
    scope: Scope,
    *,
    name: str,
    is_list: bool = False,
) -> Response:
    """Hand out a report, or the list behind one of its figures, and record it."""
    made = built(kind, scope)
    found = found_in(made) if is_list else None
    if found is None:
        data, more = files.report_file(made, form), {}
    else:
        data, more = files.people_file(made, found, form), {"figure": request.args["figure"]}
    db.end_reading()
    with writing_subject(permission, load) as again:
        record(
            "report.exported" if found is None else "report.people_exported",
            by=me(),
            on=again,
            course_id=getattr(again, "course_id", None),
            report=kind,
            kind=form,
            **more,
        )
    return download(data, f"{name}-{kind}.{form}", files.TYPES[form])
