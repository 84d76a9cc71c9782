"""Pages of courses."""

from flask import Blueprint

bp = Blueprint("courses", __name__)

from lms.courses.views import gates, glossary, learning, teaching  # noqa: E402 -- they add their routes to bp

__all__ = ["bp", "gates", "glossary", "learning", "teaching"]
