"""Meetings: when a group meets, who was there, and the hours that this gives."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the commands, and what other packages' pages show of meetings."""
    from lms.audit import names
    from lms.courses import due, hours_ahead, participant_hooks
    from lms.meetings import hooks, queries, traces
    from lms.meetings.cli import meetings
    from lms.meetings.due import MeetingDates
    from lms.meetings.views import (  # noqa: F401 -- they add their pages
        importing,
        office,
        own,
        papers,
        presence,
        setting,
    )
    from lms.meetings.views.blueprint import bp

    app.register_blueprint(bp)
    app.cli.add_command(meetings)
    traces.register()
    hours_ahead.register(hooks.next_meeting_words, queries.has_meetings)
    if not any(isinstance(p, MeetingDates) for p in due.PROVIDERS):  # several applications in tests
        due.register(MeetingDates())
    participant_hooks.register_panel("meetings", hooks.participant_panel)
    names.register("meetings", hooks.names_of_meetings)
    names.register_concern("meetings", hooks.meetings_of, action="presence.marked")
