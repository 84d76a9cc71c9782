"""One key of a YAML text put otherwise; everything around it stays as somebody wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from lms.exchange.lesson_file import FRONT_MATTER

_COMMENT = re.compile(r"[ \t]*(?:#.*|\.\.\.[ \t]*)?", re.ASCII)
_MARK = "\ufeff"


class _Dumper(yaml.SafeDumper):
    """Writes lists with their dashes set in, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Set every level in, lists too."""
        super().increase_indent(flow, False)


def dumped(value: object) -> str:
    """Write plain values as YAML, in their order, a line never broken."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000
    )
    return text


def with_key(text: str, key: str, value: object) -> str:
    """Set a key of a document that is a mapping; None takes the key out.

    A document written in one pair of braces is written anew, for it has no lines of its own.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return _written_anew(text, key, value)
    lines = text.split("\n")
    starts = [(str(k.value), k.start_mark.line) for k, _value in root.value]
    indent = " " * (root.value[0][0].start_mark.column if root.value else 0)
    written = [] if value is None else dumped({key: value}).rstrip("\n").split("\n")
    written = [f"{indent}{line}" for line in written]
    first, last = len(lines), len(lines)
    for place, (name, line) in enumerate(starts):
        if name == key:
            first = line
            last = starts[place + 1][1] if place + 1 < len(starts) else len(lines)
    while last > first + 1 and _COMMENT.fullmatch(lines[last - 1]):
        last -= 1
    if first == len(lines):  # the key is new: after the last one
        while first and _COMMENT.fullmatch(lines[first - 1]):
            first -= 1
        last = first
    return "\n".join([*lines[:first], *written, *lines[last:]])


def _written_anew(text: str, key: str, value: object) -> str:
    """Write the document again; numbers and dates stay the words that they were."""
    read: Any = yaml.load(text, Loader=yaml.BaseLoader) or {}  # noqa: S506 -- texts only, no tags
    read = {name: each for name, each in read.items() if name != key or value is not None}
    if value is not None:
        read[key] = value
    return dumped(read)


def texts_of(text: str, key: str) -> list[str]:
    """Read a key that is a list of short texts, as they are written."""
    read: Any = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- texts only, no tags
    found = read.get(key) if isinstance(read, dict) else None
    return [str(each) for each in found] if isinstance(found, list) else []


def with_front_key(text: str, key: str, value: object) -> str:
    """Set a key of a text's front matter."""
    match = FRONT_MATTER.match(text)
    if match is None:
        return text
    head = with_key(match[1].removesuffix("\n"), key, value)
    return f"{text[: match.start(1)]}{head}\n{text[match.end(1) :]}"


def edited(data: bytes, change: Callable[[str], str]) -> bytes:
    """Change a file's text; its mark at the start and its kind of line ends stay."""
    text = data.decode("utf-8")
    mark = _MARK if text.startswith(_MARK) else ""
    is_windows = "\r\n" in text
    changed = change(text.removeprefix(_MARK).replace("\r\n", "\n"))
    return (
        f"{mark}{changed.replace(chr(10), chr(13) + chr(10)) if is_windows else changed}".encode()
    )
