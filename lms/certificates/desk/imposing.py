"""Pages put on sheets: both sides, moved for a printer, cut to size, or many small ones as a proof.

Pure: composed pages in, sheets out. A blank page pads where a certificate would else begin on
another one's back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lms.certificates.designs.design import (
    Design,
    FrameBlock,
    LogosBlock,
    PictureBlock,
    RuleBlock,
)
from lms.certificates.desk.settings import BLEED, PrintSettings, Sides
from lms.certificates.drawing.items import (
    ARTIFACT,
    INK,
    Element,
    Item,
    Page,
    Picture,
    Shape,
    Text,
    box_of,
)
from lms.certificates.drawing.printing import Placed, Sheet
from lms.typography import MM, Face, width

_EDGE: Final = 8.0  # of a sheet of proofs
_GAP: Final = 4.0
_HEAD: Final = 7.0
_GREY: Final = "#8a9699"
_GRID: Final = {1: (1, 1), 2: (1, 2), 4: (2, 2), 9: (3, 3)}
_SLUG: Final = 6.0  # below the sheet, where its cut-off edge says what it was


@dataclass(frozen=True)
class Leaf:
    """One certificate's pages, and what its cut-off edge says."""

    pages: tuple[Page, ...]
    slug: str = ""


def stripped(design: Design, pages: Sequence[Page], blocks: Sequence[Sequence[str]]) -> list[Page]:
    """Leave out what pre-printed paper shows already: frame, rules, logos, background.

    `blocks` names the block of each element. The mark of an example stays.
    """
    gone = {
        block.id
        for page in design.pages
        for block in page.blocks
        if isinstance(block, FrameBlock | RuleBlock | LogosBlock | PictureBlock)
    }
    kept = []
    for page, names in zip(pages, blocks, strict=True):
        elements = tuple(
            element
            for element, name in zip(page.elements, names, strict=True)
            if name not in gone and not (name == "" and _is_picture(element))
        )
        kept.append(replace(page, elements=elements))
    return kept


def _is_picture(element: Element) -> bool:
    """Whether an element of the ground is a background, in pixels or outlines: no mark in words."""
    return not any(isinstance(item, Text) for item in element.items)


def impose(
    leaves: Iterable[Leaf], settings: PrintSettings, proof: str = ""
) -> Iterator[Sheet | Page]:
    """Put certificates on sheets, as the settings say. `proof` is the word on a proof's pages."""
    if settings.per_sheet > 1 or proof:
        yield from _proofs([page for leaf in leaves for page in leaf.pages], settings, proof)
        return
    for leaf in leaves:
        for _copy in range(settings.copies):
            yield from _sides(leaf, settings)


def _sides(leaf: Leaf, settings: PrintSettings) -> Iterator[Sheet | Page]:
    pages = leaf.pages
    if settings.sides is not Sides.SINGLE and len(pages) % 2:
        pages = (*pages, Page(pages[-1].across, pages[-1].high, ()))
    for position, page in enumerate(pages):
        if settings.is_cut:
            yield _cut(page, leaf.slug)
            continue
        is_turned = bool(position % 2) and _turns(page, settings.sides)
        placed = Placed(page, settings.right, settings.up, is_turned=is_turned)
        yield Sheet(page.across, page.high, (placed,))


def _turns(page: Page, sides: Sides) -> bool:
    """Whether a back is printed upside down, so that it stands upright when leafed like a book."""
    is_landscape = page.across > page.high
    return sides is (Sides.LONG_EDGE if is_landscape else Sides.SHORT_EDGE)


def _cut(page: Page, slug: str) -> Page:
    """Let a background reach over the edge, with marks where to cut."""
    elements = tuple(_grown(element, page) for element in page.elements)
    if slug:
        said = Text(14.0, -_SLUG, slug, Face.LABEL, 6, INK)
        elements = (*elements, Element(ARTIFACT, (said,)))
    return replace(page, elements=elements, bleed=BLEED, crop_marks=True)


