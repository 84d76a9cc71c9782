"""A key is written as its reader writes numbers, and what is shown can be typed as an answer."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.key_words import given_words, key_texts, plain_words, worded_part
from lms.quizzes.question_types.registry import rules_for
from lms.web.i18n import in_locale


def question(answers: str):
    [item] = read_gift(f"// [id:q-1]\nTotalul este {answers} lei.\n").items
    return item.question


CLOZE = "// [id:q-1] [type:cloze]\nTotalul este {1:NM:=18240.96} la {1:SA:=2.50}.\n"


def cloze():
    [item] = read_gift(CLOZE).items
    return item.question


@pytest.mark.parametrize(
    ("locale", "written"), [("ro", "1. 18.240,96"), ("en", "1. 18,240.96")], ids=["ro", "en"]
)
def test_a_number_in_a_gap_is_written_as_its_reader_does(locale, written):
    with in_locale(locale):
        number, word = key_texts(cloze())
        assert number == written
        assert word == "2. 2.50"  # a word that looks like a number stays as it was written
        marked = rules_for(cloze()).mark(cloze(), {"gaps": {"1": {"text": "1"}}})
        first = worded_part(cloze(), marked.parts[0])
        assert first.expected == written.removeprefix("1. ")
        assert first.given == "1"


def test_what_was_typed_is_shown_as_it_was_typed():
    with in_locale("ro"):
        assert given_words("numerical", "18.240") == "18.240"  # eighteen thousand, not 18,24
        assert given_words("true_false", "true") == "Adevărat"
        assert plain_words("numerical", "1e999999999") == "1e999999999"
        assert plain_words("numerical", "0.0005") == "0,0005"


@given(st.decimals("-999999999.9999", "999999999.9999", places=4), st.sampled_from(["ro", "en"]))
def test_the_key_as_it_is_shown_is_a_right_answer(value: Decimal, locale: str):
    asked = question(f"{{#{value}:0}}")
    with in_locale(locale):
        [shown] = (plain_words(asked.type, text) for text in key_texts(asked))
    assert rules_for(asked).mark(asked, {"text": shown}).fraction == 1
