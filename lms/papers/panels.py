"""What papers show on the pages of a course and of its lessons."""

from __future__ import annotations

from markupsafe import Markup

from lms.courses.views.learning import CoursePage, LessonPage
from lms.papers import shelf
from lms.web.templating import render


def course_panel(page: CoursePage) -> Markup:
    """Lead from a course to its papers; nothing where it has none."""
    outline = page.outline
    papers = shelf.papers_of(outline.course_id, outline.version)
    if not papers:
        return Markup("")
    return _drawn("papers/_course.html", slug=outline.slug, papers=papers)


def lesson_panel(page: LessonPage) -> Markup:
    """Show the papers that a lesson uses; nothing where it uses none."""
    outline = page.outline
    number = next((le.number for le in outline.lessons if le.id == page.lesson_id), "")
    papers = shelf.papers_of_lesson(outline.course_id, outline.version, number)
    if not papers:
        return Markup("")
    return _drawn("papers/_lesson.html", slug=outline.slug, papers=papers)


def _drawn(template: str, **values: object) -> Markup:
    return Markup(render(template, **values))  # noqa: S704 -- our template
