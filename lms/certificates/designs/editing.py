"""A design as fields to type in, and what was typed as a design again."""

from __future__ import annotations

import copy
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, Final

from lms.certificates.designs.design import (
    Align,
    Block,
    Box,
    Design,
    FactsBlock,
    PictureBlock,
    RuleBlock,
    TextBlock,
    Tone,
    Type,
    Words,
)
from lms.certificates.designs.plain import as_data

BLANK_ROW: Final = {"label": {"ro": "", "en": ""}, "value": {"ro": "", "en": ""}}
NEW_TEXT: Final = TextBlock("text", Box(30, 60, 60, 8), Words("Text"), Type(), Align.CENTRE)
NEW_RULE: Final = RuleBlock("rule", Box(30, 60, 60, 0), 0.3, Tone.LINE)
NEW_PICTURE: Final = Box(20, 20, 35, 20)
ADDED: Final = {"text": NEW_TEXT, "rule": NEW_RULE}


@dataclass(frozen=True)
class Input:
    """One thing that can be typed: its name, what it is, and what stands in it."""

    name: str
    part: str  # the path within the block, such as box.left
    kind: str  # number, text, choice, yes
    value: Any
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class BlockInputs:
    """What can be typed of one block."""

    id: str
    kind: str
    page: int
    inputs: tuple[Input, ...]

    def of(self, *parts: str) -> list[Input]:
        """Return the inputs whose path begins with one of these."""
        return [each for each in self.inputs if each.part.startswith(parts)]


def inputs_of(design: Design) -> list[BlockInputs]:
    """List the inputs of all blocks, in the order in which they are read."""
    return [
        BlockInputs(block.id, block.kind, at, tuple(_inputs(block)))
        for at, page in enumerate(design.pages)
        for block in page.blocks
    ]


def _inputs(block: Block) -> Iterator[Input]:
    for part, value in _leaves(block, ""):
        yield _input(f"{block.id}.{part}", part, value)
    if isinstance(block, FactsBlock):
        for part, value in _leaves(BLANK_ROW, f"rows.{len(block.rows)}"):
            yield _input(f"{block.id}.{part}", part, value)


def _leaves(value: Any, part: str) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value):
        for field in fields(value):
            if field.name not in {"id", "sha256"}:
                yield from _leaves(getattr(value, field.name), _join(part, field.name))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, _join(part, name))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for at, each in enumerate(value):
            yield from _leaves(each, f"{part}.{at}")
    else:
        yield part, value


def _input(name: str, part: str, value: Any) -> Input:
    if isinstance(value, bool):
        return Input(name, part, "yes", value)
    if isinstance(value, StrEnum):
        return Input(name, part, "choice", value.value, tuple(each.value for each in type(value)))
    if isinstance(value, int | float):
        return Input(name, part, "number", f"{value:g}")
    if isinstance(value, tuple):
        return Input(name, part, "list", ", ".join(str(each) for each in value))
    return Input(name, part, "text", value)


def typed(design: Design, posted: Mapping[str, str]) -> dict[str, Any]:
    """Lay what was posted over a design; what can't be read stays as typed, to be named a fault.

    A block whose `remove` is ticked goes; `add` with a kind adds one.
    """
    data: dict[str, Any] = copy.deepcopy(as_data(design))
    for name in ("ro", "en"):
        data["name"][name] = posted.get(f"name.{name}", data["name"][name]).strip()
    for tone in data["colours"]:
        data["colours"][tone] = posted.get(f"colours.{tone}", data["colours"][tone]).strip().lower()
    for field in ("size", "orientation"):
        data[field] = posted.get(field, data[field])
    if "is_whole" in posted:
        data["scanned_signatures"] = "scanned_signatures" in posted
    known = {block.id: block for block in inputs_of(design)}
    for page in data["pages"]:
        kept = [block for block in page["blocks"] if f"{block['id']}.remove" not in posted]
        for block in kept:
            for each in known[block["id"]].inputs:
                if each.name in posted or (each.kind == "yes" and "is_whole" in posted):
                    _put(block, each, posted)
            if block["kind"] == FactsBlock.kind:
                block["rows"] = [row for row in block["rows"] if row["value"]["ro"].strip()]
        page["blocks"] = kept
    if posted.get("add") in ADDED:
        _add(data, posted["add"], known)
    return data


def _put(block: dict[str, Any], each: Input, posted: Mapping[str, str]) -> None:
    place: Any = block
    *path, last = each.part.split(".")
    for step in path:
        if isinstance(place, list):
            if int(step) == len(place):
                place.append(copy.deepcopy(BLANK_ROW))
            place = place[int(step)]
        else:
            place = place[step]
    place[last] = _value(each, posted)


def _value(each: Input, posted: Mapping[str, str]) -> Any:
    text = posted.get(each.name, "")
    match each.kind:
        case "yes":
            return each.name in posted
        case "number":
            return _number(text)
        case "list":
            return [_number(part) for part in re.split(r"[\s,;]+", text.strip()) if part]
        case "text":
            return text.replace("\r\n", "\n").strip()
        case _:
            return text


def _number(text: str) -> Any:
    """Read a number with a comma or a point; anything else stays what it is."""
    plain = re.sub(r"\s+", "", text).replace(",", ".").replace("\u2212", "-")
    if not re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,6})?", plain):
        return text
    value = float(plain)
    return int(value) if value.is_integer() else value


def _add(data: dict[str, Any], kind: str, known: Mapping[str, object]) -> None:
    """Add a block to the first page, after all others; its id is a free one."""
    block = {**as_data(ADDED[kind]), "id": free_id(kind, known)}
    data["pages"][0]["blocks"].append(block)


def free_id(kind: str, known: Container[str]) -> str:
    """Name a new block of a kind."""
    return next(name for n in range(1, 1000) if (name := f"{kind}-{n}") not in known)


def with_ground(design: Design, page: int, sha256: str) -> Design:
    """Put a picture under a page, counted from 0, or none."""
    pages = list(design.pages)
    pages[page] = replace(pages[page], background=sha256)
    return replace(design, pages=tuple(pages))


def with_picture(design: Design, page: int, sha256: str, alt: Words) -> Design:
    """Put a picture of the design's own on a page, counted from 0, to be dragged to its place."""
    name = free_id(PictureBlock.kind, {block.id for block in design.blocks()})
    pages = list(design.pages)
    block = PictureBlock(name, NEW_PICTURE, sha256, alt)
    pages[page] = replace(pages[page], blocks=(*pages[page].blocks, block))
    return replace(design, pages=tuple(pages))


def input_of(path: str) -> str:
    """Return the input's name for a fault's path: `pages.0.blocks.title.box` is `title.box`."""
    found = re.fullmatch(r"pages\.\d+\.blocks\.(.+)", path)
    return found[1] if found else path


def overlapping(design: Design) -> Iterator[tuple[str, str]]:
    """Go through the blocks whose boxes lie on each other; ornaments and lines may."""
    for page in design.pages:
        boxes = [
            (block.id, block.box) for block in page.blocks if block.kind not in {"frame", "rule"}
        ]
        for position, (one, box) in enumerate(boxes):
            for other, second in boxes[position + 1 :]:
                if (
                    box.left < second.right - _HAIR
                    and second.left < box.right - _HAIR
                    and box.top < second.bottom - _HAIR
                    and second.top < box.bottom - _HAIR
                ):
                    yield one, other


_HAIR: Final = 0.2


def _join(part: str, name: str) -> str:
    return f"{part}.{name}" if part else name
