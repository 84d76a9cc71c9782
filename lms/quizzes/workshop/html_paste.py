"""What Word, Excel and other programs lay on the clipboard as HTML, read into paragraphs.

Nothing of the HTML is kept: it is made harmless first, then read for words, marks and lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lms.quizzes.exchange.html_text import Node, html_tree
from lms.quizzes.workshop.document import Paragraph, Run, table_paragraphs
from lms.safety.html import clipboard_html

MAX_LENGTH = 4_000_000
_MOST_TAGS = 40_000
PictureOf = Callable[[str], str]  # the name of a picture kept of an address, or ""
_BLOCKS = {"p", "div", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_WHITE = re.compile(
    r"(?:white|transparent|windowtext|none|initial|inherit|#fff(?:fff)?|rgba?\(\s*255\s*,\s*255\s*,"
    r"\s*255.*\)|rgba\(.*,\s*0\s*\)|auto)",
    re.IGNORECASE,
)


@dataclass
class _Shape:
    run: Run = Run("")
    lists: tuple[_List, ...] = ()


@dataclass
class _List:
    """A list that is open: how it counts, and how far it has come."""

    kind: str
    count: int = 0

    def next_label(self) -> str:
        """Count one on."""
        self.count += 1
        letter = chr(ord("a") + (self.count - 1) % 26)
        kinds = {"letter": f"{letter})", "capital": f"{letter.upper()})", "bullet": "-"}
        return kinds.get(self.kind, f"{self.count}{self.kind}")


def read_html(html: str, picture: PictureOf = lambda _address: "") -> list[Paragraph]:
    """Read the clipboard's HTML; what is too large is left out."""
    if len(html) > MAX_LENGTH or html.count("<") > _MOST_TAGS:
        return []
    cleaned = clipboard_html(html)
    reader = _Reader(picture)
    reader.walk(html_tree(cleaned), _Shape())
    reader.end()
    return reader.paragraphs


@dataclass
class _Reader:
    picture: PictureOf
    paragraphs: list[Paragraph] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    label: str = ""
    is_heading: bool = False

    def end(self) -> None:
        """Close the paragraph under way."""
        if self.runs or self.label:
            self.paragraphs.append(
                Paragraph(tuple(self.runs), self.label, is_heading=self.is_heading)
            )
        self.runs, self.label, self.is_heading = [], "", False

    def walk(self, node: Node, shape: _Shape) -> None:
        for child in node.children:
            if isinstance(child, str):
                self._words(child, shape)
            elif "mso-list:ignore" in _style(child).lower().replace(" ", ""):
                self.label = " ".join(_all_words(child).split())
                if self.label in ("·", "o", "§", "-", "•", "–"):
                    self.label = "-"
            elif child.tag == "table":
                self.end()
                self.paragraphs += table_paragraphs(list(self._rows(child)))
            else:
                self._element(child, shape)

    def _words(self, words: str, shape: _Shape) -> None:
        text = re.sub(r"\s+", " ", words)
        if text.strip() or self.runs:
            self.runs.append(replace(shape.run, text=text))

    def _element(self, node: Node, shape: _Shape) -> None:
        if node.tag == "br":
            self._break()
            return
        if node.tag == "img":
            name = self.picture(node.attributes.get("src", ""))
            if name:
                alt = node.attributes.get("alt", "").replace("]", "")
                self.runs.append(Run(alt, picture=name))
            return
        if node.tag in _BLOCKS:
            self.end()
        inside = _Shape(_styled(shape.run, node), shape.lists)
        if node.tag in ("ul", "ol"):
            inside.lists = (*shape.lists, _opened(node, len(shape.lists)))
        elif node.tag == "li" and shape.lists:
            self.label = shape.lists[-1].next_label()
        self.is_heading = self.is_heading or node.tag in _HEADINGS
        self.walk(node, inside)
        if node.tag in _BLOCKS:
            self.end()

    def _break(self) -> None:
        is_heading = self.is_heading
        self.end()
        self.is_heading = is_heading

    def _rows(self, table: Node) -> Iterator[list[Paragraph]]:
        for row in _found(table, "tr"):
            cells = []
            for cell in row.children:
                if isinstance(cell, Node) and cell.tag in ("td", "th"):
                    inner = _Reader(self.picture)
                    inner.walk(cell, _Shape(_styled(Run(""), cell)))
                    inner.end()
                    runs: list[Run] = []
                    for paragraph in inner.paragraphs:
                        runs += [*([Run(" ")] if runs else []), *paragraph.runs]
                    cells.append(Paragraph(tuple(runs)))
            yield cells


def _found(node: Node, tag: str) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child, Node):
            if child.tag == tag:
                yield child
            else:
                yield from _found(child, tag)


def _all_words(node: Node) -> str:
    return "".join(c if isinstance(c, str) else _all_words(c) for c in node.children)


def _style(node: Node) -> str:
    return node.attributes.get("style", "")


def _styles(node: Node) -> dict[str, str]:
    found = {}
    for part in _style(node).split(";"):
        name, _, value = part.partition(":")
        found[name.strip().lower()] = value.strip().lower()
    return found


def _styled(run: Run, node: Node) -> Run:
    """Take over what a tag and its style say of the words inside."""
    run = replace(
        run,
        is_bold=run.is_bold or node.tag in ("b", "strong"),
        is_italic=run.is_italic or node.tag in ("i", "em"),
        is_underlined=run.is_underlined or node.tag in ("u", "ins"),
        is_marked=run.is_marked or node.tag == "mark",
        raised={"sup": 1, "sub": -1}.get(node.tag, run.raised),
    )
    styles = _styles(node)
    weight = styles.get("font-weight", "")
    if weight:
        run = replace(run, is_bold=weight in ("bold", "bolder") or weight[:1] in "6789")
    if "italic" in styles.get("font-style", ""):
        run = replace(run, is_italic=True)
    decoration = styles.get("text-decoration", "") + styles.get("text-decoration-line", "")
    if "underline" in decoration:
        run = replace(run, is_underlined=True)
    ground = styles.get("mso-highlight") or styles.get("background-color") or ""
    ground = ground or styles.get("background", "")
    if ground and not _WHITE.fullmatch(ground):
        run = replace(run, is_marked=True)
    raised = {"super": 1, "sub": -1}.get(styles.get("vertical-align", ""))
    return run if raised is None else replace(run, raised=raised)


def _opened(node: Node, depth: int) -> _List:
    if node.tag == "ul":
        return _List("bullet")
    kind = node.attributes.get("type", "") or _styles(node).get("list-style-type", "")
    start = node.attributes.get("start", "1")
    count = int(start) - 1 if start.isascii() and start.isdigit() and len(start) < 4 else 0
    if kind in ("a", "lower-alpha", "lower-latin"):
        return _List("letter", count)
    if kind in ("A", "upper-alpha", "upper-latin"):
        return _List("capital", count)
    return _List("." if depth == 0 else ")", count)
