"""Composing: what stands on a page, what of it is fixed, and what each purpose shows."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lms.certificates.designs import shipped
from lms.certificates.designs.composing import DoesNotFit, compose
from lms.certificates.designs.design import Design, Purpose
from lms.certificates.designs.placeholders import fill
from lms.certificates.designs.plain import as_data
from lms.certificates.designs.reading import design_from
from lms.certificates.document import CertificateDocument, Duplicate, Signatory
from lms.certificates.drawing.items import ARTIFACT, Element, Page, Picture, Rule
from tests.certificates.conftest import code_of, make, make_logo
from tests.certificates.designs.ink import texts
from tests.certificates.designs.test_hard_names import document, full

ROLES = {"H1", "H2", "P", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "Figure", "Link"}


def changed(key: str = "landscape", **blocks: dict[str, Any]) -> Design:
    """Change blocks of a shipped design."""
    data = copy.deepcopy(as_data(shipped.shipped(key)))
    for page in data["pages"]:
        for block in page["blocks"]:
            block.update(blocks.get(block["id"].replace("-", "_"), {}))
    return design_from(data)


def said(pages: tuple[Page, ...]) -> str:
    return "\n".join(item.text for page in pages for item in texts(page.elements))


def every(elements: tuple[Element, ...]) -> Iterator[Element]:
    for element in elements:
        yield element
        yield from every(element.children)


@pytest.mark.parametrize("key", shipped.KEYS)
def test_every_part_has_a_meaning_and_every_picture_words(key: str) -> None:
    for page in compose(shipped.shipped(key), full(shipped.shipped(key))):
        parts = list(every(page.elements))
        assert {part.role for part in parts} <= ROLES | {ARTIFACT}
        assert all(part.alt for part in parts if part.role in {"Figure", "Link"})
        assert [part.role for part in parts].count("H1") == (1 if "H2" not in _roles(parts) else 0)


def _roles(parts: list[Element]) -> set[str]:
    return {part.role for part in parts}


@pytest.mark.parametrize("key", shipped.KEYS)
def test_what_is_fixed_is_the_same_object_on_every_certificate_of_an_edition(key: str) -> None:
    design = shipped.shipped(key)
    one = document(design, holder="Ana Pop")
    code = code_of("other")
    other = replace(
        document(design, holder="Ștefania-Alexandrina Țurcanu-Ionescu"),
        code=code,
        verify_url=f"https://cursuri.example.org/v/{code}",
        place="Sighetu Exemplu",
        period_to=date(2026, 10, 1),
        issued_on=date(2026, 12, 1),
        replaces="OS2-2026-000001-X",
    )
    share = 0
    for mine, theirs in zip(compose(design, one), compose(design, other), strict=True):
        fixed = [element for element in mine.elements if element.is_fixed]
        assert all(
            a is b for a, b in zip(fixed, [e for e in theirs.elements if e.is_fixed], strict=True)
        )
        share += len(fixed)
    assert share >= 8


def test_results_are_printed_only_where_the_facts_hold_them() -> None:
    design = shipped.shipped("supplement")
    assert "Rezultat" not in said(compose(design, document(design)))
    pages = compose(design, full(design))
    assert said(pages).count("Rezultat: promovat, 92,5 %") == 8
    annex = next(part for part in pages[1].elements if part.role == "L")
    assert not annex.is_fixed


def test_marks_are_printed_only_where_the_facts_hold_them() -> None:
    design = shipped.default()
    plain = said(compose(design, document(design)))
    assert "DUPLICAT" not in plain
    assert "Înlocuiește" not in plain
    assert "Valabil până la" not in plain
    marked = document(
        design,
        duplicate=Duplicate(1, date(2027, 3, 2)),
        replaces="OS2-2026-000007-4",
        expires_on=date(2031, 11, 22),
    )
    text = said(compose(design, marked))
    assert "DUPLICAT nr. 1 din 2 martie 2027 · Înlocuiește certificatul OS2-2026-000007-4" in text
    assert "22 noiembrie 2031" in text


def test_each_purpose_says_what_it_is() -> None:
    design = shipped.default()
    notes = {p: said(compose(design, document(design), p)) for p in Purpose}
    assert "Exemplar electronic" in notes[Purpose.ELECTRONIC]
    assert "Exemplar pentru semnare olografă" in notes[Purpose.ORIGINAL]
    assert "Copie tipărită" in notes[Purpose.COPY]
    assert [p for p in Purpose if "L.S." in notes[p]] == [Purpose.ORIGINAL]


def scanned(design: Design) -> CertificateDocument:
    scan = make_logo("semnătura")
    return document(design, signatories=(Signatory("Ana Exemplu", "Președinte", scan),))


def test_a_scanned_signature_is_off_by_default_and_only_on_a_copy() -> None:
    data = as_data(shipped.default())
    wanting = design_from({**data, "scanned_signatures": True})
    shows = [
        (design.scanned_signatures, purpose)
        for design in (shipped.default(), wanting)
        for purpose in Purpose
        for page in compose(design, scanned(design), purpose)
        if any(isinstance(i, Picture) for part in page.elements for i in part.items)
    ]
    assert shows == [(True, Purpose.COPY)]


def test_one_signatory_stands_in_the_middle_and_has_a_line_with_room_above() -> None:
    design = shipped.default()
    (page,) = compose(design, scanned(design), Purpose.ORIGINAL)
    lines = [i for part in page.elements if part.role == "P" for i in part.items]
    (rule,) = [item for item in lines if isinstance(item, Rule)]
    box = next(block.box for block in design.blocks() if block.id == "signatures")
    assert (rule.x1 + rule.x2) / 2 == pytest.approx(box.middle)
    assert design.high - rule.y1 - box.top >= 15


def test_a_background_lies_under_everything_and_can_be_left_out() -> None:
    picture = make_logo().png
    design = shipped.default()
    (page,) = compose(design, document(design, backgrounds=(picture,)))
    assert isinstance(page.elements[0].items[0], Picture)
    assert page.elements[0].role == ARTIFACT
    bare = page.without(ARTIFACT)
    assert not any(isinstance(i, Picture) for part in bare.elements for i in part.items)
    assert "Ștefania" in said((bare,))


def test_what_has_no_room_is_refused_by_name() -> None:
    design = changed(holder={"lines": 1})
    with pytest.raises(DoesNotFit) as refused:
        compose(design, document(design, holder="Anamaria " * 20))
    (misfit,) = refused.value.misfits
    assert (misfit.block, misfit.placeholders) == ("holder", ("holder",))


def test_without_modules_there_is_no_table_of_them() -> None:
    design = shipped.default()
    assert "Modulele" not in said(compose(design, document(design, modules=())))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{holder}", ("Ana",)),
        ("De: {place}", ()),
        ("De: {place|online}", ("De: online",)),
        ("{holder}\n{place}\nSfârșit", ("Ana", "Sfârșit")),
        ("{many}", ("unu", "doi")),
        ("", ()),
    ],
)
def test_a_line_without_its_value_takes_its_fallback_or_is_left_out(
    text: str, lines: tuple[str, ...]
) -> None:
    assert fill(text, {"holder": "Ana", "place": "", "many": "unu\ndoi"}) == lines


def test_a_text_without_english_is_printed_in_romanian() -> None:
    design = changed(preamble={"text": {"ro": "Se arată că", "en": ""}})
    assert "Se arată că" in said(compose(design, document(design, locale="en")))
    assert "This is to certify that" in said(
        compose(shipped.default(), document(shipped.default(), locale="en"))
    )


def test_a_document_draws_itself_in_its_own_design() -> None:
    facts = make(design=shipped.shipped("portrait")).to_facts()
    assert facts["design"]["sha256"] == shipped.shipped("portrait").sha256
    assert CertificateDocument.from_facts(facts).design == shipped.shipped("portrait")
