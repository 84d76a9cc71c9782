"""What Moodle XML says of each type of question, as the plain values that questions are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.html_text import read_html
from lms.quizzes.exchange.pictures import Album, decoded
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import Losses, Lost
from lms.quizzes.exchange.text_formats import plain_to_markdown
from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.ids import derive_id, same_text
from lms.quizzes.question_types.payload import number_text, rounded

Payload = dict[str, object]
Found = tuple[Payload, list[int]]
Change = Callable[[str], str]

_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)
TAG = re.compile(r"<[^<>]{0,200}>")
_STORED_FILE = "@@PLUGINFILE@@/"
_FILE_IN_TEXT = re.compile(r"@@PLUGINFILE@@/([^\s)>\"']{1,200})")
ANY = "*"
_PENALTY_OF = {"1": "response", "2": "question"}


class Unusable(ValueError):
    """Say why a question can't be read, and on which line."""

    def __init__(self, kind: ProblemKind, line: int, reason: str = "", field: str = "") -> None:
        super().__init__(f"{line}: {kind} {reason}")
        self.kind = kind
        self.line = line
        self.reason = reason
        self.field = field


class Source:
    """One `<question>` while it is read: its texts, its pictures, and what had to be dropped."""

    def __init__(self, element: Element, name: str) -> None:
        self.element = element
        self.name = name
        self.line = line_of(element)
        self.album = Album()
        self.problems: list[Problem] = []
        self.losses = Losses()
        self.lose = self.losses.add

    def tell_what_was_lost(self) -> None:
        """Add what was dropped to the problems."""
        self.problems += self.losses.told(self.line, self.name)

    def text_of(self, tag: str, change: Change | None = None) -> str:
        """Read the text of a child as Markdown; "" where there is none."""
        child = self.element.find(tag)
        return "" if child is None else self.text(child, change)

    def text(self, holder: Element, change: Change | None = None) -> str:
        """Read the `<text>` in an element as Markdown, its pictures by name.

        `change` is done to the text as it is written, before it becomes Markdown.
        """
        for file in holder.findall("file"):
            self.keep(file)
        written = (holder.findtext("text") or "").strip()
        written = written if change is None else change(written)
        match holder.get("format", "html"):
            case "markdown":
                return _FILE_IN_TEXT.sub(lambda m: self._picture(m[0]) or m[1], written)
            case "plain_text":
                return plain_to_markdown(written)
            case "moodle_auto_format":
                written = written.replace("\n", "<br>")
        read = read_html(written, self._picture)
        for tag in read.lost:
            self.lose(Lost.PICTURE if tag == "img" else Lost.MARKUP, tag)
        return read.markdown

    def keep(self, file: Element) -> str:
        """Keep an embedded file; return our name of it, "" where it is no picture."""
        path = (file.get("path") or "/").strip("/")
        name = f"{path}/{file.get('name', '')}" if path else file.get("name", "")
        is_base64 = file.get("encoding", "base64") == "base64"
        address = _STORED_FILE + name
        self.album.add(address, decoded(file.text or "") if is_base64 else None)
        return self.album.name(address)

    def _picture(self, address: str) -> str:
        if address.startswith(_STORED_FILE):
            address = _STORED_FILE + unquote(address.removeprefix(_STORED_FILE)).partition("?")[0]
        return self.album.name(address)

    def number(self, tag: str, default: str, parent: Element | None = None) -> Decimal | None:
        """Read a number of a child; a number that is none can't be used."""
        holder = self.element if parent is None else parent
        child = holder.find(tag)
        written = ((child.text if child is not None else "") or "").strip() or default
        line = line_of(child) if child is not None else self.line
        return number(written, line, tag) if written else None

    def answers(self) -> list[Element]:
        """List the answers."""
        return self.element.findall("answer")


def number(written: str, line: int, field: str = "") -> Decimal:
    """Read a number written with a point."""
    if not _NUMBER.fullmatch(written.strip()):
        raise Unusable(ProblemKind.BAD_ANSWERS, line, written.strip()[:40], field)
    return Decimal(written.strip())


def fraction(answer: Element) -> str:
    """Read what an answer earns, of 1."""
    written = answer.get("fraction", "0").strip() or "0"
    if not _NUMBER.fullmatch(written):
        raise Unusable(ProblemKind.BAD_WEIGHT, line_of(answer), written[:40])
    return number_text(Decimal(written).scaleb(-2))


def feedback(source: Source, answer: Element) -> str:
    """Read what is said of an answer."""
    child = answer.find("feedback")
    return "" if child is None else source.text(child)


def lines_of(found: list[Element]) -> list[int]:
    """List the lines of elements."""
    return [line_of(each) for each in found]


