"""The sections of a quiz as its version keeps them, and as pages and papers show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from lms.quizzes.exchange.quiz_file import Section

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class ShownSection:
    """A section in the reader's language; the instruction is HTML."""

    number: int
    title: str
    instruction: str
    language: str


def dump_sections(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Write sections as JSON-able values that `parse_sections` reads back."""
    return [asdict(section) for section in sections]


def parse_sections(values: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    """Read sections that were dumped."""
    return tuple(Section(**value) for value in values)


def shown_sections(
    values: Sequence[Mapping[str, Any]], placed: Iterable[int], locale: str
) -> dict[int, ShownSection]:
    """Word the section that begins with each question: by the question's place, from one.

    `placed` is the section of each question in order; a section that has none isn't shown.
    """
    sections = parse_sections(values)
    found: dict[int, ShownSection] = {}
    before = 0
    for at, number in enumerate(placed, 1):
        if number != before and 0 < number <= len(sections):
            found[at] = worded(sections[number - 1], number, locale)
        before = number
    return found


def section_at(
    values: Sequence[Mapping[str, Any]], placed: Sequence[int], at: int, locale: str
) -> dict[int, ShownSection]:
    """Word the section of the one question that a page shows, by its place."""
    sections, number = parse_sections(values), placed[at - 1]
    if not 0 < number <= len(sections):
        return {}
    return {at: worded(sections[number - 1], number, locale)}


def parts_of(
    items: Sequence[_Item], headings: Mapping[int, ShownSection]
) -> list[tuple[ShownSection | None, list[_Item]]]:
    """Put questions under the headings that they begin with."""
    parts: list[tuple[ShownSection | None, list[_Item]]] = []
    for at, item in enumerate(items, 1):
        if at in headings or not parts:
            parts.append((headings.get(at), []))
        parts[-1][1].append(item)
    return parts


def worded(section: Section, number: int, locale: str) -> ShownSection:
    """Word a section in a language; in Romanian where it has no other."""
    if locale == "en" and section.title_en:
        return ShownSection(number, section.title_en, section.instruction_en, "en")
    return ShownSection(number, section.title, section.instruction, "ro")
