"""What quizzes show on a participant's page: attempts, and one more to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from flask import url_for
from markupsafe import Markup

from lms import db
from lms.access import current_actor, may
from lms.courses.models import Enrolment, EnrolmentState
from lms.courses.participant_hooks import Panel
from lms.courses.views.learning import CoursePage
from lms.quizzes import queries
from lms.quizzes.disputes.queries import waiting_by_course
from lms.quizzes.forms.override_forms import words_of
from lms.quizzes.models import Quiz, QuizVersion
from lms.quizzes.permissions import (
    EDIT_QUIZ,
    GIVE_ATTEMPT,
    GRANT_TERMS,
    LIST_DISPUTES,
    PREVIEW_QUIZ,
    RECORD_PAPER,
    REVIEW_ATTEMPT,
    SEE_BANK,
    SEE_PAPER_RESULT,
)
from lms.quizzes.queries import AttemptLine, PaperLine
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.services import overriding
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


@dataclass(frozen=True)
class QuizLines:
    """A quiz with one participant's attempts."""

    quiz: Quiz
    lines: list[AttemptLine]
    papers: list[PaperLine]
    terms: list[tuple[bool, list[str]]]  # what was granted: to the person, or to the group
    pass_mark: Decimal | None = None

    @property
    def has_passed(self) -> bool:
        """Whether one of the attempts passed, or a test without pass mark was taken."""
        return any(x.is_done for x in self.lines) or any(x.is_done for x in self.papers)


def module_panel(page: CoursePage) -> dict[int, Markup]:
    """Lead trainers from a module to its quizzes' pages; nothing for anybody else.

    Whoever does not learn here finds the published ones, with their ways, above it.
    """
    if not may(PREVIEW_QUIZ.name, page):
        return {}
    may_edit = may(EDIT_QUIZ.name, page)
    found: dict[int, list[Quiz]] = {module.id: [] for module in page.outline.modules}
    for quiz in queries.quizzes_of(page.course_id):
        if quiz.module_id in found and (page.standing or quiz.published_at is None):
            found[quiz.module_id].append(quiz)
    return {
        module.id: Markup(  # noqa: S704 -- our template
            render(
                "quizzes/_module.html",
                outline=page.outline,
                module=module,
                quizzes=found[module.id],
                may_edit=may_edit,
            )
        )
        for module in page.outline.modules
        if found[module.id] or may_edit
    }


def participant_panel(enrolment: Enrolment) -> Panel | None:
    """Show all attempts of a participant, and what was granted; a fixed number of statements."""
    lines, papers = queries.results_of(enrolment.id)
    granted = overriding.standing_for(enrolment)
    found = queries.quizzes_of(enrolment.edition.course_id)
    marks = _pass_marks(found)
    quizzes = [
        QuizLines(
            quiz,
            [line for line in lines if line.quiz_id == quiz.id],
            [line for line in papers if line.quiz_id == quiz.id],
            [
                (row.enrolment_id is not None, words_of(row.terms))
                for row in granted.get(quiz.id, ())
            ],
            marks.get(quiz.id),
        )
        for quiz in found
    ]
    if not quizzes:
        return None
    return Panel(
        "quizzes/_participant.html",
        {
            "quizzes": quizzes,
            "may_grant": may(GRANT_TERMS.name, enrolment)
            and enrolment.state is EnrolmentState.ACTIVE,
            "may_give": may(GIVE_ATTEMPT.name, enrolment),
            "may_record": may(RECORD_PAPER.name, enrolment)
            and enrolment.state is EnrolmentState.ACTIVE,
            "may_see_papers": may(SEE_PAPER_RESULT.name, enrolment),
            "may_review": may(REVIEW_ATTEMPT.name, enrolment),
        },
    )


def _pass_marks(quizzes: Sequence[Quiz]) -> dict[int, Decimal | None]:
    """Return what each quiz asks for to be passed, by its rules of today; one statement."""
    rows = db.session().execute(
        sa.select(QuizVersion.quiz_id, QuizVersion.settings).where(
            QuizVersion.id.in_([quiz.current_version_id for quiz in quizzes])
        )
    )
    return {quiz_id: parse_settings(values).pass_mark for quiz_id, values in rows}


def dispute_links(courses: Mapping[int, str]) -> dict[int, Markup]:
    """Lead from each course to what its learners contest, and say how many wait; one statement."""
    if not may(LIST_DISPUTES.name):
        return {}
    waiting = waiting_by_course(current_actor(), courses)
    return {
        course_id: Markup('<a href="{}">{}</a>').format(
            url_for("quizzes.dispute_queue", course=slug), _link_words(waiting.get(course_id, 0))
        )
        for course_id, slug in courses.items()
    }


@dataclass(frozen=True)
class _Course:
    course_id: int


def bank_links(courses: Mapping[int, str]) -> dict[int, Markup]:
    """Lead from each course to its questions."""
    return {
        course_id: Markup('<a href="{}">{}</a>').format(
            url_for("quizzes.bank", slug=slug), _("Question bank")
        )
        for course_id, slug in courses.items()
        if may(SEE_BANK.name, _Course(course_id))
    }


def _link_words(waiting: int) -> str:
    if not waiting:
        return _("Contested questions")
    return ngettext("%(num)s contested question waits", "%(num)s contested questions wait", waiting)
