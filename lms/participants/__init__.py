"""Participants: brought in by list or by hand, invited, followed, released."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the navigation, the commands, and what the record calls people."""
    from lms.participants import audit_names
    from lms.participants.cli import participants
    from lms.participants.views import (  # noqa: F401 -- they add their pages
        by_hand,
        importing,
        imports,
        people,
        releases,
        tables,
    )
    from lms.participants.views.blueprint import bp
    from lms.web import navigation

    app.register_blueprint(bp)
    app.cli.add_command(participants)
    audit_names.register()
    navigation.add(
        navigation.Entry("Editions", "participants.editions", "people", "edition:list", 20)
    )
