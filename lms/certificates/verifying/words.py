# ruff: noqa: E501 -- sentences are kept whole, so that they can be found
"""Sentences of the page that checks certificates once the site is gone."""

from __future__ import annotations

from lms.certificates.verification import Outcome
from lms.certificates.words import field_word, outcome_sentence, outcome_title
from lms.web.i18n import gettext as _

_AS_ON_THE_SITE = {
    "valid": Outcome.VALID,
    "example": Outcome.MODEL,
    "superseded": Outcome.SUPERSEDED,
    "revoked": Outcome.REVOKED,
    "expired": Outcome.EXPIRED,
    "void": Outcome.VOID,
    "changed": Outcome.CHANGED_AFTER_ISSUE,
    "not_listed": Outcome.NOT_IN_REGISTER,
    "not_ours": Outcome.NOT_OURS,
    "no_seal": Outcome.NO_SIGNATURE,
    "not_pdf": Outcome.UNREADABLE,
    "unknown": Outcome.CODE_UNKNOWN,
}


def published_words() -> dict[str, str]:
    """Return each sentence by the name under which the page's script looks for it."""
    found = {}
    for name, outcome in _AS_ON_THE_SITE.items():
        found[f"{name}.title"] = outcome_title(outcome)[1]
        found[f"{name}.sentence"] = outcome_sentence(outcome)
    return found | {
        "valid_code.title": _("Valid certificate"),
        "valid_code.sentence": _(
            "The register knows the code. Whether the paper was altered only the file can tell: no name is published here."
        ),
        "not_ours.sentence": _("It is signed, but not with a seal of this issuer."),
        "in_preparation.title": outcome_title(Outcome.IN_PREPARATION)[1],
        "in_preparation.sentence": _(
            "The number was taken, but no file had been issued when this was published."
        ),
        "too_large.title": outcome_title(Outcome.TOO_LARGE)[1],
        "too_large.sentence": _(
            "A certificate is never larger than 4 MB, so this is not the original."
        ),
        "not_published.title": _("This can’t be checked now"),
        "not_published.sentence": _(
            "What was published beside this page is missing, damaged, or not signed by the issuer’s seal. Do not rely on it, and write to the issuer."
        ),
        "from_disk.title": _("This page must be on a web space"),
        "from_disk.sentence": _(
            "Opened from a disk, a page may not read the files beside it. Put the folder on a web space, or start “python -m http.server” in it and open http://localhost:8000."
        ),
        "no_crypto.title": _("This browser can’t check here"),
        "no_crypto.sentence": _(
            "Signatures are checked only on pages with https, and in a browser of recent years."
        ),
        "field.number": field_word("number"),
        "field.holder": field_word("holder"),
        "field.course": field_word("course"),
        "field.total_hours": field_word("total_hours"),
        "field.issued_on": field_word("issued_on"),
        "field.issuers": field_word("issuers"),
        "field.code": field_word("code"),
        "field.seal": _("Seal of"),
        "field.fingerprint": _("Fingerprint of the seal"),
    }
