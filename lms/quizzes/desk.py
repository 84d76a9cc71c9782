"""The trainer's desk of a quiz: its title, its state, and one row of tabs over every page.

Each page of a quiz for trainers takes the same values in its address (`slug`, `quiz_slug`) and
draws this frame first, so that a trainer is never more than one click from any of them. To add a
page: one line in `TABS`, in the order in which the row shows them, `frame=desk.frame_of(page,
"key")` in the view, and in the template `{% from "quizzes/_desk.html" import desk %}` with
`{{ desk(frame) }}` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from flask import url_for

from lms.access import Permission, current_actor
from lms.courses.outline import Outline
from lms.quizzes.forms.draw_forms import shortage_words
from lms.quizzes.models import Quiz
from lms.quizzes.permissions import PREVIEW_QUIZ, SEE_MARKING, SEE_RESULTS, SEE_SETTINGS
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.services.bank_draws import fixed_in, supply_of
from lms.web.forms import lazy
from lms.web.i18n import current_locale


@dataclass(frozen=True)
class Tab:
    """A page of a quiz for trainers."""

    key: str
    label: Any  # translated when it is drawn
    endpoint: str
    permission: Permission


TABS: tuple[Tab, ...] = (
    Tab("questions", lazy("Questions"), "quizzes.questions", PREVIEW_QUIZ),
    Tab("settings", lazy("Settings"), "quizzes.settings", SEE_SETTINGS),
    Tab("results", lazy("Results"), "quizzes.attempts", SEE_RESULTS),
    Tab("marking", lazy("Marking"), "quizzes.marking_queue_page", SEE_MARKING),
    Tab("statistics", lazy("Statistics"), "quizzes.statistics", SEE_RESULTS),
    Tab("corrections", lazy("Corrections"), "quizzes.corrections", PREVIEW_QUIZ),
    Tab("exchange", lazy("Import and export"), "quizzes.exchange", PREVIEW_QUIZ),
)


class QuizPageLike(Protocol):
    """What a page of a quiz knows."""

    @property
    def quiz(self) -> Quiz:
        """The quiz."""

    @property
    def outline(self) -> Outline:
        """The course that it belongs to."""


@dataclass(frozen=True)
class Frame:
    """What stands above each page of a quiz."""

    page: QuizPageLike
    tabs: list[tuple[str, str, bool]]
    warning: str = ""  # why an attempt can't begin, whatever page is open

    @property
    def title(self) -> str:
        """The quiz's title in the reader's language."""
        quiz = self.page.quiz
        return quiz.title_en if current_locale() == "en" else quiz.title_ro

    @property
    def course_title(self) -> str:
        """The course's title in the reader's language."""
        return self.page.outline.title(current_locale())

    @property
    def course_href(self) -> str:
        """The address of the course, at the quiz's module."""
        outline = self.page.outline
        module_id = self.page.quiz.module_id
        anchor = next((m.slug for m in outline.modules if m.id == module_id), None)
        return url_for("courses.course", slug=outline.slug, _anchor=anchor)

    @property
    def learner_href(self) -> str:
        """The address of the quiz's first page, as learners meet it."""
        return url_for("quizzes.quiz", slug=self.page.outline.slug, quiz_slug=self.page.quiz.slug)

    @property
    def state(self) -> str:
        """published, draft or withdrawn."""
        if self.page.quiz.withdrawn_at is not None:
            return "withdrawn"
        return "draft" if self.page.quiz.published_at is None else "published"

    @property
    def is_practice(self) -> bool:
        """Whether its module does not ask for it."""
        quiz = self.page.quiz
        version = quiz.current_version
        return (
            version is not None
            and not quiz.is_course_test
            and not parse_settings(version.settings).counts
        )


def frame_of(page: QuizPageLike, current: str) -> Frame:
    """Make the frame of a page; tabs that the reader may not open are left out."""
    actor = current_actor()
    where: dict[str, Any] = {"slug": page.outline.slug, "quiz_slug": page.quiz.slug}
    return Frame(
        page,
        [
            (str(tab.label), url_for(tab.endpoint, **where), tab.key == current)
            for tab in TABS
            if tab.permission.allows(actor, page)
        ],
        _warning(page.quiz) if current != "settings" else "",
    )


def _warning(quiz: Quiz) -> str:
    """Say that the bank no longer has what the quiz draws from it; asked only where it draws."""
    version = quiz.current_version
    if version is None or not version.has_draws:
        return ""
    draws = parse_settings(version.settings).draws
    supply = supply_of(quiz.course_id, draws, fixed_in(version.id))
    return shortage_words(supply.shortage) if supply.shortage is not None else ""
