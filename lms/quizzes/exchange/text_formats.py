"""Texts of other formats into the Markdown that is kept: plain text, and simple HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MARKDOWN = re.compile(r"([\\`*_\[\]<>&|~])")
_AT_LINE_START = re.compile(r"^(\s*)([#+-]|\d+[.)])(?=\s)", re.MULTILINE)
_INLINE = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`"}
_BLOCKS = {"p", "div", "ul", "ol", "blockquote", "table", "tr"} | {
    f"h{level}" for level in range(1, 7)
}
MAX_LENGTH = 50_000  # any longer, and the question is refused as too long anyway
_HIDDEN = {"script", "style", "template", "head"}


def plain_to_markdown(text: str) -> str:
    """Escape what Markdown would take for markup, and keep the line breaks."""
    escaped = _MARKDOWN.sub(r"\\\1", text)
    escaped = _AT_LINE_START.sub(_escape_marker, escaped)
    return "  \n".join(line.rstrip() for line in escaped.split("\n"))


def html_to_markdown(text: str) -> str:
    """Keep paragraphs, lists, emphasis, code and web links; drop every other tag."""
    if len(text) > MAX_LENGTH:
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.markdown()


def _escape_marker(match: re.Match[str]) -> str:
    marker = match[2]
    # „1.” is escaped before its point, „-” before itself.
    return f"{match[1]}{marker[:-1]}\\{marker[-1]}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._hidden = 0
        self._code = 0
        self._preformatted = 0
        self._link: list[str] = []

    def markdown(self) -> str:
        text = "".join(self._out)
        text = re.sub(r"[ \t]+\n", "\n", text)
        return re.sub(r"\n{3,}", "\n\n", text).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "pre":
            self._preformatted += 1
            self._out.append("\n\n```\n")
        elif tag in _BLOCKS:
            self._out.append("\n\n")
        elif tag == "li":
            self._out.append("\n- ")
        elif tag == "br":
            self._out.append("\\\n")
        elif tag == "a":
            self._link.append(_safe_link(dict(attrs).get("href") or ""))
            self._out.append("[" if self._link[-1] else "")
        elif not self._preformatted:
            self._code += tag == "code"
            self._out.append(_INLINE.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
            self._out.append("\n```\n\n")
        elif tag in _BLOCKS:
            self._out.append("\n\n")
        elif tag == "a":
            address = self._link.pop() if self._link else ""
            self._out.append(f"](<{address}>)" if address else "")
        elif not self._preformatted:
            self._code -= tag == "code" and self._code > 0
            self._out.append(_INLINE.get(tag, ""))

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._preformatted:
            self._out.append(data.strip("\n"))
            return
        words = re.sub(r"\s+", " ", data)
        if not self._out or self._out[-1].endswith("\n"):
            words = words.lstrip()
        self._out.append(words if self._code else _MARKDOWN.sub(r"\\\1", words))


def _safe_link(address: str) -> str:
    safe = address.startswith(("https://", "http://", "mailto:"))
    return address if safe and not re.search(r"[\s<>]", address) else ""
