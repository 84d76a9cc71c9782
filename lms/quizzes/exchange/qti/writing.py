"""Writing QTI items: one tree in the spelling of 2.x, respelled for 3.0."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from lms.quizzes.exchange.pictures import names_in
from lms.quizzes.exchange.qti.feedback import GENERAL
from lms.quizzes.exchange.qti.html import add_html
from lms.quizzes.exchange.qti.interactions import (
    ANSWER,
    ANY_DIACRITICS,
    OTHER,
    PICK_CLASS,
    SCORING_CLASS,
    UNIT_CLASS,
    WILDCARDS,
)
from lms.quizzes.exchange.qti.names import NAMESPACES, new_spelling
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import Lost, ReadQuestion, left_out
from lms.quizzes.exchange.table_columns import letter
from lms.quizzes.exchange.text_formats import markdown_to_html
from lms.quizzes.question_types.essay.rules import Essay
from lms.quizzes.question_types.essay.rules import Format as EssayFormat
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.multiple_choice.schemes import Scheme
from lms.quizzes.question_types.numerical.rules import Numerical, NumericAnswer, ToleranceKind
from lms.quizzes.question_types.numerical.units import NO_UNITS
from lms.quizzes.question_types.ordering.rules import Ordering
from lms.quizzes.question_types.ordering.schemes import OrderScheme
from lms.quizzes.question_types.payload import number_text, rounded
from lms.quizzes.question_types.protocol import ONE, ZERO, Question
from lms.quizzes.question_types.short_answer.rules import ShortAnswer
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse

RESPONSE = "RESPONSE"
PICTURES = "pictures/"
_TRUTH = {"ro": ("Adevărat", "Fals"), "en": ("True", "False")}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TEMPLATES = {
    "2.1": "http://www.imsglobal.org/question/qti_v2p1/rptemplates/",
    "2.2": "http://www.imsglobal.org/question/qti_v2p2/rptemplates/",
    "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
}


def identifier(content_id: str) -> str:
    """Make an identifier of an id: QTI's begin with a letter."""
    return content_id if content_id[:1].isalpha() else f"_{content_id}"


def write_item(
    read: ReadQuestion, version: str, language: str, problems: list[Problem]
) -> bytes | None:
    """Write an item; None where QTI can't say the question."""
    question = read.question
    if question is None or question.type not in _TYPES:
        return None
    writer = _Writer(read, question, language, problems)
    root = writer.item()
    for each in root.iter():
        each.text = each.text and _NOT_XML.sub("", each.text)
        each.tail = each.tail and _NOT_XML.sub("", each.tail)
        each.attrib = {k: _NOT_XML.sub("", v) for k, v in each.attrib.items()}
    processing = root.find("responseProcessing")
    assert processing is not None
    if template := processing.attrib.get("template"):
        suffix = ".xml" if version == "3.0" else ""
        processing.set("template", f"{_TEMPLATES[version]}{template}{suffix}")
    if version == "3.0":
        new_spelling(root)
    root.set("xmlns", NAMESPACES[version])
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data


