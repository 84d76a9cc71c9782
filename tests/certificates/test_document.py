"""The facts that are frozen, and the checks before a number is taken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lms.certificates.checks import ProblemKind, check, name_problems
from lms.certificates.document import CertificateDocument, Logo, ModuleLine, Signatory
from lms.certificates.numbering import CODE_LENGTH
from lms.certificates.wording import ENGLISH, ROMANIAN, hours, long_date, per_cent, period
from tests.certificates.conftest import MakeDocument, make, make_logo


def kinds(document: CertificateDocument) -> set[ProblemKind]:
    return {problem.kind for problem in check(document)}


def test_a_document_comes_back_from_its_facts_as_it_was() -> None:
    logo = make_logo()
    document = make(logos=(logo,), is_model=True, seal_note="Sigiliu electronic avansat")
    pictures = {logo.sha256: logo.png}
    assert CertificateDocument.from_json(document.to_json(), pictures) == document
    assert CertificateDocument.from_facts(document.to_facts(), pictures) == document
    assert CertificateDocument.from_facts(json.loads(json.dumps(document.to_facts())), pictures)


def test_equal_facts_are_the_same_text() -> None:
    half, same = make(total_hours=Decimal("21.50")), make(total_hours=Decimal("21.5"))
    assert half.to_json() == same.to_json()
    assert list(json.loads(half.to_json())) == sorted(half.to_facts())
    assert "Ștefania-Ioana Țurcanu" in half.to_json()


def test_hours_are_written_without_exponent() -> None:
    assert make(total_hours=Decimal(120)).to_facts()["total_hours"] == "120"


def test_a_certificate_isnt_rebuilt_with_another_logo_or_without_it() -> None:
    logo = make_logo()
    facts = make(logos=(logo,)).to_facts()
    with pytest.raises(ValueError, match="missing"):
        CertificateDocument.from_facts(facts)
    other = make_logo(colour="#aa0000")
    with pytest.raises(ValueError, match="other bytes"):
        CertificateDocument.from_facts(facts, {logo.sha256: other.png})


def test_facts_of_an_unknown_format_are_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        CertificateDocument.from_facts({**make().to_facts(), "format": 99})


def test_a_complete_document_has_no_problem() -> None:
    assert check(make(logos=(make_logo(),))) == []


def test_the_longest_form_of_everything_still_fits(make_document: MakeDocument) -> None:
    document = make_document(
        holder="Alexandrina-Constantina-Georgiana Hortopan-Constantinescu-Ștefănescu",
        course="Parteneriat social și finanțare nerambursabilă de interes general pentru "
        "comunități durabile în orașele mici și mijlocii din România",
        logos=tuple(make_logo(f"Sigla {n}") for n in range(4)),
    )
    assert check(document) == []


HARD_NAMES = [
    "Ștefania-Ioana Țurcanu",
    "Wass-Kászonyi Erzsébet-Magdolna Nyíregyházi-Szőke",
    "Ana-Maria-Cristina-Ștefania Popescu-Țurcanu-Întorsureanu",
    "Björn Ægir Þórðarson-Łącki",
    "Ion D’Aguiar",
    "Ó Sé",
]


@pytest.mark.parametrize("name", HARD_NAMES)
def test_hard_names_are_fine(name: str) -> None:
    assert name_problems(name) == []
    assert check(make(holder=name)) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("", ProblemKind.EMPTY, id="no name"),
        pytest.param("   ", ProblemKind.EMPTY, id="only spaces"),
        pytest.param("Ana 李", ProblemKind.GLYPH_MISSING, id="a letter no font has"),
        pytest.param("Şerban Ţurcanu", ProblemKind.CEDILLA, id="cedilla"),
        pytest.param("ȘTEFAN Țurcanu", ProblemKind.ALL_CAPS, id="a word in capitals"),
        pytest.param("ștefan țurcanu", ProblemKind.ALL_LOWER, id="no capitals"),
        pytest.param("Erzse\u0301bet Kis", ProblemKind.NOT_COMPOSED, id="mark apart"),
        pytest.param("Ana  Pop", ProblemKind.NOT_COMPOSED, id="two spaces"),
        pytest.param("Ana\u202ePop", ProblemKind.NOT_COMPOSED, id="invisible character"),
        pytest.param("Ana-" * 40 + "Pop", ProblemKind.TOO_LONG, id="endless"),
    ],
)
def test_a_doubtful_name_is_found_before_a_number_is_taken(name: str, kind: ProblemKind) -> None:
    assert kind in {problem.kind for problem in name_problems(name)}
    assert kind in kinds(make(holder=name))


def test_initials_and_particles_arent_capitals() -> None:
    assert name_problems("Ion I. C. de la Brad") == []


def test_a_missing_glyph_is_named() -> None:
    (problem,) = [p for p in name_problems("Ana 李李") if p.kind is ProblemKind.GLYPH_MISSING]
    assert problem.detail == "李"
    assert not problem.may_be_confirmed


def test_a_cedilla_may_be_confirmed_because_a_turkish_name_has_one() -> None:
    (problem,) = name_problems("Ayşe Yılmaz")
    assert problem.kind is ProblemKind.CEDILLA
    assert problem.may_be_confirmed


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"course": " "}, ProblemKind.EMPTY),
        ({"issuers": ()}, ProblemKind.EMPTY),
        ({"signatories": ()}, ProblemKind.EMPTY),
        ({"signatories": (Signatory("", "Manager"),)}, ProblemKind.EMPTY),
        ({"total_hours": Decimal(0), "modules": ()}, ProblemKind.EMPTY),
        ({"total_hours": Decimal(99)}, ProblemKind.HOURS_DIFFER),
        ({"title": "Certificat de absolvire"}, ProblemKind.OVERCLAIM),
        ({"title": "Certificat de calificare"}, ProblemKind.OVERCLAIM),
        ({"title": "Atestat"}, ProblemKind.OVERCLAIM),
        ({"sentence": "a absolvit cursul"}, ProblemKind.OVERCLAIM),
        ({"period_to": date(2026, 1, 1)}, ProblemKind.PERIOD_REVERSED),
        ({"number": "OS2-2026-000123-X"}, ProblemKind.NUMBER_MALFORMED),
        ({"number": "OS2 2026 000123 N"}, ProblemKind.NUMBER_MALFORMED),
        ({"verify_url": "https://cursuri.example.org/v/"}, ProblemKind.ADDRESS_MALFORMED),
        ({"verify_url": "javascript:alert(1)"}, ProblemKind.ADDRESS_MALFORMED),
        (
            {"verify_url": f"https://{'lung.' * 30}example.org/v/{make().code}"},
            ProblemKind.TOO_LONG,
        ),
        ({"course": "Foarte lung " * 40}, ProblemKind.TOO_LONG),
        ({"modules": (ModuleLine("Un modul", Decimal("0.5")),) * 42}, ProblemKind.TOO_LONG),
        ({"place": "foarte departe " * 40}, ProblemKind.TOO_LONG),
        ({"statements": ("a",) * 4}, ProblemKind.TOO_MANY),
        ({"statements": ("foarte lung " * 90,)}, ProblemKind.TOO_LONG),
        ({"logos": (Logo("", b""),)}, ProblemKind.LOGO_WITHOUT_WORDS),
        ({"logos": (Logo("x", b"GIF89a"),)}, ProblemKind.LOGO_UNREADABLE),
        ({"logos": (Logo("x", make_logo().png[:200]),)}, ProblemKind.LOGO_UNREADABLE),
        ({"logos": (make_logo(),) * 6}, ProblemKind.TOO_MANY),
    ],
)
def test_what_isnt_fit_to_print_is_found(changes: dict[str, Any], kind: ProblemKind) -> None:
    assert kind in kinds(make(**changes))


def test_a_picture_that_would_fill_the_memory_is_refused_unopened() -> None:
    png = bytearray(make_logo().png)
    png[16:24] = (60_000).to_bytes(4, "big") * 2
    assert ProblemKind.LOGO_UNREADABLE in kinds(make(logos=(Logo("x", bytes(png)),)))


def test_a_code_with_a_wrong_check_is_found() -> None:
    document = make()
    wrong = document.code[:-1] + ("0" if document.code[-1] != "0" else "1")
    assert len(wrong) == CODE_LENGTH
    assert ProblemKind.CODE_MALFORMED in kinds(replace(document, code=wrong))


@pytest.mark.parametrize(
    ("amount", "romanian", "english"),
    [
        ("0.5", "0,5 ore", "0.5 hours"),
        ("1", "1 oră", "1 hour"),
        ("2", "2 ore", "2 hours"),
        ("18.5", "18,5 ore", "18.5 hours"),
        ("19", "19 ore", "19 hours"),
        ("20", "20 de ore", "20 hours"),
        ("24.00", "24 de ore", "24 hours"),
        ("101", "101 ore", "101 hours"),
        ("120", "120 de ore", "120 hours"),
    ],
)
def test_hours_take_the_right_form(amount: str, romanian: str, english: str) -> None:
    assert hours(Decimal(amount), "ro") == romanian
    assert hours(Decimal(amount), "en") == english


def test_a_result_is_written_as_its_language_writes_per_cent() -> None:
    assert per_cent(Decimal("92.5"), "ro") == "92,5 %"
    assert per_cent(Decimal("92.5"), "en") == "92.5%"


def test_dates_are_written_in_words() -> None:
    assert long_date(date(2026, 11, 22), "ro") == "22 noiembrie 2026"
    assert long_date(date(2026, 11, 22), "en") == "22 November 2026"


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (date(2026, 11, 3), date(2026, 11, 3), "3 noiembrie 2026"),
        (date(2026, 11, 3), date(2026, 11, 28), "3–28 noiembrie 2026"),
        (date(2026, 9, 14), date(2026, 11, 20), "14 septembrie – 20 noiembrie 2026"),
        (date(2025, 12, 1), date(2026, 1, 31), "1 decembrie 2025 – 31 ianuarie 2026"),
    ],
)
def test_a_period_says_once_what_both_ends_share(first: date, last: date, written: str) -> None:
    assert period(first, last, "ro") == written


def test_the_wording_claims_no_qualification() -> None:
    for words in (ROMANIAN, ENGLISH):
        for phrase in (words.title, words.sentence, words.preamble):
            assert check(make(title=phrase, sentence=phrase)) == []
