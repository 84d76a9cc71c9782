"""One file of many sheets for a printer: what is the same on all is drawn once and placed on each.

It is made for paper: untagged, unsealed, and without anything attached. Files that are sealed are
never merged into it, because that would break their seals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lms.certificates.drawing import metadata
from lms.certificates.drawing.items import Element, FileFacts, Item, Page, Text
from lms.certificates.drawing.objects import (
    HEADER,
    Objects,
    array,
    dictionary,
    numbers,
    reference,
    stream,
    string,
    table,
    table_lines,
    trailer,
)
from lms.certificates.drawing.plan import all_elements, digest_of, media_box
from lms.certificates.drawing.resources import Resources
from lms.certificates.drawing.strokes import strokes
from lms.typography import MM

_LEVEL: Final = 6

Part = tuple[Hashable, tuple[Item, ...]]
"""Items drawn together, and what names them where they are the same on other sheets (or None)."""


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
    resources = Resources(objects)
    sheets = [[(each, list(_parts(each.page))) for each in sheet.placed] for sheet in leaves_of]
    for _, items in (part for sheet in sheets for _p, parts in sheet for part in parts):
        for item in items:
            if isinstance(item, Text):
                resources.keep_letters(item.face, item.text)
            resources.keep(item)
    resources.add_fonts()
    forms: dict[Hashable, int] = {}
    leaves = [
        objects.add(_leaf(leaf, _content(sheet, forms, resources, objects), tree))
        for leaf, sheet in zip(leaves_of, sheets, strict=True)
    ]
    named = objects.add(resources.named(forms.values()))
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
                "ViewerPreferences": dictionary(
                    {"DisplayDocTitle": b"true", **(preferences or {})}
                ),
            }
        ),
    )
    return _assembled(objects, root, info)


def _alone(page: Page) -> Sheet:
    return Sheet(page.across, page.high, (Placed(page),))


def _parts(page: Page) -> Iterator[Part]:
    """List what a sheet draws, fixed parts that follow each other together."""
    names: list[Hashable] = []
    fixed: list[Item] = []
    for element in all_elements(page):
        if element.is_fixed:
            names.append(digest_of(element))
            fixed += _items(element)
            continue
        if fixed:
            yield tuple(names), tuple(fixed)
            names, fixed = [], []
        yield None, tuple(_items(element))
    if fixed:
        yield tuple(names), tuple(fixed)


def _items(element: Element) -> Iterator[Item]:
    yield from element.items
    for child in element.children:
        yield from _items(child)


def _content(
    sheet: Sequence[tuple[Placed, list[Part]]],
    forms: dict[Hashable, int],
    resources: Resources,
    objects: Objects,
) -> int:
    drawn = []
    for placed, parts in sheet:
        is_moved = placed != Placed(placed.page)
        drawn += [f"q {placed.matrix} cm"] if is_moved else []
        for key, items in parts:
            if key is None:
                drawn.append(strokes(items, resources.kit))
                continue
            if key not in forms:
                forms[key] = objects.add(_form(items, resources, placed.page))
            drawn.append(f"/F{forms[key]} Do")
        drawn += ["Q"] if is_moved else []
    return objects.add(stream("\n".join(drawn).encode(), level=_LEVEL))


def _form(items: tuple[Item, ...], resources: Resources, page: Page) -> bytes:
    head = {
        "Type": b"/XObject",
        "Subtype": b"/Form",
        "BBox": numbers(media_box(page)),
        "Resources": resources.named(),
    }
    return stream(strokes(items, resources.kit).encode(), head)


def _leaf(sheet: Sheet, content: int, tree: int) -> bytes:
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
        }
    )


def _assembled(objects: Objects, root: int, info: int) -> bytes:
    parts, offsets, at = [HEADER], [], len(HEADER)
    for _, body in objects.written():
        parts.append(body)
        offsets.append(at)
        at += len(body)
    written = b"".join(parts)
    identity = hashlib.sha256(written).hexdigest()[:32].upper()
    end = trailer(objects.size, root, info, identity, at)
    return written + table(table_lines(offsets), objects.size) + end