class _Writer:
    """Writes one question as an item."""

    def __init__(
        self, read: ReadQuestion, question: Question, language: str, problems: list[Problem]
    ) -> None:
        self.read = read
        self.question = question
        self.truth = _TRUTH[language]
        self.problems = problems
        self.root = Element(
            "assessmentItem",
            {
                "identifier": identifier(read.id),
                "title": read.name or read.id,
                "adaptive": "false",
                "timeDependent": "false",
                "toolName": "Atestat",
            },
        )
        self.declared = SubElement(self.root, "responseDeclaration", {"identifier": RESPONSE})
        self._outcome("SCORE", "float", default="0", more=number_text(question.marks))
        self._outcome("MAXSCORE", "float", default=number_text(question.marks))
        self.body = SubElement(self.root, "itemBody")
        self.processing = SubElement(self.root, "responseProcessing")
        self.said: dict[str, str] = {}

    def item(self) -> Element:
        """Return the whole item."""
        _TYPES[self.question.type](self, self.question)
        if self.question.hints:
            self.lose(Lost.HINTS)
        if self.question.general_feedback:
            self.said[GENERAL] = self.question.general_feedback
        if self.said:
            self._tell()
        elif self.question.marks == ONE and len(self.processing) == 1:
            self._use_template()
        return self.root

    def _use_template(self) -> None:
        kind = self.processing.get("kind")
        if kind:
            self.processing.clear()
            self.processing.set("template", kind)

    def _tell(self) -> None:
        """Show each feedback whose name the outcome has."""
        outcome = self._outcome("FEEDBACK", "identifier", cardinality="multiple")
        self.root.remove(outcome)
        self.root.insert(3, outcome)
        shown = SubElement(self.processing, "setOutcomeValue", {"identifier": "FEEDBACK"})
        names = SubElement(shown, "multiple")
        always = [n for n in self.said if n == GENERAL or n.startswith("S")]
        if self.declared.get("baseType") == "identifier":
            SubElement(names, "variable", {"identifier": RESPONSE})
        for name in always:
            SubElement(names, "baseValue", {"baseType": "identifier"}).text = name
        if not len(names):
            self.processing.remove(shown)
        for name, text in self.said.items():
            modal = SubElement(
                self.root,
                "modalFeedback",
                {"outcomeIdentifier": "FEEDBACK", "showHide": "show", "identifier": name},
            )
            self.words(modal, text)

    def _outcome(
        self,
        name: str,
        base: str,
        *,
        cardinality: str = "single",
        default: str = "",
        more: str = "",
    ) -> Element:
        attributes = {"identifier": name, "cardinality": cardinality, "baseType": base}
        if more:
            attributes["normalMaximum"] = more
        outcome = SubElement(self.root, "outcomeDeclaration", attributes)
        if default:
            SubElement(SubElement(outcome, "defaultValue"), "value").text = default
        return outcome

    # Parts ------------------------------------------------------------------------------------

    def lose(self, what: Lost, detail: str = "") -> None:
        """Tell what QTI has no place for."""
        problem = left_out(self.read.line, self.read.name or self.read.id, what, detail)
        if problem not in self.problems:
            self.problems.append(problem)

    def words(self, parent: Element, markdown: str) -> None:
        """Put a text into an element, with its pictures."""
        known = [name for name in names_in(markdown) if name in self.read.files]
        html = markdown_to_html(markdown, lambda name: f"/@@/{name}" if name in known else None)
        html = html.replace(' class="lesson-image"', "").replace('src="/@@/', f'src="{PICTURES}')
        add_html(parent, html)

    def stem(self) -> None:
        """Put the stem into the body, as blocks."""
        html_holder = Element("div")
        self.words(html_holder, self.question.stem)
        is_inline = not any(each.tag in _BLOCKS for each in html_holder)
        html_holder.tag = "p" if is_inline else "div"
        self.body.append(html_holder)

    def declare(self, cardinality: str, base: str, correct: Sequence[str]) -> None:
        """Declare the response and its key."""
        self.declared.set("cardinality", cardinality)
        self.declared.set("baseType", base)
        key = SubElement(self.declared, "correctResponse")
        for value in correct:
            SubElement(key, "value").text = value

    def mapping(self, worth: Mapping[str, Decimal], *, case: bool | None = None) -> None:
        """Declare what each answer is worth."""
        most = number_text(self.question.marks)
        attributes = {"lowerBound": "0", "upperBound": most, "defaultValue": "0"}
        mapping = SubElement(self.declared, "mapping", attributes)
        for key, fraction in worth.items():
            value = number_text(fraction * self.question.marks)
            entry = SubElement(mapping, "mapEntry", {"mapKey": key, "mappedValue": value})
            if case is not None:
                entry.set("caseSensitive", str(case).lower())

    def by_map(self) -> None:
        """Mark by the mapping."""
        self.processing.set("kind", "map_response")
        value = SubElement(self.processing, "setOutcomeValue", {"identifier": "SCORE"})
        SubElement(value, "mapResponse", {"identifier": RESPONSE})

    def by_key(self) -> None:
        """Give everything for exactly the key, else nothing."""
        self.processing.set("kind", "match_correct")
        condition = SubElement(self.processing, "responseCondition")
        branch = SubElement(condition, "responseIf")
        match = SubElement(branch, "match")
        SubElement(match, "variable", {"identifier": RESPONSE})
        SubElement(match, "correct", {"identifier": RESPONSE})
        self.score(branch, ONE)

    def score(self, branch: Element, fraction: Decimal, said: str = "") -> None:
        """Set the marks in a branch, and what is said of it."""
        outcome = SubElement(branch, "setOutcomeValue", {"identifier": "SCORE"})
        value = SubElement(outcome, "baseValue", {"baseType": "float"})
        value.text = number_text(fraction * self.question.marks)
        if said:
            outcome = SubElement(branch, "setOutcomeValue", {"identifier": "FEEDBACK"})
            names = SubElement(outcome, "multiple")
            SubElement(names, "baseValue", {"baseType": "identifier"}).text = said

    def interaction(self, name: str, parent: Element | None = None, **attributes: str) -> Element:
        """Add the interaction."""
        holder = self.body if parent is None else parent
        return SubElement(holder, name, {"responseIdentifier": RESPONSE, **attributes})


