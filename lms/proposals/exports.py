"""The two files: a workbook with a row for each proposal, and a book to be printed."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from lms.counties import COUNTIES
from lms.organisations.models import OrganisationKind
from lms.proposals.layout import Book, Sheet, draw_book
from lms.proposals.queries import Proposal, labels_of
from lms.safety.sheets import Cell, Column, write_xlsx
from lms.web.i18n import format_date, ngettext
from lms.web.i18n import gettext as _

_LONG_TEXT = 48


def kind_word(kind: OrganisationKind | None) -> str:
    """Name a kind of organisation."""
    words = {
        OrganisationKind.NGO: _("NGO"),
        OrganisationKind.PUBLIC_AUTHORITY: _("public authority"),
        OrganisationKind.OTHER: _("other"),
    }
    return words[kind] if kind is not None else ""


def county_word(code: str | None) -> str:
    """Name a county."""
    return COUNTIES[code].name if code and code in COUNTIES else ""


def workbook(proposals: Sequence[Proposal], *, with_names: bool) -> bytes:
    """Write the proposals as a workbook, a row each; names only where they are asked for."""
    labels = labels_of(proposals)
    columns: list[Column | str] = [
        Column(_("No."), 6),
        _("Lesson"),
        _("Edition"),
        _("Kind of organisation"),
        _("County"),
        _("Handed in on"),
        *([_("Name"), _("Organisation"), _("Job title")] if with_names else []),
        *(Column(label or _("Text"), _LONG_TEXT, wraps=True) for label in labels),
    ]
    return write_xlsx(_("Proposals"), columns, [_cells(p, labels, with_names) for p in proposals])


def _cells(each: Proposal, labels: Sequence[str], with_names: bool) -> list[Cell]:
    texts = dict(each.fields)
    return [
        each.number,
        each.lesson,
        each.edition,
        kind_word(each.kind),
        county_word(each.county),
        each.handed_in_at.astimezone(ZoneInfo(each.zone)).date(),
        *([each.person, each.organisation, each.function] if with_names else []),
        *(texts.get(label, "") for label in labels),
    ]


def book(proposals: Sequence[Proposal], *, course: str, edition: str, with_names: bool) -> bytes:
    """Draw the proposals as one PDF with an index."""
    count = ngettext("%(num)s proposal", "%(num)s proposals", len(proposals))
    return draw_book(
        Book(
            title=_("Proposals for the debates"),
            lead=(course, f"{edition} · {count}" if edition else count),
            index_title=_("What is inside"),
            sheets=tuple(_sheet(p, with_names) for p in proposals),
            page_words=lambda number, pages: _(
                "Page %(number)s of %(pages)s", number=number, pages=pages
            ),
            continued=lambda number: _("Proposal %(number)s, continued", number=number),
        )
    )


_LONGEST_HEADING = 200


def _sheet(each: Proposal, with_names: bool) -> Sheet:
    """Put the first field at the head of a proposal; repeated below where it is more than that."""
    (label, first), rest = each.fields[0] if each.fields else ("", ""), each.fields[1:]
    is_whole = bool(first) and "\n" not in first and len(first) <= _LONGEST_HEADING
    return Sheet(
        number=each.number,
        label=label if is_whole else "",
        heading=first if is_whole else each.heading[:_LONGEST_HEADING] or "–",
        meta=_meta(each, with_names),
        fields=rest if is_whole else each.fields,
    )


def _meta(each: Proposal, with_names: bool) -> str:
    handed_in = _("handed in on %(date)s", date=format_date(each.handed_in_at, each.zone))
    person = (each.person, each.organisation) if with_names else ()
    parts = (*person, kind_word(each.kind), county_word(each.county), handed_in)
    return " · ".join(part for part in parts if part)
