"""Course folders and facts, in and out: an edge that uses courses and quizzes; nobody uses it."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages and the command group."""
    from lms.exchange import fact_views, outline_views  # noqa: F401 -- their pages register themselves
    from lms.exchange.cli import group
    from lms.exchange.views import bp

    app.register_blueprint(bp)
    app.cli.add_command(group)
