"""Faces in a file: the glyphs that it needs, how text is written with them and read back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from lms.certificates.drawing.objects import (
    Objects,
    array,
    dictionary,
    name,
    numbers,
    reference,
    stream,
    string,
)
from lms.typography import LOCK, Face, load

_COMMON: Final = frozenset([*map(chr, range(0x20, 0x7F)), *"ĂăÂâÎîȘșȚț", *"\u00a0–—‘’“”„…·•«»°§©"])
_WIDE: Final = _COMMON.union(
    map(chr, range(0xA0, 0x100)),
    "ŐőŰűĞğİıŞşŢţŠšŽžĆćČčĐđŁłŃńŚśŹźŻżĘęĄąŇňŘřĚěŮůĽľŤťĎďĹĺŔŕĀāĒēĪīŪūĢģĶķĻļŅņ‚€−",
)
LETTERS: Final = (_COMMON, _WIDE)
"""What the fixed part of a file holds of a face that changing text is set in: the letters of
Romania, or where one more is needed those of its neighbours and of Western Europe."""


class Uncovered(Exception):
    """A text needs a glyph that the fixed part of a file doesn't hold."""


def reach(text: str) -> int:
    """Tell which of LETTERS a text can do with; Uncovered where none is enough."""
    if _COMMON.issuperset(text):
        return 0
    if _WIDE.issuperset(text):
        return 1
    raise Uncovered(text)


class Subset:
    """The glyphs of one face that a file holds; codes are two bytes, counted from 1."""

    def __init__(self, face: Face, characters: Iterable[str]) -> None:
        self._file = load(face).face
        known = self._file.charToGlyph
        self.face = face
        self.codes = [code for code in sorted(set(map(ord, characters))) if code in known]
        self._hex = {chr(code): f"{cid:04X}" for cid, code in enumerate(self.codes, 1)}

    def encode(self, text: str) -> str:
        """Write text as hexadecimal digits; Uncovered where a glyph is missing."""
        try:
            return "".join([self._hex[character] for character in text])
        except KeyError as missing:
            raise Uncovered(str(missing)) from None

    def add_to(self, objects: Objects) -> int:
        """Add the font with all that belongs to it; return its number."""
        mark = _mark(self.face, self.codes)
        full = name(f"{mark}+{self.face.value}")
        with LOCK:  # the library's reader of a font file remembers a position
            program = self._file.makeSubset(self.codes)
        file = objects.add(stream(program, {"Length1": b"%d" % len(program)}))
        descriptor = objects.add(
            dictionary(
                {
                    "Type": b"/FontDescriptor",
                    "FontName": full,
                    "Flags": b"4",
                    "FontBBox": numbers(self._file.bbox),
                    "ItalicAngle": b"%.2f" % self._file.italicAngle,
                    "Ascent": b"%.2f" % self._file.ascent,
                    "Descent": b"%.2f" % self._file.descent,
                    "CapHeight": b"%.2f" % self._file.capHeight,
                    "StemV": b"%.2f" % self._file.stemV,
                    "FontFile2": reference(file),
                }
            )
        )
        order = dictionary(
            {"Registry": string("Adobe"), "Ordering": string("Identity"), "Supplement": b"0"}
        )
        widths = array(b"%g" % self._file.charWidths[code] for code in self.codes)
        descendant = objects.add(
            dictionary(
                {
                    "Type": b"/Font",
                    "Subtype": b"/CIDFontType2",
                    "BaseFont": full,
                    "CIDSystemInfo": order,
                    "FontDescriptor": reference(descriptor),
                    "DW": b"%g" % self._file.defaultWidth,
                    "W": array((b"1", widths)),
                    "CIDToGIDMap": self._glyph_map(objects),
                }
            )
        )
        unicode = objects.add(stream(_unicode_map(self.codes)))
        return objects.add(
            dictionary(
                {
                    "Type": b"/Font",
                    "Subtype": b"/Type0",
                    "BaseFont": full,
                    "Encoding": b"/Identity-H",
                    "DescendantFonts": array((reference(descendant),)),
                    "ToUnicode": reference(unicode),
                }
            )
        )

    def _glyph_map(self, objects: Objects) -> bytes:
        """Say which glyph each code is: the subset holds one once, where two letters share it."""
        places = {0: 0}
        glyphs = [0]
        for code in self.codes:
            glyphs.append(places.setdefault(self._file.charToGlyph[code], len(places)))
        if glyphs == list(range(len(glyphs))):
            return b"/Identity"
        return reference(objects.add(stream(b"".join(g.to_bytes(2, "big") for g in glyphs))))


def _mark(face: Face, codes: list[int]) -> str:
    """Name a subset by what it holds, in six letters."""
    digest = hashlib.sha256(f"{face.value} {codes}".encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _unicode_map(codes: list[int]) -> bytes:
    lines = [f"<{cid:04X}> <{_utf16(code)}>" for cid, code in enumerate(codes, 1)]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    text = "\n".join(
        (
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<0000> <FFFF>",
            "endcodespacerange",
            *("\n".join((f"{len(b)} beginbfchar", *b, "endbfchar")) for b in blocks),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        )
    )
    return text.encode()


def _utf16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex().upper()
