"""What Word, a page or another program lays on the clipboard, as a lesson's Markdown.

It is made harmless first; then lists that Word writes as paragraphs become lists, looks become
marks, and a table's first row its head.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from lms.quizzes.exchange.html_text import Node, html_tree, markdown_of
from lms.safety.html import clipboard_html

MAX_LENGTH = 4_000_000
_MOST_TAGS = 40_000
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_LEVEL = re.compile(r"mso-list:\s*\S+\s+level(\d)", re.IGNORECASE)
_COUNTED = re.compile(r"(\d{1,4}|[a-zA-Z]|[ivxIVX]{1,6})[.)]")
_WEIGHT = re.compile(r"(?<![\w-])font-weight:\s*(\w+)")
_ITALIC = re.compile(r"(?<![\w-])font-style:\s*italic")
_UPRIGHT = re.compile(r"(?<![\w-])font-style:\s*normal")
_BARE = re.compile(r"\]\(<([^<>()\s]+)>\)")
_KEPT = {"p", "ul", "ol", "li", "table", "tr", "td", "th", "br", "img", "a", "sup", "sub"}
_MARKS = {"strong", "b", "em", "i"}
_INLINE = _MARKS | {"span", "font", "u", "ins", "mark"}


def markdown_from(html: str, picture: Callable[[str], str]) -> str:
    """Turn the clipboard's HTML into Markdown; what is too large gives nothing.

    `picture` keeps the picture of an address and says where it stands, or says "".
    """
    if len(html) > MAX_LENGTH or html.count("<") > _MOST_TAGS:
        return ""
    root = html_tree(clipboard_html(html, keeps_links=True))
    tidy = Node("", {}, list(_listed(_tidied(root.children))))
    return _BARE.sub(r"](\1)", markdown_of(tidy, picture))


@dataclass
class _Item(Node):
    """A paragraph that is an item of a list in Word."""

    level: int = 1
    is_counted: bool = False


def _tidied(children: Sequence[Node | str]) -> Iterator[Node | str]:
    for child in children:
        if isinstance(child, str):
            yield child.replace("\xa0", " ")
        else:
            yield from _tidied_node(child)


def _tidied_node(node: Node) -> Iterator[Node | str]:
    style = node.attributes.get("style", "").lower()
    if "mso-list:ignore" in style.replace(" ", ""):
        return
    inner = list(_tidied(node.children))
    if match := _LEVEL.search(style):
        label = _label(node)
        yield _Item("li", {}, inner, level=int(match[1]), is_counted=bool(_COUNTED.match(label)))
    elif node.tag in _HEADINGS:
        yield Node(_HEADINGS[node.tag], {}, _unmarked(inner))
    elif node.tag in _INLINE:
        yield from _marked(node.tag, style, inner)
    elif node.tag == "table":
        yield _headed(Node("table", {}, inner))
    elif node.tag in _KEPT:
        kept = {k: v for k, v in node.attributes.items() if k in ("href", "src", "alt", "start")}
        yield Node(node.tag, kept, list(_listed(inner)) if node.tag == "li" else inner)
    else:
        yield from _listed(inner)


def _marked(tag: str, style: str, inner: list[Node | str]) -> Iterator[Node | str]:
    """Say with marks what a tag or its style says; a tag that its style takes back says nothing."""
    weight = _WEIGHT.search(style)
    is_bold = tag in ("b", "strong")
    if weight:
        is_bold = weight[1] in ("bold", "bolder") or weight[1][:1] in "6789"
    is_italic = tag in ("i", "em") or bool(_ITALIC.search(style))
    if _UPRIGHT.search(style):
        is_italic = False
    if is_italic:
        inner = [Node("em", {}, inner)]
    if is_bold:
        inner = [Node("strong", {}, inner)]
    yield from inner


def _unmarked(children: Sequence[Node | str]) -> list[Node | str]:
    """Take marks out of a heading, which is strong by itself."""
    found: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and child.tag in _MARKS:
            found += _unmarked(child.children)
        else:
            found.append(child)
    return found


def _label(node: Node) -> str:
    for child in node.children:
        if isinstance(child, Node):
            style = child.attributes.get("style", "").lower().replace(" ", "")
            found = _words(child) if "mso-list:ignore" in style else _label(child)
            if found.strip():
                return found.strip()
    return ""


def _words(node: Node) -> str:
    return "".join(c if isinstance(c, str) else _words(c) for c in node.children)


def _listed(children: Iterable[Node | str]) -> Iterator[Node | str]:
    """Make a list of items that stand one after the other, each level within the one above."""
    waiting: list[_Item] = []
    for child in children:
        if isinstance(child, _Item):
            waiting.append(child)
        elif waiting and isinstance(child, str) and not child.strip():
            continue
        else:
            yield from _lists(waiting)
            waiting = []
            yield child
    yield from _lists(waiting)


def _lists(items: Sequence[_Item]) -> Iterator[Node]:
    at = 0
    while at < len(items):
        first = items[at]
        made = Node("ol" if first.is_counted else "ul")
        while at < len(items) and items[at].level >= first.level:
            if items[at].level == first.level:
                if items[at].is_counted != first.is_counted:
                    break
                made.children.append(Node("li", {}, list(items[at].children)))
                at += 1
                continue
            deeper = at
            while deeper < len(items) and items[deeper].level > first.level:
                deeper += 1
            last = made.children[-1]
            assert isinstance(last, Node)
            last.children += list(_lists(items[at:deeper]))
            at = deeper
        yield made


def _headed(table: Node) -> Node:
    """Make the first row a head: Word's tables have none of their own."""
    row = next((r for r in table.children if isinstance(r, Node) and r.tag == "tr"), None)
    for cell in row.children if row is not None else ():
        if isinstance(cell, Node) and cell.tag == "td":
            cell.tag = "th"
    return table
