"""Numbers of lessons in other texts: questions lead to them, papers and people name them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_LESSON_KEY = re.compile(r"[ \t]*\[lesson:[ \t]*([^\]\s]+)[ \t]*\]")
_ID_KEY = re.compile(r"\[id:[ \t]*([^\]\s]+)[ \t]*\]")
_NAMED = re.compile(r"\b(?:lec[țţt]i\w*|lessons?)\s+(\d{1,3}\.\d{1,3})(?!\d|\.\d)", re.IGNORECASE)


def in_questions(
    text: str, numbers: Mapping[str, str], gone: Collection[str]
) -> tuple[str, dict[str, str]]:
    """Give the questions of a quiz's text the lessons' new numbers.

    The key of a lesson that is gone is taken out; return which questions had one, by their ids.
    """
    lost: dict[str, str] = {}

    def renumber(line: str) -> str:
        named = _ID_KEY.search(line)

        def put(found: re.Match[str]) -> str:
            if found[1] in gone:
                if named is not None:
                    lost[named[1]] = found[1]
                return ""
            number = numbers.get(found[1], found[1])
            return found[0].replace(found[1], number)

        return _LESSON_KEY.sub(put, line)

    lines = text.split("\n")
    found = [renumber(line) if line.lstrip().startswith("//") else line for line in lines]
    return "\n".join(found), lost


def led_back(text: str, questions: Collection[str], number: str) -> str:
    """Lead questions to a lesson again that came back, where they lead to no other by now."""

    def lead(line: str) -> str:
        named = _ID_KEY.search(line)
        if named is None or named[1] not in questions or _LESSON_KEY.search(line):
            return line
        return f"{line[: named.end()]} [lesson:{number}]{line[named.end() :]}"

    lines = text.split("\n")
    return "\n".join(lead(line) if line.lstrip().startswith("//") else line for line in lines)


def named_in(body: str, numbers: Collection[str]) -> list[str]:
    """Find the numbers of lessons that a text names in its own words: „vezi lecția 3.5”."""
    found = (match[1] for match in _NAMED.finditer(body))
    return list(dict.fromkeys(number for number in found if number in numbers))
