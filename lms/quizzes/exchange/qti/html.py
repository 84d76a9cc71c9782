"""The HTML inside QTI items: elements to words, and words to elements."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection
from html import escape
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement

from lms.quizzes.exchange.html_text import Node, html_tree, read_html
from lms.quizzes.exchange.read_question import Lost

Lose = Callable[[Lost, str], None]

_VOID = {"br", "hr", "img", "col", "wbr"}
_MEDIA = {"audio", "video", "mediaInteraction", "object", "include"}
_SAYS_NOTHING = {"stylesheet", "title"}


def inner_html(element: Element, *, without: Collection[Element] = ()) -> str:
    """Write what stands in an element as HTML; elements left out leave their place."""
    parts = [escape(element.text or "", quote=False)]
    for child in element:
        if child not in without:
            parts.append(outer_html(child, without=without))
        parts.append(escape(child.tail or "", quote=False))
    return "".join(parts)


def outer_html(element: Element, *, without: Collection[Element] = ()) -> str:
    """Write an element as HTML."""
    name = element.tag
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in element.attrib.items() if " " not in key
    )
    if name in _VOID:
        return f"<{name}{attributes}>"
    return f"<{name}{attributes}>{inner_html(element, without=without)}</{name}>"


def markdown(html: str, name: Callable[[str], str], lose: Lose) -> str:
    """Read HTML of an item as Markdown; what can't be kept is told."""
    read = read_html(html, name)
    for tag in read.lost:
        if tag == "img":
            lose(Lost.PICTURE, "")
        elif tag in _MEDIA:
            lose(Lost.MEDIA, tag)
        elif tag not in _SAYS_NOTHING:
            lose(Lost.MARKUP, tag)
    return read.markdown


def beside(folder: str, address: str) -> str:
    """Find the path of a file that is named from an item's folder; "" where it leads outside."""
    path = posixpath.normpath(posixpath.join(folder, unquote(address)))
    return "" if path.startswith(("/", "../")) or ":" in path else path


def add_html(parent: Element, html: str) -> None:
    """Put HTML into an element, as elements."""
    _add(parent, html_tree(html))


def _add(parent: Element, node: Node) -> None:
    last: Element | None = None
    for child in node.children:
        if isinstance(child, str):
            if last is None:
                parent.text = (parent.text or "") + child
            else:
                last.tail = (last.tail or "") + child
            continue
        attributes = {k: v for k, v in child.attributes.items() if k != "tabindex"}
        last = SubElement(parent, child.tag, attributes)
        _add(last, child)
