"""One file of many sheets for a printer: what is the same on all is drawn once and placed on each.

It is made for paper: untagged, unsealed, and without anything attached. Files that are sealed are
never merged into it, because that would break their seals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator, Sequence
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


def write_sheets(pages: Sequence[Page], facts: FileFacts) -> bytes:
    """Write all sheets into one file; the same sheets are the same bytes. None is a ValueError."""
    if not pages:
        raise ValueError("nothing to draw")
    objects = Objects()
    root, tree, info = objects.take(), objects.take(), objects.take()
    resources = Resources(objects)
    sheets = [list(_parts(page)) for page in pages]
    for _, items in (part for sheet in sheets for part in sheet):
        for item in items:
            if isinstance(item, Text):
                resources.keep_letters(item.face, item.text)
            resources.keep(item)
    resources.add_fonts()
    forms: dict[Hashable, int] = {}
    leaves = [
        objects.add(_leaf(page, _content(sheet, forms, resources, objects, page), tree))
        for page, sheet in zip(pages, sheets, strict=True)
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
                "ViewerPreferences": b"<</DisplayDocTitle true>>",
            }
        ),
    )
    return _assembled(objects, root, info)


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
    sheet: Sequence[Part],
    forms: dict[Hashable, int],
    resources: Resources,
    objects: Objects,
    page: Page,
) -> int:
    drawn = []
    for key, items in sheet:
        if key is None:
            drawn.append(strokes(items, resources.kit))
            continue
        if key not in forms:
            forms[key] = objects.add(_form(items, resources, page))
        drawn.append(f"/F{forms[key]} Do")
    return objects.add(stream("\n".join(drawn).encode(), level=_LEVEL))


def _form(items: tuple[Item, ...], resources: Resources, page: Page) -> bytes:
    head = {
        "Type": b"/XObject",
        "Subtype": b"/Form",
        "BBox": numbers(media_box(page)),
        "Resources": resources.named(),
    }
    return stream(strokes(items, resources.kit).encode(), head)


def _leaf(page: Page, content: int, tree: int) -> bytes:
    around = (-page.bleed, -page.bleed, page.across + page.bleed, page.high + page.bleed)
    return dictionary(
        {
            "Type": b"/Page",
            "Parent": reference(tree),
            "MediaBox": numbers(media_box(page)),
            "BleedBox": numbers(side * MM for side in around),
            "TrimBox": numbers((0, 0, page.across * MM, page.high * MM)),
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
