"""The settings at the head of a quiz file: YAML between two lines of three dashes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.rules.settings import InvalidSettings, QuizSettings, parse_settings

MAX_LENGTH = 40_000
MAX_BRACKETS = 100  # a reader of YAML slows down with the square of open ones
LANGUAGES = ("ro", "en")
FENCE = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Head:
    """Hold what the front matter says, and where the questions begin."""

    id: str
    title: Mapping[str, str]
    settings: QuizSettings
    first_line: int
    rest: str
    draw_line: int = 1


def read_head(text: str, problems: list[Problem]) -> Head:
    """Split front matter from questions; without any, everything keeps its default."""
    match = FENCE.match(text)
    if match is None:
        return Head("", {}, QuizSettings(), 1, text)
    first_line, rest = 1 + match[0].count("\n"), text[match.end() :]
    values = _load(match[1], problems)
    if values is None:
        return Head("", {}, QuizSettings(), first_line, rest)
    lines = _Lines(match[1])
    content_id = values.pop("id", "")
    if not isinstance(content_id, str) or not content_id.strip():
        problems.append(Problem(lines.of("id"), ProblemKind.BAD_FRONT_MATTER, field="id"))
        content_id = ""
    return Head(
        id=content_id.strip(),
        title=_title(values.pop("title", {}), lines, problems),
        settings=_settings(values, lines, problems),
        first_line=first_line,
        rest=rest,
        draw_line=lines.of("draw"),
    )


@dataclass(frozen=True)
class _Lines:
    written: str

    def of(self, name: str) -> int:
        """Find the line of a key, counted in the file; the first where there is none."""
        match = re.search(rf"^[\"']?{re.escape(name)}[\"']?\s*:", self.written, re.MULTILINE)
        return 2 + self.written.count("\n", 0, match.start()) if match else 1


def _load(written: str, problems: list[Problem]) -> dict[str, object] | None:
    brackets = written.count("[") + written.count("{")
    if len(written) > MAX_LENGTH or brackets > MAX_BRACKETS:
        problems.append(Problem(1, ProblemKind.TOO_LARGE))
        return None
    try:
        values = yaml.safe_load(written)
    except yaml.MarkedYAMLError as error:
        line = 2 + error.problem_mark.line if error.problem_mark else 1
        problems.append(Problem(line, ProblemKind.BAD_FRONT_MATTER, reason=error.problem or ""))
        return None
    except (yaml.YAMLError, RecursionError, ValueError):
        # ValueError: a date such as 2026-13-45; RecursionError: hundreds of nested lists.
        values = None
    if not isinstance(values, dict):
        problems.append(Problem(1, ProblemKind.BAD_FRONT_MATTER))
        return None
    return {str(name): value for name, value in values.items()}


def load_values(written: str) -> dict[str, object] | None:
    """Read a head that was read before; None where it can't be."""
    return _load(written, [])


def _title(value: object, lines: _Lines, problems: list[Problem]) -> dict[str, str]:
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value.strip())
    if isinstance(value, dict) and all(
        name in LANGUAGES and isinstance(words, str) for name, words in value.items()
    ):
        return {name: words.strip() for name, words in value.items()}
    problems.append(Problem(lines.of("title"), ProblemKind.BAD_FRONT_MATTER, field="title"))
    return {}


def _settings(values: Mapping[str, object], lines: _Lines, problems: list[Problem]) -> QuizSettings:
    try:
        return parse_settings(values)
    except InvalidSettings as invalid:
        problems += [
            Problem(lines.of(f.field), ProblemKind.BAD_SETTING, f.detail, f.field, f.reason)
            for f in invalid.faults
        ]
        return QuizSettings()
