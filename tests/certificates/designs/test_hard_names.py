"""Every name of the cohort, and five hundred harder ones, in every shipped design."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lms import typography
from lms.certificates.checks import ProblemKind, check, name_problems
from lms.certificates.designs import shipped
from lms.certificates.designs.composing import Composition, compose_what_fits
from lms.certificates.designs.design import Design, Purpose, TextBlock
from lms.certificates.designs.placeholders import used
from lms.certificates.document import CertificateDocument, Duplicate, ModuleLine
from lms.certificates.render import render
from lms.demo_people import demo_people
from tests.certificates.conftest import make, make_logo
from tests.certificates.designs.ink import Ink, frame_edges, ink_of_text, inks, texts
from tests.certificates.designs.names import hard_names
from tests.certificates.reading import text_of

OUTCOMES = (
    "Explicați diferența dintre parteneriat social, finanțare și achiziție.",
    "Verificați un partener în registru, după codul fiscal și după acreditare.",
    "Calculați limitele de finanțare.",
)
DEMO = [f"{person.given_names} {person.family_name}" for person in demo_people()]
NAMES = [*DEMO, *hard_names(500)]


def document(design: Design, **changes: object) -> CertificateDocument:
    """Make a certificate in a design, with outcomes for the annex."""
    plain = make(design=design, **changes)
    modules = tuple(ModuleLine(m.title, m.hours, OUTCOMES) for m in plain.modules)
    return replace(plain, modules=modules)


def full(design: Design, **changes: object) -> CertificateDocument:
    """Make a certificate that says all that one can say."""
    filled = document(
        design,
        logos=tuple(make_logo(f"Sigla {n}") for n in range(1, 5)),
        expires_on=date(2031, 11, 22),
        replaces="OS2-2026-000007-4",
        duplicate=Duplicate(2, date(2027, 2, 28)),
        statements=(
            "Proiect cofinanțat dintr-un fond inventat, prin Programul Exemplu 2026–2030, "
            "axa prioritară a exemplelor scrise pe larg, pentru ca rândul să fie lung.",
            "Certificatul arată participarea la un curs al proiectului și nu este eliberat de un "
            "furnizor autorizat de formare profesională.",
        ),
        is_model=True,
        **changes,
    )
    return replace(
        filled, modules=tuple(replace(m, result="promovat, 92,5 %") for m in filled.modules)
    )


def problems(composition: Composition, design: Design) -> list[str]:
    """Say what is clipped or lies on something else."""
    found = []
    for at, page in enumerate(design.pages):
        room = frame_edges(design, page.blocks)
        boxes = {block.id: block.box for block in page.blocks}
        marks = inks(composition, at)
        for ink in marks:
            box = boxes[ink.block]
            within = (
                ink.left >= max(box.left, room[0]) - 0.6
                and ink.right <= min(box.right, room[2]) + 0.6
                and ink.bottom >= max(design.high - box.bottom, room[1]) - 0.4
                and ink.top <= min(design.high - box.top, room[3]) + 0.9
            )
            if not within:
                found.append(f"{ink.block} leaves its box: {ink.text!r}")
        found += _overlaps(marks)
    return found


def _overlaps(marks: list[Ink]) -> list[str]:
    return [
        f"{one.block} lies on {other.block}: {one.text!r} {other.text!r}"
        for position, one in enumerate(marks)
        for other in marks[position + 1 :]
        if one.block != other.block and one.overlaps(other)
    ]


@pytest.mark.parametrize("key", shipped.KEYS)
def test_no_name_is_clipped_or_lies_on_something_or_lacks_a_letter(key: str) -> None:
    design = shipped.shipped(key)
    plain = document(design)
    holders = {
        block.id
        for block in design.blocks()
        if isinstance(block, TextBlock) and "holder" in used(block.text.ro)
    }
    assert len(NAMES) == 660
    for name in NAMES:
        composition = compose_what_fits(design, replace(plain, holder=name))
        assert composition.misfits == (), name
        for at, page in enumerate(composition.pages):
            lines = [ink for ink in inks(composition, at) if ink.block in holders]
            if lines:
                said = " ".join(ink.text for ink in lines).replace("- ", "-")
                assert said.replace(" ", "") == name.replace(" ", "")
            assert typography.missing_glyphs("".join(t.text for t in texts(page.elements))) == ""
        assert problems(composition, design) == [], name


@pytest.mark.parametrize("key", shipped.KEYS)
@pytest.mark.parametrize("purpose", Purpose)
def test_all_that_a_certificate_can_say_finds_its_place(key: str, purpose: Purpose) -> None:
    design = shipped.shipped(key)
    for name in ("Ó Sé", *hard_names(10)):
        said = full(design, holder=name)
        composition = compose_what_fits(design, said, purpose)
        assert composition.misfits == ()
        assert problems(composition, design) == []


@pytest.mark.parametrize("key", shipped.KEYS)
@pytest.mark.parametrize("locale", ["ro", "en"])
def test_what_a_page_says_can_be_read_in_the_file(key: str, locale: str) -> None:
    design = shipped.shipped(key)
    for name in random.Random(160).sample(NAMES, 6):
        said = document(design, holder=name, locale=locale)
        data = render(said)
        for at, page in enumerate(compose_what_fits(design, said).pages):
            extracted = text_of(data, at)
            for item in texts(page.elements):
                assert item.text in extracted


def test_the_name_is_the_largest_thing_on_the_page() -> None:
    for key in shipped.KEYS:
        design = shipped.shipped(key)
        for name in ("Ana Pop", *hard_names(7)[4:6]):
            page = compose_what_fits(design, document(design, holder=name)).pages[0]
            sizes = {item.text: item.size for item in texts(page.elements)}
            title = sizes.pop("Certificat de participare")
            largest = max(sizes, key=lambda text: sizes[text])
            assert largest.split("-")[0].split()[0] in name
            assert ink_of_text_height(page, largest) or title


def ink_of_text_height(page: object, text: str) -> float:
    """Measure how high a line of the page is."""
    for item in texts(page.elements):  # type: ignore[attr-defined]
        if item.text == text:
            ink = ink_of_text(item)
            return ink.top - ink.bottom
    return 0.0


def test_the_checks_of_a_name_and_of_a_certificate_agree() -> None:
    for key in shipped.KEYS:
        design = shipped.shipped(key)
        for name in (*hard_names(12), "Ana" * 60):
            alone = {p.kind for p in name_problems(name, design)}
            whole = {p.kind for p in check(document(design, holder=name)) if p.field == "holder"}
            assert alone == whole
            assert (ProblemKind.TOO_LONG in alone) == (len(name) > 100)


def test_longer_names_never_get_larger() -> None:
    for key in shipped.KEYS:
        design = shipped.shipped(key)
        sizes = []
        for count in range(1, 9):
            name = "Anamaria " * count + "Pop"
            page = compose_what_fits(design, document(design, holder=name)).pages[0]
            sizes.append(max(t.size for t in texts(page.elements) if "Anamaria" in t.text))
        assert sizes == sorted(sizes, reverse=True)


def test_the_fonts_cover_what_europe_writes() -> None:
    latin = "ȘșȚțĂăÂâÎîŐőŰűĞğİıŞşÆæØøÅåÞþÐðŁłŻżŘřĎďŤťŮůẞ"
    cyrillic = "АаЯяЁёҐґЄєІіЇїЂђЈјЉљЊњЋћЏџЎў"
    greek = "ΑαΩωΆάΈέΉήΊίΌόΎύΏώΐΰϊϋς"
    assert typography.missing_glyphs(latin + cyrillic + greek + "\u0301\u0323\u0302") == ""
    assert Path(typography.__file__).exists()


def test_nothing_is_lost_when_a_page_is_drawn_by_another_reader(tmp_path: Path) -> None:
    design = shipped.shipped("supplement")
    file = tmp_path / "a.pdf"
    file.write_bytes(render(document(design, holder="Ștefania-Ioana Țurcanu")))
    said = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True)
    for text in ("Ștefania-Ioana Țurcanu", "Anexă: conținutul cursului", "21 de ore"):
        assert text in said.stdout
