"""The register: list, filters, exports, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import may, prepares, reads, writing_subject
from lms.audit.services import record
from lms.certificates import exports, issuing, paper_words, queries, register_sheet, words
from lms.certificates.desk import desk_words, duplicates
from lms.certificates.desk.ordering import ordered
from lms.certificates.desk.settings import Order
from lms.certificates.paper import PaperGap
from lms.certificates.permissions import (
    EXPORT_REGISTER,
    PRINT_CERTIFICATES,
    SEE_REGISTER,
)
from lms.certificates.queries import RegisterLine, Wanted
from lms.certificates.states import CertificateState
from lms.certificates.views.blueprint import PDF, bp, download, me
from lms.web.forms import whole_number
from lms.web.templating import render

PAGE_ROWS = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class RegisterPage:
    """One page of the list, as the pager wants it."""

    lines: list[RegisterLine]
    number: int
    pages: int
    total: int
    href: Callable[[int], str]


def page_of(lines: list[RegisterLine], endpoint: str, **place: str) -> RegisterPage:
    """Cut out the page asked for; the addresses of the others keep the rest of what is asked."""
    pages = max(1, -(-len(lines) // PAGE_ROWS))
    number = min(max(whole_number(request.args.get("page")) or 1, 1), pages)

    def href(other: int) -> str:
        return url_for(endpoint, **(request.args.to_dict() | place | {"page": str(other)}))  # type: ignore[arg-type]

    shown = lines[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    return RegisterPage(shown, number, pages, len(lines), href)


def wanted_from(values: dict[str, str], ids: list[int] | None = None) -> Wanted:
    """Read the filters; what can't be read filters nothing."""
    state, paper = values.get("state", ""), values.get("paper", "")
    edition, year = values.get("edition", ""), values.get("year", "")
    return Wanted(
        edition_id=whole_number(edition),
        state=CertificateState(state) if state in set(CertificateState) else None,
        series=values.get("series", "")[:12],
        year=whole_number(year) if len(year) == 4 else None,
        text=values.get("q", "")[:100],
        ids=tuple(ids or ()),
        paper=PaperGap(paper) if paper in set(PaperGap) else None,
    )


def sorted_lines(wanted: Wanted, order: str) -> list[RegisterLine]:
    """Return the wanted lines in the order asked for: by number, by name, by organisation."""
    lines = queries.lines_of(wanted)
    return ordered(lines, Order(order)) if order in set(Order) else lines


@bp.get("/register")
@reads(SEE_REGISTER)
def register() -> str:
    """Show the register, a hundred lines a page."""
    values = request.args.to_dict()
    lines = sorted_lines(wanted_from(values), values.get("order", ""))
    page = page_of(lines, "certificates.register")
    return render(
        "certificates/register.html",
        page=page,
        again=duplicates.by_certificate([line.certificate_id for line in page.lines]),
        desk_words=desk_words,
        values=values,
        choices=queries.choices(),
        states=[(s.value, words.state_word(s)[1]) for s in CertificateState],
        gaps=[(g.value, paper_words.gap_word(g)) for g in PaperGap],
        words=words,
        paper_words=paper_words,
        locks=queries.locks(),
        due=queries.due_by_edition(issuing.due_statement()),
        late=[c for c in queries.unfinished() if c.tries or _is_late(c.reserved_at)],
        may_print=may(PRINT_CERTIFICATES.name),
        args=request.args.to_dict(),
    )


def _is_late(reserved_at: object) -> bool:
    from datetime import datetime, timedelta

    assert isinstance(reserved_at, datetime)
    return clock.now() - reserved_at > timedelta(minutes=10)


@bp.get("/register/export.<any(xlsx, csv, pdf):kind>")
@prepares(EXPORT_REGISTER)
def export_register(kind: str) -> Response:
    """Export what the list shows as a workbook, a CSV or a list to sign; recorded."""
    values = request.args.to_dict()
    lines = sorted_lines(wanted_from(values), values.get("order", ""))
    again = duplicates.by_certificate([line.certificate_id for line in lines])
    db.end_reading()
    today = clock.today("Europe/Bucharest")
    if kind == "pdf":
        data = register_sheet.draw(lines, today, again)
    else:
        write = exports.register_xlsx if kind == "xlsx" else exports.register_csv
        data = write(lines, again)
    with writing_subject(EXPORT_REGISTER):
        record("register.exported", by=me(), kind=kind, rows=len(lines))
    types = {"xlsx": XLSX, "csv": "text/csv", "pdf": PDF}
    return download(data, f"registru-{today.isoformat()}.{kind}", types[kind])
