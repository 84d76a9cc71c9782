"""What was written to somebody, beside the other things on their page."""

from __future__ import annotations

from lms.courses.models import Enrolment
from lms.courses.participant_hooks import Panel
from lms.messages import queries, words


def participant_panel(enrolment: Enrolment) -> Panel | None:
    """Show messages and reminders with how each mail stands; nothing where nothing was written."""
    lines = queries.written_to(enrolment.id)
    if not lines:
        return None
    return Panel("messages/_panel.html", {"lines": lines, "words": words})
