"""What stands between a GIFT question's braces, read into a question's payload."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from lms.quizzes.exchange.gift_syntax import Passage, RawQuestion, restore, take_format
from lms.quizzes.exchange.html_text import read_html
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.exchange.text_formats import plain_to_markdown
from lms.quizzes.question_types.ids import derive_id, same_text
from lms.quizzes.question_types.payload import number_text

_SIGN = re.compile(r"[=~]")
_WEIGHT = re.compile(r"\s*%([^%\s]{1,20})%")
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)
_END = r"([+-]?\d{1,20}(?:\.\d{1,20})?)"
_RANGE = re.compile(rf"\s*{_END}\s*\.\.\s*{_END}\s*", re.ASCII)
# Far above what a question may have; only to stop before counting lines for each of a million.
_MOST_PIECES = 200
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}


class Unreadable(ValueError):
    """Say why the braces can't be read, and on which line."""

    def __init__(self, kind: ProblemKind, line: int, reason: str = "") -> None:
        super().__init__(f"{line}: {kind} {reason}")
        self.kind = kind
        self.line = line
        self.reason = reason


@dataclass
class Texts:
    """Turn written texts into Markdown, remembering whether HTML was simplified."""

    default: str
    simplified: bool = False

    def markdown(self, written: str) -> str:
        """Read one text: its own format, else the question's."""
        own, text = take_format(written)
        name = own or self.default
        if name == "html":
            read = read_html(restore(text))
            self.simplified = self.simplified or bool(read.lost)
            return read.markdown
        text = restore(_dedent(text)).strip()
        return plain_to_markdown(text) if name == "plain" else text


@dataclass
class Answers:
    """Hold the payload read so far, and the line of each option."""

    payload: dict[str, object]
    lines: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Piece:
    """Hold one answer: its sign, weight in per cent, text and feedback, and its line."""

    sign: str
    weight: Decimal | None
    text: str
    feedback: str
    line: int

    @property
    def fraction(self) -> str:
        """Tell what the answer earns, as a question's payload writes it."""
        whole = Decimal(100) if self.sign == "=" else Decimal(0)
        percent = whole if self.weight is None else self.weight
        return number_text(percent.scaleb(-2))


def kind_by_shape(body: Passage | None) -> str:
    """Tell which type with a reader of its own the braces alone show; "" for the others."""
    if body is None:
        return "description"
    head = body.text.partition("####")[0].strip()
    if not head:
        return "essay"
    is_short = head.startswith("=") and "~" not in head
    is_matching = all("->" in each.partition("#")[0] for each in head.split("=")[1:])
    return "short_answer" if is_short and not is_matching else ""


def read_answers(raw: RawQuestion, body: Passage, texts: Texts) -> Answers:
    """Read the braces; the payload has everything but stem, marks and keys. Raise `Unreadable`."""
    head, _, general = body.text.partition("####")
    answers = _read_head(body.cut(0, len(head)), texts)
    answers.payload["general_feedback"] = texts.markdown(general)
    return answers


def _read_head(head: Passage, texts: Texts) -> Answers:
    if head.text.lstrip().startswith("#"):
        return _numerical(head.cut(head.text.index("#") + 1), texts)
    if head.text.partition("#")[0].strip().upper() in _TRUTH:
        return _true_false(head, texts)
    pieces = pieces_of(head)
    if all(piece.sign == "=" and "->" in piece.text for piece in pieces):
        return _matching(pieces, texts)
    name = "single_choice" if any(piece.sign == "=" for piece in pieces) else "multiple_choice"
    options = [
        {
            "text": texts.markdown(piece.text),
            "fraction": piece.fraction,
            "feedback": texts.markdown(piece.feedback),
        }
        for piece in pieces
    ]
    return Answers({"type": name, "options": options}, [piece.line for piece in pieces])


def pieces_of(head: Passage) -> list[Piece]:
    """Cut a passage at its signs; raise `Unreadable` where anything stands before them."""
    starts = [match.start() for match in _SIGN.finditer(head.text)]
    before = head.text[: starts[0]] if starts else head.text
    if before.strip() or not 0 < len(starts) <= _MOST_PIECES:
        raise Unreadable(ProblemKind.BAD_ANSWERS, head.line_at(0), restore(before).strip()[:40])
    ends = [*starts[1:], len(head.text)]
    return [_piece(head, start, end) for start, end in zip(starts, ends, strict=True)]


