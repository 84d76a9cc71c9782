"""Forms: what a person types, checked for shape; messages in the page's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import wtforms
from flask import request
from wtforms.meta import DefaultMeta

from lms.web import i18n

_MOST_DIGITS = 18  # fits the largest id


class _Sentences:
    """WTForms' own messages through our catalogues."""

    def gettext(self, string: str) -> str:
        return i18n.gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return i18n.catalogue(i18n.current_locale()).ngettext(singular, plural, n)


class LazySentence:
    """A label that is translated when it is drawn, not when the class is made."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return i18n.gettext(self.message)

    def __mod__(self, values: Any) -> str:
        """Fill in what WTForms' validators know, as they do with plain text."""
        filled: str = str(self) % values
        return filled

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))


def lazy(message: str) -> Any:
    """Mark a label or choice for translation when drawn."""
    return LazySentence(message)


class Form(wtforms.Form):
    """Parent of every form; the token is checked for the whole site, not per form."""

    class Meta(DefaultMeta):
        """Settings of WTForms."""

        def get_translations(self, form: Any) -> Any:
            """Speak the page's language."""
            return _Sentences()

    @classmethod
    def posted(cls, **kwargs: Any) -> Any:
        """Make the form from what was posted, files included."""
        from werkzeug.datastructures import CombinedMultiDict

        return cls(CombinedMultiDict([request.files, request.form]), **kwargs)


def whole_number(text: str | None) -> int | None:
    """Read a number that a row, a page or a year may have; None where the text is no such number.

    `str.isdigit` alone lets signs through that `int` or the database refuse.
    """
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        return None
    return int(text)


def stripped(value: str | None) -> str | None:
    """Filter: drop spaces around; an empty text is none."""
    value = " ".join(value.split()) if value else ""
    return value or None


def messages(form: wtforms.Form) -> Sequence[tuple[str, str]]:
    """List (field id, message) of all errors, in the form's order."""
    return [(f.id, str(e)) for f in form for e in f.errors]
