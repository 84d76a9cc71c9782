"""Pages of quizzes."""

from flask import Blueprint

bp = Blueprint("quizzes", __name__)

from lms.quizzes.views import (  # noqa: E402 -- they add their routes to bp
    answering,
    attempts,
    helping,
    papers,
    results,
    statistics,
    taking,
    timeline,
    workshop,
)

__all__ = [
    "answering",
    "attempts",
    "bp",
    "helping",
    "papers",
    "results",
    "statistics",
    "taking",
    "timeline",
    "workshop",
]
