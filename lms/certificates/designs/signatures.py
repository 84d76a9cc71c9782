"""Lines for signing by hand, with room above them for hand and stamp."""

from __future__ import annotations

from typing import Final

from lms.certificates.designs.design import Align, Box, Purpose, SignaturesBlock, Stand, Type
from lms.certificates.designs.fitting import Setting, fit
from lms.certificates.designs.pictures import placed, size_of
from lms.certificates.designs.sheet import Sheet
from lms.certificates.document import Signatory
from lms.certificates.drawing.items import Element, Item, Rule

_BELOW_LINE: Final = 1.2  # between the line and the name, in millimetres
_SCAN_LIFT: Final = 1.0
_LINE: Final = 0.5  # points


def signatures(sheet: Sheet, block: SignaturesBlock) -> list[Element]:
    """Place the signatories side by side, the first on the left; one alone in the middle."""
    people = sheet.document.signatories
    elements: list[Element] = []
    if not people:
        return elements
    share = block.box.across / len(people)
    for position, person in enumerate(people):
        place = Box(block.box.left + share * position, block.box.top, share, block.box.high)
        elements += _signatory(sheet, block, person, place)
    if sheet.purpose is Purpose.ORIGINAL:
        elements += _stamp(sheet, block)
    return elements


def _signatory(
    sheet: Sheet, block: SignaturesBlock, person: Signatory, place: Box
) -> list[Element]:
    across = min(block.line_across, place.across)
    left, line = place.middle - across / 2, block.box.top + block.line_at
    below = block.box.bottom - line - _BELOW_LINE
    items: list[Item] = [
        Rule(
            left,
            sheet.up(line),
            left + across,
            sheet.up(line),
            _LINE,
            sheet.design.colours.line,
        )
    ]
    top = line + _BELOW_LINE
    for text, type_ in ((person.name, block.type), (person.function, block.label_type)):
        items += _line(sheet, block, text, type_, Box(left, top, across, below / 2))
        top += below / 2
    return [Element("P", tuple(items), is_fixed=True), *_scan(sheet, block, person, place)]


def _line(sheet: Sheet, block: SignaturesBlock, text: str, type_: Type, box: Box) -> list[Item]:
    if not text.strip():
        return []
    found = fit((text,), type_, box.across, box.high, 1)
    if found is None:
        sheet.misfit(block.id, ("signatories",), text)
        return []
    (at,) = found.baselines(box.top, box.high, Stand.MIDDLE)
    return [sheet.text(text, box, at, Setting(type_, found.size), Align.CENTRE)]


def _scan(sheet: Sheet, block: SignaturesBlock, person: Signatory, place: Box) -> list[Element]:
    """Show a scanned signature: where the design says so, and on a copy on paper alone."""
    wanted = sheet.design.scanned_signatures and sheet.purpose is Purpose.COPY
    if not wanted or person.scan is None:
        return []
    room = block.line_at - 2 * _SCAN_LIFT
    across, high = size_of(person.scan.png, across=block.line_across * 0.8, high=room)
    bottom = sheet.up(block.box.top + block.line_at - _SCAN_LIFT)
    items = placed(person.scan.png, place.middle - across / 2, bottom, across, high)
    return [Element("Figure", items, alt=person.name, is_fixed=True)]


def _stamp(sheet: Sheet, block: SignaturesBlock) -> list[Element]:
    """Say where the stamp goes, on the paper that is signed by hand."""
    text = block.stamp.of(sheet.document.locale).strip()
    if not text:
        return []
    box, count = block.box, len(sheet.document.signatories)
    middle = box.middle if count > 1 else box.middle - block.line_across / 2 - 8
    place = Box(middle - 10, box.top, 20, block.line_at - 3)
    found = fit((text,), block.label_type, place.across, place.high, 1)
    if found is None:
        sheet.misfit(block.id, (), text)
        return []
    (at,) = found.baselines(place.top, place.high, Stand.BOTTOM)
    line = sheet.text(text, place, at, Setting(block.label_type, found.size), Align.CENTRE)
    return [Element("P", (line,), is_fixed=True)]
