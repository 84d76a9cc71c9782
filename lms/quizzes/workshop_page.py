"""What the workshop shows of a text: each question as learners will meet it, with its key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from flask import current_app

from lms.access import current_actor
from lms.quizzes.corrections.keyed import stale_feedback
from lms.quizzes.exchange.quiz_file import ItemStatus
from lms.quizzes.key_words import key_texts, plain_words
from lms.quizzes.queries import Words
from lms.quizzes.question_types import protocol
from lms.quizzes.question_types.calculated import rules as calculated
from lms.quizzes.question_types.calculated.rules import Calculated, Example
from lms.quizzes.question_types.choices import Option
from lms.quizzes.question_types.registry import rules_for, with_kept_ids
from lms.quizzes.services.prepared import Change, rendered, to_html
from lms.quizzes.services.workshop_plan import Bench, PlannedQuiz, TextPlan
from lms.quizzes.workshop.values import Heading, Piece
from lms.safety.html import MarkupTooLarge


@dataclass(frozen=True)
class ShownOption:
    """An option with its letter, and whether it is right."""

    html: str
    is_right: bool
    percent: str  # what it earns, where that is not plain
    feedback: str


@dataclass(frozen=True)
class ShownItem:
    """A question in the shape that its type's template draws, nothing answered yet."""

    position: int
    question: protocol.Question

    item_id = 0
    sequence = 0
    payload: ClassVar[Mapping[str, Any]] = {}

    @property
    def rules(self) -> protocol.QuestionType[Any]:
        """The rules of its type."""
        return rules_for(self.question)

    @property
    def words(self) -> Words:
        """Its words."""
        return Words(self.question)

    @property
    def public(self) -> dict[str, Any]:
        """What learners see, in the author's order."""
        return self.rules.public(self.question, self.rules.option_ids(self.question))


@dataclass(frozen=True)
class ShownPiece:
    """One question of the preview."""

    number: int
    piece: Piece
    stem: str
    change: Change | None
    item: ShownItem | None = None
    options: tuple[ShownOption, ...] = ()
    key: tuple[str, ...] = ()
    general: str = ""
    formula: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()  # of values that attempts may draw
    headings: tuple[Heading, ...] = ()  # of the sections that begin before it

    @property
    def is_draft(self) -> bool:
        """Whether it is kept back."""
        return self.piece.item is not None and self.piece.item.status is not ItemStatus.PUBLISHED


@dataclass(frozen=True)
class ShownQuiz:
    """The questions of one quiz."""

    planned: PlannedQuiz | None  # None: of these it must be said where they go
    pieces: tuple[ShownPiece, ...]
    headings: tuple[Heading, ...] = ()  # after the last question


def shown(plan: TextPlan, slug: str) -> list[ShownQuiz]:
    """Draw a plan's questions, quiz by quiz, numbered as learners would count them."""
    found = [_quiz(planned, slug) for planned in plan.quizzes]
    if plan.homeless:
        homeless = tuple(_piece(n, p, None, slug) for n, p in enumerate(plan.homeless, 1))
        found.insert(0, ShownQuiz(None, homeless))
    return found


def _quiz(planned: PlannedQuiz, slug: str) -> ShownQuiz:
    """Draw a quiz's questions under the headings of its sections."""
    left = list(planned.headings)
    pieces = []
    for number, piece in enumerate(planned.pieces, 1):
        begun = tuple(heading for heading in left if heading.line < piece.first)
        left = left[len(begun) :]
        pieces.append(replace(_piece(number, piece, planned, slug), headings=begun))
    return ShownQuiz(planned, tuple(pieces), tuple(left))


def stale_comments(plan: TextPlan, bench: Bench) -> dict[int, tuple[Option, ...]]:
    """Find, by a question's line, what is still said as if its old key were right."""
    found = {}
    for planned in plan.quizzes:
        for piece in planned.pieces:
            if piece.item is None or planned.change_of(piece) is not Change.KEY:
                continue
            before = bench.known[piece.item.id].question
            now = with_kept_ids(rendered(piece.item.question, bench.slug), before)
            if stale := stale_feedback(before, now):
                found[piece.first] = stale
    return found


def _piece(number: int, piece: Piece, planned: PlannedQuiz | None, slug: str) -> ShownPiece:
    change = planned.change_of(piece) if planned is not None else None
    if piece.item is None:
        return ShownPiece(number, piece, _html(piece.stem, slug), change)
    return drawn(number, piece, rendered(piece.item.question, slug), change)


def drawn(
    number: int, piece: Piece, question: protocol.Question, change: Change | None = None
) -> ShownPiece:
    """Show a question, its texts already HTML, as learners will meet it, with its key."""
    variants: tuple[Example, ...] = ()
    formula: tuple[str, ...] = ()
    if isinstance(question, Calculated):
        variants, formula = calculated.examples(question), calculated.key_text(question)
        question = calculated.as_drawn(question, calculated.draw(question, 1))
    options = tuple(
        ShownOption(option.text, option.fraction > 0, _percent(option.fraction), option.feedback)
        for option in getattr(question, "options", ())
        if hasattr(option, "fraction") and question.type in ("single_choice", "multiple_choice")
    )
    return ShownPiece(
        number=number,
        piece=piece,
        stem=question.stem,
        change=change,
        item=ShownItem(number, question),
        options=options,
        key=()
        if options
        else tuple(plain_words(question.type, text) for text in key_texts(question)),
        general=question.general_feedback,
        formula=formula,
        examples=variants,
    )


def _percent(fraction: Any) -> str:
    if fraction in (0, 1):
        return ""
    return f"{(fraction * 100).quantize(protocol.ONE / 100).normalize():f}".replace(".", ",")


def _html(text: str, slug: str) -> str:
    try:
        return to_html(text, slug)
    except MarkupTooLarge:
        return ""


@dataclass(frozen=True)
class BrowserDraft:
    """Where the browser keeps what was typed, and the key that it encrypts it with."""

    place: str
    secret: str


def browser_draft(course_id: int) -> BrowserDraft | None:
    """Say where this person's browser keeps unsaved texts; nobody else can read them."""
    actor = current_actor()
    if actor is None:
        return None
    place = f"w{actor.person_id}/{course_id}"
    made = hmac.new(str(current_app.secret_key).encode(), f"text:{place}".encode(), hashlib.sha256)
    return BrowserDraft(place, base64.b64encode(made.digest()).decode())
