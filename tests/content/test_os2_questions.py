"""The OS2 questions as they ship: two sets, a key and feedback that teaches, both languages."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lms.courses.completion import Edge
from lms.exchange.course_files import read_course
from lms.exchange.sources import files_of_folder
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizItem
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.numerical.rules import Numerical
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse
from lms.quizzes.rules.settings import FeedbackTime

CONTENT = Path(__file__).parents[2] / "content" / "os2"
COURSE = read_course(files_of_folder(CONTENT)).course
assert COURSE is not None
QUIZZES = [module.quiz for module in COURSE.modules if module.quiz is not None]
INITIAL, FINAL = COURSE.tests[Edge.START], COURSE.tests[Edge.END]
ITEMS = {item.id: item for quiz in (*QUIZZES, INITIAL, FINAL) for item in quiz.items}
FACTS = {str(f["id"]): f for f in yaml.safe_load((CONTENT / "facts.yaml").read_text("utf-8"))}
DRAFTS = {"os2-q2-07", "os2-q2-08", "os2-q4-07", "os2-q6-10", "os2-q7-10"}
PUBLISHED = [item for item in ITEMS.values() if item.status is ItemStatus.PUBLISHED]
CEDILLA_OR_STRAIGHT = re.compile('[şţŞŢ"]')


def texts_of(question: Question) -> list[str]:
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    rules_for(question).map_texts(question, keep)
    return [text for text in found if text]


def answers_without_feedback(question: Question) -> list[str]:
    """Name the options, pairs or answers that would leave a learner without a reason."""
    if isinstance(question, SingleChoice | MultipleChoice):
        return [option.text for option in question.options if not option.feedback]
    if isinstance(question, TrueFalse):
        given = (question.feedback_true, question.feedback_false)
        return [] if all(given) else ["true or false"]
    if isinstance(question, Matching):
        return [stem.text for stem in question.stems if not stem.feedback]
    assert isinstance(question, Numerical)
    return [] if question.other_feedback else ["any other number"]


def test_each_module_has_two_sets_of_ten_questions_in_ten_slots():
    assert len(QUIZZES) == 8
    for number, quiz in enumerate(QUIZZES, 1):
        assert [item.id for item in quiz.items] == [
            f"os2-q{number}-{place:02}" for place in range(1, 21)
        ]
        assert [item.slot for item in quiz.items] == [str(n) for n in range(1, 11)] * 2
        assert (quiz.settings.pass_mark, quiz.settings.attempts, quiz.settings.draw) == (70, 3, 8)


def test_both_tests_ask_two_parallel_questions_of_each_module_and_nobody_fails_them():
    for test, name, feedback in (
        (INITIAL, "t1", FeedbackTime.AFTER_FINAL),
        (FINAL, "t2", FeedbackTime.AFTER_SUBMISSION),
    ):
        assert [item.id for item in test.items] == [f"os2-{name}-{n:02}" for n in range(1, 17)]
        assert [item.lesson[0] for item in test.items] == [
            str(m) for m in range(1, 9) for _ in "ab"
        ]
        rules = test.settings
        assert (rules.pass_mark, rules.attempts, rules.draw) == (None, 1, None)
        assert rules.feedback is feedback
        assert len(test.published) == 16
    for first, last in zip(INITIAL.items, FINAL.items, strict=True):
        assert (first.question.type, first.lesson) == (last.question.type, last.lesson)
        assert first.question.marks == last.question.marks
        assert len(texts_of(first.question)) == len(texts_of(last.question))


def test_no_question_is_asked_twice_in_the_course():
    whole = {tuple(texts_of(item.question)) for item in ITEMS.values()}  # stems alone may be alike
    assert len(whole) == len(ITEMS) == 160 + 32


def test_exactly_five_questions_wait_for_a_jurist_and_their_slots_can_be_asked():
    assert {item.id for item in ITEMS.values() if item.status is ItemStatus.DRAFT} == DRAFTS
    assert all(quiz.published_slots == 10 for quiz in QUIZZES)


@pytest.mark.parametrize("item", PUBLISHED, ids=lambda i: i.id)
def test_a_published_question_teaches_and_rests_on_what_may_be_published(item: QuizItem):
    rules = rules_for(item.question)
    assert rules.key_text(item.question)
    assert answers_without_feedback(item.question) == []
    assert re.search(r"22 noiembrie 2026|Calcul din enunț", item.question.general_feedback)
    assert item.lesson
    assert item.facts or item.id in ARITHMETIC, "neither a fact nor an arithmetic stem"
    for fact in item.facts:
        assert FACTS[fact]["confidence"] in "VSTM", fact


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda i: i.id)
def test_a_question_is_written_as_romanian_is_and_said_in_english_too(item: QuizItem):
    for text in texts_of(item.question):
        assert not CEDILLA_OR_STRAIGHT.search(text), text
        assert text.count("„") == text.count("”"), text
    assert item.words is not None
    both = list(zip(texts_of(item.question), texts_of(item.words), strict=True))
    same = [ro for ro, en in both if ro == en and len(ro.split()) > 2]
    assert same == []


@pytest.mark.parametrize("draft", sorted(DRAFTS))
def test_a_draft_rests_on_a_fact_that_is_not_sure(draft: str):
    assert any(FACTS[fact]["confidence"] == "G" for fact in ITEMS[draft].facts)


# Recomputed here, not copied: the arithmetic that the stems give.
ARITHMETIC = {
    "os2-q1-09": Decimal(24) / 8,
    "os2-q1-19": Decimal(60) / 12,
    "os2-q2-04": Decimal(10) * 3700,
    "os2-q2-14": Decimal(2) * 3900,
    "os2-q3-07": Decimal(930_000) / 3,
    "os2-q3-08": Decimal(45_000) * 10 / 100,
    "os2-q3-15": min(Decimal(7_300), Decimal(50_000) * 10 / 100),
    "os2-q3-17": Decimal(480_000) / 3,
    "os2-q3-18": Decimal(32_000) * 10 / 100,
    "os2-q4-03": Decimal(600_000 + 270_000 + 60_000),
    "os2-q4-05": Decimal((30 - 21) + 24),
    "os2-q4-09": Decimal(138_800) * 100 / 200_000,
    "os2-q4-13": Decimal(420_000 - 168_000 - 147_000),
    "os2-q4-15": Decimal((31 - 12) + 17),
    "os2-q4-17": Decimal(5 + 28 - 31),
    "os2-q4-19": Decimal(96_900) * 100 / 102_000,
    "os2-q5-11": Decimal(2 + 10),
    "os2-q6-07": Decimal(80_000 - 56_000) * 100 / 80_000,
    "os2-q6-09": (Decimal("912048.07") * 2 / 100).quantize(Decimal("0.01")),
    "os2-q6-17": Decimal(9_000 + 15_000) * 100 / 120_000,
    "os2-q6-19": (Decimal("247318.45") * 3 / 100).quantize(Decimal("0.01")),
    "os2-q7-03": Decimal(600) * 20 * 12,
    "os2-q7-05": min(Decimal(4_000_000) * Decimal("0.75") / 100, Decimal(200_000) * 20 / 100),
    "os2-q7-06": Decimal(8_000) * Decimal("3.5") / 100,
    "os2-q7-13": Decimal(1_000) * 14 * 6,
    "os2-q7-15": min(Decimal(1_600_000) * Decimal("0.75") / 100, Decimal(50_000) * 20 / 100),
    "os2-q7-16": Decimal(6_400) * Decimal("3.5") / 100 / 2,
    "os2-q8-02": Decimal(78 - 52),
    "os2-q8-12": Decimal(15 - 9) * 100 / 20,
    "os2-t1-05": Decimal(4_200 + 6_300),
    "os2-t2-05": Decimal(3_600 + 5_100),
    "os2-t1-07": Decimal(20_000 - 500) * 80 / 100 - 12_000,
    "os2-t2-07": Decimal(30_000 - 1_000) * 90 / 100 - 22_000,
    "os2-t1-11": Decimal(sum(a * b >= 12 for a, b in ((3, 4), (5, 2), (4, 4), (2, 3)))),
    "os2-t2-11": Decimal(sum(a * b >= 15 for a, b in ((5, 3), (2, 5), (4, 5), (4, 4)))),
    "os2-t1-14": Decimal(12_000 - 9_000) - Decimal(3_000) / 2,
    "os2-t2-14": Decimal(20_000 - 14_000) - Decimal(5_000) / 2,
    "os2-t1-15": Decimal(60_000 - 12_000 - 9_000),
    "os2-t2-15": Decimal(84_000 - 15_000 - 14_000),
}


@pytest.mark.parametrize(("question", "value"), ARITHMETIC.items())
def test_a_numerical_key_is_what_the_stem_gives(question: str, value: Decimal):
    (key, *_) = rules_for(ITEMS[question].question).key_text(ITEMS[question].question)
    assert Decimal(key) == value


def test_every_numerical_question_is_recomputed_or_rests_on_a_fact():
    for item in PUBLISHED:
        if isinstance(item.question, Numerical):
            assert item.id in ARITHMETIC or item.facts, item.id
