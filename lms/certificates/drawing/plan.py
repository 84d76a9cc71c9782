"""The order of a page: which parts are drawn in which stream, and what each means to a reader.

What is fixed and what changes is told apart here. Two pages with the same `skeleton` have the same
plan, so that only what changes has to be drawn for the second.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from lms.certificates.drawing.glyphs import reach
from lms.certificates.drawing.items import (
    ARTIFACT,
    Element,
    Item,
    Page,
    Picture,
    Rule,
    Text,
    box_of,
)
from lms.certificates.drawing.objects import array, dictionary, name, numbers, reference, string
from lms.typography import MM

_MARK: Final = 5.0  # length of a crop mark, in millimetres
_MARK_GAP: Final = 2.0
_KEPT: Final = 2048


@dataclass
class Node:
    """An element in the structure of the file; its number is given when it is written."""

    element: Element
    page: int
    is_fixed: bool
    mark: int | None = None  # the number by which the page's content names it
    children: list[Node] = field(default_factory=list)
    number: int = 0
    link: int = 0  # the number of what makes it lead somewhere
    link_mark: int = 0  # by which the structure is found from there

    @property
    def is_link(self) -> bool:
        """Whether it leads somewhere."""
        return bool(self.element.target)

    @property
    def varies(self) -> bool:
        """Whether what stands in the structure itself changes from file to file."""
        return not self.is_fixed and bool(self.element.alt) and not self.is_link


@dataclass
class Leaf:
    """Items drawn together between one beginning and one end of marked content."""

    begin: str
    items: tuple[Item, ...]


@dataclass
class Run:
    """Parts drawn one after another in one stream of a page's content."""

    page: int
    is_fixed: bool
    leaves: list[Leaf] = field(default_factory=list)


@dataclass
class Slot:
    """Where an element that changes goes."""

    begin: str  # of its marked content; empty where it draws nothing itself
    run: int  # which of the changing runs
    node: Node | None


class Plan:
    """The runs and nodes of some pages, and where on them something changes."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.runs: list[Run] = []
        self.slots: list[Slot] = []
        self.roots: list[Node] = []
        self.nodes: list[Node] = []
        self.marked: list[list[Node]] = []  # for each page, the nodes by their marks
        for index, page in enumerate(pages):
            self.marked.append([])
            for element in all_elements(page):
                self._walk(element, index, element.is_fixed, self.roots)

    def _walk(self, element: Element, page: int, is_fixed: bool, among: list[Node]) -> None:
        node, inside, begin = None, among, "/Artifact BMC"
        if element.role != ARTIFACT:
            node = Node(element, page, is_fixed)
            among.append(node)
            self.nodes.append(node)
            inside = node.children
            if element.items:
                node.mark = len(self.marked[page])
                self.marked[page].append(node)
                begin = f"/{element.role} <</MCID {node.mark}>> BDC"
        if element.items:
            self._draw(Leaf(begin, element.items), page, is_fixed)
        if not is_fixed:
            changing_runs = sum(not run.is_fixed for run in self.runs)
            self.slots.append(Slot(begin if element.items else "", changing_runs - 1, node))
        for child in element.children:
            self._walk(child, page, is_fixed or child.is_fixed, inside)

    def _draw(self, leaf: Leaf, page: int, is_fixed: bool) -> None:
        last = self.runs[-1] if self.runs else None
        if last is None or (last.page, last.is_fixed) != (page, is_fixed):
            last = Run(page, is_fixed)
            self.runs.append(last)
        last.leaves.append(leaf)


def node_body(node: Node, element: Element, parent: int, page: int) -> bytes:
    """Write a node of the structure; `element` may say what this file's one says."""
    kids = [] if node.mark is None else [b"%d" % node.mark]
    if node.is_link:
        kids.append(dictionary({"Type": b"/OBJR", "Obj": reference(node.link)}))
    kids += [reference(child.number) for child in node.children]
    entries = {
        "Type": b"/StructElem",
        "S": name(element.role),
        "P": reference(parent),
        "Pg": reference(page),
        "K": kids[0] if len(kids) == 1 else array(kids),
    }
    if element.alt and not node.is_link:
        entries["Alt"] = string(element.alt)
    if element.language:
        entries["Lang"] = string(element.language)
    if element.role == "Figure" and element.items:
        box = numbers(side * MM for side in box_of(element.items))
        entries["A"] = dictionary({"O": b"/Layout", "Placement": b"/Block", "BBox": box})
    elif element.scope:
        entries["A"] = dictionary({"O": b"/Table", "Scope": name(element.scope)})
    return dictionary(entries)


