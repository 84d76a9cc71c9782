"""The outbox: mails composed with what causes them, sent afterwards, each at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this feature adds."""
    from lms.mail import sending  # noqa: F401 -- registers its task
    from lms.mail.cli import mail

    app.cli.add_command(mail)
