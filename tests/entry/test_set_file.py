"""An indicator set of one's own: every fault is told with its line."""

from __future__ import annotations

import pytest

from lms.entry import shelf
from lms.entry.set_file import Fault, SetRefused, read_set
from tests.entry.asked import ESF_PLUS

GOOD = """\
id: proba
title: {ro: Probă, en: Sample}
questions:
  - id: birth
    kind: birth
    label: {ro: Născut, en: Born}
    bands:
      - {id: young, to: 24, label: {ro: tânăr, en: young}}
      - {id: old, from: 25, label: {ro: matur, en: old}}
  - id: gender
    kind: gender
    label: {ro: Genul, en: Gender}
    options: [{id: woman, label: {ro: femeie, en: woman}}, {id: man, label: {ro: bărbat, en: man}}]
  - id: labour
    kind: labour
    label: {ro: Lucrați, en: Working}
    options:
      - {id: works, status: employed, label: {ro: da, en: "yes"}}
      - {id: looks, status: unemployed, label: {ro: caut, en: looking}}
total: [W, L]
indicators:
  - {code: W, name: {ro: W, en: W}, when: {labour: works}}
  - {code: L, name: {ro: L, en: L}, when: {labour: [looks]}}
  - {code: Y, name: {ro: Y, en: Y}, when: {age: {to: 24}}}
"""


def faults(text: str) -> list[tuple[int, Fault, str]]:
    with pytest.raises(SetRefused) as refused:
        read_set(text)
    return [(f.line, f.fault, f.detail) for f in refused.value.faults]


def test_a_good_file_is_read():
    assert read_set(GOOD).total == ("W", "L")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("labour: works", "labour: wroks", (22, Fault.UNKNOWN_OPTION, "wroks")),
        ("labour: works", "job: works", (22, Fault.UNKNOWN_QUESTION, "job")),
        ("age: {to: 24}", "age: {to: 30}", (24, Fault.SPLITS_BAND, "age")),
        ("from: 25", "from: 26", (8, Fault.GAP_IN_BANDS, "bands")),
        ("status: unemployed", "status: idle", (19, Fault.WRONG_KIND, "status")),
        ("status: unemployed, ", "", (19, Fault.MISSING, "status")),
        ("[W, L]", "[W, X]", (20, Fault.UNKNOWN_CODE, "X")),
        ("[W, L]", "[W]", (20, Fault.NOT_A_TOTAL, "total")),
        ("id: proba", "id: Probă", (1, Fault.BAD_ID, "Probă")),
        ("kind: gender", "kind: choice", (4, Fault.ONE_OF_KIND, "gender")),
        ("code: L", "code: W", (22, Fault.TWICE, "W")),
        ("{ro: Genul, en: Gender}", "{ro: Genul}", (12, Fault.MISSING, "en")),
        ("kind: labour", "kind: labour\n    color: red", (16, Fault.UNKNOWN_KEY, "color")),
        ("id: woman", "id: refused", (13, Fault.BAD_ID, "refused")),
        ("id: woman", "id: &a woman", None),
        ("title:", "title: [", None),
        ("{ro: Genul, en: Gender}", "*a", None),
    ],
)
def test_a_fault_is_told_with_its_line(before, after, expected):
    found = faults(GOOD.replace(before, after, 1)) if expected else None
    if expected:
        assert expected in found
    elif after != "id: &a woman":
        assert faults(GOOD.replace(before, after, 1))[0][1] is Fault.NOT_YAML


@pytest.mark.parametrize("text", ["", "- 1", "a", "\x00", "id: x" * 30_000, "[" * 100])
def test_rubbish_is_refused(text):
    assert faults(text)


def test_a_file_of_ones_own_is_on_the_shelf_and_may_take_a_shipped_sets_place(tmp_path):
    own = tmp_path / shelf.OWN
    own.mkdir()
    (own / "a.yaml").write_text(GOOD)
    (own / "b.yaml").write_text(GOOD.replace("id: proba", f"id: {ESF_PLUS}"))
    (own / "c.yaml").write_text("id: [")
    files = shelf.shelf(tmp_path)
    assert sorted(f.found.id for f in files if f.found) == ["esf-2014-2020", ESF_PLUS, "proba"]
    assert [f.path.name for f in files if f.found is None] == ["c.yaml"]
    assert "Probă" in (shelf.text_of(tmp_path, ESF_PLUS) or "")
    assert shelf.text_of(tmp_path, "nu-exista") is None
