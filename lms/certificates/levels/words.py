# ruff: noqa: E501 -- sentences are kept whole, so that they can be found
"""Sentences about levels, timestamps and what is wrong with a file, in the page's language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from lms.certificates.levels.approving import Refusal
from lms.certificates.levels.level import Level
from lms.certificates.validity import FileFault, Wrong
from lms.config import Settings
from lms.web.i18n import gettext as _


def authority_host() -> str:
    """Name the timestamp authority that is set, by its address; empty where none is."""
    settings: Settings = current_app.config["LMS"]
    return urlsplit(settings.tsa_url).hostname or ""


def level_name(level: str) -> str:
    """Name a level in plain words."""
    return {
        Level.BASIC: _("Sealed"),
        Level.TIMESTAMPED: _("With a timestamp"),
        Level.EVIDENCED: _("With the evidence"),
        Level.ARCHIVED: _("For the archive"),
    }[Level(level)]


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
        Wrong.INVALID: _("Its signatures don’t verify: %(why)s.", why=fault.detail),
        Wrong.OTHER_LEVEL: _(
            "It is of another level than was kept down: %(level)s.", level=fault.detail
        ),
        Wrong.UNKNOWN_AUTHORITY: _("It bears a timestamp of an unknown authority."),
        Wrong.NOT_ENTERED: _("The register’s chain doesn’t hold its hash."),
        Wrong.BADGE: _("The badge in it is not good: %(why)s.", why=fault.detail),
        Wrong.STAMP_ENDED: _(
            "Its last timestamp could be verified until %(day)s.", day=fault.detail
        ),
    }[fault.wrong]


_REFUSED = {
    "kind": "It is not a PDF, and no ZIP that can be read.",
    "large": "It is larger than a certificate can be.",
    "not_given_out": "It doesn't begin with a file that was given out to be signed: it was saved anew, printed to PDF, or is another document.",
    "unsigned": "It bears no new signature.",
    "known": "It is in the register already.",
    "ended": "The certificate is no longer valid.",
    "stranger": "It is signed by %(detail)s, who is not pinned in the programme.",
    "changed": "Something else than a signature was added or changed.",
    "broken": "The signature doesn't fit the file.",
    "twice": "%(detail)s has signed it twice.",
    "expired": "The certificate of %(detail)s was not valid when it was signed.",
    "other_kept": "Another file of it with as many signatures is kept already: sign that one.",
    "too_many": "Only the first %(detail)s files were looked at: upload the others after them.",
}


def refusal_english(refusal: Refusal) -> str:
    """Say to the shell why a signed file isn't taken."""
    return _REFUSED[refusal.why] % {"detail": refusal.detail}


def refusal_sentence(refusal: Refusal) -> str:
    """Say why a signed file isn't taken, and so what to do."""
    return {
        "kind": _("It is not a PDF, and no ZIP that can be read."),
        "large": _("It is larger than a certificate can be."),
        "not_given_out": _(
            "It doesn’t begin with a file that was given out to be signed: it was saved anew, "
            "printed to PDF, or is another document."
        ),
        "unsigned": _("It bears no new signature."),
        "known": _("It is in the register already."),
        "ended": _("The certificate is no longer valid."),
        "stranger": _(
            "It is signed by %(who)s, who is not pinned in the programme.", who=refusal.detail
        ),
        "changed": _("Something else than a signature was added or changed."),
        "broken": _("The signature doesn’t fit the file."),
        "twice": _("%(who)s has signed it twice.", who=refusal.detail),
        "expired": _(
            "The certificate of %(who)s was not valid when it was signed.", who=refusal.detail
        ),
        "other_kept": _(
            "Another file of it with as many signatures is kept already: sign that one."
        ),
        "too_many": _(
            "Only the first %(count)s files were looked at: upload the others after them.",
            count=refusal.detail,
        ),
    }[refusal.why]


def pin_refusal(why: str) -> str:
    """Say why a certificate can't be pinned."""
    return {
        "unreadable": _("The file holds no certificate that can be read (PEM, DER or P7B)."),
        "authority": _(
            "The file holds an authority’s certificate only: choose the signatory’s own."
        ),
        "expired": _("The certificate has expired."),
        "seal": _("This is the seal’s own certificate: a signatory signs with another."),
        "pinned": _("This certificate is pinned already."),
    }[why]
