"""Named styles of a workbook: a role on the page and a kind of value make a style."""

from __future__ import annotations

from enum import Enum

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

from lms.papers.paper import Kind

_INK, _BRAND, _LINE = "FF18272B", "FF063F3A", "FFAEBBB6"
_ROMANIAN = "[$-418]"
_FORMATS = {
    Kind.WHOLE: f"{_ROMANIAN}#,##0",
    Kind.NUMBER: f"{_ROMANIAN}#,##0.00",
    Kind.MONEY: f'{_ROMANIAN}#,##0.00;{_ROMANIAN}-#,##0.00;"–"',
    Kind.PERCENT: f"{_ROMANIAN}0.00\u00a0%",
    Kind.DATE: f"{_ROMANIAN}dd.mm.yyyy",
}
_KINDS = {
    Kind.TEXT: "text",
    Kind.WHOLE: "număr întreg",
    Kind.NUMBER: "număr",
    Kind.MONEY: "lei",
    Kind.PERCENT: "procent",
    Kind.DATE: "dată",
    Kind.CHOICE: "alegere",
    Kind.CHECK: "verificare",
    Kind.ORDINAL: "număr de ordine",
}
_SIDE = Side(style="thin", color=_LINE)
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)


class Role(Enum):
    """What a cell is for; the value is the style's name."""

    TITLE = "Titlu de foaie"
    GUIDANCE = "Îndrumare"
    HEADING = "Cap de tabel"
    HEADING_INPUT = "Cap de tabel de completat"
    BAND = "Grupă de rânduri"
    GIVEN = "Dat"
    INPUT = "De completat"
    COMPUTED = "Calculat"
    TOTAL = "Total"


_FILLS = {
    Role.HEADING: "FFDCEAE6",
    Role.HEADING_INPUT: "FFFFF6DD",
    Role.BAND: "FFEEF3F1",
    Role.INPUT: "FFFFF6DD",
    Role.TOTAL: "FFE3F0ED",
}
_FONTS = {
    Role.TITLE: Font(name="Calibri", size=16, bold=True, color=_BRAND),
    Role.GUIDANCE: Font(name="Calibri", size=11, color=_INK),
    Role.HEADING: Font(name="Calibri", size=11, bold=True, color=_BRAND),
    Role.HEADING_INPUT: Font(name="Calibri", size=11, bold=True, color=_BRAND),
    Role.BAND: Font(name="Calibri", size=11, bold=True, color=_BRAND),
    Role.TOTAL: Font(name="Calibri", size=11, bold=True, color=_INK),
}
_PLAIN = Font(name="Calibri", size=11, color=_INK)
_WITHOUT_KIND = {Role.TITLE, Role.GUIDANCE, Role.HEADING, Role.HEADING_INPUT, Role.BAND}
_NUMBERS = {Kind.ORDINAL, Kind.WHOLE, Kind.NUMBER, Kind.MONEY, Kind.PERCENT}


class Styles:
    """The styles of one workbook, made when first asked for."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.made: set[str] = set()

    def of(self, role: Role, kind: Kind = Kind.TEXT) -> str:
        """Return the name of the style for a role and a kind of value."""
        name = role.value if role in _WITHOUT_KIND else f"{role.value}: {_KINDS[kind]}"
        if name not in self.made:
            self.book.add_named_style(_style(name, role, kind))
            self.made.add(name)
        return name


def _style(name: str, role: Role, kind: Kind) -> NamedStyle:
    style = NamedStyle(name=name)
    style.font = _FONTS.get(role, _PLAIN)
    if role in _FILLS:
        style.fill = PatternFill("solid", start_color=_FILLS[role])
    if role not in (Role.TITLE, Role.GUIDANCE):
        style.border = _BOX
    across = "right" if kind in _NUMBERS else "center" if kind is Kind.DATE else "left"
    style.alignment = Alignment(
        horizontal=across,
        vertical="center",
        wrap_text=True,
        indent=0 if role in (Role.TITLE, Role.GUIDANCE) or across == "center" else 1,
    )
    style.number_format = _FORMATS.get(kind, "General")
    style.protection = Protection(locked=role not in (Role.INPUT, Role.HEADING_INPUT))
    return style
