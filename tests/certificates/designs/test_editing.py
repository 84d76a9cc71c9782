"""What is typed about a design: every field comes back, and what can't be read is named."""

from __future__ import annotations

import pytest

from lms.certificates.designs import shipped
from lms.certificates.designs.design import Design
from lms.certificates.designs.editing import (
    input_of,
    inputs_of,
    overlapping,
    typed,
)
from lms.certificates.designs.reading import BadDesign, design_from


def form_of(design: Design) -> dict[str, str]:
    """Post a design's fields as the page shows them."""
    posted = {"is_whole": "yes", "name.ro": design.name.ro, "name.en": design.name.en}
    for block in inputs_of(design):
        for each in block.inputs:
            if each.kind == "number":
                posted[each.name] = str(each.value).replace(".", ",")
            elif each.kind != "yes" or each.value:
                posted[each.name] = each.value
    return posted


@pytest.mark.parametrize("key", shipped.KEYS)
def test_a_form_sent_back_untouched_changes_nothing(key: str) -> None:
    design = shipped.shipped(key)
    assert design_from(typed(design, form_of(design))) == design
    assert design_from(typed(design, {})) == design


def test_millimetres_are_read_with_comma_or_point() -> None:
    design = shipped.default()
    for text in ("34,5", "34.5", " 34,50 "):
        moved = design_from(typed(design, {"title.box.left": text}))
        assert next(b for b in moved.blocks() if b.id == "title").box.left == 34.5


@pytest.mark.parametrize("text", ["", "mult", "1e9", "--3", "3,4,5", "٣"])
def test_what_is_no_number_is_a_fault_of_its_field(text: str) -> None:
    with pytest.raises(BadDesign) as refused:
        design_from(typed(shipped.default(), {"title.box.left": text}))
    assert [input_of(fault.path) for fault in refused.value.faults] == ["title.box.left"]


def test_a_block_is_removed_and_one_is_added() -> None:
    design = shipped.default()
    bare = design_from(typed(design, {"statements.remove": "yes", "add": "text"}))
    names = [block.id for block in bare.blocks()]
    assert "statements" not in names
    assert names[-1] == "text-1"
    again = design_from(typed(bare, {"add": "text", "text-1.text.ro": "Vă mulțumim"}))
    assert [block.id for block in again.blocks()][-2:] == ["text-1", "text-2"]
    assert design_from(typed(bare, {"add": "video"})) == bare


def test_what_must_be_shown_cant_be_removed() -> None:
    with pytest.raises(BadDesign):
        design_from(typed(shipped.default(), {"holder.remove": "yes"}))


def test_a_row_of_facts_is_added_in_the_blank_one_and_removed_by_emptying() -> None:
    design = shipped.default()
    rows = len(_rows(design))
    more = design_from(
        typed(
            design,
            {f"facts.rows.{rows}.label.ro": "Forma", f"facts.rows.{rows}.value.ro": "online"},
        )
    )
    assert _rows(more)[-1].value.ro == "online"
    fewer = design_from(typed(more, {f"facts.rows.{rows}.value.ro": " "}))
    assert fewer == design


def _rows(design: Design) -> tuple:  # type: ignore[type-arg]
    return next(block.rows for block in design.blocks() if block.id == "facts")  # type: ignore[union-attr]


def test_unticked_boxes_count_only_where_the_whole_form_was_sent() -> None:
    design = shipped.shipped("supplement")
    assert design_from(typed(design, {"title.box.left": "27"})) == design
    plain = design_from(typed(design, {"is_whole": "yes"}))
    assert not any(getattr(block, "details", False) for block in plain.blocks())


@pytest.mark.parametrize("key", shipped.KEYS)
def test_nothing_shipped_lies_on_anything(key: str) -> None:
    assert list(overlapping(shipped.shipped(key))) == []


def test_boxes_on_each_other_are_noticed() -> None:
    moved = design_from(typed(shipped.default(), {"number.box.top": "45"}))
    assert ("title", "number") in list(overlapping(moved))
