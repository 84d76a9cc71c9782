"""The OS2 course as it ships: whole, honest about its hours, and right in its figures."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lms.exchange.course_files import read_course
from lms.exchange.sources import files_of_folder

CONTENT = Path(__file__).parents[2] / "content" / "os2"
MODULES = sorted((CONTENT / "modules").iterdir())
LESSONS = sorted(CONTENT.glob("modules/*/lessons/*.md"))
FACTS = {f["id"]: f for f in yaml.safe_load((CONTENT / "facts.yaml").read_text(encoding="utf-8"))}


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
