"""Questions as a Word document to work on, and as a test for paper with its answer key."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from string import ascii_lowercase

from lms.papers.docx_builder import build_docx
from lms.papers.paper import (
    Block,
    Format,
    FormField,
    FormFields,
    Heading,
    PageBreak,
    Paper,
    Rich,
    Run,
    Shown,
    Table,
    TableColumn,
)
from lms.quizzes.exchange.html_text import Node, html_tree
from lms.quizzes.exchange.pictures import names_in
from lms.quizzes.exchange.quiz_file import ItemStatus, Problem, Section
from lms.quizzes.exchange.read_question import (
    Lost,
    ReadQuestion,
    Written,
    left_out,
    not_supported,
)
from lms.quizzes.exchange.text_formats import markdown_to_html, markdown_to_plain
from lms.quizzes.question_types.essay.rules import Essay
from lms.quizzes.question_types.kprim.rules import Kprim
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.numerical.rules import Numerical, NumericAnswer, ToleranceKind
from lms.quizzes.question_types.ordering.rules import Item, Ordering
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.protocol import ONE, ZERO, Question
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.question_types.short_answer.rules import ShortAnswer
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse

_PICTURE = "/@@/"
_DEEPER = 8  # millimetres under the number of the question
_BLOCKS = {"p", "li", "tr", "blockquote", "pre", "h2", "h3", "h4", "h5", "h6", "hr"}


@dataclass(frozen=True)
class Words:
    """What the document itself says, in one language."""

    about: str
    name: str
    organisation: str
    day: str
    number: str
    right: str
    points: str
    why: str
    key: str
    sheet: str
    answer: str
    one: str
    several: str
    true: str
    false: str
    pairs: str
    number_hint: str
    left: str
    letter: str
    order: str


WORDS = {
    "ro": Words(
        about="Despre dumneavoastră",
        name="Nume și prenume",
        organisation="Organizația",
        day="Data",
        number="Nr.",
        right="Răspuns corect",
        points="Puncte",
        why="Explicație",
        key="Răspunsuri corecte",
        sheet="Foaie de răspuns",
        answer="Răspuns",
        one="Alegeți o variantă.",
        several="Alegeți toate variantele corecte.",
        true="Adevărat",
        false="Fals",
        pairs="Scrieți lângă fiecare rând litera potrivită.",
        number_hint="Scrieți un număr.",
        left="De potrivit",
        letter="Litera",
        order="Ordinea corectă",
    ),
    "en": Words(
        about="About you",
        name="First and last name",
        organisation="Organisation",
        day="Date",
        number="No.",
        right="Right answer",
        points="Points",
        why="Explanation",
        key="Right answers",
        sheet="Answer sheet",
        answer="Answer",
        one="Choose one option.",
        several="Choose all right options.",
        true="True",
        false="False",
        pairs="Write the fitting letter beside each line.",
        number_hint="Write a number.",
        left="To match",
        letter="Letter",
        order="The right order",
    ),
}


def write_docx(questions: Iterable[ReadQuestion], *, title: str, language: str) -> Written:
    """Write a document to work on: numbered stems, lettered options, right ones bold.

    Word gives it back to our reader; types that can't be written so are told and left out.
    """
    problems: list[Problem] = []
    blocks: list[Block] = []
    number, under = 0, None
    for read in questions:
        found = _plain_blocks(read, number + 1, language, problems)
        if found:
            number += 1
            blocks += [*_section(read, under), *found]
            under = read.under
    return Written(_document(title, blocks, language), tuple(problems))


def write_paper_test(questions: Iterable[ReadQuestion], *, title: str, language: str) -> Written:
    """Write a test for paper: questions, an answer sheet, and the key on a page of its own."""
    problems: list[Problem] = []
    words = WORDS[language]
    asked = [_shuffled(read) for read in questions if _is_asked(read, problems)]
    fields = tuple(FormField(label) for label in (words.name, words.organisation, words.day))
    blocks: list[Block] = [FormFields(words.about, fields)]
    under = None
    for number, read in enumerate(asked, start=1):
        blocks += [*_section(read, under), *_asked_blocks(read, number, words)]
        under = read.under
    blocks += [PageBreak(), Heading(words.sheet), FormFields(words.about, fields)]
    blocks.append(_sheet(asked, words))
    blocks += [PageBreak(), Heading(words.key), _key(asked, words)]
    return Written(_document(title, blocks, language), tuple(problems))


def _section(read: ReadQuestion, before: Section | None) -> list[Block]:
    """Set the heading of a section where one begins."""
    if read.under is None or read.under is before:
        return []
    said = [Rich((Run(read.under.instruction),), keeps=True)] if read.under.instruction else []
    return [Heading(read.under.title, 2), *said]


def _document(title: str, blocks: Sequence[Block], language: str) -> bytes:
    both = {"ro": title, "en": title}
    none = {"ro": "", "en": ""}
    return build_docx(
        Paper("test", both, none, Format.DOCX, (), blocks=tuple(blocks), language=language)
    )


# A document to work on -----------------------------------------------------------------------


def _plain_blocks(
    read: ReadQuestion, number: int, language: str, problems: list[Problem]
) -> list[Block]:
    question, name = read.question, read.name or read.id
    words = WORDS[language]
    match question:
        case SingleChoice() | MultipleChoice():
            options = [(o.text, o.fraction > ZERO) for o in question.options]
            if any(o.fraction not in {ZERO, ONE} for o in question.options):
                problems.append(left_out(read.line, name, Lost.PARTIAL_MARKS))
            has_feedback = any(o.feedback for o in question.options)
        case TrueFalse():
            options = [(words.true, question.answer), (words.false, not question.answer)]
            has_feedback = bool(question.feedback_true or question.feedback_false)
        case None:
            return []
        case _:
            problems.append(not_supported(read.line, name, question.type))
            return []
    if has_feedback or question.general_feedback:
        problems.append(left_out(read.line, name, Lost.FEEDBACK))
    blocks = _stem(read, question, number)
    for letter, (text, is_right) in zip(_letters(), options, strict=False):
        blocks += _paragraphs(read, text, f"{letter}) ", is_strong=is_right)
    return blocks


def _letters() -> Iterator[str]:
    yield from ascii_lowercase
    yield from (f"a{letter}" for letter in ascii_lowercase)


def _stem(read: ReadQuestion, question: Question, number: int, more: str = "") -> list[Block]:
    first, *others = _paragraphs(read, question.stem, f"{number}. ", indent=0) or [Rich(())]
    runs = (*first.runs, Run(more, is_emphasis=True)) if more else first.runs
    return [replace(first, runs=runs, is_tight=False, keeps=True), *others]


def _paragraphs(
    read: ReadQuestion, text: str, before: str, *, indent: int = _DEEPER, is_strong: bool = False
) -> list[Rich]:
    found = _rich(read, text)
    first = Run(before, is_strong=is_strong)
    return [
        Rich(
            (first, *_strong(runs, is_strong)) if at == 0 else _strong(runs, is_strong),
            indent=indent if at == 0 else _DEEPER,
            is_tight=True,
            keeps=True,
        )
        for at, runs in enumerate(found)
    ]


def _strong(runs: tuple[Run | Shown, ...], is_strong: bool) -> tuple[Run | Shown, ...]:
    if not is_strong:
        return runs
    return tuple(replace(r, is_strong=True) if isinstance(r, Run) else r for r in runs)


# Texts ---------------------------------------------------------------------------------------


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


# A test for paper ----------------------------------------------------------------------------

_ASKED = (
    *(SingleChoice, MultipleChoice, TrueFalse, Matching, Numerical, ShortAnswer),
    *(Essay, Kprim, Ordering),
)


def _is_asked(read: ReadQuestion, problems: list[Problem]) -> bool:
    if read.question is None or read.status is not ItemStatus.PUBLISHED:
        return False
    if isinstance(read.question, _ASKED):
        return True
    problems.append(not_supported(read.line, read.name or read.id, read.question.type))
    return False


def _shuffled(read: ReadQuestion) -> ReadQuestion:
    """Mix the options, the same way each time: authors like to write the right one first."""
    question = read.question
    if not isinstance(question, SingleChoice | MultipleChoice):
        return read
    order = rules_for(question).draw(question, zlib.crc32(read.id.encode()))
    options = tuple(sorted(question.options, key=lambda option: order.index(option.id)))
    return replace(read, question=replace(question, options=options))


def _asked_blocks(read: ReadQuestion, number: int, words: Words) -> list[Block]:
    question = read.question
    assert question is not None
    blocks = _stem(read, question, number, f"  {_hint(question, words)}")
    match question:
        case SingleChoice() | MultipleChoice():
            texts = [option.text for option in question.options]
            for letter, text in zip(_letters(), texts, strict=False):
                blocks += _paragraphs(read, text, f"☐ {letter})  ")
        case TrueFalse():
            line = Run(f"☐ {words.true}        ☐ {words.false}")
            blocks.append(Rich((line,), indent=_DEEPER, is_tight=True))
        case Matching():
            blocks += _matching(read, question, words)
        case Kprim():
            rows = tuple((_plain(each.text), "") for each in question.statements)
            columns = (TableColumn(words.left, 5), TableColumn(f"{words.true}/{words.false}", 1))
            blocks.append(Table(words.left, columns, rows))
        case Ordering():
            for letter, item in zip(_letters(), _mixed(read, question), strict=False):
                blocks += _paragraphs(read, item.text, f"{letter})  ")
            blocks.append(Rich((Run(f"{words.order}: {'.' * 40}"),), indent=_DEEPER, is_tight=True))
        case Essay():
            lines = [Rich((Run("." * 120),), is_tight=False) for _ in range(question.lines)]
            blocks += lines
        case _:
            unit = f" {question.unit}" if isinstance(question, Numerical) else ""
            line = Run(f"{words.answer}: {'.' * 40}{unit}")
            blocks.append(Rich((line,), indent=_DEEPER, is_tight=True))
    last = blocks[-1]
    return [*blocks[:-1], replace(last, keeps=False)] if isinstance(last, Rich) else blocks


def _hint(question: Question, words: Words) -> str:
    hints = {
        SingleChoice.type: words.one,
        MultipleChoice.type: words.several,
        Matching.type: words.pairs,
        Numerical.type: words.number_hint,
    }
    points = "" if question.marks == ONE else f" ({words.points}: {_number(question.marks, words)})"
    return f"{hints.get(question.type, '')}{points}".strip()


def _matching(read: ReadQuestion, question: Matching, words: Words) -> list[Block]:
    blocks: list[Block] = []
    for letter, answer in zip(_letters(), _by_words(question), strict=False):
        blocks += _paragraphs(read, answer[1], f"{letter})  ")
    rows = tuple((_plain(stem.text), "") for stem in question.stems)
    columns = (TableColumn(words.left, 5), TableColumn(words.letter, 1))
    blocks.append(Table(words.left, columns, rows))
    return blocks


def _mixed(read: ReadQuestion, question: Ordering) -> list[Item]:
    """Mix the items, the same way each time."""
    return sorted(question.items, key=lambda item: zlib.crc32(f"{read.id} {item.id}".encode()))


def _by_words(question: Matching) -> list[tuple[str, str]]:
    """Order answers by their words: the order of the key would give it away."""
    texts = [(answer.id, answer.text) for answer in question.answers]
    return sorted(texts, key=lambda each: markdown_to_plain(each[1]).casefold())


def _sheet(asked: Sequence[ReadQuestion], words: Words) -> Table:
    columns = (TableColumn(words.number, 1), TableColumn(words.answer, 8))
    rows = tuple(
        (str(number), _boxes(read.question, words)) for number, read in enumerate(asked, start=1)
    )
    return Table(words.sheet, columns, rows)


def _boxes(question: Question | None, words: Words) -> str:
    match question:
        case SingleChoice() | MultipleChoice():
            letters = list(zip(_letters(), question.options, strict=False))
            return "     ".join(f"☐ {letter}" for letter, _ in letters)
        case TrueFalse():
            return f"☐ {words.true}     ☐ {words.false}"
        case Matching():
            return "     ".join(f"{at}. ……" for at in range(1, len(question.stems) + 1))
        case _:
            return "." * 60


def _key(asked: Sequence[ReadQuestion], words: Words) -> Table:
    columns = (
        TableColumn(words.number, 1),
        TableColumn(words.right, 5),
        TableColumn(words.points, 2, is_number=True),
        TableColumn(words.why, 6),
    )
    rows = []
    for number, read in enumerate(asked, start=1):
        question = read.question
        assert question is not None
        why = _plain(question.general_feedback)
        right, marks = _right(read, question, words), _number(question.marks, words)
        rows.append((str(number), right, marks, why))
    return Table(words.key, columns, tuple(rows))


def _right(read: ReadQuestion, question: Question, words: Words) -> str:  # noqa: PLR0911 -- one answer for each type
    match question:
        case SingleChoice():
            pairs = zip(_letters(), question.options, strict=False)
            return next(
                f"{letter}) {_plain(option.text)}"
                for letter, option in pairs
                if option.fraction == ONE
            )
        case MultipleChoice():
            pairs = zip(_letters(), question.options, strict=False)
            return "; ".join(
                f"{letter}) {_plain(option.text)}"
                for letter, option in pairs
                if option.fraction > ZERO
            )
        case TrueFalse():
            return words.true if question.answer else words.false
        case Matching():
            letters = zip(_letters(), _by_words(question), strict=False)
            order = {key: letter for letter, (key, _) in letters}
            stems = enumerate(question.stems, start=1)
            return "; ".join(f"{at} – {order[stem.answer]}" for at, stem in stems)
        case Numerical():
            full = [answer for answer in question.answers if answer.fraction == ONE]
            return "; ".join(_value(answer, question.unit, words) for answer in full)
        case Kprim():
            shown = [words.true if s.is_true else words.false for s in question.statements]
            return "; ".join(f"{at} – {word}" for at, word in enumerate(shown, start=1))
        case Ordering():
            mixed = zip(_letters(), _mixed(read, question), strict=False)
            at = {item.id: letter for letter, item in mixed}
            return ", ".join(at[item.id] for item in question.items)
        case ShortAnswer():
            return "; ".join(a.text for a in question.answers if a.fraction == ONE)
        case _:
            return ""


def _number(number: Decimal, words: Words) -> str:
    written = number_text(number)
    return written.replace(".", ",") if words is WORDS["ro"] else written


def _value(answer: NumericAnswer, unit: str, words: Words) -> str:
    value = f"{_number(answer.value, words)} {unit}".strip()
    if not answer.tolerance:
        return value
    if answer.tolerance_kind is ToleranceKind.GEOMETRIC:
        return f"{value} (×/÷ {_number(1 + answer.tolerance, words)})"
    if answer.tolerance_kind is ToleranceKind.RELATIVE:
        return f"{value} (± {_number(answer.tolerance.scaleb(2), words)}%)"
    return f"{value} (± {_number(answer.tolerance, words)})"


def _plain(markdown: str) -> str:
    """Take the words of a text for a cell, where some signs would mean something."""
    return markdown_to_plain(markdown).replace("__", "_ _").replace("**", "* *")
