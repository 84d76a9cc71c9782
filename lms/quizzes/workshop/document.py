"""A document's paragraphs as the text that trainers write: stems, options, marks, headings.

Options that differ from the others by being bold, underlined or highlighted are the right ones;
where all of them are, it is a way of writing. Two such marks that contradict each other are
dropped, so that the question is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lms.quizzes.workshop.lines import bulleted, lettered, numbered

_MARKS = ("is_marked", "is_underlined", "is_bold")
_INSIDE = re.compile(r"(?<=\S)([*`])(?=.*\S)")
_LETTER = re.compile(r"\(?[A-Za-z][.)]?")


@dataclass(frozen=True)
class Run:
    """A piece of a paragraph in one shape; with `picture` it is a picture of that name."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False
    is_marked: bool = False
    raised: int = 0  # 1 above the line, -1 below
    picture: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: what its automatic number says, and its words."""

    runs: tuple[Run, ...] = ()
    label: str = ""  # „1.”, „a)”, „-”
    is_heading: bool = False

    @property
    def plain(self) -> str:
        """The words alone."""
        return " ".join("".join(run.text for run in self.runs).split())

    @property
    def line(self) -> str:
        """The words after their label, as the reader of texts would look at them."""
        return f"{self.label} {self.plain}".strip()

    @property
    def is_option(self) -> bool:
        """Whether it looks like an option."""
        return bool(self.plain) and (
            lettered(self.line) is not None or bulleted(self.line) is not None
        )

    def is_all(self, mark: str) -> bool:
        """Whether all of its words have a mark; a letter before them may go without."""
        words = [run for run in self.runs if run.text.strip()]
        if len(words) > 1 and not self.label and _LETTER.fullmatch(words[0].text.strip()):
            words = words[1:]
        return bool(words) and all(getattr(run, mark) for run in words)

    def without(self, *marks: str) -> Paragraph:
        """The same words without some marks."""
        off = dict.fromkeys(marks, False)
        return replace(self, runs=tuple(replace(run, **off) for run in self.runs))  # type: ignore[arg-type]


@dataclass
class _Group:
    """Options that stand together."""

    options: list[Paragraph] = field(default_factory=list)


def to_text(paragraphs: Sequence[Paragraph]) -> str:
    """Write a document's paragraphs as lines."""
    lines: list[str] = []
    for each in _grouped(paragraphs):
        if isinstance(each, _Group):
            lines += _options(each.options)
        elif each.is_heading and each.plain:
            lines += ["", f"## {each.plain}", ""]
        elif not each.plain and not any(run.picture for run in each.runs):
            lines.append("")
        else:
            begins = numbered(each.line) is not None
            is_bold = each.is_all("is_bold")
            shown = _written(each.without("is_bold") if is_bold else each)
            lines += ["", shown] if begins else [shown]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _grouped(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph | _Group]:
    group: _Group | None = None
    for paragraph in paragraphs:
        if paragraph.is_option and not paragraph.is_heading:
            read = lettered(paragraph.line)
            if group is not None and read is not None and read.letter == "a":
                yield group
                group = None
            group = group or _Group()
            group.options.append(paragraph)
            continue
        if group is not None and paragraph.plain:
            yield group
            group = None
        if group is None:
            yield paragraph
    if group is not None:
        yield group


def _options(options: Sequence[Paragraph]) -> list[str]:
    found = {
        mark: frozenset(i for i, option in enumerate(options) if option.is_all(mark))
        for mark in _MARKS
    }
    some = {places for places in found.values() if 0 < len(places) < len(options)}
    right = some.pop() if len(some) == 1 else frozenset()
    lines = []
    for place, option in enumerate(options):
        gone = [mark for mark in _MARKS if option.is_all(mark)]
        line = _written(option.without(*gone))
        if place in right:
            line = f"*{line[1:]}" if line.startswith("- ") else f"*{line}"
        lines.append(line)
    return lines


def _written(paragraph: Paragraph) -> str:
    """Write a paragraph with its label; what is bold in part stays bold."""
    parts = []
    for run in _joined(paragraph.runs):
        if run.picture:
            parts.append(f"![{run.text}]({run.picture})")
            continue
        text = " ".join(run.text.split())
        before = " " if run.text[:1].isspace() else ""
        after = " " if run.text[-1:].isspace() else ""
        parts.append(f"{before}{_shaped(text, run)}{after}" if text else " ")
    written = re.sub(r" {2,}", " ", "".join(parts)).strip()
    return f"{paragraph.label} {written}".strip()


def _joined(runs: Sequence[Run]) -> Iterator[Run]:
    """Join runs of one shape: Word cuts words into pieces."""
    before: Run | None = None
    for run in runs:
        if before is not None and replace(before, text="") == replace(run, text=""):
            before = replace(before, text=before.text + run.text)
            continue
        if before is not None:
            yield before
        before = run
    if before is not None:
        yield before


def _shaped(text: str, run: Run) -> str:
    text = _INSIDE.sub(r"\\\1", text)
    if run.raised:
        tag = "sup" if run.raised > 0 else "sub"
        text = f"<{tag}>{text}</{tag}>"
    if run.is_underlined:
        text = f"<u>{text}</u>"
    if run.is_italic:
        text = f"*{text}*"
    return f"**{text}**" if run.is_bold or run.is_marked else text


def table_paragraphs(rows: Sequence[Sequence[Paragraph]]) -> Iterator[Paragraph]:
    """Read rows of a table as questions: a stem, its options, and perhaps the letter of the key.

    A first cell that only counts is left out; a row with fewer cells is a line of text.
    """
    number = 0
    for row in rows:
        cells = [cell for cell in row if cell.plain or any(run.picture for run in cell.runs)]
        if cells and re.fullmatch(r"\d{1,3}[.)]?", cells[0].plain):
            cells = cells[1:]
        if len(cells) < 3:
            joined: list[Run] = []
            for cell in cells:
                joined += [*([Run(" ")] if joined else []), *cell.runs]
            yield Paragraph(tuple(joined))
            continue
        number += 1
        *asked, last = cells
        is_key = len(asked) > 2 and re.fullmatch(r"[A-Za-z]", last.plain) is not None
        stem, *options = asked if is_key else cells
        yield replace(stem, label=f"{number}.")
        for place, option in enumerate(options[:26]):
            yield replace(option, label=f"{chr(ord('a') + place)})")
        if is_key:
            yield Paragraph((Run(f"Răspuns: {last.plain.lower()}"),))
        yield Paragraph()
