"""Sentences about levels, timestamps and what is wrong with a file, in the page's language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from lms.certificates.levels.level import Level
from lms.certificates.validity import FileFault, Wrong
from lms.config import Settings
from lms.web.i18n import gettext as _


def authority_host() -> str:
    """Name the timestamp authority that is set, by its address; empty where none is."""
    settings: Settings = current_app.config["LMS"]
    return urlsplit(settings.tsa_url).hostname or ""


def level_sentence(level: str) -> str:
    """Say what a file of a level bears, and what that is good for."""
    return {
        Level.BASIC: _("The seal alone."),
        Level.TIMESTAMPED: _("And a timestamp: another authority vouches for the moment."),
        Level.EVIDENCED: _(
            "And the evidence needed to verify both when nobody can be asked any more."
        ),
        Level.ARCHIVED: _("And a timestamp over the evidence, renewed before it ends."),
    }[Level(level)]


def fault_sentence(fault: FileFault) -> str:
    """Say what is wrong with a file."""
    return {
        Wrong.MISSING: _("The file is missing."),
        Wrong.CHANGED: _("The bytes are no longer those that were kept."),
        Wrong.INVALID: _("Its signatures don't verify: %(why)s.", why=fault.detail),
        Wrong.OTHER_LEVEL: _(
            "It is of another level than was kept down: %(level)s.", level=fault.detail
        ),
        Wrong.UNKNOWN_AUTHORITY: _("It bears a timestamp of an unknown authority."),
        Wrong.NOT_ENTERED: _("The register's chain doesn't hold its hash."),
        Wrong.STAMP_ENDED: _(
            "Its last timestamp could be verified until %(day)s.", day=fault.detail
        ),
    }[fault.wrong]
