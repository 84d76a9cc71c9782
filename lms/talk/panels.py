"""What questions show on other packages' pages; none of it asks the database of a learner."""

from __future__ import annotations

from collections.abc import Mapping

from flask import url_for
from markupsafe import Markup

from lms import clock
from lms.access import current_actor, may
from lms.courses.queries import Place
from lms.courses.views.learning import LessonPage, lesson_href
from lms.talk.permissions import SEE_INBOX
from lms.talk.queries.announcements import unread_of
from lms.talk.queries.threads import waiting_by_course
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render


def lesson_panel(page: LessonPage) -> Markup:
    """Lead from a lesson to what was asked about it, and to asking."""
    href = f"{lesson_href(page.outline, page.lesson_id)}/threads"
    shown = render("talk/_at_lesson.html", href=href, may_ask=page.place is not None)
    return Markup(shown)  # noqa: S704 -- our template


def home_panel(place: Place) -> Markup:
    """Show a learner what was announced and not read yet; lead to questions and announcements."""
    news = []
    if place.has_news:
        news = unread_of(place.person_id, place.edition_id, now=clock.now())
    return Markup(render("talk/_home.html", news=news))  # noqa: S704 -- our template


def course_links(courses: Mapping[int, str]) -> dict[int, Markup]:
    """Lead from each course to what its learners ask, and say how many wait; one statement."""
    actor = current_actor()
    if actor is None or not may(SEE_INBOX.name):
        return {}
    waiting = waiting_by_course(actor, courses)
    return {
        course_id: Markup('<a href="{}">{}</a>').format(
            url_for("talk.inbox"), _link_words(waiting.get(course_id, 0))
        )
        for course_id in courses
    }


def _link_words(waiting: int) -> str:
    if not waiting:
        return _("Learners' questions")
    return ngettext(
        "Learners' questions: %(num)s waits", "Learners' questions: %(num)s wait", waiting
    )
