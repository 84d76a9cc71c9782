"""Read a design from JSON: every fault is named with its place, and nothing is guessed."""

from __future__ import annotations

import json
import math
import re
import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from lms.certificates.designs.design import (
    BLOCKS,
    EDGE,
    FORMAT,
    LEAST_CODE,
    Block,
    Box,
    CodeBlock,
    Design,
    FrameBlock,
    PictureBlock,
    RuleBlock,
    TextBlock,
    Type,
    Words,
)
from lms.certificates.designs.placeholders import NEEDED, PLACEHOLDERS, stray_braces, used
from lms.certificates.designs.plain import as_data

MOST_BYTES: Final = 128 * 1024
MOST_PAGES: Final = 4
MOST_BLOCKS: Final = 60
MOST_LETTERS: Final = 1000
LEAST_CONTRAST: Final = 4.5
_LEAST_SIZE: Final = 5.5

_RANGES: Final = {
    "left": (0, 420),
    "top": (0, 420),
    "across": (0, 420),
    "high": (0, 420),
    "largest": (_LEAST_SIZE, 96),
    "smallest": (_LEAST_SIZE, 96),
    "one_line": (0, 96),
    "leading": (0.9, 2.5),
    "tracking": (0, 0.5),
    "lines": (1, 40),
    "columns": (1, 2),
    "gap": (0, 60),
    "widest": (5, 200),
    "label_across": (0, 120),
    "line_across": (20, 150),
    "line_at": (10, 60),
    "weight": (0.1, 3),
    "slots": (1, 4),
    "format": (FORMAT, FORMAT),
}


class FaultKind(StrEnum):
    """What is wrong at a place of the data."""

    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    MISSING = "missing"
    UNKNOWN = "unknown"
    NOT_A_LIST = "not_a_list"
    NOT_AN_OBJECT = "not_an_object"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    NOT_TEXT = "not_text"
    NOT_TRUE_OR_FALSE = "not_true_or_false"
    NOT_A_CHOICE = "not_a_choice"
    OUT_OF_RANGE = "out_of_range"
    TOO_MANY = "too_many"
    ID_TAKEN = "id_taken"
    BAD_ID = "bad_id"
    BAD_COLOUR = "bad_colour"
    TOO_LIGHT = "too_light"
    BAD_HASH = "bad_hash"
    BAD_PLACEHOLDER = "bad_placeholder"
    SIZES_REVERSED = "sizes_reversed"
    NEAR_THE_EDGE = "near_the_edge"
    NOT_SQUARE = "not_square"
    CODE_TOO_SMALL = "code_too_small"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True)
class Fault:
    """A fault: where it is, as a path such as `pages.0.title.box.left`, what, and what it says."""

    path: str
    kind: FaultKind
    detail: str = ""


