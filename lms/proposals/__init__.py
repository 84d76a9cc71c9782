"""Proposals gathered from exercises that are forms, for the debates: a workbook and one PDF."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the page and the command."""
    from lms.proposals.cli import proposals
    from lms.proposals.views import bp

    app.register_blueprint(bp)
    app.cli.add_command(proposals)
