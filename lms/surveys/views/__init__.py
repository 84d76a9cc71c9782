"""Pages of the questionnaire."""

from flask import Blueprint

bp = Blueprint("surveys", __name__)

from lms.surveys.views import answering, results  # noqa: E402 -- they add their routes to bp

__all__ = ["answering", "bp", "results"]
