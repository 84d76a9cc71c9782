"""What the reader's page makes of a lesson's text: its contents, and figures that open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from lms.safety.html import plain_text

_HEADING = re.compile(r'<h2 id="(s-[a-z0-9-]+)">(.*?)</h2>', re.DOTALL)
_FIGURE = re.compile(r'<img\b[^>]*\bclass="lesson-image"[^>]*>')
_SOURCE = re.compile(r'\bsrc="([^"]*)"')
_LINK = re.compile(r"<a\b.*?</a>", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    """A part of a lesson, by its anchor."""

    anchor: str
    title: str


@lru_cache(maxsize=256)
def contents_of(html: str) -> Sequence[Heading]:
    """Return the parts of a lesson in order."""
    return tuple(Heading(m[1], plain_text(m[2])) for m in _HEADING.finditer(html))


def heading_at(html: str, anchor: str | None) -> Heading | None:
    """Return where a reader stopped; nothing at the first part, nor where the part is gone."""
    later = contents_of(html)[1:]
    return next((heading for heading in later if heading.anchor == anchor), None)


@lru_cache(maxsize=256)
def with_figures(html: str, label: str) -> str:
    """Make each figure a link to itself, so that it can be seen larger; one in a link stays.

    For HTML that was made safe: only addresses that stand in it are repeated.
    """
    parts, at = [], 0
    for link in _LINK.finditer(html):
        parts += [_opened(html[at : link.start()], label), link[0]]
        at = link.end()
    return "".join([*parts, _opened(html[at:], label)])


def _opened(html: str, label: str) -> str:
    def wrap(figure: re.Match[str]) -> str:
        source = _SOURCE.search(figure[0])
        if source is None:
            return figure[0]
        hint = f'<span class="enlarge-hint">{escape(label)}</span>'
        return f'<a class="enlarge" href="{source[1]}">{figure[0]}{hint}</a>'

    return _FIGURE.sub(wrap, html)
