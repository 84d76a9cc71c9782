"""What meetings show on other packages' pages."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for
from markupsafe import Markup

from lms import clock, db
from lms.audit.names import Name
from lms.courses.hours_ahead import HoursAhead
from lms.courses.models import Enrolment
from lms.courses.participant_hooks import Panel
from lms.courses.queries import Place
from lms.meetings import queries, words
from lms.meetings.models import Meeting, Presence
from lms.web.i18n import gettext as _
from lms.web.templating import render


def next_meeting_words(place: Place) -> HoursAhead | None:
    """Name the next meeting at which a learner gets hours."""
    found = queries.next_of_place(place.enrolment_id, now=clock.now())
    if found is None:
        return None
    said = words.when(found.meeting, found.zone)
    return HoursAhead(_("Next meeting: %(when)s", when=said), url_for("meetings.mine"))


def home_panel(place: Place) -> Markup:
    """Show a learner the meeting that is going on, with the field for its code."""
    now = clock.now()
    found = queries.meetings_of_place(place.enrolment_id)
    ahead = next((own for own in found if own.is_open(now)), None)
    if ahead is None:
        return Markup("")
    shown = render("meetings/_home.html", ahead=ahead, words=words)
    return Markup(shown)  # noqa: S704 -- our template


def participant_panel(enrolment: Enrolment) -> Panel | None:
    """Show the office and the trainer a participant's meetings."""
    found = queries.meetings_of_place(enrolment.id)
    if not found:
        return None
    return Panel("meetings/_participant.html", {"meetings": found, "words": words})


def meetings_of(people: Collection[int]) -> sa.Select[int]:
    """Select the meetings at which people's presence is written down, for the record's search."""
    return (
        sa.select(Presence.meeting_id)
        .join(Enrolment, Enrolment.id == Presence.enrolment_id)
        .where(Enrolment.person_id.in_(people))
    )


def names_of_meetings(ids: Collection[int]) -> dict[int, Name]:
    """Name meetings for the record's pages."""
    rows = db.session().execute(sa.select(Meeting.id, Meeting.title).where(Meeting.id.in_(ids)))
    return {row: Name(title, url_for("meetings.see", meeting_id=row)) for row, title in rows}
