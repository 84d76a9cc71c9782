"""Writing Moodle XML: what Moodle understands, and beside it what only we read again.

Unknown attributes and elements are passed over by Moodle: `relative` on a number's answer,
`<scoring>` and `<diacritics>` keep what it has no word for.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lms.quizzes.exchange.moodle_calculated import marked, write_calculated
from lms.quizzes.exchange.moodle_gaps import whole_text, with_codes
from lms.quizzes.exchange.moodle_more import WRITERS as MORE_TYPES
from lms.quizzes.exchange.moodle_types import ANY
from lms.quizzes.exchange.pictures import names_in
from lms.quizzes.exchange.quiz_file import ItemStatus, Problem
from lms.quizzes.exchange.read_question import (
    Lost,
    ReadQuestion,
    Written,
    left_out,
    not_supported,
    tags_with_keys,
)
from lms.quizzes.exchange.text_formats import (
    markdown_to_html,
    markdown_to_plain,
    plain_to_markdown,
)
from lms.quizzes.question_types.calculated.places import changed
from lms.quizzes.question_types.calculated.rules import Calculated
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.multiple_choice.schemes import Scheme
from lms.quizzes.question_types.numerical.rules import Numerical, NumericAnswer, ToleranceKind
from lms.quizzes.question_types.numerical.units import PenaltyOf, UnitRule
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.protocol import ONE, ZERO, Question
from lms.quizzes.question_types.short_answer.rules import ShortAnswer
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_moodle_xml(questions: Iterable[ReadQuestion]) -> Written:
    """Write a question bank as Moodle XML; what it has no place for is among the problems."""
    problems: list[Problem] = []
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    category = ""
    for read in questions:
        if read.question is None:
            continue
        if read.question.type not in _TYPES:
            problems.append(not_supported(read.line, read.name or read.id, read.question.type))
            continue
        if read.category != category:
            category = read.category
            parts.append(_category(category))
        writer = _Writer(read, read.question)
        parts += writer.lines()
        problems += writer.problems
    parts.append("</quiz>\n")
    return Written("".join(parts).encode(), tuple(problems))


def xml_text(text: str) -> str:
    """Escape a text for XML, without what XML can't hold."""
    return escape(_NOT_XML.sub("", text))


def xml_attribute(text: str) -> str:
    """Quote a value for an attribute."""
    return quoteattr(_NOT_XML.sub("", text))


def _category(path: str) -> str:
    return (
        '<question type="category"><category>'
        f"<text>{xml_text('$course$/top/' + path if path else '$course$/top')}</text>"
        "</category></question>\n"
    )


class _Writer:
    """Writes one question."""

    def __init__(self, read: ReadQuestion, question: Question) -> None:
        self.read = read
        self.question = question
        self.problems: list[Problem] = []

    def lines(self) -> Iterator[str]:
        """Yield the element, line by line."""
        read, question = self.read, self.question
        type_name, write = _TYPES[question.type]
        yield f'<question type="{type_name}">\n'
        yield f"<name><text>{xml_text(read.name or read.id)}</text></name>\n"
        yield with_codes(question, self.text("questiontext", whole_text(question)))
        yield self.text("generalfeedback", question.general_feedback)
        yield f"<defaultgrade>{number_text(question.marks)}</defaultgrade>\n"
        yield f"<hidden>{int(read.status is not ItemStatus.PUBLISHED)}</hidden>\n"
        yield f"<idnumber>{xml_text(read.id)}</idnumber>\n"
        yield from write(self, question)
        for hint in question.hints:
            yield self.text("hint", hint)
        tags = "".join(f"<tag><text>{xml_text(t)}</text></tag>" for t in tags_with_keys(read))
        yield f"<tags>{tags}</tags>\n" if tags else ""
        yield "</question>\n"

    def lose(self, what: Lost, detail: str = "") -> None:
        """Remember what Moodle has no place for; told once."""
        problem = left_out(self.read.line, self.read.name or self.read.id, what, detail)
        if problem not in self.problems:
            self.problems.append(problem)

    def text(self, tag: str, markdown: str, attributes: str = "", inner: str = "") -> str:
        """Write a text with its pictures."""
        names = [name for name in names_in(markdown) if name in self.read.files]
        html = self._html(markdown, names)
        html = re.sub(
            r' class="lesson-image"', "", html.replace('src="/@@/', 'src="@@PLUGINFILE@@/')
        )
        files = "".join(
            f'<file name="{name}" path="/" encoding="base64">'
            f"{base64.b64encode(self.read.files[name]).decode()}</file>"
            for name in names
        )
        content = f"<text>{xml_text(html)}</text>{files}{inner}"
        return f'<{tag}{attributes} format="html">{content}</{tag}>\n'

    def _html(self, markdown: str, names: Collection[str]) -> str:
        def change(text: str) -> str:
            return markdown_to_html(text, lambda name: f"/@@/{name}" if name in names else None)

        is_calculated = isinstance(self.question, Calculated)
        return marked(changed(markdown, change)) if is_calculated else change(markdown)

    def files(self) -> Mapping[str, bytes]:
        """Return the pictures of the question."""
        return self.read.files

    def attribute(self, text: str) -> str:
        """Quote a value for an attribute."""
        return xml_attribute(text)

    def escaped(self, text: str) -> str:
        """Escape a text for XML."""
        return xml_text(text)

    def plain(self, markdown: str) -> str:
        """Write a text that Moodle keeps without any markup."""
        words = markdown_to_plain(markdown)
        if markdown_to_html(plain_to_markdown(words)) != markdown_to_html(markdown):
            self.lose(Lost.MARKUP)
        return xml_text(words)

    def answer(self, text: str, fraction: Decimal, feedback: str) -> str:
        """Write an answer whose text is HTML."""
        return self.text(
            "answer", text, _fraction(fraction), self.text("feedback", feedback).rstrip("\n")
        )

    def plain_answer(
        self, text: str, fraction: Decimal, feedback: str, more: str = "", attributes: str = ""
    ) -> str:
        """Write an answer whose text is a word or a number."""
        return (
            f'<answer{_fraction(fraction)}{attributes} format="moodle_auto_format">'
            f"<text>{xml_text(text)}</text>{self.text('feedback', feedback).rstrip()}{more}"
            "</answer>\n"
        )


