"""What people write to each other: plain text, in which only addresses become links. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 4000
_ADDRESS = re.compile(r"https?://[^\s<>\"„”«»]+", re.IGNORECASE)
_ENDS = ".,;:!?…'’"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_LONGEST_ADDRESS = 1000


@dataclass(frozen=True)
class Piece:
    """A part of a line; with an address it is a link."""

    text: str
    href: str | None = None


Line = tuple[Piece, ...]
Paragraph = tuple[Line, ...]


def clean(typed: str) -> str:
    """Tidy what was typed: one kind of line end, no signs that nobody sees, no wide gaps."""
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    seen = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
    lines = (line.rstrip() for line in seen.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# Control signs, signs that turn the direction of writing, halves of signs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Part a text into paragraphs, lines and pieces, to be drawn without any markup of its own."""
    return tuple(
        tuple(pieces(line) for line in part.split("\n"))
        for part in re.split(r"\n{2,}", text)
        if part.strip()
    )


def pieces(line: str) -> Line:
    """Find the addresses in a line; what ends a sentence is no part of one."""
    found: list[Piece] = []
    at = 0
    for match in _ADDRESS.finditer(line):
        address = _trimmed(match.group())
        if not _leads_somewhere(address):
            continue
        if match.start() > at:
            found.append(Piece(line[at : match.start()]))
        found.append(Piece(address, address))
        at = match.start() + len(address)
    if at < len(line):
        found.append(Piece(line[at:]))
    return tuple(found)


def _leads_somewhere(address: str) -> bool:
    host = address.partition("://")[2].partition("/")[0]
    return bool(host) and "@" not in host and len(address) <= _LONGEST_ADDRESS


def _trimmed(address: str) -> str:
    while address:
        last = address[-1]
        opening = _PAIRS.get(last)
        closes_nothing = opening is not None and address.count(opening) < address.count(last)
        if last not in _ENDS and not closes_nothing:
            break
        address = address[:-1]
    return address


def opening_of(text: str, most: int = 140) -> str:
    """Return a text's beginning on one line, cut between words, for lists and subjects."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1].rsplit(" ", 1)[0]
    return f"{cut or line[: most - 1]}…"
