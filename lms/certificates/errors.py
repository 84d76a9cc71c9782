"""Refusals of this package."""

from collections.abc import Sequence

from lms.certificates.checks import Problem
from lms.errors import Refused, TooMany


class NotEligible(Refused):
    """The enrolment has not earned a certificate, or something stands in the way."""


class CannotBePrinted(Refused):
    """What the certificate would say has faults; no number was taken."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{p.field}: {p.kind}" for p in problems))
        self.problems = tuple(problems)


class IssuingLocked(Refused):
    """Numbers of a series are locked, with the reason (after a restore, for instance)."""


class WrongState(Refused):
    """The certificate is not in a state in which this can be done."""


class FileNotReady(Refused):
    """The certificate has its number, but its signed file isn't there (yet)."""

    status = 404


class TooManyChecks(TooMany):
    """One address has asked to verify too often; nothing was looked up."""


class NothingChosen(Refused):
    """No valid certificate was among those chosen."""


class TooManyAtOnce(Refused):
    """More certificates were chosen than one file should hold."""


class DayRefused(Refused):
    """A day that is to come, or before the certificate's own date; nothing was written down."""

    def __init__(self, number: str, *, is_future: bool) -> None:
        super().__init__(number)
        self.number, self.is_future = number, is_future


class DuplicateRefused(Refused):
    """The programme's rule, a day or the design stands in the way; `why` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NothingLocked(Refused):
    """The series and year named are not locked."""


class BelowTheRegister(Refused):
    """The register itself holds a later number than the one said to be the last."""


class NotRecovered(Refused):
    """A file can't be used to fill the register; `why` says so in one word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DesignInUse(Refused):
    """A programme or an edition uses the design, so it stays in the list."""


class ProgrammeStandsDeclared(Refused):
    """The programme is declared complete: what is printed changes only after it was reopened."""
