"""Read a PDF back with another library than the one that drew it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf


@dataclass(frozen=True)
class Font:
    """What a file says of one of its fonts."""

    name: str
    kind: str
    is_embedded: bool
    has_unicode_map: bool


def fonts_of(pdf: bytes) -> list[Font]:
    """List the fonts of a file, each once."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [
            Font(
                name=str(item.BaseFont),
                kind=str(_drawn(item).Subtype),
                is_embedded="/FontFile2" in _drawn(item).FontDescriptor,
                has_unicode_map="/ToUnicode" in item,
            )
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary)
            and str(item.get("/Subtype")) in ("/Type0", "/TrueType")
        ]


def _drawn(font: pikepdf.Object) -> pikepdf.Object:
    """The font that holds the letters: within a composite one, or the simple one itself."""
    return font.DescendantFonts[0] if "/DescendantFonts" in font else font


def text_of(pdf: bytes, page: int = 0) -> str:
    """Read the text of a page through each font's own map to Unicode, a line for each run."""
    opened = pikepdf.open(io.BytesIO(pdf))
    leaf = opened.pages[page]
    resources = leaf.get("/Resources", leaf.Parent.get("/Resources"))
    return "\n".join(_lines(leaf, resources))


def _lines(content: pikepdf.Object, resources: pikepdf.Object) -> Iterator[str]:
    """Yield each text as a whole, however many runs it is shown in."""
    maps = {
        name: (_unicode_map(font.ToUnicode.read_bytes()), 1 + ("/DescendantFonts" in font))
        for name, font in resources.Font.items()
        if "/ToUnicode" in font
    }
    current: dict[int, str] = {}
    wide, begun = 2, ""
    for operands, operator in pikepdf.parse_content_stream(content):
        match str(operator):
            case "Tf":
                current, wide = maps.get(str(operands[0]), ({}, 1))
            case "Tj" | "TJ":
                pieces = operands if str(operator) == "Tj" else operands[0]
                data = b"".join(bytes(each) for each in pieces if isinstance(each, pikepdf.String))
                codes = (
                    int.from_bytes(data[at : at + wide], "big") for at in range(0, len(data), wide)
                )
                begun += "".join(current[code] for code in codes)
            case "ET" if begun:
                yield begun.rstrip(" ")
                begun = ""
            case "Do":
                form = resources.XObject[str(operands[0])]
                if "/Font" in form.get("/Resources", {}):
                    yield from _lines(form, form.Resources)


def _unicode_map(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"^<([0-9A-Fa-f]{2,4})> <([0-9A-Fa-f]{4,})>\r?$", cmap, re.MULTILINE)
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in pairs
        if (code, text) != (b"0000", b"FFFF")
    }
