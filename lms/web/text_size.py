"""How large somebody wants lessons to be: kept in the browser, taken away when they leave."""

from __future__ import annotations

from flask import request

TEXT_SIZE_COOKIE = "text"
SIZES = ("1", "2", "3")


def text_size() -> str:
    """Return the chosen step, the first where none was chosen."""
    chosen = request.cookies.get(TEXT_SIZE_COOKIE, "")
    return chosen if chosen in SIZES else SIZES[0]