class BadDesign(ValueError):
    """The data is no design; `faults` says why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{f.path}: {f.kind.value} {f.detail}".strip() for f in faults))
        self.faults = faults


def design_from_text(text: str) -> Design:
    """Read a design from its text. Raises BadDesign with all faults."""
    if len(text.encode()) > MOST_BYTES:
        raise BadDesign((Fault("", FaultKind.TOO_LARGE, str(MOST_BYTES)),))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadDesign((Fault("", FaultKind.NOT_JSON, str(error)[:100]),)) from error
    return design_from(data)


def design_from(data: Any) -> Design:
    """Read a design from plain values. Raises BadDesign with all faults."""
    reader = _Reader()
    design = reader.read(data, Design, "")
    if not reader.faults:
        reader.faults += _faults_of(design)
    if reader.faults:
        raise BadDesign(tuple(reader.faults))
    assert isinstance(design, Design)
    return design


class _Reader:
    """Follow the dataclasses' own types through the data, and collect what doesn't suit."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, kind: FaultKind, detail: object = "") -> None:
        self.faults.append(Fault(path, kind, str(detail)[:200]))

    def read(self, data: Any, wanted: Any, path: str) -> Any:
        if get_origin(wanted) is tuple:
            return self._list(data, get_args(wanted)[0], path)
        if get_origin(wanted) in (types.UnionType, Union):
            return self._block(data, path)
        if is_dataclass(wanted):
            return self._object(data, wanted, path)
        if isinstance(wanted, type) and issubclass(wanted, StrEnum):
            return self._choice(data, wanted, path)
        return self._plain(data, wanted, path)

    def _plain(self, data: Any, wanted: Any, path: str) -> Any:
        if wanted is bool:
            if not isinstance(data, bool):
                self.fault(path, FaultKind.NOT_TRUE_OR_FALSE, data)
            return data is True
        if wanted in (int, float):
            return self._number(data, wanted, path)
        return self._text(data, path)

    def _list(self, data: Any, wanted: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(data, list):
            self.fault(path, FaultKind.NOT_A_LIST)
            return ()
        most = MOST_PAGES if path == "pages" else MOST_BLOCKS
        if len(data) > most:
            self.fault(path, FaultKind.TOO_MANY, most)
            return ()
        return tuple(
            self.read(each, wanted, f"{path}.{self._name(each, at)}")
            for at, each in enumerate(data)
        )

    @staticmethod
    def _name(each: Any, at: int) -> str:
        """A block goes by its id, so that people find it."""
        name = each.get("id") if isinstance(each, dict) else None
        return name if isinstance(name, str) and _is_id(name) else str(at)

    def _block(self, data: Any, path: str) -> Any:
        if not isinstance(data, dict):
            self.fault(path, FaultKind.NOT_AN_OBJECT)
            return None
        kind = data.get("kind")
        if not isinstance(kind, str) or kind not in BLOCKS:
            self.fault(f"{path}.kind", FaultKind.NOT_A_CHOICE, ", ".join(BLOCKS))
            return None
        rest = {name: value for name, value in data.items() if name != "kind"}
        return self._object(rest, BLOCKS[kind], path)

    def _object(self, data: Any, wanted: Any, path: str) -> Any:
        if not isinstance(data, dict):
            self.fault(path, FaultKind.NOT_AN_OBJECT)
            return None
        known = {field.name: field for field in fields(wanted)}
        for name in data.keys() - known.keys():
            self.fault(_join(path, name), FaultKind.UNKNOWN)
        hints, values, before = get_type_hints(wanted), {}, len(self.faults)
        for name, field in known.items():
            if name in data:
                values[name] = self.read(data[name], hints[name], _join(path, name))
            elif field.default is MISSING:
                self.fault(_join(path, name), FaultKind.MISSING)
        return wanted(**values) if len(self.faults) == before else None

    def _choice(self, data: Any, wanted: type[StrEnum], path: str) -> Any:
        try:
            return wanted(data)
        except ValueError:
            self.fault(path, FaultKind.NOT_A_CHOICE, ", ".join(wanted))
            return None

    def _number(self, data: Any, wanted: type, path: str) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
            self.fault(path, FaultKind.NOT_A_NUMBER, data)
            return 0
        if wanted is int and data != int(data):
            self.fault(path, FaultKind.NOT_WHOLE, data)
            return 0
        names = [part for part in path.split(".") if not part.isdigit()]
        least, most = _RANGES[names[-1] if names else ""]
        if not least <= data <= most:
            self.fault(path, FaultKind.OUT_OF_RANGE, f"{least} – {most}")
        return int(data) if wanted is int else round(float(data), 3)

    def _text(self, data: Any, path: str) -> str:
        if not isinstance(data, str):
            self.fault(path, FaultKind.NOT_TEXT)
            return ""
        if len(data) > MOST_LETTERS:
            self.fault(path, FaultKind.TOO_LARGE, MOST_LETTERS)
        return data.replace("\r\n", "\n")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)


def _is_id(name: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name) is not None


def _faults_of(design: Design) -> Iterator[Fault]:
    """Find what types can't say: places, colours, names, and what must be shown."""
    yield from _colours(design)
    seen: set[str] = set()
    for at, page in enumerate(design.pages):
        if page.background and not re.fullmatch(r"[0-9a-f]{64}", page.background):
            yield Fault(f"pages.{at}.background", FaultKind.BAD_HASH)
        for block in page.blocks:
            path = f"pages.{at}.blocks.{block.id}"
            if not _is_id(block.id):
                yield Fault(f"{path}.id", FaultKind.BAD_ID, block.id)
            if block.id in seen:
                yield Fault(f"{path}.id", FaultKind.ID_TAKEN, block.id)
            seen.add(block.id)
            yield from _place(design, block, f"{path}.box")
            yield from _picture(block, path)
            yield from _texts(block, path)
    yield from _shown(design)


