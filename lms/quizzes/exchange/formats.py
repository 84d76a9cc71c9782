"""The formats of question files: which one a file is in, how each is read, how each is written."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from types import MappingProxyType
from typing import BinaryIO

from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import ReadQuestion, Written, without_doubles

MOST_BYTES = 200 * 1024 * 1024
_HEAD = 16 * 1024
_TAIL = 256 * 1024


class Format(StrEnum):
    """Name a format of question files."""

    GIFT = "gift"
    MOODLE_XML = "moodle-xml"
    AIKEN = "aiken"
    QTI_21 = "qti-2.1"
    QTI_22 = "qti-2.2"
    QTI_30 = "qti-3.0"
    XLSX = "xlsx"
    CSV = "csv"
    DOCX = "docx"
    PAPER_TEST = "paper-test"


QTI = frozenset({Format.QTI_21, Format.QTI_22, Format.QTI_30})
WRITE_ONLY = frozenset({Format.PAPER_TEST})
_SUFFIXES: Mapping[Format, str] = MappingProxyType(
    {
        Format.GIFT: "gift",
        Format.MOODLE_XML: "xml",
        Format.AIKEN: "txt",
        Format.QTI_21: "zip",
        Format.QTI_22: "zip",
        Format.QTI_30: "zip",
        Format.XLSX: "xlsx",
        Format.CSV: "csv",
        Format.DOCX: "docx",
        Format.PAPER_TEST: "docx",
    }
)
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "gift": "text/plain; charset=utf-8",
        "txt": "text/plain; charset=utf-8",
        "xml": "application/xml",
        "zip": "application/zip",
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)
_BY_SUFFIX = {
    "gift": Format.GIFT,
    "xml": Format.MOODLE_XML,
    "txt": Format.AIKEN,
    "zip": Format.QTI_21,
    "xlsx": Format.XLSX,
    "csv": Format.CSV,
    "docx": Format.DOCX,
}
_QTI_ROOTS = {"assessmentItem", "qti-assessment-item", "assessmentTest", "qti-assessment-test"}
_QTI_ROOTS |= {"questestinterop", "manifest"}
_ROOT = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*+<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL
)  # nothing is tried twice: otherwise the time doubles with each space
_AIKEN_ANSWER = re.compile(
    r"^[^\S\n]*(?:ANSWER|R[ĂA]SPUNS(?:URI)?)\s*:", re.IGNORECASE | re.MULTILINE
)


def suffix_of(name: Format) -> str:
    """Tell how the name of a file in this format ends."""
    return _SUFFIXES[name]


def media_type_of(name: Format) -> str:
    """Tell the media type of a file in this format."""
    return MEDIA_TYPES[_SUFFIXES[name]]


def format_of_name(file_name: str) -> Format | None:
    """Tell the format in which a file of this name is written."""
    return _BY_SUFFIX.get(PurePath(file_name).suffix.lstrip(".").lower())


@dataclass(frozen=True)
class Reading:
    """Hold a file that is being read: its format, its questions one by one, and its problems.

    The problems of the whole file are complete once the questions have been gone through.
    """

    format: Format | None
    questions: Iterator[ReadQuestion]
    problems: list[Problem]


def read_questions(
    source: bytes | BinaryIO, file_name: str = "", name: Format | None = None
) -> Reading:
    """Read a file in the format named, or in the one that it shows; never raise for its content."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    problems: list[Problem] = []
    if size > MOST_BYTES:
        return Reading(name, iter(()), [Problem(1, ProblemKind.TOO_LARGE)])
    found = name or recognise(stream, file_name)
    if found is None or found is Format.PAPER_TEST:
        problems.append(Problem(1, ProblemKind.UNKNOWN_FORMAT, reason=PurePath(file_name).suffix))
        return Reading(None, iter(()), problems)
    questions = _reader(found, file_name)(stream, problems)
    return Reading(found, _counted(without_doubles(questions), problems), problems)


def _counted(questions: Iterable[ReadQuestion], problems: list[Problem]) -> Iterator[ReadQuestion]:
    is_empty = True
    for read in questions:
        is_empty = False
        yield read
    if is_empty and not problems:
        problems.append(Problem(1, ProblemKind.NO_QUESTIONS))


def recognise(stream: BinaryIO, file_name: str = "") -> Format | None:
    """Tell a file's format from what it holds, and only then from its name."""
    stream.seek(0)
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith(b"PK"):
        return _archive_format(stream)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Format.XLSX if file_name.lower().endswith(".xls") else Format.DOCX
    if not head.strip():
        return format_of_name(file_name)
    text = _decoded(head)
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return _xml_format(text)
    return _text_format(text, file_name)


