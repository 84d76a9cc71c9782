"""The list of phones, on paper: by group, with room for what was said."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, writing_subject
from lms.audit.services import record
from lms.courses.models import Edition
from lms.participants import words
from lms.participants.contacts import display_phone
from lms.participants.permissions import EXPORT_PARTICIPANTS
from lms.participants.reading import edition_table
from lms.participants.table import EditionTable, TableRow
from lms.participants.views.blueprint import PDF, bp, download, edition_by_slug, me
from lms.participants.views.tables import asked_filters, missing_of
from lms.sheets_pdf import Column, Sheet, draw_sheets
from lms.web.forms import whole_number
from lms.web.i18n import current_locale, format_date, ngettext
from lms.web.i18n import gettext as _


@bp.get("/editions/<slug>/phones.pdf")
@prepares(EXPORT_PARTICIPANTS, edition_by_slug)
def phones(edition: Edition) -> Response:
    """Hand out the phone list of those whom the filters leave, each group on its own page.

    The address may name places instead, for those whom a message doesn't reach.
    """
    table = edition_table(edition, now=clock.now())
    rows = table.chosen(asked_filters(), request.args.get("sort", "name"))
    if named := {whole_number(each) for each in request.args.get("places", "").split("-")} - {None}:
        rows = [row for row in table.rows if row.enrolment_id in named]
    sheets = sheets_of(edition, table, rows)
    slug = edition.slug
    db.end_reading()
    with writing_subject(EXPORT_PARTICIPANTS, edition_by_slug) as again:
        record(
            "participants.exported",
            by=me(),
            on=again,
            course_id=again.course_id,
            rows=len(rows),
            kind="phones",
        )
    return download(draw_sheets(sheets), f"{slug}-{_('phones')}.pdf", PDF)


def sheets_of(edition: Edition, table: EditionTable, rows: Sequence[TableRow]) -> list[Sheet]:
    """Put each group on a sheet of its own; an empty choice is one empty sheet."""
    groups: dict[str, list[TableRow]] = {}
    for row in sorted(rows, key=lambda row: (not row.group, row.group)):
        groups.setdefault(row.group, []).append(row)
    return [sheet_of(edition, table, group, listed) for group, listed in groups.items()] or [
        sheet_of(edition, table, "", [])
    ]


def sheet_of(edition: Edition, table: EditionTable, group: str, rows: Sequence[TableRow]) -> Sheet:
    """Lay out one group's list, with an empty column for what was said."""
    counted = ngettext("%(num)s participant", "%(num)s participants", len(rows))
    named = group or (_("without a group") if any(r.group for r in table.rows) else "")
    return Sheet(
        title=_("Phone list"),
        lead=[", ".join(part for part in (edition.title, named, counted) if part)],
        columns=[
            Column(_("Name"), 2.2),
            Column(_("Phone"), 1.5),
            Column(_("Organisation"), 2.2),
            Column(_("State, and what is missing"), 2.8),
            Column(_("Called on, and what was said"), 2.6),
        ],
        rows=[
            [
                row.listed_name,
                display_phone(row.phone) if row.phone else "–",
                row.organisation,
                _state_and_missing(edition, row),
                "",
            ]
            for row in rows
        ],
        foot=f"{edition.title} · {format_date(table.read_at, edition.programme.zone)}",
        page=_("Page {page} of {pages}"),
        row_mm=11.0,
        is_landscape=True,
        locale=current_locale(),
    )


def _state_and_missing(edition: Edition, row: TableRow) -> str:
    missing = missing_of(edition, row)
    word = words.stage_word(row.stage)[1]
    return f"{word}: {missing}" if missing else word
