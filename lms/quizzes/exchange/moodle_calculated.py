"""Calculated questions in Moodle XML: `{a}` for `[[a]]`, a set of values for each variable."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from decimal import Context, Decimal
from html import unescape
from typing import Protocol
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.moodle_types import (
    Found,
    Source,
    Unusable,
    fraction,
    number,
    units_of,
)
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.exchange.read_question import Lost
from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.calculated.formula import FUNCTIONS, compiled
from lms.quizzes.question_types.calculated.places import PLACE, Rounding
from lms.quizzes.question_types.calculated.rules import Calculated, draw
from lms.quizzes.question_types.calculated.variables import values_of
from lms.quizzes.question_types.numerical.rules import ToleranceKind
from lms.quizzes.question_types.payload import number_text

# A variable in braces, or a formula whose variables have braces of their own.
_PLACE = re.compile(r"\{(=(?:[^{}<>]|\{[^{}<>]{1,60}\}){1,300}|[^{}<>=]{1,60})\}")
_OPEN, _CLOSE = "\ue002", "\ue003"
_HIDDEN = re.compile(f"{_OPEN}(\\d{{1,4}}){_CLOSE}")
_BRACED = re.compile(r"\{\s*([^{}]{1,60}?)\s*\}")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*", re.ASCII)
_KINDS = {
    "1": ToleranceKind.RELATIVE,
    "2": ToleranceKind.NOMINAL,
    "3": ToleranceKind.GEOMETRIC,
}
_NUMBERED = {kind: key for key, kind in _KINDS.items()}
_ROWS = 10
_MOST_DECIMALS = 9
_WIDE = Context(prec=200)  # for any number that may be written


# Reading -------------------------------------------------------------------------------------


def read_calculated(source: Source) -> Found:
    """Read formulas and the ranges of their variables."""
    names = _Names()
    variables = [_variable(source, each, names) for each in _datasets(source)]
    answers: list[dict[str, str]] = []
    lines: list[int] = []
    places: dict[str, object] = {}
    for answer in source.answers():
        if not places:
            places = _rounding(source, answer)
        answers.append(_answer(source, answer, names))
        lines.append(line_of(answer))
    return {
        "type": "calculated",
        "stem": names.text(source, source.element.find("questiontext")),
        "general_feedback": names.text(source, source.element.find("generalfeedback")),
        "variables": variables,
        "answers": answers,
        **places,
        **units_of(source),
    }, lines


def _datasets(source: Source) -> list[Element]:
    return source.element.findall("dataset_definitions/dataset_definition")


class _Names:
    """The names of variables, made usable where Moodle allows more than we do."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def add(self, written: str) -> str:
        plain = re.sub(r"\W", "_", written, flags=re.ASCII)[:16].strip("_") or "x"
        plain = plain if plain[0].isalpha() and plain not in FUNCTIONS else f"v_{plain}"
        name, again = plain, 1
        while name in self.known.values():
            again += 1
            name = f"{plain}_{again}"
        self.known[written] = name
        return name

    def in_formula(self, written: str) -> str:
        """Write a formula as ours: names without braces, `ln` for `log`."""
        plain = _BRACED.sub(lambda m: self.known.get(m[1], m[0]), unescape(written))
        return re.sub(r"\blog\(", "ln(", " ".join(plain.split()))

    def text(self, source: Source, holder: Element | None) -> str:
        """Read a text, its places as ours are; they are put aside while it becomes Markdown."""
        kept: list[str] = []

        def hide(match: re.Match[str]) -> str:
            written = unescape(match[1]).strip()
            if written.startswith("="):
                kept.append(f"[[={self.in_formula(written[1:])}]]")
            elif written in self.known:
                kept.append(f"[[{self.known[written]}]]")
            else:
                return match[0]
            return f"{_OPEN}{len(kept) - 1}{_CLOSE}"

        def change(html: str) -> str:
            return _PLACE.sub(hide, html.replace(_OPEN, "").replace(_CLOSE, ""))

        if holder is None:
            return ""
        return _HIDDEN.sub(lambda m: kept[int(m[1])], source.text(holder, change))


def _variable(source: Source, element: Element, names: _Names) -> dict[str, str]:
    written = (element.findtext("name/text") or "").strip()
    line = line_of(element)

    def end(tag: str) -> Decimal:
        return number((element.findtext(f"{tag}/text") or "").strip(), line, written[:20])

    decimals = int(number((element.findtext("decimals/text") or "0").strip(), line, written[:20]))
    decimals = min(max(decimals, 0), _MOST_DECIMALS)
    low, high, step = end("minimum"), end("maximum"), Decimal(1).scaleb(-decimals)
    listed = [
        number((each.findtext("value") or "0").strip(), line_of(each), written[:20])
        for each in element.findall("dataset_items/dataset_item")
    ]
    is_even = (element.findtext("distribution/text") or "uniform").strip() == "uniform"
    if not is_even or any(
        not low <= value <= high or _WIDE.remainder(value, step) for value in listed
    ):
        source.lose(Lost.VALUES, written[:20])
    return {
        "name": names.add(written),
        "low": number_text(low),
        "high": number_text(high),
        "step": number_text(step),
    }


