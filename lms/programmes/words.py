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
        Requirement.ISSUER_CONTACT: _("Issuer’s contact"),
        Requirement.PLACE: _("Place of issue"),
        Requirement.FUNDING_STATEMENT: _("Funding statement"),
        Requirement.CERTIFICATE_TITLE: _("Title of the certificate"),
        Requirement.SIGNATORY_1: _("First signatory, with function"),
        Requirement.SIGNATORY_2: _("Second signatory, with function"),
        Requirement.RETAIN_UNTIL: _("Documents are kept until"),
        Requirement.EDITION: _("An edition"),
    }[requirement]