def link_body(node: Node, element: Element, page: int) -> bytes:
    """Write what makes an element lead to its target when it is clicked."""
    return dictionary(
        {
            "Type": b"/Annot",
            "Subtype": b"/Link",
            "Rect": numbers(side * MM for side in box_of(element.items)),
            "Border": b"[0 0 0]",
            "F": b"4",  # printed, as PDF/A asks of every annotation
            "P": reference(page),
            "StructParent": b"%d" % node.link_mark,
            "Contents": string(element.alt or element.target),
            "A": dictionary({"S": b"/URI", "URI": string(element.target)}),
        }
    )


def all_elements(page: Page) -> Iterator[Element]:
    """List a page's elements, its crop marks before them."""
    if page.crop_marks:
        yield Element(ARTIFACT, _crop_marks(page), is_fixed=True)
    yield from page.elements


def changing(pages: Sequence[Page]) -> Iterator[Element]:
    """List the elements that aren't fixed, in the plan's order."""
    for page in pages:
        for element in page.elements:
            yield from _changing(element)


def _changing(element: Element) -> Iterator[Element]:
    if element.is_fixed:
        return
    yield element
    for child in element.children:
        yield from _changing(child)


def media_box(page: Page) -> tuple[float, float, float, float]:
    """Return the paper round a page, in points: larger than the sheet where it is to be cut."""
    more = page.bleed
    if page.crop_marks:
        more = max(more, _MARK_GAP) + _MARK
    return tuple(side * MM for side in (-more, -more, page.across + more, page.high + more))  # type: ignore[return-value]


def _crop_marks(page: Page) -> tuple[Rule, ...]:
    inner = max(page.bleed, _MARK_GAP)
    outer = inner + _MARK
    marks = []
    for x in (0.0, page.across):
        for start, end in ((-outer, -inner), (page.high + inner, page.high + outer)):
            marks.append(Rule(x, start, x, end, 0.25, "#000000"))
    for y in (0.0, page.high):
        for start, end in ((-outer, -inner), (page.across + inner, page.across + outer)):
            marks.append(Rule(start, y, end, y, 0.25, "#000000"))
    return tuple(marks)


def skeleton(pages: Sequence[Page]) -> Hashable:
    """Return what two files have in common that may share their fixed part, and nothing else.

    Uncovered where a letter is so rare that no fixed part holds it.
    """
    return tuple(
        (
            (page.across, page.high, page.bleed, page.crop_marks),
            tuple(_outline(element) for element in page.elements),
        )
        for page in pages
    )


def _outline(element: Element) -> Hashable:
    if element.is_fixed:
        return digest_of(element)
    needs: list[Hashable] = []
    for item in element.items:
        if isinstance(item, Text):
            needs.append((item.face, reach(item.text)))
        elif isinstance(item, Picture):
            needs.append(item.png)
    return (
        element.role,
        bool(element.items),
        bool(element.alt),
        bool(element.target),
        element.language,
        element.scope,
        tuple(dict.fromkeys(needs)),
        tuple(_outline(child) for child in element.children),
    )


_digests: OrderedDict[int, tuple[Element, bytes]] = OrderedDict()
_lock = Lock()


def digest_of(element: Element) -> bytes:
    """Name a fixed element by what it is; the same object is looked at once."""
    with _lock:
        known = _digests.get(id(element))
        if known is not None:
            return known[1]
    digest = hashlib.sha256(repr(element).encode()).digest()
    with _lock:
        _digests[id(element)] = (element, digest)  # held, so that its identity stays its own
        while len(_digests) > _KEPT:
            _digests.popitem(last=False)
    return digest
