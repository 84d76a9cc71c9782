"""What entry shows on other packages' pages: the gate before the first lesson, a panel."""

from __future__ import annotations

from flask import url_for

from lms.access import may
from lms.courses.gates import Gate
from lms.courses.models import Enrolment
from lms.courses.participant_hooks import Panel
from lms.entry import queries, words
from lms.entry.queries import EntryState
from lms.entry.services import answers
from lms.entry.services.settings import set_of, settings_of
from lms.web.i18n import gettext as _

GATE = Gate(
    key="entry",
    waits=queries.is_waited_for,
    href=lambda place: url_for("entry.ask", slug=place.edition_slug, page=1),
    title=lambda: _("A few questions about you"),
    detail=lambda: _("Two short pages; it takes 3 minutes."),
    lead=lambda: _("Before the first lesson, please answer two short pages; it takes 3 minutes."),
    action=lambda: _("Answer the questions"),
    reminder=lambda: _("The programme still needs a few answers from you; it takes 3 minutes."),
)


def participant_panel(enrolment: Enrolment) -> Panel | None:
    """Say how a participant's entry stands, for those who may see it."""
    if not may("entry:see"):
        return None
    asked = set_of(settings_of(enrolment.edition.programme_id))
    if asked is None:
        return None
    entry = answers.record_of(enrolment)
    state = EntryState.NOT_ANSWERED
    if entry is not None:
        state = EntryState.ANSWERED if entry.completed_at else EntryState.BEGUN
    day = answers.current_day(entry) if entry is not None and entry.completed_at else None
    return Panel("entry/_participant.html", {"word": words.state_word(state), "day": day})
