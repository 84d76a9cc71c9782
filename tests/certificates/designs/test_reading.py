"""The data format: what is read, what is refused, and that every fault is named with its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates.designs import shipped
from lms.certificates.designs.plain import as_data
from lms.certificates.designs.reading import (
    BadDesign,
    FaultKind,
    contrast,
    design_from,
    design_from_text,
)

Data = dict[str, Any]


def good() -> Data:
    return copy.deepcopy(as_data(shipped.default()))


def block(data: Data, name: str) -> Data:
    found: Data = next(b for page in data["pages"] for b in page["blocks"] if b["id"] == name)
    return found


def faults(data: Any) -> dict[str, FaultKind]:
    with pytest.raises(BadDesign) as refused:
        design_from(data)
    return {fault.path: fault.kind for fault in refused.value.faults}


@pytest.mark.parametrize("key", shipped.KEYS)
def test_a_design_comes_back_from_its_text_as_it_was(key: str) -> None:
    design = shipped.shipped(key)
    assert design_from_text(design.text) == design
    assert design_from(json.loads(design.text)).sha256 == design.sha256
    assert shipped.by_hash(design.sha256) == design
    assert shipped.key_of(design) == key


def test_order_of_keys_and_idle_zeros_make_no_other_design() -> None:
    data = good()
    turned = dict(reversed(data.items()))
    block(turned, "title")["box"]["left"] = float(block(data, "title")["box"]["left"])
    assert design_from(turned).sha256 == shipped.default().sha256


def test_a_moved_block_makes_another_design() -> None:
    data = good()
    block(data, "title")["box"]["left"] += 0.5
    assert design_from(data).sha256 != shipped.default().sha256


def set_at(name: str, *path: str, to: object) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        place = block(data, name)
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


TITLE = "pages.0.blocks.title"


@pytest.mark.parametrize(
    ("change", "path", "kind"),
    [
        (set_at("title", "box", "left", to="10"), f"{TITLE}.box.left", FaultKind.NOT_A_NUMBER),
        (set_at("title", "box", "left", to=True), f"{TITLE}.box.left", FaultKind.NOT_A_NUMBER),
        (
            set_at("title", "box", "left", to=float("nan")),
            f"{TITLE}.box.left",
            FaultKind.NOT_A_NUMBER,
        ),
        (set_at("title", "box", "left", to=-1), f"{TITLE}.box.left", FaultKind.OUT_OF_RANGE),
        (set_at("title", "box", "left", to=9.5), f"{TITLE}.box", FaultKind.NEAR_THE_EDGE),
        (set_at("title", "box", "across", to=260), f"{TITLE}.box", FaultKind.NEAR_THE_EDGE),
        (set_at("title", "box", "high", to=0), f"{TITLE}.box", FaultKind.OUT_OF_RANGE),
        (set_at("title", "lines", to=1.5), f"{TITLE}.lines", FaultKind.NOT_WHOLE),
        (set_at("title", "align", to="justify"), f"{TITLE}.align", FaultKind.NOT_A_CHOICE),
        (set_at("title", "kind", to="video"), f"{TITLE}.kind", FaultKind.NOT_A_CHOICE),
        (set_at("title", "role", to="H7"), f"{TITLE}.role", FaultKind.NOT_A_CHOICE),
        (set_at("title", "colour", to="red"), f"{TITLE}.colour", FaultKind.UNKNOWN),
        (set_at("title", "text", to="{title}"), f"{TITLE}.text", FaultKind.NOT_AN_OBJECT),
        (set_at("title", "text", "ro", to=7), f"{TITLE}.text.ro", FaultKind.NOT_TEXT),
        (set_at("title", "text", "ro", to="x" * 1001), f"{TITLE}.text.ro", FaultKind.TOO_LARGE),
        (
            set_at("title", "text", "ro", to="{title} {salary}"),
            f"{TITLE}.text.ro",
            FaultKind.BAD_PLACEHOLDER,
        ),
        (
            set_at("title", "text", "ro", to="{title"),
            f"{TITLE}.text.ro",
            FaultKind.BAD_PLACEHOLDER,
        ),
        (
            set_at("title", "type", "smallest", to=40),
            f"{TITLE}.type.smallest",
            FaultKind.SIZES_REVERSED,
        ),
        (
            set_at("title", "type", "largest", to=500),
            f"{TITLE}.type.largest",
            FaultKind.OUT_OF_RANGE,
        ),
        (set_at("title", "id", to="Title one"), "pages.0.blocks.Title one.id", FaultKind.BAD_ID),
        (set_at("title", "id", to="holder"), "pages.0.blocks.holder.id", FaultKind.ID_TAKEN),
        (
            set_at("code", "box", "across", to=20),
            "pages.0.blocks.code.box",
            FaultKind.NOT_SQUARE,
        ),
        (set_at("holder", "text", "ro", to="Ana"), "pages", FaultKind.NOT_SHOWN),
        (set_at("number", "text", to={"ro": "Nr."}), "pages", FaultKind.NOT_SHOWN),
    ],
)
def test_a_fault_is_named_with_its_place(
    change: Callable[[Data], None], path: str, kind: FaultKind
) -> None:
    data = good()
    change(data)
    assert faults(data)[path] is kind


def test_all_faults_come_at_once() -> None:
    data = good()
    block(data, "title")["align"] = "up"
    block(data, "holder")["box"]["top"] = "x"
    del block(data, "course")["type"]
    data["extra"] = 1
    assert len(faults(data)) == 4


def test_a_square_below_22_millimetres_is_refused() -> None:
    data = good()
    block(data, "code")["box"] |= {"across": 21.9, "high": 21.9}
    assert faults(data) == {"pages.0.blocks.code.box": FaultKind.CODE_TOO_SMALL}


def test_a_design_without_a_square_or_without_pages_is_refused() -> None:
    data = good()
    data["pages"][0]["blocks"] = [b for b in data["pages"][0]["blocks"] if b["kind"] != "code"]
    assert faults(data) == {"pages": FaultKind.NOT_SHOWN}
    assert faults({**good(), "pages": []}) == {"pages": FaultKind.MISSING}


@pytest.mark.parametrize(
    ("colour", "kind"),
    [
        ("#9acd32", FaultKind.TOO_LIGHT),
        ("#FFF", FaultKind.BAD_COLOUR),
        ("red", FaultKind.BAD_COLOUR),
        ("url(x)", FaultKind.BAD_COLOUR),
    ],
)
def test_a_colour_that_a_laser_would_lose_is_refused(colour: str, kind: FaultKind) -> None:
    data = good()
    data["colours"]["accent"] = colour
    assert faults(data) == {"colours.accent": kind}


def test_contrast_is_measured_against_white() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#ffffff") == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "[", "[]", "7", '"x"', "null", "{}", "[" * 100_000])
def test_what_is_no_design_is_refused(text: str) -> None:
    with pytest.raises(BadDesign):
        design_from_text(text)


def test_a_text_that_would_fill_the_memory_is_refused_unread() -> None:
    with pytest.raises(BadDesign) as refused:
        design_from_text(" " * 200_000)
    assert refused.value.faults[0].kind is FaultKind.TOO_LARGE
    many = good()
    many["pages"][0]["blocks"] = [block(many, "title")] * 61
    assert faults(many)["pages.0.blocks"] is FaultKind.TOO_MANY


def test_a_design_of_another_format_is_refused() -> None:
    assert faults({**good(), "format": 2}) == {"format": FaultKind.OUT_OF_RANGE}


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None)
@given(junk=_json, seed=st.integers(min_value=0))
def test_junk_anywhere_is_a_named_fault_and_never_a_crash(junk: Any, seed: int) -> None:
    data = good()
    blocks = data["pages"][0]["blocks"]
    target = blocks[seed % len(blocks)]
    names = list(target)
    target[names[seed % len(names)]] = junk
    try:
        design = design_from(data)
    except BadDesign:
        return
    assert design_from_text(design.text) == design
