"""What questions and announcements show on other packages' pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from markupsafe import Markup

from lms import clock
from lms.access import current_actor, may
from lms.courses.queries import Place
from lms.courses.views.learning import LessonPage, lesson_href
from lms.talk.permissions import SEE_INBOX
from lms.talk.queries.announcements import unread_of
from lms.talk.queries.threads import waiting
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render

MOST_NEWS = 2  # on the home page; more are on their own page
URGENT_AFTER = 2  # days
_ZONE = "Europe/Bucharest"


def lesson_panel(page: LessonPage) -> Markup:
    """Lead from a lesson to what was asked about it, and to asking; no statement."""
    href = f"{lesson_href(page.outline, page.lesson_id)}/threads"
    shown = render("talk/_at_lesson.html", href=href, may_ask=page.place is not None)
    return Markup(shown)  # noqa: S704 -- our template


def home_panel(place: Place) -> Markup:
    """Show a learner what was announced and not read yet; no statement where there is nothing."""
    if not place.has_news:
        return Markup()
    news = unread_of(place.person_id, place.edition_id, now=clock.now())
    shown = render(
        "talk/_home.html",
        news=news[:MOST_NEWS],
        more=len(news[MOST_NEWS:]),
        zone=place.zone,
    )
    return Markup(shown)  # noqa: S704 -- our template


def beside_disputes() -> Markup:
    """Lead from contested questions to learners' other questions, with their count."""
    actor = current_actor()
    if actor is None or not may(SEE_INBOX.name):
        return Markup()
    count, _since = waiting(actor)
    shown = render("talk/_beside_disputes.html", count=count)
    return Markup(shown)  # noqa: S704 -- our template


def waiting_panel() -> Markup:
    """Tell whoever trains how many questions wait, and for how long; one statement."""
    actor = current_actor()
    if actor is None or not may(SEE_INBOX.name):
        return Markup()
    count, since = waiting(actor)
    if since is None:
        return Markup()
    days = _days(since, clock.now())
    shown = render(
        "talk/_waiting.html", count=count, age=_age(days, count), is_urgent=days >= URGENT_AFTER
    )
    return Markup(shown)  # noqa: S704 -- our template


def _days(since: datetime, now: datetime) -> int:
    zone = ZoneInfo(_ZONE)
    return (now.astimezone(zone).date() - since.astimezone(zone).date()).days


def _age(days: int, count: int) -> str:
    if days <= 0:
        return _("It came today.") if count == 1 else _("The oldest came today.")
    if days == 1:
        return _("It came yesterday.") if count == 1 else _("The oldest came yesterday.")
    if count == 1:
        return ngettext("It has waited for %(num)s day.", "It has waited for %(num)s days.", days)
    return ngettext(
        "The oldest has waited for %(num)s day.", "The oldest has waited for %(num)s days.", days
    )


def course_links(courses: Mapping[int, str]) -> dict[int, Markup]:
    """Lead from each course to what learners ask, of whatever edition one follows."""
    if not may(SEE_INBOX.name):
        return {}
    link = Markup('<a href="{}">{}</a>').format(url_for("talk.inbox"), _("Learners’ questions"))
    return dict.fromkeys(courses, link)
