"""Edits of questions that leave their words alone, in a quiz's text or in the bank's own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from lms.quizzes.bank.entry import category_of, tags_of
from lms.quizzes.exchange.gift_forms import escape
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizItem
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import TextRead
from lms.quizzes.workshop.writing import gift_of

Edit = Callable[[QuizItem], QuizItem]
_CATEGORY = "$CATEGORY:"
_KEY = re.compile(r"\s*\[[A-Za-z][\w-]{0,30}:(?:\\.|[^\]\\]){0,300}\]")


# What can be done ------------------------------------------------------------------------------


def moved_to(category: str) -> Edit:
    """Give a question a category; "" takes it out of the one that it has."""
    path = category_of(category)

    def edit(item: QuizItem) -> QuizItem:
        return item if category_of(item.category) == path else replace(item, category=path)

    return edit


def with_tag(tag: str) -> Edit:
    """Add a tag."""
    return lambda item: replace(item, tags=tags_of([*item.tags, tag]))


def without_tag(tag: str) -> Edit:
    """Take a tag away."""
    return lambda item: replace(item, tags=tuple(each for each in item.tags if each != tag))


def tagged(tags: Sequence[str]) -> Edit:
    """Give a question these tags and no others."""
    wanted = tags_of(tags)
    return lambda item: item if tags_of(item.tags) == wanted else replace(item, tags=wanted)


def ready(item: QuizItem) -> QuizItem:
    """Say that a question was looked over."""
    is_draft = item.status is ItemStatus.DRAFT
    return replace(item, status=ItemStatus.READY) if is_draft else item


def kept_back(item: QuizItem) -> QuizItem:
    """Say that a question still has to be looked over."""
    return replace(item, status=ItemStatus.DRAFT)


# In a text -------------------------------------------------------------------------------------


def retouched(text: str, edits: Mapping[str, Edit]) -> str:
    """Carry out edits in a quiz's text, by id; a text that they don't change stays as it is."""
    read = read_text(text)
    lines = read.text.split("\n")
    is_changed = False
    for piece in sorted(read.pieces, key=lambda each: each.first, reverse=True):
        item = piece.item
        if item is None or item.id not in edits:
            continue
        new = edits[item.id](item)
        if new == item:
            continue
        is_changed = True
        own = slice(piece.first - 1, piece.last)
        written = [*_notes(lines[own]), *gift_of(new).split("\n")]
        if new.category != item.category:
            before, after = _line(new.category), _line(item.category)
            written = [before, "", *written, "", after]
        lines[own] = ["", *written, ""]
    return _tidy(lines) if is_changed else text


def _notes(lines: Sequence[str]) -> list[str]:
    """Keep what a question's comments say beside its keys."""
    said = (line.strip()[2:] for line in lines if line.lstrip().startswith("//"))
    return [f"// {words}" for each in said if (words := _KEY.sub("", each).strip())]


def appended(text: str, items: Sequence[QuizItem]) -> str:
    """Put questions after the last one, each under its category."""
    read = read_text(text)
    lines = read.text.rstrip("\n").split("\n")
    category = _last_category(read)
    for item in items:
        if item.category != category:
            lines += ["", _line(item.category)]
            category = item.category
        lines += ["", gift_of(item)]
    return _tidy(lines)


def fresh_ids(prefix: str, taken: Collection[str]) -> Iterator[str]:
    """Give the next free ids of a prefix: `prefix-01`, `prefix-02` …"""
    used = {each.casefold() for each in taken}
    number = 0
    while True:
        number += 1
        made = f"{prefix}-{number:02}"
        if made.casefold() not in used:
            yield made


def _line(category: str) -> str:
    return f"{_CATEGORY} {escape(category)}".rstrip()


def _last_category(read: TextRead) -> str:
    found = [line for _number, line in _categories(read)]
    return found[-1].removeprefix(_CATEGORY).strip() if found else ""


def _categories(read: TextRead) -> list[tuple[int, str]]:
    """Find the lines between the questions that name a category."""
    inside = {n for piece in read.pieces for n in range(piece.first, piece.last + 1)}
    return [
        (number, line.strip())
        for number, line in enumerate(read.text.split("\n"), 1)
        if number not in inside and line.lstrip().startswith(_CATEGORY)
    ]


def _tidy(lines: Sequence[str]) -> str:
    """Leave out lines of categories that say nothing new, and blank lines in a row."""
    text = "\n".join(lines)
    read = read_text(text)
    firsts = [piece.first for piece in read.pieces]
    found = _categories(read)
    needless: set[int] = set()
    current = _CATEGORY
    for at, (number, line) in enumerate(found):
        following = found[at + 1][0] if at + 1 < len(found) else math.inf
        if line == current or not any(number < first < following for first in firsts):
            needless.add(number)
        else:
            current = line
    kept = [line for n, line in enumerate(read.text.split("\n"), 1) if n not in needless]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n") + "\n"
