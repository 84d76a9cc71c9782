"""The tables of legal sentences say what the course says, and on what it rests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "content" / "os2"
TABLES = sorted((ROOT / "docs" / "legal-sentences").glob("module-*.md"))
FACTS = {str(f["id"]): f for f in yaml.safe_load((CONTENT / "facts.yaml").read_text("utf-8"))}
LESSONS = {
    ".".join(path.name.split("-")[:2]): path.read_text("utf-8")
    for path in CONTENT.glob("modules/*/lessons/*.md")
}
QUESTIONS = set(
    re.findall(
        r"\[id:([^\]]+)\]",
        "".join(p.read_text("utf-8") for p in CONTENT.rglob("*.gift")),
    )
)
VERDICTS = {
    "as in the facts",
    "as in the facts, rest practice",
    "as a bill",
    "practice",
    "local example",
    "plain words",
    "worked out",
    "no claim",
    "draft",
}


def rows(table: Path) -> list[list[str]]:
    lines = [line for line in table.read_text("utf-8").splitlines() if line.startswith("| ")]
    found = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in found if row[0] != "where"]


def plain(text: str) -> str:
    """Leave what a reader sees: no marks, no quotes, one kind of space."""
    text = re.sub(r"!?\[|\]\([^)]*\)", "", text)
    return " ".join(re.sub(r"[*_`„”«»]", "", text).replace("|", " ").split())


LEGAL = [lesson for lesson, text in LESSONS.items() if "\nlegal: true" in text]


def test_there_is_a_table_for_each_module():
    assert len(TABLES) == 8


@pytest.mark.parametrize("table", TABLES, ids=lambda p: p.stem)
def test_each_row_names_known_facts_with_their_codes_and_a_known_verdict(table: Path):
    for row in rows(table):
        assert len(row) == 5, row
        _where, _sentence, facts, codes, verdict = row
        assert verdict in VERDICTS, row
        named = [fact for fact in facts.split(", ") if fact != "–"]
        for fact in named:
            assert fact in FACTS, row
            assert FACTS[fact]["confidence"] in codes, row
            assert FACTS[fact]["confidence"] != "G" or verdict == "draft", row


@pytest.mark.parametrize("table", TABLES, ids=lambda p: p.stem)
def test_each_sentence_stands_in_its_lesson_and_each_question_exists(table: Path):
    gone = []
    for where, sentence, *_rest in rows(table):
        for question in re.findall(r"os2-[qt]\d-\d\d", where):
            assert question in QUESTIONS, where
        if where not in LESSONS:
            continue
        text = plain(LESSONS[where])
        parts = re.split(r" / |…|\.\.\.", sentence)
        gone += [(where, p) for p in parts if plain(p).strip(" .;:") not in text]
    assert gone == []


@pytest.mark.parametrize("lesson", LEGAL)
def test_a_legal_lesson_has_its_sentences_in_a_table(lesson: str):
    assert any(row[0] == lesson for table in TABLES for row in rows(table)), lesson
