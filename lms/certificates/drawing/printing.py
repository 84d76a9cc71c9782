"""One file of many sheets for a printer: what is the same on all is drawn once and placed on each.

It is made for paper: unsealed, and without anything attached; what its parts are is told. Files
that are sealed are never merged into it, because that would break their seals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lms.certificates.drawing import metadata
from lms.certificates.drawing.items import Element, FileFacts, Item, Page, Text
from lms.certificates.drawing.objects import (
    Objects,
    array,
    dictionary,
    numbers,
    reference,
    stream,
    string,
)
from lms.certificates.drawing.packing import packed
from lms.certificates.drawing.plan import all_elements, digest_of, media_box
from lms.certificates.drawing.resources import Resources
from lms.certificates.drawing.strokes import strokes
from lms.certificates.drawing.tagging import Tags
from lms.typography import MM

_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Placed:
    """A page put on a sheet: where its lower left corner comes, how large, and whether turned."""

    page: Page
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    is_turned: bool = False  # upside down, in the same place

    @property
    def matrix(self) -> str:
        """Write the step from the page's own measures to the sheet's."""
        x, y, scale = self.x, self.y, self.scale
        if self.is_turned:
            x, y = x + self.page.across * scale, y + self.page.high * scale
            scale = -scale
        return f"{scale:.5f} 0 0 {scale:.5f} {x * MM:.2f} {y * MM:.2f}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper with pages on it, painted in their order."""

    across: float
    high: float
    placed: tuple[Placed, ...] = ()


def write_sheets(
    pages: Iterable[Page | Sheet], facts: FileFacts, preferences: Mapping[str, bytes] | None = None
) -> bytes:
    """Write all sheets into one file; the same sheets are the same bytes. None is a ValueError.

    `preferences` are the viewer's, by their names in PDF, for instance on which edge to turn.
    """
    leaves_of = [page if isinstance(page, Sheet) else _alone(page) for page in pages]
    if not leaves_of:
        raise ValueError("nothing to draw")
    objects = Objects()
    root, tree, info = objects.take(), objects.take(), objects.take()
    writer = _Writer(objects)
    for sheet in leaves_of:
        for placed in sheet.placed:
            writer.keep(placed.page)
    writer.resources.add_fonts()
    leaves = [writer.leaf(sheet, index, tree) for index, sheet in enumerate(leaves_of)]
    writer.tags.finish()
    named = objects.add(writer.resources.named(writer.forms.values()))
    kids = array(map(reference, leaves))
    entries = {"Type": b"/Pages", "Kids": kids, "Count": b"%d" % len(leaves)}
    objects.put(tree, dictionary({**entries, "Resources": reference(named)}))
    objects.put(info, metadata.information(facts))
    objects.put(
        root,
        dictionary(
            {
                "Type": b"/Catalog",
                "Pages": reference(tree),
                "Lang": string(facts.language),
                "MarkInfo": b"<</Marked true>>",
                "StructTreeRoot": reference(writer.tags.root),
                "ViewerPreferences": dictionary(
                    {"DisplayDocTitle": b"true", **(preferences or {})}
                ),
            }
        ),
    )
    return packed(objects, root, info)


def _alone(page: Page) -> Sheet:
    return Sheet(page.across, page.high, (Placed(page),))


class _Writer:
    """Draws sheets; what is the same on many is drawn once."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.resources = Resources(objects)
        self.tags = Tags(objects)
        self.forms: dict[bytes, int] = {}

    def keep(self, page: Page) -> None:
        """Remember what a page draws with."""
        for element in all_elements(page):
            for item in _items(element):
                if isinstance(item, Text):
                    self.resources.keep_letters(item.face, item.text)
                self.resources.keep(item)

    def leaf(self, sheet: Sheet, index: int, tree: int) -> int:
        """Draw a sheet; return its number."""
        number = self._objects.take()
        tags = self.tags.sheet(number)
        drawn: list[str] = []
        for placed in sheet.placed:
            is_moved = placed != Placed(placed.page)
            drawn += [f"q {placed.matrix} cm"] if is_moved else []
            for element in all_elements(placed.page):
                if element.is_fixed:
                    drawn.append(tags.whole(element, self._once(element, placed.page)))
                else:
                    drawn += tags.element(element, self._strokes)
            drawn += ["Q"] if is_moved else []
        content = self._objects.add(stream("\n".join(drawn).encode(), level=_LEVEL))
        self._objects.put(number, _leaf(sheet, content, index, tree))
        return number

    def _strokes(self, items: tuple[Item, ...]) -> str:
        return strokes(items, self.resources.kit)

    def _once(self, element: Element, page: Page) -> str:
        key = digest_of(element)
        if key not in self.forms:
            items = tuple(_items(element))
            self.forms[key] = self._objects.add(_form(items, self.resources, page))
        return f"/F{self.forms[key]} Do"


def _items(element: Element) -> Iterator[Item]:
    yield from element.items
    for child in element.children:
        yield from _items(child)


def _form(items: tuple[Item, ...], resources: Resources, page: Page) -> bytes:
    head = {
        "Type": b"/XObject",
        "Subtype": b"/Form",
        "BBox": numbers(media_box(page)),
        "Resources": resources.named(),
    }
    return stream(strokes(items, resources.kit).encode(), head)


def _leaf(sheet: Sheet, content: int, index: int, tree: int) -> bytes:
    page = sheet.placed[0].page if len(sheet.placed) == 1 else None
    is_cut = page is not None and (page.bleed or page.crop_marks)
    cut = page if page is not None and is_cut else Page(sheet.across, sheet.high, ())
    around = (-cut.bleed, -cut.bleed, cut.across + cut.bleed, cut.high + cut.bleed)
    return dictionary(
        {
            "Type": b"/Page",
            "Parent": reference(tree),
            "MediaBox": numbers(media_box(cut)),
            "BleedBox": numbers(side * MM for side in around),
            "TrimBox": numbers((0, 0, cut.across * MM, cut.high * MM)),
            "Contents": reference(content),
            "StructParents": b"%d" % index,
            "Tabs": b"/S",
        }
    )
