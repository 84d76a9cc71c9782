"""Which letters a file is written in: named, told by its first bytes, or tried."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import BinaryIO

from lms.quizzes.exchange.quiz_file import Problem, ProblemKind

_CHUNK = 256 * 1024
_DECLARED = re.compile(rb"<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Only what maps bytes to letters: Python's other codecs run programs of a kind, or swell.
_KNOWN = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1", "iso8859-2"}
_KNOWN |= {"iso8859-15", "iso8859-16", "cp1250", "cp1252", "iso8859-9", "cp1254"}
_OLD_ROMANIAN = "cp1250"


@dataclass(frozen=True)
class Encoding:
    """Hold the name of an encoding, and whether it was only a guess."""

    name: str
    is_guessed: bool = False


class UnknownLetters(ValueError):
    """The bytes are no text that can be read; `name` is what the file calls its letters."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


def encoding_of(stream: BinaryIO, *, is_xml: bool = False) -> Encoding:
    """Tell how a file is to be read, its position put back to the start."""
    stream.seek(0)
    head = stream.read(512)
    found = _by_mark(head)
    if found is None and is_xml and (match := _DECLARED.search(head)):
        found = _known(match[1].decode("ascii"))
    name = found or _by_zeros(head) or "utf-8"
    if name == "utf-8" and head.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    if _reads(stream, name):
        return Encoding(name)
    if name in {"utf-8", "ascii"} and _reads(stream, _OLD_ROMANIAN):
        return Encoding(_OLD_ROMANIAN, is_guessed=True)
    raise UnknownLetters(name)


def decode_text(data: bytes, problems: list[Problem]) -> str:
    """Decode a file of plain text; what can't be read, or was guessed, is among the problems."""
    try:
        encoding = encoding_of(io.BytesIO(data))
    except UnknownLetters:
        problems.append(Problem(1, ProblemKind.BAD_ENCODING))
        return ""
    if encoding.is_guessed:
        problems.append(Problem(1, ProblemKind.ENCODING_GUESSED, reason="Windows-1250"))
    return data.decode(encoding.name)


def _by_mark(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnknownLetters("utf-32")
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    return "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _by_zeros(head: bytes) -> str | None:
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > len(head) // 4 else None


def _known(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise UnknownLetters(declared) from None
    if name not in _KNOWN:
        raise UnknownLetters(declared)
    # A file that says UTF-16 and has single bytes was saved anew by a program that didn't look.
    return "utf-8" if name.startswith("utf-16") else name


def _reads(stream: BinaryIO, name: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(name)()
    has_text = True
    try:
        while chunk := stream.read(_CHUNK):
            if "\0" in decoder.decode(chunk):
                has_text = False
                break
        else:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        has_text = False
    stream.seek(0)
    return has_text
