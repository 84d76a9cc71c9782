"""Pages of quizzes."""

from flask import Blueprint

bp = Blueprint("quizzes", __name__)

from lms.quizzes.views import (  # noqa: E402 -- they add their routes to bp
    answering,
    attempt_pdf,
    attempts,
    bank,
    bank_bench,
    bank_doubles,
    bank_tools,
    checks,
    corrections,
    disputes,
    exchange,
    helping,
    marking,
    overrides,
    papers,
    results,
    ruling,
    statistics,
    taking,
    timeline,
    trying,
    workshop,
)

__all__ = [
    "answering",
    "attempt_pdf",
    "attempts",
    "bank",
    "bank_bench",
    "bank_doubles",
    "bank_tools",
    "bp",
    "checks",
    "corrections",
    "disputes",
    "exchange",
    "helping",
    "marking",
    "overrides",
    "papers",
    "results",
    "ruling",
    "statistics",
    "taking",
    "timeline",
    "trying",
    "workshop",
]