def _rounding(source: Source, answer: Element) -> dict[str, object]:
    is_digits = (answer.findtext("correctanswerformat") or "1").strip() == "2"
    places = source.number("correctanswerlength", "2", answer)
    return {
        "rounding": (Rounding.DIGITS if is_digits else Rounding.DECIMALS).value,
        "places": min(max(int(places or 0), int(is_digits)), 12),
    }


def _answer(source: Source, answer: Element, names: _Names) -> dict[str, str]:
    kind = (answer.findtext("tolerancetype") or "1").strip()
    if kind not in _KINDS:
        raise Unusable(ProblemKind.BAD_ANSWERS, line_of(answer), kind[:40], "tolerance")
    reach = source.number("tolerance", "0.01", answer)
    assert reach is not None
    return {
        "formula": names.in_formula((answer.findtext("text") or "").strip()),
        "tolerance": number_text(abs(reach)),
        "tolerance_kind": _KINDS[kind].value,
        "fraction": fraction(answer),
        "feedback": names.text(source, answer.find("feedback")),
    }


# Writing -------------------------------------------------------------------------------------


class Writer(Protocol):
    """What the writer of a question offers."""

    def plain_answer(
        self, text: str, fraction: Decimal, feedback: str, more: str = "", attributes: str = ""
    ) -> str:
        """Write an answer whose text is a word or a number."""

    def escaped(self, text: str) -> str:
        """Escape a text for XML."""

    def lose(self, what: Lost, detail: str = "") -> None:
        """Remember what Moodle has no place for."""


def write_calculated(
    writer: Writer, question: Calculated, units: Callable[[Calculated], Iterator[str]]
) -> Iterator[str]:
    """Write formulas, units, and ten drawn values of each variable."""
    yield "<synchronize>1</synchronize><single>0</single>\n"
    length = (
        f"<correctanswerformat>{2 if question.rounding is Rounding.DIGITS else 1}"
        f"</correctanswerformat><correctanswerlength>{question.places}</correctanswerlength>"
    )
    for answer in question.answers:
        yield writer.plain_answer(
            in_moodle(answer.formula),
            answer.fraction,
            answer.feedback,
            f"<tolerance>{number_text(answer.tolerance)}</tolerance>"
            f"<tolerancetype>{_NUMBERED[answer.tolerance_kind]}</tolerancetype>{length}",
        )
    if question.other_feedback:
        writer.lose(Lost.FEEDBACK)
    yield from units(question)
    yield "<dataset_definitions>\n"
    rows = [values_of(question.variables, draw(question, seed)) for seed in range(1, _ROWS + 1)]
    for each in question.variables:
        decimals = len(number_text(each.step).partition(".")[2])
        if Decimal(1).scaleb(-decimals) != each.step:
            writer.lose(Lost.VALUES, each.name)
        items = "".join(
            f"<dataset_item><number>{at}</number>"
            f"<value>{number_text(row[each.name])}</value></dataset_item>"
            for at, row in enumerate(rows, 1)
        )
        yield (
            "<dataset_definition><status><text>private</text></status>"
            f"<name><text>{each.name}</text></name><type>calculatedsimple</type>"
            "<distribution><text>uniform</text></distribution>"
            f"<minimum><text>{number_text(each.low)}</text></minimum>"
            f"<maximum><text>{number_text(each.high)}</text></maximum>"
            f"<decimals><text>{decimals}</text></decimals><itemcount>{_ROWS}</itemcount>"
            f"<dataset_items>{items}</dataset_items><number_of_items>{_ROWS}</number_of_items>"
            "</dataset_definition>\n"
        )
    yield "</dataset_definitions>\n"


class _Powers(ast.NodeTransformer):
    """Write powers as calls: Moodle has no sign for them. And its `log` is our `ln`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        return ast.Call(ast.Name("pow", ast.Load()), [node.left, node.right], [])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "ln":
            node.func.id = "log"
        return node


def in_moodle(formula: str) -> str:
    """Write a formula as Moodle does: variables in braces."""
    compiled(formula)
    tree = ast.parse(formula.strip().replace("^", "**"))
    plain = ast.unparse(ast.fix_missing_locations(_Powers().visit(tree)))
    names = {*FUNCTIONS, "log"}
    braced = _WORD.sub(lambda m: m[0] if m[0] in names else f"{{{m[0]}}}", plain)
    return braced.replace(" ", "")


def marked(text: str) -> str:
    """Write the places of a text as Moodle does."""
    return PLACE.sub(lambda m: f"{{={in_moodle(m[2])}}}" if m[1] else f"{{{m[2]}}}", text)
