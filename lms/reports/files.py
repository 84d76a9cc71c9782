"""A report, and the people behind a figure, as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lms import clock, sheets_pdf
from lms.reports.catalogue import Built
from lms.reports.figures import FEW, Figure, Found, Part, Said, Unit
from lms.reports.plots import bars_of
from lms.reports.words import (
    NOTHING,
    county_of,
    figure_words,
    narrowed_words,
    said_words,
    whole_words,
)
from lms.safety.sheets import Cell, Column, write_book, write_csv, write_xlsx
from lms.web.i18n import current_locale, format_datetime
from lms.web.i18n import gettext as _

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "json": "application/json",
}


# A report --------------------------------------------------------------------------------------


def report_file(made: Built, form: str) -> bytes:
    """Write a report in one of the forms of `TYPES`."""
    match form:
        case "csv":
            return report_csv(made)
        case "xlsx":
            return report_xlsx(made)
        case "json":
            return report_json(made)
        case _:
            return report_pdf(made)


def report_csv(made: Built) -> bytes:
    """Write a row for each figure, with its denominator."""
    rows: list[list[Cell]] = [
        [
            found.part.title,
            found.row.code or None,
            found.row.label,
            found.column.heading or None,
            found.figure.value,
            found.figure.of,
        ]
        for _key, found in made.report.figures()
    ]
    headings = [_("Table"), _("Code"), _("Row"), _("Column"), _("Value"), _("Number of people")]
    return write_csv(headings, rows)


def report_xlsx(made: Built) -> bytes:
    """Write a workbook: a sheet of what is said about the whole, then one for each table."""
    about: list[list[Cell]] = [[line] for line in about_lines(made)]
    about += [[rule] for rule in rules_of(made)]
    sheets: list[tuple[str, Sequence[Column | str], Sequence[Sequence[Cell]]]] = [
        (_("About"), [Column(made.report.title, 100, wraps=True)], about)
    ]
    for part in made.report.all_parts:
        if part.rows:
            headings = _headings(part)
            columns: list[Column | str] = [Column(headings[0], wraps=True, width=60)]
            columns += headings[1:]
            sheets.append((part.title, columns, _cells(part)))
    return write_book(sheets)


def _headings(part: Part) -> list[str]:
    headings = [part.of_rows or _("What is counted")]
    for at, column in enumerate(part.columns):
        headings.append(column.heading or _("Value"))
        if _has_of(part, at):
            headings.append(_("number of people"))
    return headings


def _has_of(part: Part, at: int) -> bool:
    return any(row.figures[at].of is not None for row in part.rows)


def _cells(part: Part) -> list[list[Cell]]:
    rows = []
    for row in part.rows:
        cells: list[Cell] = [_label(row.code, row.label)]
        for at, figure in enumerate(row.figures):
            cells.append(figure.value if figure.value is not None else NOTHING)
            if _has_of(part, at):
                cells.append(figure.of)
        rows.append(cells)
    return rows


def _label(code: str, label: str) -> str:
    return f"{code} {label}" if code else label


def about_lines(made: Built) -> list[str]:
    """Say of what, of whom and when the report is."""
    scope = made.scope
    lines = [scope.programme]
    if scope.edition_id is None:
        lines.append(_("Editions: %(names)s", names="; ".join(run.title for run in scope.runs)))
    else:
        lines.insert(0, scope.title)
    if narrowed := narrowed_words(scope, made.population):
        lines.append(narrowed)
    lines.append(_("As it stood on %(time)s.", time=format_datetime(clock.now(), scope.zone)))
    return lines


def rules_of(made: Built) -> list[str]:
    """Say how a report counts."""
    rules = [*made.report.rules]
    if any(map(is_said_in_percent, made.report.all_parts)):
        rules.append(_("No percentage is given for fewer than %(num)s people.", num=FEW))
    return [*rules, _("“—” stands where nothing is known.")]


def report_pdf(made: Built) -> bytes:
    """Write the tables on A4, with what is drawn of them."""
    report = made.report
    tables = [_table(part) for part in report.all_parts if part.rows or part.note]
    rules = " ".join(rules_of(made))
    return sheets_pdf.draw_booklet(
        sheets_pdf.Booklet(
            title=report.title,
            tables=[*tables, sheets_pdf.Table(_("How it is counted"), (), (), rules)],
            lead=[*about_lines(made), *([report.nothing] if report.nothing else ())],
            foot=made.scope.title,
            page=_("Page {page} of {pages}"),
            locale=current_locale(),
        )
    )


def _table(part: Part) -> sheets_pdf.Table:
    share = {4: 2.4, 5: 1.7}.get(len(part.columns), 3.0)
    columns = [sheets_pdf.Column(part.of_rows or _("What is counted"), share)]
    columns += [
        sheets_pdf.Column(column.heading or _("Value"), 1.0, is_figure=True)
        for column in part.columns
    ]
    rows = [
        [_label(row.code, row.label), *(whole_words(figure) for figure in row.figures)]
        for row in part.rows
    ]
    bars = None
    if part.chart is not None:
        bars = sheets_pdf.Bars(
            [column.heading for column in bars_of(part)],
            [(name, [float(value) for value in values]) for name, values in part.bars()],
            part.chart.is_stacked,
        )
    return sheets_pdf.Table(part.title, columns, rows, part.note, bars)


def report_json(made: Built) -> bytes:
    """Write every figure as plain values; the people behind them are in lists of their own."""
    scope, report = made.scope, made.report
    content = {
        "report": report.kind,
        "title": report.title,
        "programme": scope.programme,
        "editions": [run.slug for run in scope.runs],
        "filters": {
            "group": dict(made.population.groups).get(scope.filters.group or 0),
            "organisation": scope.filters.organisation or None,
            "county": scope.filters.county or None,
        },
        "rules": rules_of(made),
        "figures": [
            {
                "key": key,
                "table": found.part.title,
                "row": found.row.label,
                "code": found.row.code or None,
                "column": found.column.heading or None,
                **_plain(found.figure),
            }
            for key, found in report.figures()
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _plain(figure: Figure) -> dict[str, Any]:
    value = figure.value
    return {
        "value": str(value) if isinstance(value, Decimal) else value,
        "unit": figure.unit.value,
        "of": figure.of,
    }


# The people behind a figure --------------------------------------------------------------------


def figure_title(made: Built, found: Found) -> str:
    """Name a figure: its row and its column."""
    parts = [_label(found.row.code, found.row.label), found.column.heading]
    return " · ".join(part for part in parts if part)


def people_columns(made: Built, found: Found) -> list[str]:
    """Head the list of people."""
    headings = [_("Name"), _("Organisation"), _("Group"), _("County")]
    if made.scope.edition_id is None:
        headings.append(_("Edition"))
    return [*headings, found.column.brings] if found.column.brings else headings


def people_rows(made: Built, found: Found) -> list[list[Said]]:
    """List the people behind a figure, in the order of names."""
    editions = {run.id: run.title for run in made.scope.runs}
    order = {place_id: at for at, place_id in enumerate(made.population.by_id)}
    rows = []
    for behind in sorted(found.figure.behind or (), key=lambda b: order[b.place_id]):
        place = made.population.by_id[behind.place_id]
        row: list[Said] = [
            place.listed_name,
            place.organisation,
            place.group,
            county_of(place.county),
        ]
        if made.scope.edition_id is None:
            row.append(editions[place.edition_id])
        rows.append([*row, behind.value] if found.column.brings else row)
    return rows


def people_file(made: Built, found: Found, form: str) -> bytes:
    """Write the list of people as a file."""
    columns, rows = people_columns(made, found), people_rows(made, found)
    if form == "csv":
        return write_csv(columns, rows)
    if form == "xlsx":
        return write_xlsx(made.report.title, [*columns], rows)
    shares = [2.2, 2.8, 1.0, 1.2, 1.6, 1.0]
    if made.scope.edition_id is not None:
        shares[4] = 1.0
    wide = [sheets_pdf.Column(h, s) for h, s in zip(columns, shares, strict=False)]
    said = f"{figure_words(found.figure)} · {figure_title(made, found)}"
    return sheets_pdf.draw_sheet(
        sheets_pdf.Sheet(
            title=made.report.title,
            columns=[sheets_pdf.Column(_("No."), 0.4, is_figure=True), *wide],
            rows=[[str(number), *map(said_words, row)] for number, row in enumerate(rows, start=1)],
            lead=[f"{found.part.title}: {said}", *about_lines(made)],
            foot=made.scope.title,
            page=_("Page {page} of {pages}"),
            is_landscape=True,
            locale=current_locale(),
        )
    )


def is_said_in_percent(part: Part) -> bool:
    """Whether a table has a share that few people leave unsaid."""
    return any(f.unit is Unit.PERCENT for row in part.rows for f in row.figures)
