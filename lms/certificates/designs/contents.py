"""The annex: each module with its hours, what it teaches and, where wanted, the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from lms.certificates.designs.design import Align, Box, ModulesBlock, Tone
from lms.certificates.designs.fitting import Setting, settings
from lms.certificates.designs.sheet import Sheet
from lms.certificates.document import ModuleLine
from lms.certificates.drawing.items import Element, Item
from lms.certificates.wording import figure

_GUTTER: Final = 12.0  # between two columns, in millimetres
_BETWEEN: Final = 0.85  # of a line, between two modules
_TITLE: Final = 1.16  # a module's title beside the size of its outcomes
_INDENT: Final = 0.72  # room for the number, in millimetres for a point of size
_DASH: Final = 0.34  # room for the dash before an outcome
_NEAR: Final = 1e-6


@dataclass(frozen=True)
class _Entry:
    """A module broken into lines at one size."""

    number: int
    module: ModuleLine
    hours: str
    title: tuple[str, ...]
    outcomes: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> float:
        count = len(self.title) + sum(len(outcome) for outcome in self.outcomes)
        return count + bool(self.module.result) + _BETWEEN


def contents(sheet: Sheet, block: ModulesBlock) -> list[Element]:
    """Set each module with its outcomes, in one column or two of even height."""
    across = (block.box.across - _GUTTER * (block.columns - 1)) / block.columns
    for setting in settings(block.type):
        entries = [
            _entry(sheet, block, number, setting, across)
            for number in range(1, len(sheet.document.modules) + 1)
        ]
        columns = _even([entry.lines for entry in entries], block.columns)
        parts = [[entries[at] for at in column] for column in columns]
        tallest = max(sum(entry.lines for entry in part) for part in parts) - _BETWEEN
        needed = setting.above + (tallest - 1) * setting.leading + setting.below
        if needed <= block.box.high + _NEAR and _keep_to(entries, setting, across):
            items: list[Element] = []
            for column, part in enumerate(parts):
                left = block.box.left + column * (across + _GUTTER)
                place = Box(left, block.box.top, across, block.box.high)
                items += _column(sheet, block, part, place, setting)
            varies = any(module.result for module in sheet.document.modules)
            return [Element("L", children=tuple(items), is_fixed=not varies)]
    sheet.misfit(block.id, ("modules",), "; ".join(m.title for m in sheet.document.modules))
    return []


def _heading(setting: Setting) -> Setting:
    """A module's title: the same face in the accent, for bold hairlines fail at this size."""
    return Setting(replace(setting.type, tone=Tone.ACCENT), setting.size * _TITLE)


def _entry(
    sheet: Sheet, block: ModulesBlock, number: int, setting: Setting, across: float
) -> _Entry:
    module = sheet.document.modules[number - 1]
    amount = figure(module.hours, sheet.document.locale)
    hours = f"{amount} {block.hours.of(sheet.document.locale)}".strip()
    room = across - _INDENT * setting.size
    return _Entry(
        number,
        module,
        hours,
        _heading(setting).balance(module.title, room - setting.across(hours) - 4),
        tuple(
            tuple(setting.wrap(outcome, room - _DASH * setting.size)) for outcome in module.outcomes
        ),
    )


def _keep_to(entries: Sequence[_Entry], setting: Setting, across: float) -> bool:
    """Whether no single word runs over."""
    room = across - _INDENT * setting.size
    texts = room - _DASH * setting.size
    heading = _heading(setting)
    return all(
        all(heading.across(line) <= room - setting.across(entry.hours) for line in entry.title)
        and all(setting.across(line) <= texts for part in entry.outcomes for line in part)
        for entry in entries
    )


def _even(heights: Sequence[float], columns: int) -> list[range]:
    """Share entries out over the columns, so that the taller one is as low as can be."""
    count = len(heights)
    if columns == 1 or count == 1:
        return [range(count)]
    _, first = min(
        (max(sum(heights[:first]), sum(heights[first:])), -first) for first in range(1, count)
    )
    return [range(-first), range(-first, count)]


def _column(
    sheet: Sheet, block: ModulesBlock, entries: Sequence[_Entry], place: Box, setting: Setting
) -> list[Element]:
    heading = _heading(setting)
    indent, dash = _INDENT * setting.size, _DASH * setting.size
    body = Box(place.left + indent, place.top, place.across - indent, 1)
    texts = Box(body.left + dash, place.top, body.across - dash, 1)
    down = place.top + setting.above
    elements = []
    for entry in entries:
        label = Element("Lbl", (sheet.text(f"{entry.number}.", place, down, heading),))
        hours = sheet.text(entry.hours, body, down, setting, Align.RIGHT)
        items: list[Item] = []
        for line in entry.title:
            items.append(sheet.text(line, body, down, heading))
            down += setting.leading
        items.append(hours)
        for outcome in entry.outcomes:
            items.append(sheet.text("–", body, down, setting))
            for line in outcome:
                items.append(sheet.text(line, texts, down, setting))
                down += setting.leading
        if entry.module.result:
            word = block.result.of(sheet.document.locale)
            said = f"{word}: {entry.module.result}" if word else entry.module.result
            result = replace(setting, type=replace(setting.type, tone=Tone.MUTED))
            items.append(sheet.text(said, body, down, result))
            down += setting.leading
        down += setting.leading * _BETWEEN
        elements.append(Element("LI", children=(label, Element("LBody", tuple(items)))))
    return elements
