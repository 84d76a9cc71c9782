"""Questions' texts as paragraphs of a Word document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import ascii_lowercase

from lms.papers.docx_builder import build_docx
from lms.papers.paper import Block, Format, Heading, Paper, Rich, Run, Shown
from lms.quizzes.exchange.html_text import Node, html_tree
from lms.quizzes.exchange.pictures import names_in
from lms.quizzes.exchange.quiz_file import Section
from lms.quizzes.exchange.read_question import ReadQuestion
from lms.quizzes.exchange.text_formats import markdown_to_html, markdown_to_plain
from lms.quizzes.question_types.protocol import Question

_PICTURE = "/@@/"
DEEPER = 8  # millimetres under the number of the question
_BLOCKS = {"p", "li", "tr", "blockquote", "pre", "h2", "h3", "h4", "h5", "h6", "hr"}


def document(title: str, blocks: Sequence[Block], language: str) -> bytes:
    """Make the document, without a date or a name of ours."""
    both = {"ro": title, "en": title}
    none = {"ro": "", "en": ""}
    return build_docx(
        Paper("test", both, none, Format.DOCX, (), blocks=tuple(blocks), language=language)
    )


def section(read: ReadQuestion, before: Section | None) -> list[Block]:
    """Set the heading of a section where one begins."""
    if read.under is None or read.under is before:
        return []
    said = [Rich((Run(read.under.instruction),), keeps=True)] if read.under.instruction else []
    return [Heading(read.under.title, 2), *said]


def letters() -> Iterator[str]:
    """Give the letters of options: a … z, aa … az."""
    yield from ascii_lowercase
    yield from (f"a{letter}" for letter in ascii_lowercase)


def stem_of(read: ReadQuestion, question: Question, number: int, more: str = "") -> list[Block]:
    """Set a question's text under its number; `more` ends its first paragraph."""
    first, *others = paragraphs(read, question.stem, f"{number}. ", indent=0) or [Rich(())]
    runs = (*first.runs, Run(more, is_emphasis=True)) if more else first.runs
    return [replace(first, runs=runs, is_tight=False, keeps=True), *others]


def paragraphs(
    read: ReadQuestion, text: str, before: str, *, indent: int = DEEPER, is_strong: bool = False
) -> list[Rich]:
    """Set a text after its number or letter; it keeps together with what follows."""
    found = _rich(read, text)
    first = Run(before, is_strong=is_strong)
    return [
        Rich(
            (first, *_strong(runs, is_strong)) if at == 0 else _strong(runs, is_strong),
            indent=indent if at == 0 else DEEPER,
            is_tight=True,
            keeps=True,
        )
        for at, runs in enumerate(found)
    ]


def _strong(runs: tuple[Run | Shown, ...], is_strong: bool) -> tuple[Run | Shown, ...]:
    if not is_strong:
        return runs
    return tuple(replace(r, is_strong=True) if isinstance(r, Run) else r for r in runs)


def _rich(read: ReadQuestion, markdown: str) -> list[tuple[Run | Shown, ...]]:
    """Cut a text into paragraphs of runs."""
    known = {name for name in names_in(markdown) if name in read.files}
    html = markdown_to_html(markdown, lambda n: f"{_PICTURE}{n}" if n in known else None)
    writer = _Runs(read)
    writer.add(html_tree(html), Run(""))
    return [tuple(runs) for runs in writer.paragraphs if runs]


class _Runs:
    """Gathers runs into paragraphs."""

    def __init__(self, read: ReadQuestion) -> None:
        self.paragraphs: list[list[Run | Shown]] = [[]]
        self._read = read

    def add(self, node: Node, style: Run) -> None:
        """Add what stands in a node."""
        for child in node.children:
            if isinstance(child, str):
                self._words(child, style)
                continue
            if child.tag in _BLOCKS:
                self.paragraphs.append([Run("• ")] if child.tag == "li" else [])
            self._node(child, style)
            if child.tag in _BLOCKS:
                self.paragraphs.append([])

    def _words(self, words: str, style: Run) -> None:
        text = words if style.is_code else " ".join(words.split())
        if not style.is_code:
            text = " " * words[:1].isspace() + text + " " * (words[-1:].isspace() and bool(text))
        if text and (text.strip() or self.paragraphs[-1]):
            self.paragraphs[-1].append(replace(style, text=text))

    def _node(self, node: Node, style: Run) -> None:
        match node.tag:
            case "strong" | "b" | "th" | "h2" | "h3" | "h4" | "h5" | "h6":
                style = replace(style, is_strong=True)
            case "em" | "i":
                style = replace(style, is_emphasis=True)
            case "code" | "pre":
                style = replace(style, is_code=True)
            case "sub" | "sup":
                style = replace(style, raised=1 if node.tag == "sup" else -1)
            case "br":
                self.paragraphs[-1].append(Run("\n"))
            case "img":
                self._picture(node)
            case "td" if self.paragraphs[-1]:
                self.paragraphs[-1].append(Run("  |  "))
        self.add(node, style)

    def _picture(self, node: Node) -> None:
        name = node.attributes.get("src", "").removeprefix(_PICTURE)
        data = self._read.files.get(name)
        alt = node.attributes.get("alt", "")
        self.paragraphs[-1].append(Run(alt) if data is None else Shown(data, alt))


def plain(markdown: str) -> str:
    """Take the words of a text for a cell, where some signs would mean something."""
    return markdown_to_plain(markdown).replace("__", "_ _").replace("**", "* *")
