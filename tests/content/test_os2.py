"""The OS2 course as it ships: whole, honest about its hours, and right in its figures."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lms.exchange.course_files import read_course
from lms.exchange.sources import files_of_folder
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.quiz_file import ItemStatus
from lms.quizzes.question_types.registry import rules_for

CONTENT = Path(__file__).parents[2] / "content" / "os2"
MODULES = sorted((CONTENT / "modules").iterdir())
LESSONS = sorted(CONTENT.glob("modules/*/lessons/*.md"))
QUIZZES = {m.name: read_gift((m / "quiz.gift").read_text(encoding="utf-8")) for m in MODULES}
FACTS = {f["id"]: f for f in yaml.safe_load((CONTENT / "facts.yaml").read_text(encoding="utf-8"))}
DRAFTS = {"os2-q2-07", "os2-q2-08", "os2-q4-07", "os2-q6-10", "os2-q7-10"}


def front(path: Path) -> tuple[dict, str]:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(head), body


def name(path: Path) -> str:
    return path.stem


def test_the_course_reads_without_a_fault_or_a_warning():
    reading = read_course(files_of_folder(CONTENT))
    assert [str(p) for p in reading.problems] == []
    assert reading.course is not None


def test_it_has_eight_modules_of_24_hours():
    hours = [
        Decimal(yaml.safe_load((m / "module.yaml").read_text(encoding="utf-8"))["hours"])
        for m in MODULES
    ]
    assert len(hours) == 8
    assert sum(hours) == 24


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_the_minutes_of_a_module_add_up_to_its_printed_hours(module):
    sheet = yaml.safe_load((module / "module.yaml").read_text(encoding="utf-8"))
    minutes = sheet.get("test_minutes", 0)
    for lesson in sheet["lessons"]:
        minutes += sum(front(module / "lessons" / lesson)[0]["minutes"].values())
    assert minutes == Decimal(sheet["hours"]) * 60


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_a_lesson_is_written_as_romanian_is(lesson):
    head, body = front(lesson)
    assert not re.search("[şţŞŢ]", body)
    assert '"' not in body
    assert body.count("„") == body.count("”")
    assert "## De reținut" in body
    assert head["checked_on"]
    if head["legal"]:
        assert "legislatie.just.ro" in body
    for fact in head["facts"]:
        assert str(fact) in FACTS, fact


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_sentences_and_paragraphs_keep_to_plain_language(lesson):
    _, body = front(lesson)
    lengths = []
    for block in body.split("\n\n"):
        if block.lstrip().startswith(("#", "|", ">", "!", "-", "*", "1.")) or not block.strip():
            continue
        words = re.sub(r"[*_`]|\]\([^)]*\)|\[", "", block)
        assert len(words.split()) <= 80, block
        lengths += [len(s.split()) for s in re.split(r"(?<=[.!?…])\s+(?=[A-ZĂÂÎȘȚ„])", words)]
    assert sum(lengths) / len(lengths) <= 15
    assert max(lengths) <= 28, max(lengths)


@pytest.mark.parametrize("lesson", LESSONS, ids=name)
def test_every_picture_is_there_and_said_in_words(lesson):
    _, body = front(lesson)
    for words, address in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", body):
        assert len(words.split()) >= 3, address
        assert (CONTENT / address).is_file(), address


def test_all_80_questions_are_there_and_exactly_five_wait_for_a_jurist():
    items = [item for quiz in QUIZZES.values() for item in quiz.items]
    assert len(items) == 80
    assert {i.id for i in items if i.status is ItemStatus.DRAFT} == DRAFTS
    for quiz in QUIZZES.values():
        assert quiz.problems == ()
        assert len(quiz.published) >= (quiz.settings.draw or 0)
        assert (quiz.settings.pass_mark, quiz.settings.attempts, quiz.settings.draw) == (70, 3, 8)


@pytest.mark.parametrize(
    "item", [i for q in QUIZZES.values() for i in q.published], ids=lambda i: i.id
)
def test_a_published_question_teaches_and_rests_on_what_may_be_published(item):
    rules = rules_for(item.question)
    assert rules.key_text(item.question)
    assert item.question.general_feedback or rules.feedback(item.question, {})
    for fact in item.facts:
        assert FACTS[fact]["confidence"] in "VSTM", fact


@pytest.mark.parametrize("draft", sorted(DRAFTS))
def test_a_draft_rests_on_a_fact_that_is_not_sure(draft):
    item = next(i for q in QUIZZES.values() for i in q.items if i.id == draft)
    assert any(FACTS[fact]["confidence"] == "G" for fact in item.facts)


# Recomputed here, not copied: the arithmetic that the stems give.
ARITHMETIC = {
    "os2-q1-09": Decimal(24) / 8,
    "os2-q2-04": Decimal(10) * 3700,
    "os2-q3-07": Decimal(930_000) / 3,
    "os2-q3-08": Decimal(45_000) * 10 / 100,
    "os2-q4-03": Decimal(600_000 + 270_000 + 60_000),
    "os2-q4-05": Decimal((30 - 21) + 24),
    "os2-q4-09": Decimal(138_800) * 100 / 200_000,
    "os2-q6-07": Decimal(80_000 - 56_000) * 100 / 80_000,
    "os2-q6-09": (Decimal("912048.07") * 2 / 100).quantize(Decimal("0.01")),
    "os2-q7-03": Decimal(600) * 20 * 12,
    "os2-q7-05": min(Decimal(4_000_000) * Decimal("0.75") / 100, Decimal(200_000) * 20 / 100),
    "os2-q7-06": Decimal(8_000) * Decimal("3.5") / 100,
    "os2-q8-02": Decimal(78 - 52),
}


@pytest.mark.parametrize(("question", "value"), ARITHMETIC.items())
def test_a_numerical_key_is_what_the_stem_gives(question, value):
    item = next(i for q in QUIZZES.values() for i in q.items if i.id == question)
    (key, *_) = rules_for(item.question).key_text(item.question)
    assert Decimal(key) == value
