"""The one reader of XML that people hand in: element by element, with lines, and no surprises.

A document type is never taken: entities come with it. Depth and size are bounded, and what was
read is forgotten as soon as it was handed on.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO, TypeAlias, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from lms.quizzes.exchange.encodings import UnknownLetters, encoding_of
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.question_types.payload import UNUSABLE

_Parser: TypeAlias = "XMLPullParser[Any]"
LINE = "line of the file"  # an attribute's name that no file can have: it has spaces

_PIECE = 64 * 1024
_LONGEST_PROLOGUE = 64 * 1024
_DEEPEST = 100
_MOST_ELEMENTS = 50_000  # of one question
_MOST_CHARACTERS = 48 * 1024 * 1024  # of one question, its pictures with it
_PROLOGUE = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[<>]*>")


class _Stop(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def elements(stream: BinaryIO, problems: list[Problem]) -> Iterator[Element]:
    """Yield the children of the root one after the other, each with `LINE` on all that is in it.

    The root itself comes first, still empty. Where the file can't be read any further, the
    reason is among the problems, and what came before it stands.
    """
    try:
        yield from _elements(stream, problems, depth_of_parts=1)
    except _Stop as stop:
        problems.append(stop.problem)


def whole(stream: BinaryIO, problems: list[Problem]) -> Element | None:
    """Read a small document as one tree; None, with a problem told, where it can't be read."""
    try:
        *_, root = _elements(stream, problems, depth_of_parts=0)
    except _Stop as stop:
        problems.append(stop.problem)
        return None
    except ValueError:
        problems.append(Problem(1, ProblemKind.BAD_XML))
        return None
    return root


def line_of(element: Element) -> int:
    """Tell the line on which an element begins."""
    return int(element.get(LINE, "0"))


def local(element: Element) -> str:
    """Name an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _elements(
    stream: BinaryIO, problems: list[Problem], *, depth_of_parts: int
) -> Iterator[Element]:
    parser: _Parser = XMLPullParser(events=("start", "end"))
    depth = count = characters = 0
    number = 0
    root: Element | None = None
    for number, text in _lines(stream, problems):
        characters += len(text)
        if characters > _MOST_CHARACTERS:
            raise _Stop(Problem(number, ProblemKind.TOO_LARGE))
        for event, element in _events(parser, text, number):
            if event == "start":
                depth, count = depth + 1, count + 1
                if depth > _DEEPEST or count > _MOST_ELEMENTS:
                    raise _Stop(Problem(number, ProblemKind.DANGEROUS_XML))
                element.set(LINE, str(number))
                if root is None:
                    root = element
                    yield root
                continue
            depth -= 1
            if depth == depth_of_parts and root is not None:
                yield element
                if depth_of_parts:
                    root.clear()  # what was handed on is not kept
                count = characters = 0
    _close(parser, number)


def _events(parser: _Parser, text: str, line: int) -> Iterator[tuple[str, Element]]:
    try:
        parser.feed(text)
        yield from cast("Iterator[tuple[str, Element]]", parser.read_events())
    except ParseError as error:
        raise _Stop(_bad(error, line)) from None


def _close(parser: _Parser, line: int) -> None:
    try:
        parser.close()
        list(parser.read_events())
    except ParseError as error:
        raise _Stop(_bad(error, line)) from None


def _bad(error: ParseError, line: int) -> Problem:
    reason = re.sub(r": line \d+, column \d+$", "", str(error))
    return Problem(max(1, line), ProblemKind.BAD_XML, reason=reason[:120])


def _lines(stream: BinaryIO, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    """Yield the text in pieces, none longer than a line, with the number of the line."""
    pieces = _pieces(stream, problems)
    number = 1
    for piece in chain(_split(_prologue(pieces)), pieces):
        text = piece
        if UNUSABLE.search(piece):
            problems.append(Problem(number, ProblemKind.CONTROL_CHARACTER))
            text = UNUSABLE.sub("\ufffd", piece)
        yield number, text
        number += piece.endswith("\n")


def _pieces(stream: BinaryIO, problems: list[Problem]) -> Iterator[str]:
    try:
        encoding = encoding_of(stream, is_xml=True)
    except UnknownLetters as unknown:
        raise _Stop(Problem(1, ProblemKind.BAD_ENCODING, reason=unknown.name)) from None
    if encoding.is_guessed:
        problems.append(Problem(1, ProblemKind.ENCODING_GUESSED, reason="Windows-1250"))
    decoder = codecs.getincrementaldecoder(encoding.name)()
    while chunk := stream.read(_PIECE):
        yield from _split(decoder.decode(chunk))
    yield from _split(decoder.decode(b"", final=True))


def _split(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield text[start:]


def _prologue(pieces: Iterator[str]) -> str:
    """Read up to the root, without a document type; one with entities in it is refused."""
    before, rest, has_type = "", "", False
    for piece in pieces:
        rest += piece if before or rest else piece.lstrip("\ufeff")
        if rest.startswith("<!--") and "-->" not in piece and len(rest) < _LONGEST_PROLOGUE:
            continue  # a long comment is not looked through anew for each of its lines
        while True:
            match = _PROLOGUE.match(rest)
            assert match is not None
            before, rest = before + match[0], rest[match.end() :]
            doctype = _DOCTYPE.match(rest)
            if doctype is None:
                break
            if has_type:
                raise _Stop(Problem(1 + before.count("\n"), ProblemKind.DANGEROUS_XML))
            has_type = True
            before, rest = before + "\n" * doctype[0].count("\n"), rest[doctype.end() :]
        if rest.startswith("<!DOCTYPE"):
            if "[" in rest or "<" in rest[1:]:
                raise _Stop(Problem(1 + before.count("\n"), ProblemKind.DANGEROUS_XML))
        elif rest and not rest.startswith(("<!", "<?")) and rest != "<":
            break  # the root: no document type can come after it
        if len(before) + len(rest) > _LONGEST_PROLOGUE:
            raise _Stop(Problem(1 + before.count("\n"), ProblemKind.TOO_LARGE))
    if not rest.startswith("<"):
        raise _Stop(Problem(1, ProblemKind.NOT_THIS_FORMAT))
    return before + rest