def _archive_format(stream: BinaryIO) -> Format:
    """Tell office files from packages by the names in the archive's directory, at its end."""
    end = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, end - _TAIL))
    tail = stream.read(_TAIL)
    stream.seek(0)
    if b"word/document.xml" in tail:
        return Format.DOCX
    return Format.XLSX if b"xl/workbook.xml" in tail else Format.QTI_21


def _decoded(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    if b"\0" in head[:400]:
        return head.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", errors="replace")
    return head.decode("utf-8", errors="replace")


def _xml_format(text: str) -> Format | None:
    match = _ROOT.match(text.lstrip("\ufeff"))
    root = match[1] if match else ""
    if root in _QTI_ROOTS:
        is_22 = "imsqti_v2p2" in text
        return Format.QTI_30 if root[:4] == "qti-" else Format.QTI_22 if is_22 else Format.QTI_21
    return Format.MOODLE_XML if root == "quiz" or not root else None


def _text_format(text: str, file_name: str) -> Format:
    if format_of_name(file_name) in {Format.CSV, Format.GIFT}:
        return Format.CSV if file_name.lower().endswith(".csv") else Format.GIFT
    return Format.AIKEN if _AIKEN_ANSWER.search(text) and "{" not in text else Format.GIFT


_Reader = Callable[[BinaryIO, list[Problem]], Iterator[ReadQuestion]]


def _reader(name: Format, file_name: str) -> _Reader:  # noqa: PLR0911 -- one for each format
    """Load only what this format needs: a command must start fast."""
    match name:
        case Format.MOODLE_XML:
            from lms.quizzes.exchange.moodle_xml import read_moodle_xml

            return read_moodle_xml
        case Format.AIKEN:
            from lms.quizzes.exchange.aiken import read_aiken

            return lambda stream, problems: read_aiken(stream.read(), problems)
        case Format.XLSX | Format.CSV:
            from lms.quizzes.exchange.table_file import read_questions_table

            return lambda stream, problems: read_questions_table(stream.read(), file_name, problems)
        case Format.GIFT:
            from lms.quizzes.exchange.gift_file import read_gift_questions

            return lambda stream, problems: read_gift_questions(stream.read(), problems)
        case Format.DOCX:
            from lms.quizzes.exchange.docx_file import read_docx_questions

            return lambda stream, problems: read_docx_questions(stream.read(), problems)
        case Format.QTI_21 | Format.QTI_22 | Format.QTI_30:
            from lms.quizzes.exchange.qti.package import read_qti

            return read_qti
        case _:
            return _unknown


def _unknown(_stream: BinaryIO, problems: list[Problem]) -> Iterator[ReadQuestion]:
    problems.append(Problem(1, ProblemKind.UNKNOWN_FORMAT))
    return iter(())


def write_questions(  # noqa: PLR0911 -- one answer for each format
    questions: Iterable[ReadQuestion], name: Format, *, title: str = "", language: str = "ro"
) -> Written:
    """Write questions in a format; what it can't say is among the problems."""
    match name:
        case Format.MOODLE_XML:
            from lms.quizzes.exchange.moodle_writer import write_moodle_xml

            return write_moodle_xml(questions)
        case Format.AIKEN:
            from lms.quizzes.exchange.aiken import write_aiken

            return write_aiken(questions)
        case Format.XLSX:
            from lms.quizzes.exchange.table_writer import write_questions_xlsx

            return write_questions_xlsx(questions, language=language)
        case Format.CSV:
            from lms.quizzes.exchange.table_writer import write_questions_csv

            return write_questions_csv(questions, language=language)
        case Format.GIFT:
            from lms.quizzes.exchange.gift_file import write_gift_questions

            return write_gift_questions(questions)
        case Format.QTI_21 | Format.QTI_22 | Format.QTI_30:
            from lms.quizzes.exchange.qti.package import write_qti

            version = name.removeprefix("qti-")
            return write_qti(questions, version, title=title, language=language)
        case Format.DOCX:
            from lms.quizzes.exchange.word_document import write_docx

            return write_docx(questions, title=title, language=language)
        case Format.PAPER_TEST:
            from lms.quizzes.exchange.word_paper import write_paper_test

            return write_paper_test(questions, title=title, language=language)
