"""Pages of quizzes."""

from flask import Blueprint

bp = Blueprint("quizzes", __name__)

from lms.quizzes.views import (  # noqa: E402 -- they add their routes to bp
    answering,
    helping,
    papers,
    results,
    taking,
    timeline,
    workshop,
)

__all__ = ["answering", "bp", "helping", "papers", "results", "taking", "timeline", "workshop"]
