"""What this package shows on the pages of a lesson and of a participant."""

from __future__ import annotations

from markupsafe import Markup

from lms.access import may
from lms.courses.exercises import Exercise
from lms.courses.models import Enrolment
from lms.courses.participant_hooks import Panel
from lms.courses.views.learning import LessonPage
from lms.papers import shelf
from lms.papers.shelf import PaperEntry
from lms.submissions import queries
from lms.submissions.permissions import READ_WORK
from lms.web.templating import render


def paper_of(page: LessonPage) -> PaperEntry | None:
    """Return the working paper that a lesson's exercise names; kept with the course's version."""
    wanted = page.exercise.paper if page.exercise else ""
    if not wanted:
        return None
    papers = shelf.papers_of(page.course_id, page.outline.version)
    return next((paper for paper in papers if paper.content_id == wanted), None)


def lesson_panel(page: LessonPage) -> Markup:
    """Show a lesson's exercise and the way to hand it in; nothing where it has none.

    Its paper is named here only where the lesson's own list of papers, drawn above, has it not.
    """
    if page.exercise is None:
        return Markup("")
    entry = next((le for le in page.outline.lessons if le.id == page.lesson_id), None)
    paper = paper_of(page)
    if paper is not None and entry is not None and entry.number in paper.lessons:
        paper = None
    module = page.outline.module(page.module_id)
    drawn = render("submissions/_lesson.html", page=page, entry=entry, module=module, paper=paper)
    return Markup(drawn)  # noqa: S704 -- our template


def participant_panel(enrolment: Enrolment) -> Panel | None:
    """Show the office and the trainer what a participant has handed in; one statement."""
    works = [
        (work, lesson.number, Exercise.from_json(lesson.exercise))
        for work, lesson in queries.works_of(enrolment.id)
        if lesson.exercise is not None
    ]
    if not works:
        return None
    return Panel(
        "submissions/_participant.html",
        {"works": works, "may_read": may(READ_WORK.name, enrolment)},
    )
