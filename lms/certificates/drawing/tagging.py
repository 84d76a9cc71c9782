"""What each part of printed sheets is, told while they are drawn: a section a sheet, in its order.

What is drawn once for many sheets is one part on each of them, whatever it holds: a table that all
share is read out as one text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from lms.certificates.drawing.items import ARTIFACT, Element, Item
from lms.certificates.drawing.objects import Objects, array, dictionary, name, reference, string

Draw = Callable[[tuple[Item, ...]], str]

_PLAIN: Final = frozenset({"H1", "H2", "H3", "P", "Figure"})
"""Roles that a part may have by itself; others have a meaning only with parts within them."""


class Tags:
    """The structure of a file of sheets."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.root, self._document = objects.take(), objects.take()
        self._sections: list[int] = []
        self._sheets: list[SheetTags] = []

    def sheet(self, leaf: int) -> SheetTags:
        """Begin the next sheet."""
        made = SheetTags(self._objects, leaf, self._document)
        self._sheets.append(made)
        return made

    def finish(self) -> None:
        """Write the tree; all sheets are drawn."""
        self._sections = [each.finish() for each in self._sheets if each.kids]
        root, sections = reference(self.root), array(map(reference, self._sections))
        document = {"Type": b"/StructElem", "S": b"/Document", "P": root, "K": sections}
        self._objects.put(self._document, dictionary(document))
        numbers = [
            part
            for index, each in enumerate(self._sheets)
            for part in (b"%d" % index, array(map(reference, each.marks)))
        ]
        back = self._objects.add(dictionary({"Nums": array(numbers)}))
        tree = {
            "Type": b"/StructTreeRoot",
            "K": reference(self._document),
            "ParentTree": reference(back),
            "ParentTreeNextKey": b"%d" % len(self._sheets),
        }
        self._objects.put(self.root, dictionary(tree))


class SheetTags:
    """The structure of one sheet."""

    def __init__(self, objects: Objects, leaf: int, document: int) -> None:
        self._objects, self._leaf, self._document = objects, leaf, document
        self._section = objects.take()
        self.kids: list[int] = []
        self.marks: list[int] = []

    def element(self, element: Element, draw: Draw) -> Iterator[str]:
        """Draw an element with all that is within it, each with its meaning."""
        if element.role == ARTIFACT:
            yield from self._artifact(element, draw)
            return
        self.kids.append(self._objects.take())
        yield from self._told(element, self.kids[-1], self._section, draw)

    def whole(self, element: Element, drawn: str) -> str:
        """Draw an element that is drawn elsewhere as one part."""
        if element.role == ARTIFACT:
            return f"/Artifact BMC\n{drawn}\nEMC"
        role = element.role if element.role in _PLAIN and not element.children else "P"
        number = self._objects.take()
        self.kids.append(number)
        self._objects.put(number, self._node(element, role, self._section, [self._mark(number)]))
        return f"/{role} <</MCID {len(self.marks) - 1}>> BDC\n{drawn}\nEMC"

    def finish(self) -> int:
        """Write the section; return its number."""
        entries = {
            "S": b"/Sect",
            "P": reference(self._document),
            "Pg": reference(self._leaf),
            "K": array(map(reference, self.kids)),
        }
        self._objects.put(self._section, dictionary(entries))
        return self._section

    def _told(self, element: Element, number: int, parent: int, draw: Draw) -> Iterator[str]:
        kids = []
        if element.items:
            kids.append(self._mark(number))
            yield f"/{element.role} <</MCID {len(self.marks) - 1}>> BDC\n{draw(element.items)}\nEMC"
        for child in element.children:
            if child.role == ARTIFACT:
                yield from self._artifact(child, draw)
                continue
            inner = self._objects.take()
            kids.append(reference(inner))
            yield from self._told(child, inner, number, draw)
        self._objects.put(number, self._node(element, element.role, parent, kids))

    def _artifact(self, element: Element, draw: Draw) -> Iterator[str]:
        if element.items:
            yield f"/Artifact BMC\n{draw(element.items)}\nEMC"
        for child in element.children:
            yield from self._artifact(child, draw)

    def _mark(self, number: int) -> bytes:
        self.marks.append(number)
        return b"%d" % (len(self.marks) - 1)

    def _node(self, element: Element, role: str, parent: int, kids: list[bytes]) -> bytes:
        entries = {
            "S": name(role),
            "P": reference(parent),
            "Pg": reference(self._leaf),
            "K": kids[0] if len(kids) == 1 else array(kids),
        }
        if element.alt:
            entries["Alt"] = string(element.alt)
        if element.language:
            entries["Lang"] = string(element.language)
        if element.scope:
            entries["A"] = dictionary({"O": b"/Table", "Scope": name(element.scope)})
        return dictionary(entries)
