"""An edition's archive: everything an auditor asks for, in one file that needs no system."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the page and the command."""
    from lms.archive import jobs, traces  # noqa: F401 -- its work registers itself
    from lms.archive.cli import archive
    from lms.archive.views import bp

    app.register_blueprint(bp)
    traces.register()
    app.cli.add_command(archive)
