"""Questions in a Word document, as the workshop's box understands it: numbers, letters, marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lms.quizzes.exchange.pictures import picture_name, shown
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind, QuizItem
from lms.quizzes.exchange.read_question import ReadQuestion, from_item, with_id
from lms.quizzes.exchange.text_formats import texts_of
from lms.quizzes.workshop.document import to_text
from lms.quizzes.workshop.docx_reader import DocumentFault, DocumentRefused, read_docx
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import Piece, TextRead

PREFIX = "docx-"


def read_docx_questions(data: bytes, problems: list[Problem]) -> Iterator[ReadQuestion]:
    """Yield the questions; lines are those of the text that the document becomes."""
    files: dict[str, bytes] = {}

    def keep(picture: bytes) -> str:
        name = picture_name(picture)
        if name:
            files[name] = picture
        return name

    try:
        read = read_text(to_text(read_docx(data, keep)))
    except DocumentRefused as refused:
        is_large = refused.fault is DocumentFault.TOO_LARGE
        kind = ProblemKind.TOO_LARGE if is_large else ProblemKind.UNKNOWN_FORMAT
        problems.append(Problem(1, kind, reason=refused.fault))
        return
    for piece in read.pieces:
        yield _question(read, piece, files)


def _question(read: TextRead, piece: Piece, files: dict[str, bytes]) -> ReadQuestion:
    name = " ".join(piece.stem.split())[:60]
    if piece.item is None:
        problem = Problem(piece.first, ProblemKind.BAD_ANSWERS, name)
        return ReadQuestion(name=name, problems=(problem,), line=piece.first)
    heading = read.heading_of(piece)
    found = from_item(_placed(piece.item, heading.text if heading is not None else ""))
    known = shown(texts_of(piece.item.question), files)
    return with_id(replace(found, line=piece.first, files=known), PREFIX)


def _placed(item: QuizItem, heading: str) -> QuizItem:
    """Take the heading above a question for its category, where it has none."""
    return item if item.category else replace(item, category=" ".join(heading.split())[:200])
