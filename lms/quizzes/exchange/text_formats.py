"""Texts of other formats into the Markdown that is kept, and back: plain text, and HTML."""

from __future__ import annotations

import re
from collections.abc import Callable

from lms.quizzes.exchange.html_text import read_html
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import map_texts
from lms.safety.html import plain_text, render_inline, render_markdown

_MARKDOWN = re.compile(r"([\\`*_\[\]<>&|~])")
_AT_LINE_START = re.compile(r"^(\s*)([#+-]|\d+[.)])(?=\s)", re.MULTILINE)


def plain_to_markdown(text: str) -> str:
    """Escape what Markdown would take for markup, and keep the line breaks."""
    escaped = _MARKDOWN.sub(r"\\\1", text)
    escaped = _AT_LINE_START.sub(_escape_marker, escaped)
    return "  \n".join(line.rstrip() for line in escaped.split("\n"))


def markdown_to_html(text: str, picture: Callable[[str], str | None] = lambda _name: None) -> str:
    """Make the HTML of a text: one line stays inline, several may have paragraphs and lists."""
    if "\n" not in text:
        return str(render_inline(text, resolve_image=picture))
    return str(render_markdown(text, resolve_image=picture)).strip()


def markdown_to_plain(text: str) -> str:
    """Take the words out of a text, on one line."""
    return plain_text(markdown_to_html(text))


def texts_of(question: Question) -> list[str]:
    """List every text of a question."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    map_texts(question, note)
    return found


def html_to_markdown(text: str) -> str:
    """Keep paragraphs, lists, emphasis, code and web links; drop every other tag."""
    return read_html(text).markdown


def _escape_marker(match: re.Match[str]) -> str:
    marker = match[2]
    # „1.” is escaped before its point, „-” before itself.
    return f"{match[1]}{marker[:-1]}\\{marker[-1]}"
