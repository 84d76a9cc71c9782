"""Questions as a test for paper: what is asked, an answer sheet, and the key on its own page."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from lms.papers.paper import (
    Block,
    FormField,
    FormFields,
    Heading,
    PageBreak,
    Rich,
    Run,
    Table,
    TableColumn,
)
from lms.quizzes.exchange.quiz_file import ItemStatus, Problem
from lms.quizzes.exchange.read_question import ReadQuestion, Written, not_supported
from lms.quizzes.exchange.text_formats import markdown_to_plain
from lms.quizzes.exchange.word_text import (
    DEEPER,
    document,
    letters,
    paragraphs,
    plain,
    section,
    stem_of,
)
from lms.quizzes.exchange.word_words import WORDS, Words
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

_ASKED = (
    *(SingleChoice, MultipleChoice, TrueFalse, Matching, Numerical, ShortAnswer),
    *(Essay, Kprim, Ordering),
)


def write_paper_test(questions: Iterable[ReadQuestion], *, title: str, language: str) -> Written:
    """Write a test for paper: questions, an answer sheet, and the key on a page of its own."""
    problems: list[Problem] = []
    words = WORDS[language]
    asked = [_shuffled(read) for read in questions if _is_asked(read, problems)]
    fields = tuple(FormField(label) for label in (words.name, words.organisation, words.day))
    blocks: list[Block] = [FormFields(words.about, fields)]
    under = None
    for number, read in enumerate(asked, start=1):
        blocks += [*section(read, under), *_asked_blocks(read, number, words)]
        under = read.under
    blocks += [PageBreak(), Heading(words.sheet), FormFields(words.about, fields)]
    blocks.append(_sheet(asked, words))
    blocks += [PageBreak(), Heading(words.key), _key(asked, words)]
    return Written(document(title, blocks, language), tuple(problems))


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
    blocks = stem_of(read, question, number, f"  {_hint(question, words)}")
    match question:
        case SingleChoice() | MultipleChoice():
            texts = [option.text for option in question.options]
            for letter, text in zip(letters(), texts, strict=False):
                blocks += paragraphs(read, text, f"☐ {letter})  ")
        case TrueFalse():
            line = Run(f"☐ {words.true}        ☐ {words.false}")
            blocks.append(Rich((line,), indent=DEEPER, is_tight=True))
        case Matching():
            blocks += _matching(read, question, words)
        case Kprim():
            rows = tuple((plain(each.text), "") for each in question.statements)
            columns = (TableColumn(words.left, 5), TableColumn(f"{words.true}/{words.false}", 1))
            blocks.append(Table(words.left, columns, rows))
        case Ordering():
            for letter, item in zip(letters(), _mixed(read, question), strict=False):
                blocks += paragraphs(read, item.text, f"{letter})  ")
            blocks.append(Rich((Run(f"{words.order}: {'.' * 40}"),), indent=DEEPER, is_tight=True))
        case Essay():
            lines = [Rich((Run("." * 120),), is_tight=False) for _ in range(question.lines)]
            blocks += lines
        case _:
            unit = f" {question.unit}" if isinstance(question, Numerical) else ""
            line = Run(f"{words.answer}: {'.' * 40}{unit}")
            blocks.append(Rich((line,), indent=DEEPER, is_tight=True))
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
    for letter, answer in zip(letters(), _by_words(question), strict=False):
        blocks += paragraphs(read, answer[1], f"{letter})  ")
    rows = tuple((plain(stem.text), "") for stem in question.stems)
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
            pairs = zip(letters(), question.options, strict=False)
            return "     ".join(f"☐ {letter}" for letter, _ in pairs)
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
        why = plain(question.general_feedback)
        right, marks = _right(read, question, words), _number(question.marks, words)
        rows.append((str(number), right, marks, why))
    return Table(words.key, columns, tuple(rows))


def _right(read: ReadQuestion, question: Question, words: Words) -> str:  # noqa: PLR0911 -- one answer for each type
    match question:
        case SingleChoice():
            pairs = zip(letters(), question.options, strict=False)
            return next(
                f"{letter}) {plain(option.text)}"
                for letter, option in pairs
                if option.fraction == ONE
            )
        case MultipleChoice():
            pairs = zip(letters(), question.options, strict=False)
            return "; ".join(
                f"{letter}) {plain(option.text)}"
                for letter, option in pairs
                if option.fraction > ZERO
            )
        case TrueFalse():
            return words.true if question.answer else words.false
        case Matching():
            named = zip(letters(), _by_words(question), strict=False)
            order = {key: letter for letter, (key, _) in named}
            stems = enumerate(question.stems, start=1)
            return "; ".join(f"{at} – {order[stem.answer]}" for at, stem in stems)
        case Numerical():
            full = [answer for answer in question.answers if answer.fraction == ONE]
            return "; ".join(_value(answer, question.unit, words) for answer in full)
        case Kprim():
            shown = [words.true if s.is_true else words.false for s in question.statements]
            return "; ".join(f"{at} – {word}" for at, word in enumerate(shown, start=1))
        case Ordering():
            mixed = zip(letters(), _mixed(read, question), strict=False)
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
