"""The blueprint, and what the pages of messages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, request

from lms.participants.views.blueprint import edition_by_slug, me
from lms.web.forms import whole_number

__all__ = ["Page", "asked_page", "bp", "edition_by_slug", "me"]

bp = Blueprint("messages", __name__)


@dataclass(frozen=True)
class Page:
    """A page of a list, for the pager."""

    number: int
    pages: int
    total: int
    href: Callable[[int], str]


def asked_page() -> int:
    """Return the page that the address asks for, from 1."""
    return max(1, min(whole_number(request.args.get("page")) or 1, 100_000))
