"""The outer shape of a GIFT file: escapes, comments with keys, questions and their braces.

Escaped characters are carried as reserved code points while the text is cut up, so that every
`{`, `=` or `#` still seen is one that means something; `restore` puts the characters back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.question_types.payload import UNUSABLE

_RESERVED = {
    sign: chr(0x10FF00 + index)
    for index, sign in enumerate(["\\\\", "\\~", "\\=", "\\#", "\\{", "\\}", "\\:", "\\n", "\\>"])
}
_RESTORED = {ord(code): "\n" if sign == "\\n" else sign[1] for sign, code in _RESERVED.items()}
# „\>” is an escape only in „-\>”; anywhere else the backslash is Markdown's.
_ESCAPE = re.compile(r"\\[\\~=#{}:n]|(?<=-)\\>")
# Lengths are bounded so that a line of brackets can't keep the reader busy.
_MAX_COMMENT = 4_000
_KEY = re.compile(r"\[([A-Za-z][\w-]{0,30}):((?:\\.|[^\]\\]){0,300})\]")
_TITLE = re.compile(r"\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_WHOLE = {"cloze"}
_NEXT_QUESTION = re.compile(r"\s*(::|//.*\[id:|\$CATEGORY:)")


@dataclass(frozen=True)
class Key:
    """Hold one bracket key of a comment, such as `[fact:B3]`."""

    line: int
    name: str
    value: str


@dataclass(frozen=True)
class Passage:
    """Hold a text still with its reserved code points, and the line of each of its lines."""

    text: str
    lines: tuple[int, ...]

    def line_at(self, offset: int) -> int:
        """Tell the line of the file at an offset into the text."""
        return self.lines[min(self.text.count("\n", 0, offset), len(self.lines) - 1)]

    def cut(self, start: int, end: int | None = None) -> Passage:
        """Take a part, lines kept."""
        text = self.text[start:end]
        first = self.text.count("\n", 0, start)
        return Passage(text, self.lines[first : first + text.count("\n") + 1])


@dataclass(frozen=True)
class RawQuestion:
    """Hold a question cut into its parts; without a body it is a description."""

    line: int
    keys: tuple[Key, ...]
    category: str
    title: str
    format: str
    stem: str
    tail: str
    body: Passage | None


@dataclass
class _Scan:
    """Gather lines into questions."""

    problems: list[Problem]
    keys: list[Key] = field(default_factory=list)
    lines: list[tuple[int, str]] = field(default_factory=list)
    category: str = ""
    inside: bool = False
    has_body: bool = False


def clean(text: str, problems: list[Problem]) -> str:
    """Even out line ends; report and replace what no text may hold."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if UNUSABLE.search(text):
        problems += [
            Problem(number, ProblemKind.CONTROL_CHARACTER)
            for number, line in enumerate(text.split("\n"), start=1)
            if UNUSABLE.search(line)
        ]
    return UNUSABLE.sub("\ufffd", text)


def hide_escapes(text: str) -> str:
    """Replace escapes in a clean text by reserved code points."""
    return _ESCAPE.sub(lambda match: _RESERVED[match[0]], text)


def restore(text: str) -> str:
    """Put escaped characters back."""
    return text.translate(_RESTORED)


def take_format(text: str) -> tuple[str, str]:
    """Split `[markdown]` and the like from a text: (format or "", text)."""
    match = _FORMAT.match(text)
    return (match[1].lower(), text[match.end() :]) if match else ("", text)


def raw_questions(text: str, first_line: int, problems: list[Problem]) -> Iterator[RawQuestion]:
    """Cut a text without front matter, escapes hidden, into questions."""
    lines = text.split("\n")
    starts_next = _before_next_question(lines)
    scan = _Scan(problems)
    for index, line in enumerate(lines):
        number = first_line + index
        stripped = line.strip()
        if stripped.startswith("//"):
            if scan.has_body and not scan.inside:
                yield from _flush(scan)
            scan.keys += [
                Key(number, m[1], _value(m[2])) for m in _KEY.finditer(stripped[:_MAX_COMMENT])
            ]
        elif scan.inside and not stripped and starts_next[index]:
            problems.append(Problem(scan.lines[0][0], ProblemKind.UNCLOSED_BRACE))
            _forget(scan)
        elif not scan.inside and (not stripped or stripped.startswith("$CATEGORY:")):
            yield from _flush(scan)
            if stripped:
                scan.category = restore(stripped.removeprefix("$CATEGORY:")).strip()
        else:
            if scan.has_body and not scan.inside and stripped.startswith("::"):
                yield from _flush(scan)
            _take(scan, number, line)
    if scan.inside:
        problems.append(Problem(scan.lines[0][0], ProblemKind.UNCLOSED_BRACE))
        return
    yield from _flush(scan)


def _value(written: str) -> str:
    return restore(written.replace("\\]", "]")).strip()


def _before_next_question(lines: list[str]) -> list[bool]:
    """Say for each line whether the next one that isn't blank begins a question."""
    found, begins = [], False
    for line in reversed(lines):
        found.append(begins)
        if line.strip():
            begins = bool(_NEXT_QUESTION.match(line))
    return found[::-1]


def _forget(scan: _Scan) -> None:
    scan.keys, scan.lines, scan.inside, scan.has_body = [], [], False, False


def _take(scan: _Scan, number: int, line: str) -> None:
    scan.lines.append((number, line))
    for sign in line:
        if sign == "{":
            scan.inside = scan.has_body = True
        elif sign == "}":
            scan.inside = False


def _flush(scan: _Scan) -> Iterator[RawQuestion]:
    if scan.lines:
        numbers, texts = zip(*scan.lines, strict=True)
        passage = Passage("\n".join(texts), numbers)
        question = _cut(passage, tuple(scan.keys), scan.category, scan.problems)
        _forget(scan)
        if question is not None:
            yield question


def _cut(
    passage: Passage, keys: tuple[Key, ...], category: str, problems: list[Problem]
) -> RawQuestion | None:
    title, rest = "", passage
    if match := _TITLE.match(passage.text):
        title, rest = " ".join(restore(match[1]).split()), passage.cut(match.end())
    if any(key.name == "type" and key.value in _WHOLE for key in keys):
        # Gaps stand in the text itself: its own reader takes the braces apart.
        return RawQuestion(passage.lines[0], keys, category, title, "", "", "", rest)
    opened, closed = rest.text.find("{"), rest.text.find("}")
    body, tail, stem = None, "", rest.text
    if opened >= 0 or closed >= 0:
        fault = _brace_fault(rest.text, opened, closed)
        if fault is not None:
            kind, offset = fault
            problems.append(Problem(rest.line_at(offset), kind, item=title))
            return None
        body = rest.cut(opened + 1, closed)
        stem, tail = rest.text[:opened], rest.text[closed + 1 :].strip()
    format_name, stem = take_format(stem)
    return RawQuestion(
        line=passage.lines[0],
        keys=keys,
        category=category,
        title=title,
        format=format_name,
        stem=stem,
        tail=tail,
        body=body,
    )


def _brace_fault(text: str, opened: int, closed: int) -> tuple[ProblemKind, int] | None:
    if opened < 0 or closed < opened:
        return ProblemKind.UNEXPECTED_BRACE, closed
    nested = text.find("{", opened + 1, closed)
    if nested >= 0:
        return ProblemKind.UNEXPECTED_BRACE, nested
    again = min((i for i in (text.find(c, closed + 1) for c in "{}") if i >= 0), default=-1)
    return (ProblemKind.MISSING_BLANK_LINE, again) if again >= 0 else None
