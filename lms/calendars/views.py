"""One's own calendar: the page, the file, and the feed that a phone or a program reads."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import current_actor, reads, writes
from lms.calendars import feeds
from lms.calendars.ical import MEDIA_TYPE, to_ical
from lms.calendars.moments import Moment, by_month
from lms.calendars.permissions import READ_FEED, SEE_OWN_CALENDAR, SET_FEED
from lms.calendars.queries import moments_of
from lms.certificates.views.strangers import count, keep_private
from lms.errors import Hidden
from lms.safety.file_names import content_disposition
from lms.web.i18n import current_locale, in_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

bp = Blueprint("calendars", __name__)

FEEDS_A_MINUTE = 60


def _me() -> int:
    actor = current_actor()
    assert actor is not None  # the permission says so
    return actor.person_id


@bp.get("/learn/calendar")
@reads(SEE_OWN_CALENDAR)
def mine() -> Response:
    """Show one's own calendar by month; what has passed where it is asked for."""
    now = clock.now()
    found = moments_of(_me(), now=now)
    over = [moment for moment in found if moment.is_over(now)]
    shows_past = "past" in request.args
    page = render(
        "calendars/mine.html",
        months=by_month(found if shows_past else [m for m in found if not m.is_over(now)]),
        over=len(over),
        shows_past=shows_past,
        has_courses=len({moment.course for moment in found}) > 1,
        feed=feeds.feed_of(_me()),
        now=now,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"  # it may show the address
    return response


@bp.get("/learn/calendar.ics")
@reads(SEE_OWN_CALENDAR)
def file() -> Response:
    """Hand out what is to come in one's own calendar, as it is now, to be taken in once."""
    now = clock.now()
    response = _file([moment for moment in moments_of(_me(), now=now) if not moment.is_over(now)])
    response.headers["Content-Disposition"] = content_disposition("calendar.ics")
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(moments: list[Moment]) -> Response:
    data = to_ical(
        moments,
        name=_("My courses"),
        site=current_app.config["LMS"].base_url.rstrip("/"),
        locale=current_locale(),
    )
    return Response(data, content_type=f"{MEDIA_TYPE}; charset=utf-8")


@bp.get("/calendar/<token>.ics")
@reads(READ_FEED)
def feed(token: str) -> Response:
    """Answer whoever has the address with its owner's calendar, in the owner's language."""
    count("calendars", FEEDS_A_MINUTE)
    owner = feeds.owner_of(token)
    if owner is None:
        raise Hidden
    with in_locale(owner.locale):
        response = _file(moments_of(owner.id, now=clock.now()))
    response.headers["Content-Disposition"] = content_disposition("calendar.ics")
    return keep_private(response)


@bp.post("/learn/calendar/address")
@writes(SET_FEED)
def renew_feed() -> Response:
    """Make the address, or another in its place."""
    is_new = feeds.feed_of(_me()) is None
    feeds.renew(_me(), now=clock.now())
    flash(
        _("The subscription is ready: press the button below.")
        if is_new
        else _("There is a new address; the old one opens nothing any more."),
        "success",
    )
    return redirect(url_for("calendars.mine", _anchor="address"), 303)


@bp.post("/learn/calendar/address/stop")
@writes(SET_FEED)
def stop_feed() -> Response:
    """Take the address away."""
    feeds.stop(_me())
    flash(_("The subscription is stopped: its address opens nothing any more."), "success")
    return redirect(url_for("calendars.mine", _anchor="address"), 303)
