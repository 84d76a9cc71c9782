"""Refusals about badges and links."""

from lms.errors import Refused


class LinksTooMany(Refused):
    """The certificate has as many links as it may have; nothing was made."""


class NotOffered(Refused):
    """The programme doesn't offer this, or the certificate no longer stands."""

    status = 404