def _fraction(fraction: Decimal) -> str:
    return f' fraction="{number_text(fraction.scaleb(2))}"'


def _choice(writer: _Writer, question: SingleChoice | MultipleChoice) -> Iterator[str]:
    is_single = isinstance(question, SingleChoice)
    yield f"<single>{'true' if is_single else 'false'}</single>\n"
    yield "<shuffleanswers>true</shuffleanswers>\n<answernumbering>abc</answernumbering>\n"
    if isinstance(question, MultipleChoice) and question.scoring is not Scheme.SUM_OF_FRACTIONS:
        writer.lose(Lost.SCORING, question.scoring)
        yield f"<scoring>{question.scoring}</scoring>\n"
    for option in question.options:
        yield writer.answer(option.text, option.fraction, option.feedback)


def _true_false(writer: _Writer, question: TrueFalse) -> Iterator[str]:
    for word, is_right, said in (
        ("true", question.answer, question.feedback_true),
        ("false", not question.answer, question.feedback_false),
    ):
        yield writer.plain_answer(word, ONE if is_right else ZERO, said)


def _matching(writer: _Writer, question: Matching) -> Iterator[str]:
    texts = {answer.id: answer.text for answer in question.answers}
    yield "<shuffleanswers>true</shuffleanswers>\n"
    for stem in question.stems:
        inner = f"<answer><text>{writer.plain(texts[stem.answer])}</text></answer>"
        if stem.feedback:
            writer.lose(Lost.FEEDBACK)
            inner += writer.text("feedback", stem.feedback).rstrip("\n")
        yield writer.text("subquestion", stem.text, inner=inner)
    used = {stem.answer for stem in question.stems}
    for key, text in texts.items():
        if key not in used:
            inner = f"<answer><text>{writer.plain(text)}</text></answer>"
            yield writer.text("subquestion", "", inner=inner)


def _numerical(writer: _Writer, question: Numerical) -> Iterator[str]:
    for answer in question.answers:
        kind = answer.tolerance_kind
        attribute = f' {kind}="{number_text(answer.tolerance)}"'
        if kind is ToleranceKind.GEOMETRIC:
            writer.lose(Lost.TOLERANCE)
        yield writer.plain_answer(
            number_text(answer.value),
            answer.fraction,
            answer.feedback,
            f"<tolerance>{number_text(_reach(answer))}</tolerance>",
            "" if kind is ToleranceKind.NOMINAL else attribute,
        )
    if question.other_feedback:
        yield writer.plain_answer(ANY, ZERO, question.other_feedback, "<tolerance>0</tolerance>")
    yield from _units(question)


def _calculated(writer: _Writer, question: Calculated) -> Iterator[str]:
    yield from write_calculated(writer, question, _units)


def _units(question: Numerical | Calculated) -> Iterator[str]:
    units = question.units
    grading = {PenaltyOf.RESPONSE: 1, PenaltyOf.QUESTION: 2}[units.penalty_of]
    is_optional = units.rule is UnitRule.OPTIONAL
    shows = {UnitRule.OPTIONAL: 0 if question.unit else 3, UnitRule.TYPED: 0, UnitRule.LIST: 2}
    yield f"<unitgradingtype>{0 if is_optional else grading}</unitgradingtype>"
    yield f"<unitpenalty>{number_text(units.penalty)}</unitpenalty>\n"
    yield f"<showunits>{shows[units.rule]}</showunits><unitsleft>0</unitsleft>\n"
    if not question.unit:
        return
    with localcontext(prec=20):
        others = [(each.name, number_text(1 / each.factor)) for each in units.others]
    listed = "".join(
        f"<unit><multiplier>{factor}</multiplier><unit_name>{xml_text(name)}</unit_name></unit>"
        for name, factor in [(question.unit, "1"), *others]
    )
    yield f"<units>{listed}</units>\n"


def _short_answer(writer: _Writer, question: ShortAnswer) -> Iterator[str]:
    yield f"<usecase>{int(question.sameness.case)}</usecase>\n"
    if question.sameness.plain_letters:
        writer.lose(Lost.DIACRITICS)
        yield "<diacritics>any</diacritics>\n"
    for answer in question.answers:
        yield writer.plain_answer(answer.text, answer.fraction, answer.feedback)


def _reach(answer: NumericAnswer) -> Decimal:
    if answer.tolerance_kind is ToleranceKind.NOMINAL:
        return answer.tolerance
    with localcontext(prec=60):
        return abs(answer.value) * answer.tolerance


_TYPES: Mapping[str, tuple[str, Callable[[_Writer, Any], Iterator[str]]]] = MappingProxyType(
    {
        "single_choice": ("multichoice", _choice),
        "multiple_choice": ("multichoice", _choice),
        "true_false": ("truefalse", _true_false),
        "matching": ("matching", _matching),
        "numerical": ("numerical", _numerical),
        "short_answer": ("shortanswer", _short_answer),
        "calculated": ("calculatedsimple", _calculated),
        **MORE_TYPES,
    }
)
