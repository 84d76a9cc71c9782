"""The pages of accounts."""

from lms.accounts.views.blueprint import bp

__all__ = ["bp"]
