"""The links that end reminders."""

from __future__ import annotations

from lms.messages.models import ReminderStop
from lms.messages.stop_links import StopLinks

REMINDERS = StopLinks(
    purpose="stop reminders",
    page="messages.stop_page",
    stops=ReminderStop,
    stopped="reminders.stopped",
    resumed="reminders.resumed",
)
