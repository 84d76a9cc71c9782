"""Words that are kept for others are noticed, with the reason; ordinary ones aren't."""

from __future__ import annotations

import pytest

from lms.certificates.checks import ProblemKind, check
from lms.certificates.designs import shipped
from lms.certificates.designs.reading import texts_of
from lms.certificates.designs.reserved import Reason, reserved_words
from lms.certificates.wording import ENGLISH, ROMANIAN
from tests.certificates.conftest import make


@pytest.mark.parametrize(
    ("text", "word", "reason"),
    [
        ("Certificat de absolvire", "absolvire", Reason.AUTHORISED),
        ("a absolvit cursul", "absolvit", Reason.AUTHORISED),
        ("CERTIFICAT DE CALIFICARE", "CALIFICARE", Reason.AUTHORISED),
        ("Atestat de formator", "Atestat", Reason.AUTHORISED),
        ("Supliment descriptiv al certificatului", "Supliment descriptiv", Reason.SUPPLEMENT),
        ("Diplomă", "Diplomă", Reason.SCHOOL),
        ("Licență", "Licență", Reason.SCHOOL),
        ("cu stema României", "stema", Reason.STATE),
        ("coat of arms", "coat of arms", Reason.STATE),
        ("certificate of qualification", "qualification", Reason.AUTHORISED),
        ("cursanta", "cursanta", Reason.GENDER),
        ("Domnul Ion", "Domnul", Reason.GENDER),
    ],
)
def test_a_word_kept_for_others_is_noticed(text: str, word: str, reason: Reason) -> None:
    (found,) = reserved_words(text)
    assert (found.word, found.reason) == (word, reason)


@pytest.mark.parametrize(
    "text",
    [
        "Certificat de participare",
        "a parcurs și a promovat cursul",
        "Anexă: conținutul cursului",
        "sistemul de stemare",
        "Certificatul atestă participarea",
    ],
)
def test_an_ordinary_sentence_has_none(text: str) -> None:
    assert reserved_words(text) == ()


def test_what_is_shipped_claims_nothing_and_fits_anybody() -> None:
    for key in shipped.KEYS:
        for path, text in texts_of(shipped.shipped(key)):
            assert reserved_words(text) == (), path
            assert "{" in text or "ul/a" not in text
    for words in (ROMANIAN, ENGLISH):
        for phrase in (words.title, words.sentence, words.preamble, words.modules, words.original):
            assert reserved_words(phrase) == ()


def test_the_softwares_name_stands_in_no_design() -> None:
    for key in shipped.KEYS:
        assert "atestat" not in shipped.shipped(key).text.lower()


def test_a_reserved_word_is_a_warning_that_stops_no_number() -> None:
    (problem,) = check(make(title="Certificat de absolvire"))
    assert problem.kind is ProblemKind.OVERCLAIM
    assert problem.detail == "absolvire"
    assert problem.may_be_confirmed
