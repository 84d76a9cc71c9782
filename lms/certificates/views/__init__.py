"""Pages of certificates: the holder's, the stranger's, the register's, the seal's."""

from lms.certificates.views.blueprint import bp

from lms.certificates.views import (  # isort: skip
    acts,
    badges,
    bulk,
    own,
    papers,
    recovery,
    register,
    seal,
    sharing,
    validity,
    verify,
)

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
    "sharing",
    "validity",
    "verify",
]
