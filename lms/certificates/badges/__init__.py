"""Badges: each certificate as an Open Badges 3.0 credential that others can check alone."""

from lms.certificates.badges.making import attachment_of, attachments_of, attachments_of_all

__all__ = ["attachment_of", "attachments_of", "attachments_of_all"]
