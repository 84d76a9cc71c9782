"""The certificates' part of `lms check`."""

from __future__ import annotations

from collections.abc import Iterator

from lms.certificates import health
from lms.certificates.health import Fault, FaultKind
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error, warning
from lms.config import Settings

_HINTS = {
    FaultKind.NUMBERS_LOCKED: "Compare the register, then: lms certificate unlock --reason …",
    FaultKind.UNFINISHED: "Mend the cause; the worker tries again every 30 seconds.",
    FaultKind.SEAL_UNUSABLE: "Put the seal back from its recovery kit.",
}
_RESTORE = "Restore the last backup beside it and compare."


def _told(fault: Fault) -> Problem:
    make = error if fault.is_danger else warning
    return make(fault.sentence, _HINTS.get(fault.kind, _RESTORE))


@check("certificates.numbers", Scope.COMMAND)
def numbers_and_seal(_settings: Settings) -> Iterator[Problem]:
    """No serial lost, nothing waiting for its file, a seal that opens."""
    if not has_schema():
        return
    for fault in (*health.seal_faults(), *health.number_faults()):
        if fault.kind is not FaultKind.KIT_NOT_KEPT:  # the keys' own check asks for it
            yield _told(fault)


@check("certificates.register", Scope.DEEP)
def register_and_files(_settings: Settings) -> Iterator[Problem]:
    """An unbroken register, and each kept file as it was issued."""
    if not has_schema():
        return
    for fault in (*health.register_faults(), *health.file_faults()):
        yield _told(fault)
