"""Facts with their labels, and the modules as a table with hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lms.certificates.designs.design import Align, Box, FactsBlock, ModulesBlock
from lms.certificates.designs.fitting import Setting, fit, settings
from lms.certificates.designs.placeholders import fill, used
from lms.certificates.designs.sheet import Sheet
from lms.certificates.drawing.items import ARTIFACT, Element, Item, Rule
from lms.certificates.wording import decimal_sign, figure

_DOT: Final = 1.6  # from dot to dot of a leader, in millimetres
_AIR: Final = 2.0  # round a leader
_LEAST_LEADER: Final = 5.0
_AFTER_NUMBER: Final = 2.2
_NEAR: Final = 1e-6


def facts(sheet: Sheet, block: FactsBlock) -> list[Element]:
    """Set labels and values; the largest size is taken at which all keep to the box."""
    locale, box = sheet.document.locale, block.box
    rows = [
        (row.label.of(locale), values, tuple(used(row.value.of(locale))))
        for row in block.rows
        if (values := fill(row.value.of(locale), sheet.values))
    ]
    if not rows:
        return []
    room = box.across - block.label_across
    for setting in settings(block.type):
        broken = [
            [line for value in values for line in setting.balance(value, room)]
            for _, values, _ in rows
        ]
        lines = [line for row in broken for line in row]
        needed = len(lines) * setting.leading + block.gap * (len(rows) - 1)
        if needed <= box.high + _NEAR and all(setting.across(line) <= room for line in lines):
            return _rows(sheet, block, [row[0] for row in rows], broken, setting)
    longest = max(rows, key=lambda row: sum(len(value) for value in row[1]))
    sheet.misfit(block.id, longest[2], " ".join(longest[1]))
    return []


def _rows(
    sheet: Sheet,
    block: FactsBlock,
    labels: Sequence[str],
    broken: Sequence[Sequence[str]],
    setting: Setting,
) -> list[Element]:
    box, elements = block.box, []
    room = block.label_across - _AIR
    values = Box(box.left + block.label_across, box.top, box.across - block.label_across, 1)
    down = box.top + setting.above
    for label, lines in zip(labels, broken, strict=True):
        found = fit((label,), block.label_type, room, box.high, 1)
        if found is None:
            sheet.misfit(block.id, (), label)
            continue
        head = sheet.text(label, box, down, Setting(block.label_type, found.size))
        items: list[Item] = []
        for line in lines:
            items.append(sheet.text(line, values, down, setting))
            down += setting.leading
        down += block.gap
        cells = (Element("TH", (head,), scope="Row"), Element("TD", tuple(items)))
        elements.append(Element("TR", children=cells))
    return [Element("Table", children=tuple(elements))]


def module_table(sheet: Sheet, block: ModulesBlock) -> list[Element]:
    """List the modules, each figure beside the last line of its title, decimals aligned."""
    box, modules = block.box, sheet.document.modules
    label = Setting(block.label_type, block.label_type.largest)
    heading = 2.2 / (1.3) * (label.above + label.below)
    for setting in settings(block.type):
        room = box.across - _indent(sheet, setting) - _figures(sheet, setting)
        rows = [setting.wrap(module.title, room) for module in modules]
        lines = [line for row in rows for line in row]
        needed = heading + len(lines) * setting.leading + setting.below
        if needed <= box.high + _NEAR and all(setting.across(line) <= room for line in lines):
            head = _head(sheet, block, label)
            body = _body(sheet, block, rows, setting, box.top + heading)
            return [Element("Table", children=(head, *body), is_fixed=True)]
    sheet.misfit(block.id, ("modules",), "; ".join(module.title for module in modules))
    return []


def _indent(sheet: Sheet, setting: Setting) -> float:
    return setting.across(f"{len(sheet.document.modules)}.") + _AFTER_NUMBER


def _figures(sheet: Sheet, setting: Setting) -> float:
    amounts = (figure(m.hours, sheet.document.locale) for m in sheet.document.modules)
    return max(setting.across(amount) for amount in amounts) + 2 * _AIR + _LEAST_LEADER


def _head(sheet: Sheet, block: ModulesBlock, label: Setting) -> Element:
    box, locale = block.box, sheet.document.locale
    down = box.top + label.above
    cells = tuple(
        Element("TH", (sheet.text(words, box, down, label, align),), scope="Column")
        for words, align in (
            (block.heading.of(locale), Align.LEFT),
            (block.hours.of(locale), Align.RIGHT),
        )
    )
    return Element("TR", children=cells)


def _body(
    sheet: Sheet,
    block: ModulesBlock,
    rows: Sequence[Sequence[str]],
    setting: Setting,
    top: float,
) -> list[Element]:
    box, locale = block.box, sheet.document.locale
    indent, sign = _indent(sheet, setting), decimal_sign(locale)
    numbers = Box(box.left, box.top, indent - _AFTER_NUMBER, 1)
    titles = Box(box.left + indent, box.top, box.across - indent, 1)
    amounts = [figure(m.hours, locale) for m in sheet.document.modules]
    parts = [amount.partition(sign) for amount in amounts]
    decimals = box.right - max(setting.across(point + rest) for _, point, rest in parts)
    down = top + 0.8 * setting.above
    elements = []
    for position, lines in enumerate(rows):
        title: list[Item] = [sheet.text(f"{position + 1}.", numbers, down, setting, Align.RIGHT)]
        for line in lines:
            title.append(sheet.text(line, titles, down, setting))
            down += setting.leading
        last = down - setting.leading
        left = decimals - setting.across(parts[position][0])
        hours = sheet.text(amounts[position], Box(left, 0, 1, 1), last, setting)
        leader = _leader(sheet, titles.left + setting.across(lines[-1]), left, last)
        cells = (Element("TD", tuple(title)), *leader, Element("TD", (hours,)))
        elements.append(Element("TR", children=cells))
    return elements


def _leader(sheet: Sheet, start: float, end: float, down: float) -> tuple[Element, ...]:
    """Lead the eye over a gap with dots that stand under each other in every row."""
    first, last = -(-(start + _AIR) // _DOT) * _DOT, end - _AIR
    if last - first < _DOT:
        return ()
    y = sheet.up(down)
    dots = Rule(first, y, last, y, 0.55, sheet.design.colours.line, (0.0, _DOT))
    return (Element(ARTIFACT, (dots,)),)
