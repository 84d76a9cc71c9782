"""A demonstration: the OS2 course with an edition of invented people at various stages."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the command."""
    from lms.demo.cli import demo

    app.cli.add_command(demo)
