"""What this package shows on the pages of others: ways to the text and to the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for
from markupsafe import Markup

from lms.access import may
from lms.courses.views.learning import LessonPage
from lms.lesson_editor.permissions import EDIT_LESSON, KEEP_FILES
from lms.web.i18n import gettext as _


@dataclass(frozen=True)
class _Course:
    course_id: int


def lesson_panel(page: LessonPage) -> Markup:
    """Lead whoever may write the lesson from its page to its text."""
    if page.place is not None or not may(EDIT_LESSON.name, page):
        return Markup("")
    args = dict(request.view_args or {})
    return Markup('<p class="cluster no-print"><a href="{}">{}</a> <a href="{}">{}</a></p>').format(
        url_for("lesson_editor.edit", **args),
        _("Change the lesson"),
        url_for("lesson_editor.history", **args),
        _("History"),
    )


def library_links(courses: Mapping[int, str]) -> dict[int, Markup]:
    """Lead from each course to its pictures and papers."""
    return {
        course_id: Markup('<a href="{}">{}</a>').format(
            url_for("lesson_editor.library", slug=slug), _("Pictures and papers")
        )
        for course_id, slug in courses.items()
        if may(KEEP_FILES.name, _Course(course_id))
    }
