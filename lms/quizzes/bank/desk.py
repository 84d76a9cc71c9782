"""The frames of the bank's pages: where one is, and one row of tabs over every page.

To add a page of the whole bank: one line in `BANK_TABS`, `frame=desk.bank_frame(page, "key")` in
the view, and `{{ bank_desk(frame) }}` first in the template. To add a page of one question: one
line in `QUESTION_TABS`, `frame=desk.question_frame(page, "key")` and `{{ question_desk(frame) }}`;
its view loads with `views.bank.load_question`. To add a section to a question's first page:
append to `PANELS` a function from the `QuestionPage` to Markup, or None where it has nothing to
say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask import url_for
from markupsafe import Markup

from lms.access import Permission, current_actor
from lms.courses.outline import Outline
from lms.quizzes.bank.filters import Status
from lms.quizzes.bank.queries import status_of
from lms.quizzes.models import Question
from lms.quizzes.permissions import EDIT_BANK, SEE_BANK
from lms.web.forms import lazy
from lms.web.i18n import current_locale


@dataclass(frozen=True)
class Tab:
    """A page of the bank, or of one question."""

    key: str
    label: Any  # translated when it is drawn
    endpoint: str
    permission: Permission = SEE_BANK


BANK_TABS: tuple[Tab, ...] = (
    Tab("questions", lazy("Questions"), "quizzes.bank"),
    Tab("text", lazy("Write questions"), "quizzes.bank_text", EDIT_BANK),
    Tab("shared", lazy("From other courses"), "quizzes.bank_shared"),
    Tab("doubles", lazy("Duplicate questions"), "quizzes.bank_doubles"),
)
QUESTION_TABS: tuple[Tab, ...] = (
    Tab("question", lazy("The question"), "quizzes.bank_question"),
    Tab("bench", lazy("Test bench"), "quizzes.begin_bench"),
    Tab("versions", lazy("Versions"), "quizzes.bank_versions"),
    Tab("use", lazy("Use"), "quizzes.bank_use"),
)


class BankPageLike(Protocol):
    """What a page of a course's bank knows."""

    @property
    def course_id(self) -> int:
        """The course."""

    @property
    def outline(self) -> Outline:
        """Its outline."""


class QuestionPageLike(BankPageLike, Protocol):
    """What a page of one question knows."""

    @property
    def question(self) -> Question:
        """The question."""


# Sections of a question's first page, each drawn where it has something to say.
PANELS: list[Callable[[Any], Markup | None]] = []

Tabs = Sequence[tuple[str, str, bool]]


@dataclass(frozen=True)
class BankFrame:
    """What stands above each page of a course's bank."""

    outline: Outline
    tabs: Tabs

    @property
    def course_title(self) -> str:
        """The course's title in the reader's language."""
        return self.outline.title(current_locale())


@dataclass(frozen=True)
class QuestionFrame(BankFrame):
    """What stands above each page of one question."""

    question: Question

    @property
    def title(self) -> str:
        """The question's own words, or its id where it has none."""
        return self.question.stem or self.question.content_id

    @property
    def status(self) -> Status:
        """How it stands."""
        return status_of(self.question.state, is_ready=self.question.is_ready)


def bank_frame(page: BankPageLike, current: str) -> BankFrame:
    """Make the frame of a page of the bank; tabs that the reader may not open are left out."""
    return BankFrame(page.outline, _shown(BANK_TABS, page, current))


def question_frame(page: QuestionPageLike, current: str) -> QuestionFrame:
    """Make the frame of a page of one question."""
    tabs = _shown(QUESTION_TABS, page, current, question_id=page.question.id)
    return QuestionFrame(page.outline, tabs, page.question)


def _shown(tabs: Sequence[Tab], page: BankPageLike, current: str, **where: Any) -> Tabs:
    actor = current_actor()
    return [
        (str(t.label), url_for(t.endpoint, slug=page.outline.slug, **where), t.key == current)
        for t in tabs
        if t.permission.allows(actor, page)
    ]


def panels_of(page: QuestionPageLike) -> list[Markup]:
    """Draw the sections that a question's first page has beside its own."""
    return [drawn for panel in PANELS if (drawn := panel(page)) is not None]
