"""The blueprint, and what the pages of questions share."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Blueprint, request

from lms.courses.errors import ModuleNotOpen
from lms.courses.views.learning import explain_closed
from lms.messages.views.blueprint import Page, asked_page
from lms.participants.views.blueprint import edition_by_slug, me
from lms.talk.errors import NothingWritten, TooLong, WrittenTooOften
from lms.talk.plain_text import LONGEST
from lms.web.i18n import format_number, ngettext
from lms.web.i18n import gettext as _

__all__ = ["Page", "Typed", "asked_page", "bp", "edition_by_slug", "me", "new_key"]

bp = Blueprint("talk", __name__)
bp.register_error_handler(ModuleNotOpen, explain_closed)

MOST_KEY = 40


def new_key() -> str:
    """Make a form's key, by which two clicks are known as one."""
    return secrets.token_urlsafe(12)


@dataclass(frozen=True)
class Typed:
    """What stands in the field, and what is the matter with it."""

    text: str = ""
    key: str = ""
    error: str = ""
    status: int = 200

    @classmethod
    def fresh(cls) -> Typed:
        """An empty field."""
        return cls(key=new_key())

    @classmethod
    def posted(cls) -> Typed:
        """What was sent."""
        key = request.form.get("key", "")[:MOST_KEY] or new_key()
        return cls(request.form.get("text", ""), key)

    def refused(self, why: NothingWritten | TooLong | WrittenTooOften) -> Typed:
        """The same words, with what is the matter: nothing typed is lost."""
        return Typed(self.text, self.key, _said(why), why.status)


def _said(why: NothingWritten | TooLong | WrittenTooOften) -> str:
    if isinstance(why, NothingWritten):
        return _("Nothing was sent. Write your question or answer first.")
    if isinstance(why, TooLong):
        return ngettext(
            "Nothing was sent. Your text has %(num)s character; %(most)s fit. Shorten it, or "
            "send it in parts.",
            "Nothing was sent. Your text has %(num)s characters; %(most)s fit. Shorten it, or "
            "send it in parts.",
            why.length,
            most=format_number(LONGEST),
        )
    return _(
        "Nothing was sent: you wrote several times in a few minutes. Your text is kept here; "
        "send it again in ten minutes."
    )
