"""Where a page may send somebody next when the request itself names the target."""

from __future__ import annotations

import re
from urllib.parse import unquote

_LONGEST = 2000


def safe_next(target: str | None, default: str) -> str:
    """Return the target if it is a plain path of this site, else the default.

    Refuses everything that some browser or proxy might read as another host, rather than
    guessing what is meant: use it for `next`, for "back" and for the Referer alike.
    """
    return target if target is not None and _is_plain_path(target) else default


def _is_plain_path(target: str) -> bool:
    if len(target) > _LONGEST or not target.startswith("/") or not _is_clean(target):
        return False
    path = unquote(re.split("[?#]", target, maxsplit=1)[0])
    # Twice encoded is refused too: a proxy may decode once before the browser does.
    return all(_is_clean(form) and not _can_climb(form) for form in (path, unquote(path)))


def _is_clean(text: str) -> bool:
    return "\\" not in text and text.isprintable() and not any(c.isspace() for c in text)


def _can_climb(path: str) -> bool:
    """Tell whether the path could be shortened to one that begins with two slashes."""
    return "//" in path or any(part in {".", ".."} for part in path.split("/"))
