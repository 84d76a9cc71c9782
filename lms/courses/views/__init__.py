"""Pages of courses."""

from flask import Blueprint

bp = Blueprint("courses", __name__)

from lms.courses.views import (  # noqa: E402 -- they add their routes to bp
    figures,
    gates,
    glossary,
    learning,
    needs,
    notes,
    offline,
    opening,
    reader,
    teaching,
)

__all__ = [
    "bp",
    "figures",
    "gates",
    "glossary",
    "learning",
    "needs",
    "notes",
    "offline",
    "opening",
    "reader",
    "teaching",
]
