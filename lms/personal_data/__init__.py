"""A person's data: what is held, handed out as one file, erased; the same for every package."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages and the commands."""
    from lms.personal_data.cli import person
    from lms.personal_data.views import bp

    app.register_blueprint(bp)
    app.cli.add_command(person)