_BLOCKS = {"p", "ul", "ol", "blockquote", "pre", "table", "div", "hr", "h2", "h3", "h4", "h5", "h6"}


def _choice(writer: _Writer, question: SingleChoice | MultipleChoice) -> None:
    is_single = isinstance(question, SingleChoice)
    names = [letter(at) for at in range(len(question.options))]
    fractions = dict(zip(names, (o.fraction for o in question.options), strict=True))
    right = [n for n, f in fractions.items() if (f == ONE if is_single else f > ZERO)]
    writer.stem()
    writer.declare("single" if is_single else "multiple", "identifier", right)
    interaction = writer.interaction(
        "choiceInteraction", shuffle="true", maxChoices="1" if is_single else "0"
    )
    for name, option in zip(names, question.options, strict=True):
        writer.words(SubElement(interaction, "simpleChoice", {"identifier": name}), option.text)
        if option.feedback:
            writer.said[name] = option.feedback
    if isinstance(question, MultipleChoice) and question.scoring is not Scheme.SUM_OF_FRACTIONS:
        interaction.set("class", SCORING_CLASS + question.scoring)
        writer.mapping(fractions)
        if question.scoring is Scheme.ALL_OR_NOTHING:
            writer.by_key()
        else:
            writer.lose(Lost.SCORING, question.scoring)
            writer.by_map()
    elif is_single and set(fractions.values()) <= {ZERO, ONE}:
        writer.by_key()
    else:
        writer.mapping(fractions)
        writer.by_map()


def _true_false(writer: _Writer, question: TrueFalse) -> None:
    writer.stem()
    writer.declare("single", "identifier", ["true" if question.answer else "false"])
    interaction = writer.interaction("choiceInteraction", shuffle="false", maxChoices="1")
    said = (question.feedback_true, question.feedback_false)
    for name, words, feedback in zip(("true", "false"), writer.truth, said, strict=True):
        SubElement(interaction, "simpleChoice", {"identifier": name}).text = words
        if feedback:
            writer.said[name] = feedback
    writer.by_key()


def _matching(writer: _Writer, question: Matching) -> None:
    writer.stem()
    answers = {answer.id: f"A{at}" for at, answer in enumerate(question.answers, start=1)}
    pairs = [f"S{at} {answers[s.answer]}" for at, s in enumerate(question.stems, start=1)]
    writer.declare("multiple", "directedPair", pairs)
    part = round(ONE / len(pairs), 7)
    writer.mapping(dict.fromkeys(pairs, part))
    interaction = writer.interaction(
        "matchInteraction", shuffle="true", maxAssociations=str(len(pairs))
    )
    left, right = (SubElement(interaction, "simpleMatchSet") for _ in range(2))
    for at, stem in enumerate(question.stems, start=1):
        each = {"identifier": f"S{at}", "matchMax": "1"}
        writer.words(SubElement(left, "simpleAssociableChoice", each), stem.text)
        if stem.feedback:
            writer.said[f"S{at}"] = stem.feedback
    for answer in question.answers:
        each = {"identifier": answers[answer.id], "matchMax": str(len(pairs))}
        writer.words(SubElement(right, "simpleAssociableChoice", each), answer.text)
    writer.by_map()


def _entry(writer: _Writer, **attributes: str) -> Element:
    """Add a place to type in, on its own line."""
    writer.stem()
    line = SubElement(writer.body, "p")
    writer.interaction("textEntryInteraction", line, **attributes)
    return line


