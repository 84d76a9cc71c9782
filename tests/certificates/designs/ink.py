"""Where a page's items really leave ink, measured by another library than the one that draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont

import lms
from lms.certificates.designs.composing import Composition
from lms.certificates.designs.design import Block, Design, FrameBlock, FrameStyle, RuleBlock
from lms.certificates.drawing.items import ARTIFACT, Element, Item, Page, Rule, Text, box_of
from lms.diacritics import bare
from lms.typography import MM, Face, marks_of, width

_FONTS = Path(lms.__file__).parent / "fonts"
_FINE = 200  # the size at which letters are measured


@dataclass(frozen=True)
class Ink:
    """A rectangle of ink, in millimetres from the lower left corner, and whose it is."""

    block: str
    text: str
    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Ink) -> bool:
        """Whether two share more than a hair."""
        hair = 0.05
        return (
            self.left < other.right - hair
            and other.left < self.right - hair
            and self.bottom < other.top - hair
            and other.bottom < self.top - hair
        )


@cache
def _font(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        _FONTS / f"{face.value}.ttf", _FINE, layout_engine=ImageFont.Layout.BASIC
    )


@cache
def _letters(text: str, face: Face) -> tuple[float, float, float, float]:
    """Measure a line of size one on its baseline: left, bottom, right, top."""
    left, top, right, bottom = _font(face).getbbox(text, anchor="ls")
    return left / _FINE, -bottom / _FINE, right / _FINE, -top / _FINE


def ink_of_text(item: Text, block: str = "") -> Ink:
    """Measure a line of text."""
    em = item.size / MM
    left, bottom, right, top = _letters(bare(item.text), item.face)
    for index, place in marks_of(item.text, item.face).items():
        begins = width(item.text[:index], item.face, 1, item.tracking / item.size)
        along, up = begins + place.along / 1000, place.up / 1000
        own = _letters(item.text[index], item.face)
        left, right = min(left, along + own[0]), max(right, along + own[2])
        bottom, top = min(bottom, up + own[1]), max(top, up + own[3])
    across = max(item.across, (right - left) * em)
    return Ink(
        block,
        item.text,
        item.left + min(0.0, left * em),
        item.y + bottom * em,
        item.left + across,
        item.y + top * em,
    )


def texts(elements: tuple[Element, ...]) -> Iterator[Text]:
    """Go through the lines of text in reading order, artifacts aside."""
    for element in elements:
        if element.role != ARTIFACT:
            yield from (item for item in element.items if isinstance(item, Text))
            yield from texts(element.children)


def _items(element: Element) -> Iterator[Item]:
    yield from element.items
    for child in element.children:
        yield from _items(child)


def inks(composition: Composition, at: int) -> list[Ink]:
    """Measure all that stands on a page, ornaments and the mark of an example aside."""
    page: Page = composition.pages[at]
    found = []
    for element, block in zip(page.elements, composition.blocks[at], strict=True):
        if not block or element.role == ARTIFACT:
            continue
        for item in _items(element):
            if isinstance(item, Text):
                found.append(ink_of_text(item, block))
            elif not isinstance(item, Rule):
                found.append(Ink(block, type(item).__name__, *box_of((item,))))
    return found


def frame_edges(design: Design, blocks: tuple[Block, ...]) -> tuple[float, float, float, float]:
    """Return the room within a page's frame: left, bottom, right, top."""
    reach = {FrameStyle.WEAVE: 6.9, FrameStyle.RULES: 2.2}
    room = (10.0, 10.0, design.across - 10, design.high - 10)
    for block in blocks:
        if isinstance(block, FrameBlock) and block.style in reach:
            more, box = reach[block.style], block.box
            room = (
                box.left + more,
                design.high - box.bottom + more,
                box.right - more,
                design.high - box.top - more,
            )
    return room


def rules(blocks: tuple[Block, ...]) -> list[RuleBlock]:
    """Return the lines that a page's texts must not cross."""
    return [block for block in blocks if isinstance(block, RuleBlock)]
