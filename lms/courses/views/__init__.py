"""Pages of courses."""

from flask import Blueprint

bp = Blueprint("courses", __name__)

from lms.courses.views import figures, gates, glossary, learning, notes, reader, teaching  # noqa: E402 -- they add their routes to bp

__all__ = ["bp", "figures", "gates", "glossary", "learning", "notes", "reader", "teaching"]
