"""The sections of a quiz: headings between its questions, each with a sentence of instruction.

In a file a section is a heading line, its instruction on the line below, and perhaps a comment
above it that says whether its questions are shuffled. Programs that read GIFT take it for a text
that asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lms.quizzes.exchange.gift_syntax import hide_escapes, restore
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind, QuizFile, QuizItem, Section
from lms.quizzes.workshop import lines as look

MOST_SECTIONS = 100
LONGEST_TITLE = 200
LONGEST_INSTRUCTION = 1000

_HEADING = re.compile(r"#{1,6}\s+(\S.*?)\s*#*")
_SHUFFLE = re.compile(r"//\s*\[shuffle:\s*(\w{1,10})\s*\]")
_ESCAPED = re.compile(r"\\(?=[\\~=#{}:n])")
YES_OR_NO = {"yes": True, "no": False, "da": True, "nu": False}


@dataclass(frozen=True)
class Marked:
    """A section as it stands in a text: its lines, and where its questions begin."""

    section: Section
    first: int
    line: int  # of the heading itself
    last: int


@dataclass
class Cut:
    """A text without its headings, and what they say."""

    text: str
    found: list[Marked] = field(default_factory=list)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections in order."""
        return tuple(marked.section for marked in self.found)

    def of_line(self, line: int) -> int:
        """Tell under which heading a line stands, counted from one; before the first: 0."""
        return sum(marked.line <= line for marked in self.found)


def shuffle_of(line: str) -> str | None:
    """Read „// [shuffle:no]”; what it says, where the line says nothing else."""
    match = _SHUFFLE.fullmatch(line.strip())
    return match[1].casefold() if match else None


def plain(written: str) -> str:
    """Read a heading's or an instruction's words: signs that mean something may be escaped."""
    return " ".join(restore(hide_escapes(written)).split())


def title_of(written: str) -> str:
    """Read a heading's words: what makes all of it bold says nothing."""
    title, is_strong = plain(written), True
    while is_strong:
        title, is_strong = look.without_emphasis(title)
    return title


def cut_sections(hidden: str, first_line: int, problems: list[Problem]) -> Cut:
    """Take the headings out of a text of questions; the lines of all others stay as they are.

    `hidden` is a clean text without front matter, its escapes hidden.
    """
    lines = hidden.split("\n")
    cut = Cut(hidden)
    is_open, begins = False, True
    at = 0
    while at < len(lines):
        stripped = lines[at].strip()
        if begins and not is_open and _is_heading(lines, at):
            marked = _marked(lines, at, first_line, problems)
            if len(cut.found) == MOST_SECTIONS:
                problems.append(Problem(marked.line, ProblemKind.TOO_LARGE))
                break
            cut.found.append(marked)
            for number in range(marked.first, marked.last + 1):
                lines[number - first_line] = ""
            at = marked.last - first_line + 1
            continue
        if not stripped.startswith("//"):
            begins = not stripped and not is_open
            for sign in stripped:
                is_open = sign == "{" or (is_open and sign != "}")
        at += 1
    cut.text = "\n".join(lines)
    return cut


def _is_heading(lines: Sequence[str], at: int) -> bool:
    """Whether a line that begins a passage is a heading: no braces, no id over it."""
    if "{" in lines[at] or not _HEADING.fullmatch(lines[at].strip()):
        return False
    above = at - 1
    while above >= 0 and lines[above].strip().startswith("//"):
        if "[id:" in lines[above]:
            return False
        above -= 1
    return True


def _marked(lines: Sequence[str], at: int, first_line: int, problems: list[Problem]) -> Marked:
    match = _HEADING.fullmatch(lines[at].strip())
    assert match is not None
    first, shuffle = at, None
    said = shuffle_of(lines[at - 1]) if at else None
    if said is not None:
        first = at - 1
        shuffle = YES_OR_NO.get(said)
        if shuffle is None:
            problems.append(
                Problem(first_line + first, ProblemKind.BAD_KEY, "", "shuffle", said[:40])
            )
    last = at
    passage = []
    for line in lines[at + 1 :]:
        if not line.strip():
            break
        passage.append(line)
    if not any("{" in line for line in passage):
        for line in passage:
            if not is_words(restore(line).strip()):
                break
            last += 1
    instruction = plain(" ".join(lines[at + 1 : last + 1]))
    title = title_of(match[1])
    if len(title) > LONGEST_TITLE or len(instruction) > LONGEST_INSTRUCTION:
        problems.append(Problem(first_line + at, ProblemKind.TOO_LARGE, title[:40]))
    section = Section(title[:LONGEST_TITLE], instruction[:LONGEST_INSTRUCTION], shuffle)
    return Marked(section, first_line + first, first_line + at, first_line + last)


def is_words(line: str) -> bool:
    """Whether a line under a heading only says something, and begins no question."""
    return not (
        line.startswith(("//", "::", "$CATEGORY:"))
        or _HEADING.fullmatch(line)
        or look.numbered(line)
        or look.lettered(line)
        or look.bulleted(line)
        or look.heading(line)
        or look.explanation(line)
        or look.answer(line) is not None
        or look.key_head(line) is not None
    )


def write_section(section: Section) -> str:
    """Write a section as it stands in a file; no blank line follows."""
    lines = []
    if section.shuffle is not None:
        lines.append(f"// [shuffle:{'yes' if section.shuffle else 'no'}]")
    lines.append(f"## {_escaped(section.title)}")
    if section.instruction:
        lines.append(_escaped(section.instruction))
    return "\n".join(lines)


def _escaped(text: str) -> str:
    """Escape what would be read as something else: braces, and backslashes before a sign."""
    text = _ESCAPED.sub(r"\\\\", " ".join(text.split()))
    text = text.replace("{", "\\{").replace("}", "\\}")
    stem = text.rstrip("#")
    return stem + "\\#" * (len(text) - len(stem))


def placed(items: Iterable[QuizItem], cut: Cut) -> list[QuizItem]:
    """Say of each question under which heading it stands."""
    if not cut.found:
        return list(items)
    return [replace(item, section=cut.of_line(item.line)) for item in items]


def with_section_words(
    quiz: QuizFile, words: Sequence[Section], line: int, problems: list[Problem]
) -> QuizFile:
    """Give the sections the headings of another language, one for one in their order."""
    if not words:
        return quiz
    if len(words) != len(quiz.sections):
        reason = f"{len(words)} ≠ {len(quiz.sections)}"
        problems.append(Problem(line, ProblemKind.WORDS_SECTIONS, reason=reason))
        return quiz
    both = zip(quiz.sections, words, strict=True)
    worded = [
        replace(section, title_en=other.title, instruction_en=other.instruction)
        for section, other in both
    ]
    return replace(quiz, sections=tuple(worded))
