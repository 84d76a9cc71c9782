"""Pages of certificates: the holder's, the stranger's, the register's, the seal's, the designs'."""

from lms.certificates.views import (
    acts,
    badges,
    bulk,
    checkpoints,
    designs,
    flags,
    own,
    papers,
    recovery,
    register,
    seal,
    sharing,
    signatures,
    validity,
    verify,
)
from lms.certificates.views.blueprint import bp

__all__ = [
    "acts",
    "badges",
    "bp",
    "bulk",
    "checkpoints",
    "designs",
    "flags",
    "own",
    "papers",
    "recovery",
    "register",
    "seal",
    "sharing",
    "signatures",
    "validity",
    "verify",
]
