"""Read a PDF back with another library than the one that drew it."""

from __future__ import annotations

import io
import re
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
                kind=str(item.Subtype),
                is_embedded="/FontFile2" in item.get("/FontDescriptor", {}),
                has_unicode_map="/ToUnicode" in item,
            )
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
        ]


def text_of(pdf: bytes, page: int = 0) -> str:
    """Read the text of a page through each font's own map to Unicode, a line for each run."""
    opened = pikepdf.open(io.BytesIO(pdf))
    leaf = opened.pages[page]
    maps = {
        name: _unicode_map(font.ToUnicode.read_bytes())
        for name, font in leaf.Resources.Font.items()
        if "/ToUnicode" in font
    }
    lines: list[str] = []
    current: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(leaf):
        match str(operator):
            case "BT":
                lines.append("")
            case "Tf":
                current = maps[str(operands[0])]
            case "Tj":
                lines[-1] += "".join(current[code] for code in bytes(operands[0]))
    return "\n".join(lines)


def _unicode_map(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(
        rb"<([0-9A-Fa-f]+)>\s+<([0-9A-Fa-f]+)>\r?\n", cmap.partition(b"beginbfchar")[2]
    )
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
