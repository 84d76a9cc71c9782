"""Aiken: a stem on its line, options with letters, and the letter of the right one.

Read more kindly than it is written: a stem may run over several lines, letters may be small, and
`ANSWER: A, C` names several right options of equal weight. All texts are plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from string import ascii_uppercase

from lms.quizzes.exchange.encodings import decode_text
from lms.quizzes.exchange.gift_syntax import clean
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import (
    Lost,
    ReadQuestion,
    Written,
    left_out,
    not_supported,
    parsed,
    with_id,
)
from lms.quizzes.exchange.text_formats import (
    markdown_to_html,
    markdown_to_plain,
    plain_to_markdown,
)
from lms.quizzes.question_types.payload import MAX_OPTIONS, number_text
from lms.quizzes.question_types.protocol import InvalidQuestion
from lms.quizzes.question_types.single_choice.rules import SingleChoice

PREFIX = "aiken-"
_OPTION = re.compile(r"([A-Za-z])[.)][ \t]+(.*\S)")
_ANSWER = re.compile(r"(?:ANSWER|R[ĂA]SPUNS(?:URI)?)\s*:\s*(.*)", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z](?:\s*+(?:[,;]\s*+)?[A-Za-z])*+")
_NAME_LENGTH = 60


@dataclass
class _Scan:
    line: int = 0
    stem: list[str] = field(default_factory=list)
    options: list[tuple[int, str]] = field(default_factory=list)


def read_aiken(data: bytes, problems: list[Problem]) -> Iterator[ReadQuestion]:
    """Yield the questions; what concerns the whole file is added to the problems."""
    scan = _Scan()
    for number, line in enumerate(clean(decode_text(data, problems), problems).split("\n"), 1):
        words = line.strip()
        if match := _ANSWER.fullmatch(words):
            yield _question(scan, match[1].strip(), number)
            scan = _Scan()
        elif not words:
            continue
        elif (match := _option(words, scan)) is not None:
            scan.options.append((number, match[2]))
        elif scan.options:
            # Words after the options: the answer of the question before is missing.
            yield _broken(scan, scan.options[-1][0])
            scan = _Scan(number, [words])
        else:
            scan.line = scan.line or number
            scan.stem.append(words)
    if scan.stem or scan.options:
        yield _broken(scan, scan.line or scan.options[-1][0])


def _option(words: str, scan: _Scan) -> re.Match[str] | None:
    """Take a line for an option where its letter is the next one: „A. fost…” may be a stem."""
    match = _OPTION.fullmatch(words)
    if match is None or not scan.stem or len(scan.options) >= min(MAX_OPTIONS, 26):
        return None
    return match if match[1].upper() == ascii_uppercase[len(scan.options)] else None


def _name(scan: _Scan) -> str:
    return " ".join(scan.stem)[:_NAME_LENGTH]


def _broken(scan: _Scan, line: int, reason: str = "") -> ReadQuestion:
    problem = Problem(line, ProblemKind.BAD_ANSWERS, _name(scan), reason=reason)
    return ReadQuestion(name=_name(scan), problems=(problem,), line=scan.line or line)


def _question(scan: _Scan, letters: str, line: int) -> ReadQuestion:
    known = ascii_uppercase[: len(scan.options)]
    found = [letter for letter in letters.upper() if letter.isalpha()]
    if not _LETTERS.fullmatch(letters) or not set(found) <= set(known) or not scan.stem:
        return _broken(scan, line, letters[:40])
    right = set(found)
    share = number_text(round(Decimal(1) / len(right), 7))
    payload = {
        "type": "single_choice" if len(right) == 1 else "multiple_choice",
        "stem": plain_to_markdown("\n".join(scan.stem)),
        "options": [
            {"text": plain_to_markdown(text), "fraction": share if letter in right else "0"}
            for letter, (_line, text) in zip(known, scan.options, strict=True)
        ],
    }

    def line_of(invalid: InvalidQuestion) -> int:
        return scan.line if invalid.index is None else scan.options[invalid.index][0]

    problems: list[Problem] = []
    question = parsed(payload, _name(scan), line_of, problems)
    read = ReadQuestion(
        name=_name(scan),
        question=question,
        type_name=str(payload["type"]),
        problems=tuple(problems),
        line=scan.line,
    )
    return with_id(read, PREFIX)


# Writing -------------------------------------------------------------------------------------


def write_aiken(questions: Iterable[ReadQuestion]) -> Written:
    """Write the single-choice questions; the others, and all that Aiken can't say, are told."""
    problems: list[Problem] = []
    parts: list[str] = []
    has_more = False
    for read in questions:
        if read.question is None:
            continue
        name = read.name or read.id
        if not isinstance(read.question, SingleChoice):
            problems.append(not_supported(read.line, name, read.question.type))
            continue
        lines = _lines(read.question)
        if len(read.question.options) > len(ascii_uppercase) or not _reads_back(lines):
            problems.append(Problem(read.line, ProblemKind.BAD_ANSWERS, name, reason=lines[0][:40]))
            continue
        parts.append("\n".join(lines) + "\n")
        problems += [left_out(read.line, name, what) for what in _losses(read.question)]
        has_more = has_more or bool(read.category or read.tags or read.facts)
    if has_more:
        problems.insert(0, left_out(0, "", Lost.TAGS))
    return Written("\n".join(parts).encode(), tuple(problems))


def _lines(question: SingleChoice) -> list[str]:
    right = next(at for at, option in enumerate(question.options) if option.fraction == 1)
    options = [
        f"{letter}. {markdown_to_plain(option.text)}"
        for letter, option in zip(ascii_uppercase, question.options, strict=False)
    ]
    return [markdown_to_plain(question.stem), *options, f"ANSWER: {ascii_uppercase[right]}"]


def _reads_back(lines: list[str]) -> bool:
    """Say whether each line would be taken for what it is."""
    stem, *options, _answer = lines
    return bool(stem) and not _ANSWER.fullmatch(stem) and all(map(_OPTION.fullmatch, options))


def _losses(question: SingleChoice) -> Iterator[Lost]:
    if question.general_feedback or any(option.feedback for option in question.options):
        yield Lost.FEEDBACK
    if any(option.fraction not in {0, 1} for option in question.options):
        yield Lost.PARTIAL_MARKS
    if question.hints:
        yield Lost.HINTS
    if question.marks != 1:
        yield Lost.MARKS
    if any(map(_has_markup, _texts(question))):
        yield Lost.MARKUP


def _texts(question: SingleChoice) -> list[str]:
    return [question.stem, *(option.text for option in question.options)]


def _has_markup(text: str) -> bool:
    return markdown_to_html(plain_to_markdown(markdown_to_plain(text))) != markdown_to_html(text)
