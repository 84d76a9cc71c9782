"""A quiz's text with some of its questions put in, changed or taken out."""

from __future__ import annotations

from collections.abc import Mapping

from lms.errors import Refused
from lms.quizzes.services import workshop
from lms.quizzes.services.workshop import ReadyText
from lms.quizzes.services.workshop_plan import Bench, Titles, Wanted, plan_text
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import Piece, TextRead


class TextNotReady(Refused):
    """The quiz's own text has faults, or would be left without a question."""


def pieces_of(text: str) -> dict[str, Piece]:
    """Find a text's questions by their ids."""
    return {piece.item.id: piece for piece in read_text(text).pieces if piece.item is not None}


def lines_of(text: str, piece: Piece | None) -> str:
    """Return the lines of a text that hold a question, "" where it has none."""
    if piece is None:
        return ""
    return "\n".join(text.split("\n")[piece.first - 1 : piece.last]).strip("\n")


def with_questions(text: str, texts: Mapping[str, str], categories: Mapping[str, str]) -> str:
    """Put questions in the place of those with their ids, and the others after the last one."""
    read = read_text(text)
    left = dict(texts)
    lines = read.text.split("\n")
    for piece in reversed(_in_order(read)):
        if piece.item is not None and piece.item.id in left:
            new = left.pop(piece.item.id)
            lines[piece.first - 1 : piece.last] = ["", *new.split("\n"), ""] if new else []
    last = read.pieces[-1].item if read.pieces else None
    category = last.category if last is not None else ""
    for content_id, written in left.items():
        wanted = categories.get(content_id, "")
        if wanted != category:
            lines += ["", f"$CATEGORY: {wanted}"]
            category = wanted
        lines += ["", written]
    return "\n".join(lines) + "\n"


def _in_order(read: TextRead) -> list[Piece]:
    return sorted(read.pieces, key=lambda piece: piece.first)


def saved(bench: Bench, text: str) -> list[ReadyText]:
    """Make a text ready to be saved; raise TextNotReady where it has faults."""
    plan = plan_text(bench, text, Wanted(), Titles("", ""))
    if not plan.is_ready:
        raise TextNotReady(", ".join(str(problem) for problem in plan.read.errors[:3]))
    is_published = bench.quiz is not None and bench.quiz.is_published
    return workshop.make_ready(bench, plan, publishes=is_published)
