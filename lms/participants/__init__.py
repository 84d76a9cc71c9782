"""Participants: brought in by list or by hand, invited, followed, released."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the navigation, the commands, and what the record calls people."""
    from lms.certificates.cli import certificate
    from lms.courses.views import teaching
    from lms.participants import audit_names, panels, traces
    from lms.participants.cli import participants
    from lms.participants.release_cli import release
    from lms.participants.seat_cli import replace, withdraw
    from lms.participants.views import (  # noqa: F401 -- they add their pages
        by_hand,
        heat,
        importing,
        imports,
        names,
        people,
        phones,
        releases,
        renaming,
        tables,
    )
    from lms.participants.views.blueprint import bp
    from lms.web import navigation

    app.register_blueprint(bp)
    for command in (replace, withdraw):
        participants.add_command(command)
    app.cli.add_command(participants)
    certificate.add_command(release)
    audit_names.register()
    traces.register()
    if panels.stuck_lines not in teaching.EDITION_LINES:
        teaching.EDITION_LINES.append(panels.stuck_lines)
    navigation.add(
        navigation.Entry(
            "Editions",
            "participants.editions",
            "people",
            "edition:list",
            20,
            below=(
                *("/participants", "/enrolments", "/imports", "/groups"),
                *("/meetings", "/messages", "/announcements"),
                "/certificates",  # of those whom one trains; who sees the register is in it
            ),
        )
    )
