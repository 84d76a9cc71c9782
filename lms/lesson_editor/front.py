"""A lesson's file taken apart for a form, and put together again; what stays is kept to the byte.

The form has the title, the minutes and whether it is a draft as fields, the text as text, and the
rest of the front matter as it was written. The id is nobody's to change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.exchange.lesson_file import FRONT_MATTER
from lms.exchange.yaml_lines import Sink, compose

MINUTES = ("reading", "exercise", "test")
_KEY = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:")
_FIXED, _TITLE, _MINUTES, _DRAFT = "id", "title", "minutes", "draft"


@dataclass(frozen=True)
class Parts:
    """What the form shows of a lesson's file, as it is typed."""

    title_ro: str = ""
    title_en: str = ""
    minutes: tuple[str, str, str] = ("", "", "")
    rest: str = ""
    body: str = ""
    is_draft: bool = False


@dataclass(frozen=True)
class _Block:
    """The lines of one key of the front matter, with what belongs to it."""

    key: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where a line of the file stands in the form: which field, and which line of it."""

    field: str
    line: int


def taken_apart(source: str) -> Parts:
    """Show a lesson's file in a form; what is written oddly stays in the rest."""
    head, body = _cut(source)
    blocks = _blocks(head)
    shown = _shown(blocks)
    title, minutes = shown.get(_TITLE, {}), shown.get(_MINUTES, {})
    reading, exercise, test = (minutes.get(name, "") for name in MINUTES)
    return Parts(
        title_ro=title.get("ro", ""),
        title_en=title.get("en", ""),
        minutes=(reading, exercise, test),
        rest="".join(block.text for block in blocks if block.key not in shown),
        body=body.strip("\n"),
        is_draft=shown.get(_DRAFT, {}).get(_DRAFT) == "true",
    )


def put_together(parts: Parts, before: str) -> str:
    """Write a lesson's file of what the form holds; whatever is as before stays as it was written.

    What can't be a number is written all the same, so that the reader says what is wrong with it.
    """
    was = taken_apart(before)
    head, body = _cut(before)
    blocks = _blocks(head)
    shown = _shown(blocks)
    old = {block.key: block.text for block in blocks if block.key in shown}
    fields = {
        _FIXED: old.get(_FIXED, ""),
        _TITLE: _title(parts),
        _MINUTES: _minutes(parts),
        _DRAFT: f"{_DRAFT}: true\n" if parts.is_draft else "",
    }
    if (parts.title_ro, parts.title_en) == (was.title_ro, was.title_en):
        fields[_TITLE] = old.get(_TITLE, "")
    if parts.minutes == was.minutes:
        fields[_MINUTES] = old.get(_MINUTES, "")
    if parts.is_draft == was.is_draft:
        fields[_DRAFT] = old.get(_DRAFT, "")
    if parts.rest.strip("\n") == was.rest.strip("\n"):
        written = "".join(_in_place(fields, blocks, shown))
    else:
        written = "".join(_in_usual_places(fields, _blocks(parts.rest)))
    if parts.body.strip("\n") != body.strip("\n"):
        body = "\n" + parts.body.strip("\n") + "\n"
    return f"---\n{written}---\n{body}" if written else body


def place_of(source: str, line: int) -> Place:
    """Tell where a line of the file is found in the form."""
    match = FRONT_MATTER.match(source)
    head_lines = match[0].count("\n") if match else 0
    if line > head_lines:
        after = source[match.end() :] if match else source
        blank = len(after) - len(after.lstrip("\n"))
        return Place("body", max(1, line - head_lines - blank))
    at, rest_line = 2, 1
    blocks = _blocks(match[1] if match else "")
    shown = _shown(blocks)
    for block in blocks:
        size = block.text.count("\n")
        if line < at + size:
            if block.key in shown:
                return Place("rest" if block.key == _FIXED else block.key, 1)
            return Place("rest", rest_line + max(0, line - at))
        at += size
        rest_line += 0 if block.key in shown else size
    return Place("rest", 1)


def _cut(source: str) -> tuple[str, str]:
    match = FRONT_MATTER.match(source)
    return (match[1], source[match.end() :]) if match else ("", source)


def _blocks(head: str) -> list[_Block]:
    """Cut front matter at its keys; a line that stands alone belongs to the key above it."""
    found: list[_Block] = []
    for line in head.splitlines(keepends=True):
        whole = line if line.endswith("\n") else line + "\n"
        if match := _KEY.match(whole):
            found.append(_Block(match[1], whole))
        elif found:
            found[-1] = _Block(found[-1].key, found[-1].text + whole)
        elif whole.strip():
            found.append(_Block("", whole))
    return found


def _shown(blocks: Sequence[_Block]) -> dict[str, dict[str, str]]:
    """Return what the form shows otherwise than as text, by key."""
    found: dict[str, dict[str, str]] = {}
    if sum(block.key == _FIXED for block in blocks) == 1:
        found[_FIXED] = {}
    for key, names in ((_TITLE, {"ro", "en"}), (_MINUTES, set(MINUTES))):
        texts = _texts(blocks, key)
        if texts is not None and set(texts) <= names:
            found[key] = texts
    said = _value(blocks, _DRAFT)
    if said is not None and said.id == "scalar" and said.value.lower() in ("true", "false"):
        found[_DRAFT] = {_DRAFT: said.value.lower()}
    return found


def _texts(blocks: Sequence[_Block], key: str) -> dict[str, str] | None:
    """Read a mapping of plain values; None where the key is there twice, or holds else."""
    value = _value(blocks, key)
    if value is None or value.id != "mapping":
        return None
    pairs = [(k.value, v) for k, v in value.value]
    if any(v.id != "scalar" or "\n" in v.value or not isinstance(k, str) for k, v in pairs):
        return None
    return {k: v.value for k, v in pairs}


def _value(blocks: Sequence[_Block], key: str) -> Any:
    """Read what stands at a key; None where it is there twice, or not at all."""
    found = [block for block in blocks if block.key == key]
    if len(found) != 1:
        return None
    node: Any = compose(found[0].text, Sink("", []))
    return node.value[0][1] if node is not None and node.value else None


def _title(parts: Parts) -> str:
    if not (parts.title_ro or parts.title_en):
        return ""
    ro, en = (json.dumps(text, ensure_ascii=False) for text in (parts.title_ro, parts.title_en))
    return f"title:\n  ro: {ro}\n  en: {en}\n"


def _minutes(parts: Parts) -> str:
    if not any(parts.minutes):
        return ""
    values = ", ".join(
        f"{name}: {_number(text)}"
        for name, text in zip(MINUTES, parts.minutes, strict=True)
        if text
    )
    return f"minutes: {{{values}}}\n"


def _number(text: str) -> str:
    return text if text.isascii() and text.isdigit() else json.dumps(text, ensure_ascii=False)


def _in_place(
    fields: dict[str, str], blocks: Sequence[_Block], shown: Mapping[str, object]
) -> Iterator[str]:
    """Put the fields where they stood."""
    left = dict(fields)
    for block in blocks:
        yield left.pop(block.key) if block.key in shown else block.text
    yield from left.values()


def _in_usual_places(fields: Mapping[str, str], rest: Sequence[_Block]) -> Iterator[str]:
    """Put the fields where they usually stand."""
    waiting = list(rest)
    yield fields[_FIXED]
    while waiting and waiting[0].key in ("", "number"):
        yield waiting.pop(0).text
    yield fields[_TITLE]
    while waiting and waiting[0].key == "summary":
        yield waiting.pop(0).text
    yield fields[_MINUTES]
    yield from (block.text for block in waiting)
    yield fields[_DRAFT]
