"""Reports for the auditor and the registrar: figures, and the people behind each."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages and the command."""
    from lms.audit import names
    from lms.reports.catalogue import titles_of
    from lms.reports.cli import report
    from lms.reports.views import edition, programme  # noqa: F401 -- they add their pages
    from lms.reports.views.blueprint import bp

    app.register_blueprint(bp)
    app.cli.add_command(report)
    names.register_titler("report", titles_of)