def _numerical(writer: _Writer, question: Numerical) -> None:
    first = next(a for a in question.answers if a.fraction == ONE)
    writer.declare("single", "float", [number_text(first.value)])
    line = _entry(writer)
    if question.units != NO_UNITS:
        writer.lose(Lost.UNIT_RULES)
    if question.unit:
        line[-1].tail = " "
        SubElement(line, "span", {"class": UNIT_CLASS}).text = question.unit
    condition = SubElement(writer.processing, "responseCondition")
    for at, answer in enumerate(question.answers, start=1):
        branch = SubElement(condition, "responseIf" if at == 1 else "responseElseIf")
        is_relative = answer.tolerance_kind is ToleranceKind.RELATIVE
        mode = "relative" if is_relative else "absolute"
        test = SubElement(branch, "equal", {"toleranceMode": mode, "tolerance": _reach(answer)})
        SubElement(test, "variable", {"identifier": RESPONSE})
        value = SubElement(test, "baseValue", {"baseType": "float"})
        value.text = number_text(answer.value)
        said = f"{ANSWER}{at}" if answer.feedback else ""
        writer.score(branch, answer.fraction, said)
        if said:
            writer.said[said] = answer.feedback
    if question.other_feedback:
        writer.said[OTHER] = question.other_feedback
        other = SubElement(condition, "responseElse")
        writer.score(other, ZERO, OTHER)


def _reach(answer: NumericAnswer) -> str:
    """Write how far below and above a value another is near enough."""
    if answer.tolerance_kind is ToleranceKind.RELATIVE:
        reach = number_text(answer.tolerance.scaleb(2))
    elif answer.tolerance_kind is ToleranceKind.NOMINAL:
        reach = number_text(answer.tolerance)
    else:
        with localcontext(prec=40):
            far = abs(answer.value) * answer.tolerance
            near = far / (1 + answer.tolerance)
        below, above = (near, far) if answer.value > 0 else (far, near)
        return f"{number_text(rounded(below, 20))} {number_text(rounded(above, 20))}"
    return f"{reach} {reach}"


def _short_answer(writer: _Writer, question: ShortAnswer) -> None:
    has_wildcards = any("*" in answer.text for answer in question.answers)
    classes = [WILDCARDS] if has_wildcards else []
    classes += [ANY_DIACRITICS] if question.sameness.plain_letters else []
    if has_wildcards:
        writer.lose(Lost.WILDCARDS)
    if question.sameness.plain_letters:
        writer.lose(Lost.DIACRITICS)
    right = [answer.text for answer in question.answers if answer.fraction == ONE]
    writer.declare("single", "string", right[:1])
    worth = {answer.text: answer.fraction for answer in question.answers}
    writer.mapping(worth, case=question.sameness.case)
    _entry(writer, **({"class": " ".join(classes)} if classes else {}))
    writer.by_map()
    for at, answer in enumerate(question.answers, start=1):
        if answer.feedback:
            writer.said[f"{ANSWER}{at}"] = answer.feedback


def _ordering(writer: _Writer, question: Ordering) -> None:
    names = [letter(at) for at in range(len(question.items))]
    writer.stem()
    writer.declare("ordered", "identifier", names)
    classes = [SCORING_CLASS + question.scoring]
    if question.scoring is not OrderScheme.ALL_OR_NOTHING:
        writer.lose(Lost.SCORING, question.scoring)
    if question.count is not None:
        classes.append(f"{PICK_CLASS}{question.pick}-{question.count}")
    interaction = writer.interaction("orderInteraction", shuffle="true")
    interaction.set("class", " ".join(classes))
    for name, item in zip(names, question.items, strict=True):
        writer.words(SubElement(interaction, "simpleChoice", {"identifier": name}), item.text)
    writer.by_key()


def _essay(writer: _Writer, question: Essay) -> None:
    writer.stem()
    writer.declared.set("cardinality", "single")
    writer.declared.set("baseType", "string")
    classes = ["mono"] if question.format is EssayFormat.MONO else []
    classes += [f"min-words-{question.min_words}"] if question.min_words else []
    classes += [f"max-words-{question.max_words}"] if question.max_words else []
    interaction = writer.interaction("extendedTextInteraction", expectedLines=str(question.lines))
    if classes:
        interaction.set("class", " ".join(classes))
    if question.notes:
        notes = SubElement(writer.body, "rubricBlock", {"view": "scorer"})
        writer.words(notes, question.notes)
    if question.rubric:
        writer.lose(Lost.RUBRIC)
    if question.template:
        writer.lose(Lost.START_TEXT)


_TYPES: Mapping[str, Callable[[_Writer, Any], None]] = MappingProxyType(
    {
        "single_choice": _choice,
        "multiple_choice": _choice,
        "true_false": _true_false,
        "matching": _matching,
        "numerical": _numerical,
        "short_answer": _short_answer,
        "ordering": _ordering,
        "essay": _essay,
    }
)