def _colours(design: Design) -> Iterator[Fault]:
    for name, colour in as_data(design.colours).items():
        if not re.fullmatch(r"#[0-9a-f]{6}", colour):
            yield Fault(f"colours.{name}", FaultKind.BAD_COLOUR, colour)
        elif name != "line" and contrast(colour) < LEAST_CONTRAST:
            yield Fault(f"colours.{name}", FaultKind.TOO_LIGHT, f"{contrast(colour):.1f}")


def contrast(colour: str) -> float:
    """Measure a colour against white paper, as WCAG does."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (light + 0.05)


def _place(design: Design, block: Block, path: str) -> Iterator[Fault]:
    box: Box = block.box
    flat = isinstance(block, RuleBlock)
    if not flat and not (box.across and box.high):
        yield Fault(path, FaultKind.OUT_OF_RANGE, "0")
    near = 1e-6
    inside = (
        box.left >= EDGE - near
        and box.top >= EDGE - near
        and box.right <= design.across - EDGE + near
        and box.bottom <= design.high - EDGE + near
    )
    if not inside:
        yield Fault(path, FaultKind.NEAR_THE_EDGE, f"{EDGE:g}")
    if isinstance(block, CodeBlock):
        if abs(box.across - box.high) > 0.01:
            yield Fault(path, FaultKind.NOT_SQUARE)
        elif box.across < LEAST_CODE:
            yield Fault(path, FaultKind.CODE_TOO_SMALL, f"{LEAST_CODE:g}")


def _picture(block: Block, path: str) -> Iterator[Fault]:
    if not isinstance(block, PictureBlock):
        return
    if not re.fullmatch(r"[0-9a-f]{64}", block.sha256):
        yield Fault(f"{path}.sha256", FaultKind.BAD_HASH)
    if not block.alt.ro.strip():
        yield Fault(f"{path}.alt.ro", FaultKind.MISSING)


def _texts(block: Block, path: str) -> Iterator[Fault]:
    for where, value in _parts(block, path):
        if isinstance(value, Type) and value.smallest > value.largest:
            yield Fault(f"{where}.smallest", FaultKind.SIZES_REVERSED)
        if isinstance(value, Words):
            for locale, text in (("ro", value.ro), ("en", value.en)):
                unknown = [name for name in used(text) if name not in PLACEHOLDERS]
                if unknown or stray_braces(text):
                    yield Fault(
                        f"{where}.{locale}", FaultKind.BAD_PLACEHOLDER, ", ".join(unknown) or "{ }"
                    )


def _parts(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from _parts(each, f"{path}.{at}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _parts(getattr(value, field.name), f"{path}.{field.name}")


def texts_of(design: Design) -> Iterator[tuple[str, str]]:
    """Go through every text of a design with its path, in both languages."""
    for at, page in enumerate(design.pages):
        for block in page.blocks:
            for where, value in _parts(block, f"pages.{at}.blocks.{block.id}"):
                if isinstance(value, Words):
                    yield f"{where}.ro", value.ro
                    yield f"{where}.en", value.en


def _shown(design: Design) -> Iterator[Fault]:
    """A certificate without name, number, code or QR can't be checked by anybody."""
    if not design.pages:
        yield Fault("pages", FaultKind.MISSING)
        return
    shown = {name for _path, text in texts_of(design) for name in used(text)}
    if "quoted_course" in shown:
        shown.add("course")
    for name in sorted(NEEDED - shown):
        yield Fault("pages", FaultKind.NOT_SHOWN, f"{{{name}}}")
    if not any(isinstance(block, CodeBlock) for block in design.pages[0].blocks):
        yield Fault("pages", FaultKind.NOT_SHOWN, "QR")


def decorates(block: Block) -> bool:
    """Whether a block may lie under others."""
    return isinstance(block, FrameBlock | RuleBlock)


def text_blocks(design: Design) -> Iterator[TextBlock]:
    """Go through the text blocks of all pages."""
    yield from (block for block in design.blocks() if isinstance(block, TextBlock))