def lines_of(head: Passage) -> list[int]:
    """Tell the line of each answer in a passage."""
    starts = [match.start() for match in _SIGN.finditer(head.text)][:_MOST_PIECES]
    return [head.line_at(start) for start in starts]


def _piece(head: Passage, start: int, end: int) -> Piece:
    line, written = head.line_at(start), head.text[start + 1 : end]
    weight = None
    if match := _WEIGHT.match(written):
        weight, written = _weight(match[1], line), written[match.end() :]
    text, _, feedback = written.partition("#")
    return Piece(head.text[start], weight, text, feedback, line)


def _weight(written: str, line: int) -> Decimal:
    if not _NUMBER.fullmatch(written):
        raise Unreadable(ProblemKind.BAD_WEIGHT, line, restore(written))
    return Decimal(written)


def _true_false(head: Passage, texts: Texts) -> Answers:
    word, *feedback = head.text.split("#")
    if len(feedback) > 2:
        raise Unreadable(ProblemKind.BAD_ANSWERS, head.line_at(0), "#")
    answer = _TRUTH[word.strip().upper()]
    wrong, right = [texts.markdown(text) for text in [*feedback, "", ""][:2]]
    payload: dict[str, object] = {
        "type": "true_false",
        "answer": answer,
        "feedback_true": right if answer else wrong,
        "feedback_false": wrong if answer else right,
    }
    return Answers(payload)


def _matching(pieces: list[Piece], texts: Texts) -> Answers:
    answers: dict[str, dict[str, str]] = {}
    stems: list[dict[str, str]] = []
    lines: list[int] = []
    for piece in pieces:
        left, _, right = piece.text.partition("->")
        words = texts.markdown(right)
        answer = answers.setdefault(
            same_text(words), {"id": derive_id(words, prefix="a"), "text": words}
        )
        stem = texts.markdown(left)
        if stem:
            feedback = texts.markdown(piece.feedback)
            stems.append({"text": stem, "answer": answer["id"], "feedback": feedback})
            lines.append(piece.line)
    payload: dict[str, object] = {
        "type": "matching",
        "stems": stems,
        "answers": list(answers.values()),
    }
    return Answers(payload, lines)


def _numerical(head: Passage, texts: Texts) -> Answers:
    pieces = pieces_of(head) if _SIGN.search(head.text) else [_single(head)]
    answers: list[dict[str, str]] = []
    lines: list[int] = []
    other = ""
    for piece in pieces:
        if piece.text.strip() in {"", "*"}:
            if Decimal(piece.fraction) > 0 and (piece.sign == "~" or piece.weight is not None):
                raise Unreadable(ProblemKind.BAD_WEIGHT, piece.line, piece.fraction)
            if piece.sign == "=" and piece.weight is None:
                raise Unreadable(ProblemKind.BAD_ANSWERS, piece.line)
            other = texts.markdown(piece.feedback)
            continue
        answers.append(_numeric_answer(piece, texts))
        lines.append(piece.line)
    return Answers({"type": "numerical", "answers": answers, "other_feedback": other}, lines)


def _single(head: Passage) -> Piece:
    text, _, feedback = head.text.partition("#")
    return Piece("=", None, text, feedback, head.line_at(0))


def _numeric_answer(piece: Piece, texts: Texts) -> dict[str, str]:
    number = _reader(piece)
    kind = "nominal"
    if match := _RANGE.fullmatch(restore(piece.text)):
        low, high = number(match[1]), number(match[2])
        value, tolerance = (low + high) / 2, (high - low) / 2
    else:
        written, _, reach = restore(piece.text).partition(":")
        if reach.strip().endswith("%"):
            is_geometric = reach.strip().startswith("/")
            kind = "geometric" if is_geometric else "relative"
            tolerance = number(reach.strip().removeprefix("/")[:-1]).scaleb(-2)
        else:
            tolerance = number(reach) if reach.strip() else Decimal(0)
        value = number(written)
    return {
        "value": number_text(value),
        "tolerance": number_text(tolerance),
        "tolerance_kind": kind,
        "fraction": piece.fraction,
        "feedback": texts.markdown(piece.feedback),
    }


def _reader(piece: Piece) -> Callable[[str], Decimal]:
    def number(written: str) -> Decimal:
        if not _NUMBER.fullmatch(written.strip()):
            raise Unreadable(ProblemKind.BAD_ANSWERS, piece.line, written.strip()[:40])
        return Decimal(written.strip())

    return number


def _dedent(text: str) -> str:
    first, newline, rest = text.strip().partition("\n")
    return first + newline + textwrap.dedent(rest)
