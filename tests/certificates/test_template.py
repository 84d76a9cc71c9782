"""The quick way of making a file, beside the reference: another order of bytes, the same file."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from lms.certificates.composing import compose, describe
from lms.certificates.drawing import squares
from lms.certificates.drawing.items import ARTIFACT, Element, Page, Text
from lms.certificates.drawing.writing import write, write_alone
from lms.certificates.inspection import inspect_pdf
from lms.certificates.numbering import format_number
from lms.certificates.render import sealed
from lms.certificates.signing.file_key import create_seal
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.verification import PdfOutcome
from lms.typography import Face
from tests.certificates.conftest import SEALED_AT, code_of, make, make_logo, trusted
from tests.certificates.reading import text_of

LOGO = make_logo()
DOCUMENTS = [
    make(logos=(LOGO,)),
    make(holder="Ana Pop", number=format_number("OS2", 2026, 7)),
    make(holder="Wass-Kászonyi Erzsébet-Magdolna Nyíregyházi-Szőke"),
    make(holder="Ayşe Yılmaz", locale="en", title="Certificate of participation"),
    make(is_model=True, modules=(), statements=()),
]
RARE = ["Олена Коваленко", "Ελένη Παπαδοπούλου", "Nguyễn Thị Hương", "Ana S\u030cy\u0301"]


def structure_of(pdf: bytes) -> list[tuple[str, ...]]:
    """Walk the structure of a file: roles, alternative texts, languages, scopes and targets."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return list(_walk(opened.Root.StructTreeRoot.K, 0))


def _walk(node: Any, depth: int) -> Iterator[tuple[str, ...]]:
    if not isinstance(node, pikepdf.Dictionary):
        return
    if "/Obj" in node:
        target = node.Obj.get("/A", {}).get("/URI", "")
        yield (str(depth), str(node.Obj.Subtype), str(target), str(node.Obj.get("/Contents", "")))
        return
    attributes = node.get("/A", {})
    scope, box = str(attributes.get("/Scope", "")), str(attributes.get("/BBox", ""))
    yield (str(depth), str(node.S), str(node.get("/Alt", "")), scope, box)
    kids = node.K if isinstance(node.K, pikepdf.Array) else [node.K]
    for kid in kids:
        yield from _walk(kid, depth + 1)


