"""Sentences about programmes, in the page's language."""

from __future__ import annotations

from lms.programmes.requirements import Requirement
from lms.web.i18n import gettext as _


def requirement_words(requirement: Requirement) -> str:
    """Name what is missing, as the page heads it."""
    return {
        Requirement.TITLE: _("Title of the programme or project"),
        Requirement.SHORT_NAME: _("Short name"),
        Requirement.FUNDER: _("Funder"),
        Requirement.CONTRACT_NUMBER: _("Number of the financing contract"),
        Requirement.PROJECT_CODE: _("Project code"),
        Requirement.ISSUERS: _("Issuers"),
        Requirement.ISSUER_CONTACT: _("Issuer's contact"),
        Requirement.PLACE: _("Place of issue"),
        Requirement.FUNDING_STATEMENT: _("Funding statement"),
        Requirement.CERTIFICATE_TITLE: _("Title of the certificate"),
        Requirement.SIGNATORY_1: _("First signatory, with function"),
        Requirement.SIGNATORY_2: _("Second signatory, with function"),
        Requirement.RETAIN_UNTIL: _("Documents are kept until"),
        Requirement.EDITION: _("An edition"),
    }[requirement]


def picture_words(reason: str, detail: str = "") -> str:
    """Say why a picture can't be used, and what to do."""
    sentence = {
        "empty": _("Choose a picture first."),
        "too_large": _("The picture is larger than 3 MB. Save it smaller and try again."),
        "too_many_pixels": _(
            "The picture is larger than 4000 pixels. Save it smaller and try again."
        ),
        "too_few_pixels": _("The picture is smaller than 60 pixels; it would not print well."),
        "not_a_picture": _("The file is neither a PNG nor a JPG picture, nor an SVG drawing."),
        "not_drawable": _(
            "The SVG drawing has parts that can't be printed exactly%(what)s. Save it as outlines "
            "without effects, or as PNG.",
            what=f" ({detail})" if detail else "",
        ),
    }[reason]
    return f"{sentence} {_('Nothing was stored.')}"
