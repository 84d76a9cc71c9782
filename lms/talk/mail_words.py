"""The words of rendered text, laid out for a mail: paragraphs, lists, addresses of links. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table"}
)


def words_for_mail(html: str) -> str:
    """Return what harmless HTML says as plain text; a link's address stands after its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(reader.parts))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._lists: list[int | None] = []  # the next number of each open list; None: no numbers
        self._link: tuple[str, int] | None = None  # the address, and where its words begin

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self.parts.append("" if self._lists else "\n\n")
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self.parts.append(f"\n{self._mark()} ")
        elif tag in ("br", "tr"):
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append("  ")
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self.parts))
        elif tag in _BLOCKS and not self._lists:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self.parts.append("" if self._lists else "\n\n")
        elif tag == "a" and self._link is not None:
            address, at = self._link
            if address and "".join(self.parts[at:]).strip() != address:
                self.parts.append(f" ({address})")
            self._link = None
        elif tag in _BLOCKS and not self._lists:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(" ".join(data.split("\n")))

    def _mark(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "–"
        self._lists[-1] = number + 1
        return f"{number}."