def facts_of(pdf: bytes) -> dict[str, Any]:
    """Read what a file says of itself, and what is attached to it."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {
            "info": {key: str(value) for key, value in opened.docinfo.items()},
            "metadata": opened.Root.Metadata.read_bytes(),
            "language": str(opened.Root.Lang),
            "attached": {
                name: (held.get_file().read_bytes(), held.get_file().mime_type, held.description)
                for name, held in opened.attachments.items()
            },
            "relations": [str(held.AFRelationship) for held in opened.Root.AF],
            "fonts": Counter(str(font).split("+")[-1] for font in _fonts(opened)),
        }


def _fonts(opened: pikepdf.Pdf) -> Iterator[str]:
    for item in opened.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0":
            yield str(item.BaseFont)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: f"{d.holder[:9]} {d.locale}")
def test_both_ways_say_show_and_mean_the_same(document: Any, seal: PadesSeal) -> None:
    pages, facts = compose(document), describe(document)
    quick = sealed(document, seal, at=SEALED_AT)
    reference = seal.sign(write_alone(pages, facts), at=SEALED_AT)
    assert quick != reference
    assert text_of(quick) == text_of(reference)
    assert structure_of(quick) == structure_of(reference)
    assert facts_of(quick) == facts_of(reference)
    for pdf in (quick, reference):
        assert inspect_pdf(pdf, trusted=trusted(seal)).outcome is PdfOutcome.INTACT


def test_a_quick_file_is_one_revision_and_its_prefix_is_that_of_its_like(seal: PadesSeal) -> None:
    first, second = (
        sealed(make(holder=holder, code=code_of(holder)), seal, at=SEALED_AT)
        for holder in ("Ana Pop", "Ion Ionescu")
    )
    assert first.count(b"%%EOF") == second.count(b"%%EOF") == 1
    alike = next(at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b)
    assert alike > 0.8 * len(first)


@pytest.mark.parametrize("name", RARE)
def test_rare_letters_are_drawn_and_sealed_by_the_reference(name: str, seal: PadesSeal) -> None:
    pdf = sealed(make(holder=name), seal, at=SEALED_AT)
    assert name in text_of(pdf)
    assert pdf.count(b"%%EOF") == 2  # the seal came after
    assert inspect_pdf(pdf, trusted=trusted(seal)).outcome is PdfOutcome.INTACT


def test_a_word_of_the_neighbours_takes_the_quick_way(seal: PadesSeal) -> None:
    for name in ("Kovács Győző", "Łukasz Žižek", "Ayşe Yılmaz", "Björn Þórðarson", "Siân Ó Sé"):
        assert sealed(make(holder=name), seal, at=SEALED_AT).count(b"%%EOF") == 1


def test_another_process_writes_and_seals_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "seal"
    own = create_seal(folder, organisation="Exemplu", is_model=False, now=SEALED_AT)
    script = (
        "import hashlib, sys; from pathlib import Path;"
        "from lms.certificates.render import sealed;"
        "from lms.certificates.signing.file_key import load_seal;"
        "from tests.certificates.conftest import SEALED_AT, make;"
        "from tests.certificates.test_template import RARE;"
        "seal = load_seal(Path(sys.argv[1]));"
        "made = [sealed(make(holder=h), seal, at=SEALED_AT) for h in ('Ana Pop', RARE[0])];"
        "print(*(hashlib.sha256(pdf).hexdigest() for pdf in made))"
    )
    for warm_up in range(200):  # past the point where squares are made the quick way
        squares.rows_of(f"https://cursuri.example.org/v/{code_of(str(warm_up))}")
    here = [sealed(make(holder=h), own, at=SEALED_AT) for h in ("Ana Pop", RARE[0])]
    said = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert said == [hashlib.sha256(pdf).hexdigest() for pdf in here]


def test_a_square_made_from_anothers_is_the_square_itself() -> None:
    addresses = [f"https://cursuri.example.org/vv/{code_of(str(n))}" for n in range(170)]
    rows = [squares.rows_of(address) for address in addresses]
    for address, quick in list(zip(addresses, rows, strict=True))[-5:]:
        square, side = squares._drawn(address.encode())
        assert "".join(quick) == f"{square:0{side * side}b}"


def test_what_is_fixed_is_told_apart_by_what_it_shows_and_not_by_its_name() -> None:
    def page(word: str, other: str) -> list[Page]:
        words = Element("P", (Text(20, 20, other, Face.TEXT, 12),))
        fixed = Element("H1", (Text(20, 40, word, Face.TEXT, 12),), is_fixed=True)
        line = Element(ARTIFACT, (Text(20, 60, "·", Face.TEXT, 12),), is_fixed=True)
        return [Page(100, 100, (line, fixed, words))]

    facts = replace(describe(make()), attachments=())
    for word in ("unu", "doi", "unu"):
        for other in ("trei", "patru"):
            pdf = write(page(word, other), facts)
            assert text_of(pdf).split() == ["·", word, other]


def test_many_pages_are_one_structure_with_marks_of_their_own() -> None:
    document = make()
    pages = [*compose(document), *compose(document)]
    pdf = write(pages, describe(document))
    assert text_of(pdf, 0) == text_of(pdf, 1)
    roles = [role for _, role, *_ in structure_of(pdf)]
    assert roles.count("/H1") == 2
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert [int(leaf.StructParents) for leaf in opened.pages] == [0, 1]
        marks = opened.Root.StructTreeRoot.ParentTree.Nums
        assert list(map(int, list(marks)[::2])) == list(range(len(marks) // 2))


def test_the_printed_address_leads_to_this_very_certificate(seal: PadesSeal) -> None:
    for holder in ("Ana Pop", "Ion Ionescu"):
        document = make(holder=holder, code=code_of(holder))
        document = replace(document, verify_url=f"https://cursuri.example.org/v/{document.code}")
        pdf = sealed(document, seal, at=SEALED_AT)
        targets = [row[2] for row in structure_of(pdf) if row[1] == "/Link" and len(row) == 4]
        assert document.verify_url in targets
        assert f"mailto:{document.issuer_contact}" in targets
