"""What pages draw with: fonts, pictures, and drawings that are placed many times."""

from __future__ import annotations

from collections.abc import Iterable

from lms.certificates.drawing.glyphs import Subset
from lms.certificates.drawing.items import Item, Picture, Stamp
from lms.certificates.drawing.objects import Objects, dictionary, numbers, reference, stream
from lms.certificates.drawing.pictures import add_picture
from lms.certificates.drawing.strokes import Kit, strokes
from lms.typography import MM, Face


class Resources:
    """Gather what pages need, each once; then add the fonts, and let the pages name it all."""

    def __init__(self, objects: Objects) -> None:
        self.kit = Kit()
        self._objects = objects
        self._letters: dict[Face, set[str]] = {}
        self._fonts: dict[str, bytes] = {}

    def keep_letters(self, face: Face, letters: Iterable[str]) -> None:
        """Remember letters that are set in a face; a space parts words in every face."""
        self._letters.setdefault(face, {" "}).update(letters)

    def keep(self, item: Item) -> None:
        """Add a picture, or a drawing that is placed many times; other items need neither."""
        if isinstance(item, Picture) and item.png not in self.kit.pictures:
            self.kit.pictures[item.png] = f"P{add_picture(item.png, self._objects)}"
        elif isinstance(item, Stamp) and id(item.drawing) not in self.kit.stamps:
            box = numbers(side * MM for side in item.box)
            head = {"Type": b"/XObject", "Subtype": b"/Form", "BBox": box, "Resources": b"<<>>"}
            drawn = strokes(item.drawing, self.kit).encode()
            self.kit.stamps[id(item.drawing)] = f"S{self._objects.add(stream(drawn, head))}"

    def add_fonts(self) -> None:
        """Add each face with the letters remembered."""
        for face in sorted(self._letters):
            self.kit.fonts[face] = Subset(face, self._letters[face])
            self._fonts[face.name] = reference(self.kit.fonts[face].add_to(self._objects))

    def named(self, forms: Iterable[int] = ()) -> bytes:
        """Write the dictionary by which a page names them; forms of its own are F and a number."""
        placed = [*self.kit.pictures.values(), *self.kit.stamps.values()]
        placed += [f"F{number}" for number in forms]
        shown = {key: reference(int(key[1:])) for key in placed}
        return dictionary({"Font": dictionary(self._fonts), "XObject": dictionary(shown)})
