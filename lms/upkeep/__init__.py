"""The doctor: checks that look into the features, what they found last, and the owner's page."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the checks, the daily look, and the owner's page."""
    from lms.upkeep import (  # noqa: F401 -- they register themselves
        accounts,
        chains,
        damage,
        jobs,
        running,
        seals,
    )
    from lms.upkeep.cli import audit
    from lms.upkeep.views import bp
    from lms.web import navigation

    app.register_blueprint(bp)
    app.cli.add_command(audit)
    navigation.add(
        navigation.Entry(
            "The site",
            "upkeep.site",
            "shield",
            "site:see-state",
            89,
            below=("/staff", "/design", "/accessibility/reports"),
        )
    )
