"""What must hold before the service starts, and what an operator should know.

A feature adds a check by decorating a function with `registry.check` in a module that its
`init_app` imports; `lms.upkeep` holds those that look into several features.
"""

from __future__ import annotations

from lms.checks import database, keys, settings
from lms.checks.registry import (
    CHECKS,
    Level,
    Problem,
    Scope,
    Sentence,
    check,
    error,
    lazy,
    problems_of,
    refuse_dangerous_start,
    run_checks,
    scopes_of_command,
    starting_leniently,
    warning,
)

__all__ = [
    "CHECKS",
    "Level",
    "Problem",
    "Scope",
    "Sentence",
    "check",
    "database",
    "error",
    "keys",
    "lazy",
    "problems_of",
    "refuse_dangerous_start",
    "run_checks",
    "scopes_of_command",
    "settings",
    "starting_leniently",
    "warning",
]