def _grown(element: Element, page: Page) -> Element:
    """Stretch a picture that covers the whole page over its edge."""
    items = tuple(_over_edge(item, page) for item in element.items)
    if element.role == ARTIFACT and _covers(element.items, page):
        items = tuple(_wider(item, page) for item in items)
    return replace(element, items=items) if items != element.items else element


def _covers(items: tuple[Item, ...], page: Page) -> bool:
    """Whether outlines reach from edge to edge: a background that is a drawing."""
    if not items or not all(isinstance(item, Shape) for item in items):
        return False
    left, bottom, right, top = box_of(items)
    return left < 0.5 and bottom < 0.5 and right > page.across - 0.5 and top > page.high - 0.5


def _wider(item: Item, page: Page) -> Item:
    """Stretch an outline about the middle of the page."""
    if not isinstance(item, Shape):
        return item
    scales = (page.across + 2 * BLEED) / page.across, (page.high + 2 * BLEED) / page.high

    def stretched(step: tuple[str | float, ...]) -> tuple[str | float, ...]:
        op, *figures = step
        places = 2 if op == "re" else len(figures)  # a rectangle's other two are its sides
        moved = (
            float(figure) * scales[at % 2] - (BLEED if at < places else 0.0)
            for at, figure in enumerate(figures)
        )
        return (op, *moved)

    return replace(item, path=tuple(stretched(step) for step in item.path))


def _over_edge(item: Item, page: Page) -> Item:
    if not isinstance(item, Picture):
        return item
    if item.across < page.across - 0.5 and item.high < page.high - 0.5:
        return item
    return replace(
        item,
        x=item.x - BLEED,
        y=item.y - BLEED,
        across=item.across + 2 * BLEED,
        high=item.high + 2 * BLEED,
    )


def _proofs(pages: Sequence[Page], settings: PrintSettings, proof: str) -> Iterator[Sheet]:
    """Put small pages on sheets, each marked as a proof."""
    first = pages[0]
    is_turned = settings.per_sheet == 2
    across, high = (first.high, first.across) if is_turned else (first.across, first.high)
    columns, rows = _GRID[settings.per_sheet]
    if is_turned and first.across < first.high:
        columns, rows = rows, columns
    cell = (
        (across - 2 * _EDGE - (columns - 1) * _GAP) / columns,
        (high - 2 * _EDGE - _HEAD - (rows - 1) * _GAP) / rows,
    )
    sheets = -(-len(pages) // settings.per_sheet)
    for number in range(sheets):
        shown = pages[number * settings.per_sheet :][: settings.per_sheet]
        placed = []
        for position, page in enumerate(shown):
            down, along = divmod(position, columns)
            scale = min(cell[0] / page.across, cell[1] / page.high)
            x = _EDGE + along * (cell[0] + _GAP) + (cell[0] - page.across * scale) / 2
            y = high - _EDGE - _HEAD - (down + 1) * cell[1] - down * _GAP
            y += (cell[1] - page.high * scale) / 2
            marked = replace(page, elements=(*_proof_mark(page, proof), *page.elements))
            placed.append(Placed(marked, x, y, scale))
        said = f"{proof} · {number + 1} / {sheets}"
        head = Text(across / 2, high - _EDGE - 2, said, Face.LABEL, 9, INK, align="centre")
        placed.append(Placed(Page(across, high, (Element(ARTIFACT, (head,)),))))
        yield Sheet(across, high, tuple(placed))


def _proof_mark(page: Page, proof: str) -> tuple[Element, ...]:
    """Set a word under what is printed, and a line round the page."""
    word = proof.split(" · ", maxsplit=1)[0]
    size = 150 * min(1.0, 0.7 * page.across * MM / width(word, Face.DISPLAY_BOLD, 150))
    text = Text(
        page.across / 2,
        page.high / 2 - size * 0.35 / MM,
        word,
        Face.DISPLAY_BOLD,
        size,
        "#eceeed",
        size * 0.04,
        "centre",
        "#8a9699",
    )
    border = Shape(
        (("re", 0.3, 0.3, page.across - 0.6, page.high - 0.6),), stroke=_GREY, weight=0.8
    )
    return (Element(ARTIFACT, (text, border), is_fixed=True),)
