"""Pages of quizzes."""

from flask import Blueprint

bp = Blueprint("quizzes", __name__)

from lms.quizzes.views import helping, papers, results, taking  # noqa: E402 -- they add their routes to bp

__all__ = ["bp", "helping", "papers", "results", "taking"]
