"""Pages of exercises and of what is handed in."""

from flask import Blueprint

bp = Blueprint("submissions", __name__)

from lms.submissions.views import handing_in, reading  # noqa: E402 -- they add their routes to bp

__all__ = ["bp", "handing_in", "reading"]
