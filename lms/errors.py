"""Refusals: what was asked is understood and will not be done."""

from __future__ import annotations


class Refused(Exception):
    """Base of every refusal; `status` is the answer a page gives where no view explains it."""

    status = 409


class NotSignedIn(Refused):
    """Nobody is signed in, and the page is not public."""

    status = 401


class Hidden(Refused):
    """The object is not there, or not there for this person; the two look the same."""

    status = 404


class Forbidden(Refused):
    """The function is known, and refused to this person."""

    status = 403


class TooMany(Refused):
    """The same thing was tried too often."""

    status = 429


class Unusable(Refused):
    """What was sent can't be read as what was asked for."""

    status = 422
