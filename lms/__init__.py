"""Atestat: a training platform for publicly funded programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from lms.config import Settings

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application; imported only then, so that small processes start fast."""
    from lms.app import create_app as make

    return make(settings)
