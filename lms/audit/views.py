"""The record of who did what, for those who oversee."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, make_response, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.access import current_actor, prepares, reads, writing_subject
from lms.audit import queries
from lms.audit.details import detail_words
from lms.audit.permissions import EXPORT_AUDIT, SEE_AUDIT
from lms.audit.queries import DATA_CHANGES, MOST_EXPORTED, PER_PAGE, ZONE, Asked, Line
from lms.audit.services import record
from lms.audit.words import action_word, table_word
from lms.safety.file_names import content_disposition
from lms.safety.sheets import Cell, write_csv, write_xlsx
from lms.web.i18n import gettext as _
from lms.web.templating import render

bp = Blueprint("audit", __name__)


@dataclass(frozen=True)
class Page:
    """One page of the record, as the pager draws it."""

    number: int
    pages: int
    total: int
    href: Callable[[int], str]


def asked_of() -> Asked:
    """Read what is asked from the address."""
    return Asked(
        **{
            name: request.args.get(name, "").strip()[:100]
            for name in ("action", "person", "table", "row", "since", "until", "text")
        }
    )


def page_of(asked: Asked, total: int) -> Page:
    """Return the page asked for; one past the end is the last."""
    pages = max(1, -(-total // PER_PAGE))
    typed = request.args.get("page", "1")
    number = min(max(1, int(typed)), pages) if typed.isdecimal() and len(typed) < 8 else 1
    kept = {k: v for k, v in asdict(asked).items() if v}
    return Page(number, pages, total, lambda n: url_for("audit.browse", page=n, **kept))


@bp.get("/audit")
@reads(SEE_AUDIT)
def browse() -> str:
    """Show the record, the newest act first."""
    asked = asked_of()
    page = page_of(asked, queries.count(asked))
    return render(
        "audit/browse.html",
        asked=asked,
        page=page,
        meant=queries.meant(asked),
        lines=queries.lines(asked, offset=(page.number - 1) * PER_PAGE),
        actions=_choices(),
        tables=sorted(((t, table_word(t)) for t in queries.tables()), key=lambda x: x[1]),
        action_word=action_word,
        detail_words=detail_words,
        table_word=table_word,
        kept={k: v for k, v in asdict(asked).items() if v},
    )


def _choices() -> list[tuple[str, str]]:
    """Return the kinds of act that occur; first the ready-made choice of several."""
    kinds = sorted(((a, action_word(a)) for a in queries.actions()), key=lambda x: x[1])
    return [(DATA_CHANGES, _("Changes in somebody’s data")), *kinds]


@bp.get("/audit.<any(xlsx, csv):kind>")
@prepares(EXPORT_AUDIT)
def export(kind: str) -> Response:
    """Hand out what is asked as a file; that it was handed out is recorded."""
    asked = asked_of()
    lines = [_cells(line) for line in queries.lines(asked, offset=0, limit=MOST_EXPORTED)]
    headings = [
        _("Time"),
        _("Who"),
        _("Act"),
        _("Object"),
        _("Number"),
        _("Details"),
        _("Sequence"),
    ]
    db.end_reading()
    with writing_subject(EXPORT_AUDIT):
        actor = current_actor()
        record(
            "audit.exported",
            by=actor.person_id if actor else None,
            rows=len(lines),
            kind=kind,
            asked=asdict(asked),
        )
    if kind == "csv":
        data, media_type = write_csv(headings, lines), "text/csv; charset=utf-8"
    else:
        data = write_xlsx(_("Record"), headings, lines)
        media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = make_response(data)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = content_disposition(f"audit.{kind}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _cells(line: Line) -> list[Cell]:
    entry = line.entry
    subject = line.subject.label if line.subject else ""
    return [
        entry.at.astimezone(ZoneInfo(ZONE)),
        line.actor.label if line.actor else _("the system"),
        action_word(entry.action),
        f"{table_word(entry.object_type)} {subject}".strip(),
        entry.object_id,
        "; ".join(f"{name}: {value}" for name, value in detail_words(line.values, line.known)),
        entry.sequence,
    ]
