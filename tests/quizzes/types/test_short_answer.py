"""Short answers: what fits, what it earns, and in how long."""

from __future__ import annotations

import time
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.question_types.short_answer.text_match import Sameness, matches
from tests.quizzes.types.cases import earned, marked, question

MOODLE = "quiz-rules 1, shortanswer"
BETTER = "quiz-rules 1, „Beat it”"


def short(*answers, **options):
    listed = [answer.partition("@") for answer in answers]
    return question(
        "short_answer",
        answers=[
            {"text": text, "fraction": fraction or "1", "feedback": f"despre {text}"}
            for text, _, fraction in listed
        ],
        **options,
    )


CASED = {"case": True}
PLAIN = {"plain_letters": True}

CASES = [
    (("Iași",), {}, "Iași", "1", MOODLE),
    (("Iași",), {}, "iaȘI", "1", MOODLE + ": case counts only by choice"),
    (("Iași",), CASED, "iași", "0", MOODLE + ": usecase"),
    (("Iași",), CASED, "Iași", "1", MOODLE + ": usecase"),
    (("Iași",), {}, "  Iași ", "1", MOODLE + ": trimmed"),
    (("Iași",), {}, "Iașii", "0", MOODLE + ": anchored at both ends"),
    (("Iași",), {}, "la Iași", "0", MOODLE + ": anchored at both ends"),
    (("Iași",), {}, unicodedata.normalize("NFD", "Iași"), "1", MOODLE + ": NFC on both sides"),
    (("Iași",), {}, "Iaşi", "1", BETTER + ": cedilla"),
    (("Iaşi",), {}, "Iași", "1", BETTER + ": cedilla"),
    (("Ţara",), CASED, "Țara", "1", BETTER + ": cedilla, capitals"),
    (("Iași",), {}, "Iasi", "0", BETTER + ": plain letters only by choice"),
    (("Iași",), PLAIN, "Iasi", "1", BETTER + ": plain letters by choice"),
    (("Târgu Mureș",), PLAIN, "targu  mures", "1", BETTER + ": plain letters, spaces"),
    (("Iasi",), PLAIN, "Iași", "1", BETTER + ": plain letters both ways"),
    (("ajutor de stat",), {}, "ajutor   de\u00a0stat", "1", BETTER + ": inner spaces"),
    (("1000",), {}, "10000", "0", BETTER + ": never about right"),
    (("cofinanțare",), {}, "cofinantarea", "0", BETTER + ": never about right"),
    (("coop*",), {}, "cooperare", "1", MOODLE + ": wildcard"),
    (("coop*",), {}, "coop", "1", MOODLE + ": a wildcard may stand for nothing"),
    (("*stat*",), {}, "ajutor de stat local", "1", MOODLE + ": wildcard at both ends"),
    (("a*a",), {}, "a", "0", MOODLE + ": ends don't overlap"),
    (("a*b*c",), {}, "axxbyyc", "1", MOODLE + ": several wildcards"),
    (("a*b*c",), {}, "axxcyyb", "0", MOODLE + ": several wildcards in order"),
    (("5\\*3",), {}, "5*3", "1", MOODLE + ": literal asterisk"),
    (("5\\*3",), {}, "5 3", "0", MOODLE + ": literal asterisk"),
    (("Iași", "Ia*@0.5"), {}, "Iași", "1", MOODLE + ": first in order"),
    (("Ia*@0.5", "Iași"), {}, "Iași", "0.5", MOODLE + ": first in order, not the best"),
    (("Iași", "Ia*@0.5"), {}, "Iaz", "0.5", MOODLE + ": the next that fits"),
    (("Iași", "*@0.1"), {}, "orice", "0.1", MOODLE + ": catch-all"),
    (("Iași", "*@0.1"), {}, "", "0", "nothing typed earns nothing, also with a catch-all"),
    (("a.c",), {}, "abc", "0", "a point is a point, not a pattern"),
    (("[ab]",), {}, "a", "0", "brackets are brackets"),
]


@pytest.mark.parametrize(("answers", "options", "typed", "expected", "source"), CASES)
def test_a_typed_text_earns(answers, options, typed, expected, source):
    assert earned(short(*answers, **options), {"text": typed}) == Decimal(expected), source


@given(st.text("ab*\\ ", max_size=12), st.text("ab* ", max_size=16))
def test_wildcards_agree_with_a_plain_definition(pattern, typed):
    """Compare with the definition by recursion: a star takes nothing, or one sign more."""
    same = Sameness(case=True)
    wanted = [*same.fold(pattern.replace("\\*", "\U0010ff1f"))]

    def fits(i: int, j: int) -> bool:
        text = same.fold(typed)
        if i == len(wanted):
            return j == len(text)
        if wanted[i] == "*":
            return fits(i + 1, j) or (j < len(text) and fits(i, j + 1))
        sign = "*" if wanted[i] == "\U0010ff1f" else wanted[i]
        return j < len(text) and text[j] == sign and fits(i + 1, j + 1)

    assert matches(pattern, typed, same) == fits(0, 0)


def test_a_pattern_full_of_wildcards_takes_as_long_as_the_text_is_and_not_its_square():
    def seconds(times: int) -> float:
        pattern, text = "*".join(["aab"] * times), "aa" * (50 * times)
        taken = []
        for _ in range(4):
            begun = time.process_time()
            assert not matches(pattern, text, Sameness())
            taken.append(time.process_time() - begun)
        return min(taken)

    # Eight times as long: a square would take 64 times as long.
    assert seconds(8000) < 32 * seconds(1000)


def test_the_feedback_is_that_of_the_answer_that_fits():
    asked = short("Iași", "*@0")
    rules = rules_for(asked)
    assert rules.feedback(asked, {"text": "iași"}) == ("despre Iași",)
    assert rules.feedback(asked, {"text": "Cluj"}) == ("despre *",)
    assert rules.feedback(asked, {}) == ()


def test_what_was_typed_is_shown_as_text_and_counted_by_what_it_fits():
    asked = short("Iași", "Ia*@0.5")
    rules = rules_for(asked)
    assert rules.response_text(asked, {"text": "<b>Iași"}) == ("&lt;b&gt;Iași",)
    assert rules.key_text(asked) == ("Iași",)
    assert [(c.key, c.fraction) for c in rules.summarise(asked, {"text": "iaz"})] == [
        ("1", Decimal("0.5"))
    ]
    assert [(c.key, c.text) for c in rules.summarise(asked, {"text": "CLUJ"})] == [
        ("other", "cluj")
    ]
    assert [c.key for c in rules.summarise(asked, {})] == [""]


def test_a_guess_earns_what_the_catch_all_gives():
    assert rules_for(short("a")).random_guess(short("a")) == 0
    assert rules_for(short("a")).random_guess(short("a", "*@0.2")) == Decimal("0.2")


def test_the_part_says_what_was_expected():
    (part,) = marked(short("Iași*"), {"text": "Cluj"}).parts
    assert (part.given, part.expected, part.is_right) == ("Cluj", "Iași…", False)