def _multichoice(source: Source) -> Found:
    is_single = (source.element.findtext("single") or "true").strip().lower() in {"true", "1"}
    payload: Payload = {
        "type": "single_choice" if is_single else "multiple_choice",
        "options": [
            {
                "text": source.text(answer),
                "fraction": fraction(answer),
                "feedback": feedback(source, answer),
            }
            for answer in source.answers()
        ],
    }
    if not is_single and (scoring := source.element.findtext("scoring")):
        payload["scoring"] = scoring.strip()
    return payload, lines_of(source.answers())


def _true_false(source: Source) -> Found:
    found: dict[str, tuple[str, str]] = {}
    for answer in source.answers():
        word = (answer.findtext("text") or "").strip().lower()
        found[word] = (fraction(answer), feedback(source, answer))
    if set(found) != {"true", "false"} or (found["true"][0] == "1") == (found["false"][0] == "1"):
        raise Unusable(ProblemKind.BAD_ANSWERS, source.line, ", ".join(found)[:40])
    return {
        "type": "true_false",
        "answer": found["true"][0] == "1",
        "feedback_true": found["true"][1],
        "feedback_false": found["false"][1],
    }, []


def _matching(source: Source) -> Found:
    answers: dict[str, dict[str, str]] = {}
    stems: list[dict[str, str]] = []
    lines: list[int] = []
    for pair in source.element.findall("subquestion"):
        words = plain_to_markdown(" ".join((pair.findtext("answer/text") or "").split()))
        if not words:
            raise Unusable(ProblemKind.BAD_ANSWERS, line_of(pair))
        identity = derive_id(words, prefix="a")
        answer = answers.setdefault(same_text(words), {"id": identity, "text": words})
        if stem := source.text(pair):
            said = feedback(source, pair)
            stems.append({"text": stem, "answer": answer["id"], "feedback": said})
            lines.append(line_of(pair))
    return {"type": "matching", "stems": stems, "answers": list(answers.values())}, lines


def _numerical(source: Source) -> Found:
    answers: list[dict[str, str]] = []
    lines: list[int] = []
    other = ""
    for answer in source.answers():
        written = (answer.findtext("text") or "").strip()
        if written == ANY:
            if fraction(answer) != "0":
                source.lose(Lost.PARTIAL_MARKS, ANY)
            other = feedback(source, answer)
            continue
        answers.append(_numeric_answer(source, answer, written))
        lines.append(line_of(answer))
    payload: Payload = {
        "type": "numerical",
        "answers": answers,
        "other_feedback": other,
        **units_of(source),
    }
    return payload, lines


def _numeric_answer(source: Source, answer: Element, written: str) -> dict[str, str]:
    reach = source.number("tolerance", "0", answer)
    kind = next((each for each in ("relative", "geometric") if answer.get(each)), "nominal")
    if kind != "nominal":
        reach = number(answer.get(kind, ""), line_of(answer), "tolerance")
    assert reach is not None
    return {
        "value": number_text(number(written, line_of(answer), "value")),
        "tolerance": number_text(abs(reach)),
        "tolerance_kind": kind,
        "fraction": fraction(answer),
        "feedback": feedback(source, answer),
    }


def _short_answer(source: Source) -> Found:
    return {
        "type": "short_answer",
        "answers": [
            {
                "text": (answer.findtext("text") or "").strip(),
                "fraction": fraction(answer),
                "feedback": feedback(source, answer),
            }
            for answer in source.answers()
        ],
        "case": (source.element.findtext("usecase") or "0").strip() == "1",
        "plain_letters": (source.element.findtext("diacritics") or "").strip() == "any",
    }, lines_of(source.answers())


def units_of(source: Source) -> Payload:
    """Read the declared unit, those that convert, and what a missing or wrong one costs."""
    found: list[tuple[str, Decimal]] = []
    for unit in source.element.findall("units/unit"):
        name = " ".join((unit.findtext("unit_name") or "").split())
        multiplier = source.number("multiplier", "1", unit)
        if name and multiplier:
            found.append((name, multiplier))
    if not found:
        return {"unit": ""}
    base = next((unit for unit in found if unit[1] == 1), found[0])
    others = [
        {"name": name, "factor": number_text(rounded(base[1] / multiplier, 12))}
        for name, multiplier in found
        if name != base[0]
    ]
    grading = (source.element.findtext("unitgradingtype") or "0").strip()
    is_list = (source.element.findtext("showunits") or "").strip() in {"1", "2"} and bool(others)
    rule = "list" if is_list else "optional" if grading == "0" else "typed"
    payload: Payload = {"unit": base[0], "other_units": others, "unit_rule": rule}
    if grading in _PENALTY_OF:
        payload["unit_penalty"] = source.number("unitpenalty", "0.1")
        payload["penalty_of"] = _PENALTY_OF[grading]
    return payload


TYPES: Mapping[str, Callable[[Source], Found]] = MappingProxyType(
    {
        "multichoice": _multichoice,
        "truefalse": _true_false,
        "matching": _matching,
        "numerical": _numerical,
        "shortanswer": _short_answer,
    }
)
