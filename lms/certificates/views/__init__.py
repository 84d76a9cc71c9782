"""Pages of certificates: the holder's, the stranger's, the register's, the seal's."""

from lms.certificates.views.blueprint import bp

from lms.certificates.views import acts, badges, bulk, own, papers, recovery, register, seal, verify  # isort: skip

__all__ = [
    "acts",
    "badges",
    "bp",
    "bulk",
    "own",
    "papers",
    "recovery",
    "register",
    "seal",
    "verify",
]
