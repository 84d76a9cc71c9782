"""What this package shows on the pages of others: the way to a course's pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from lms.access import may
from lms.lesson_editor.permissions import KEEP_FILES
from lms.web.i18n import gettext as _


@dataclass(frozen=True)
class _Course:
    course_id: int


def library_links(courses: Mapping[int, str]) -> dict[int, Markup]:
    """Lead from each course to its pictures and papers."""
    return {
        course_id: Markup('<a href="{}">{}</a>').format(
            url_for("lesson_editor.library", slug=slug), _("Pictures and papers")
        )
        for course_id, slug in courses.items()
        if may(KEEP_FILES.name, _Course(course_id))
    }
