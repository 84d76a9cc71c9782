"""The certificates' part of `lms check` and of the doctor."""

from __future__ import annotations

from collections.abc import Iterator

from lms.certificates import health
from lms.certificates.health import Fault, FaultKind
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error, lazy, warning
from lms.config import Settings

_RESTORE = lazy("Restore the last good backup beside it, compare, and put back what is missing.")

_HINTS = {
    FaultKind.NUMBERS_LOCKED: lazy(
        "Confirm the last numbers handed out and enter lost ones again: docs/registrar.md."
    ),
    FaultKind.UNFINISHED: lazy("Mend the cause; the worker tries again every 30 seconds."),
    FaultKind.SEAL_UNUSABLE: lazy("Put the seal back from its recovery kit: docs/seal.md."),
    FaultKind.SEAL_LOST: lazy("Put the seal back from its recovery kit: docs/seal.md."),
    FaultKind.SEAL_EXPIRES: lazy("Make the next one: lms seal renew. Old certificates stay valid."),
    FaultKind.SEAL_EXPIRED: lazy("Make the next one: lms seal renew. Old certificates stay valid."),
    FaultKind.COUNTER_BEHIND: lazy(
        "Issue nothing. Find out whether rows were edited by hand; if so restore the last good "
        "backup."
    ),
    FaultKind.FILE_MISSING: lazy(
        "Copy the file of this name from the last good backup into instance/files."
    ),
    FaultKind.FILE_CHANGED: lazy(
        "Copy the file of this name from the last good backup into instance/files."
    ),
}

_AUTHORITY = lazy("See the authority’s answers and LMS_TSA_URL, LMS_TSA_ROOTS: docs/seal.md.")
_HINTS |= {
    FaultKind.LEVEL_WAITS: _AUTHORITY,
    FaultKind.STAMP_ENDS: _AUTHORITY,
    FaultKind.AUTHORITY_UNUSABLE: _AUTHORITY,
    FaultKind.AUTHORITY_ENDS: _AUTHORITY,
}

_NUMBERS = lazy("A number could go to two people, or be denied to the one who has it on paper.")
_PROOF = lazy("The register no longer proves who was given what.")
_FILES = lazy("The holder can’t be given the signed file again, nor can it be verified.")
_SEALING = lazy("No certificate can be issued.")

_LATER = lazy("Files can be verified for a shorter time once this site is gone.")

_ENDANGERED = {
    FaultKind.LEVEL_WAITS: _LATER,
    FaultKind.STAMP_ENDS: _LATER,
    FaultKind.AUTHORITY_UNUSABLE: _LATER,
    FaultKind.AUTHORITY_ENDS: _LATER,
    FaultKind.SEAL_UNUSABLE: _SEALING,
    FaultKind.SEAL_LOST: _SEALING,
    FaultKind.SEAL_EXPIRES: _SEALING,
    FaultKind.SEAL_EXPIRED: _SEALING,
    FaultKind.NUMBERS_LOCKED: lazy("Whoever earns a certificate waits for it."),
    FaultKind.UNFINISHED: lazy("Whoever earns a certificate waits for it."),
    FaultKind.SERIAL_MISSING: _NUMBERS,
    FaultKind.COUNTER_BEHIND: _NUMBERS,
    FaultKind.CHAIN_BROKEN: _PROOF,
    FaultKind.FACTS_CHANGED: _PROOF,
    FaultKind.VALUES_CHANGED: _PROOF,
    FaultKind.NUMBER_UNKNOWN: _PROOF,
    FaultKind.STATE_CHANGED: _PROOF,
    FaultKind.FILE_MISSING: _FILES,
    FaultKind.FILE_CHANGED: _FILES,
    FaultKind.FILE_NEVER_KEPT: _FILES,
    FaultKind.FILE_NOT_AS_ENTERED: _FILES,
}


def _told(fault: Fault) -> Problem:
    make = error if fault.is_danger else warning
    return make(fault.sentence, _HINTS.get(fault.kind, _RESTORE), _ENDANGERED.get(fault.kind, ""))


@check("certificates.numbers", Scope.COMMAND)
def numbers_and_seal(_settings: Settings) -> Iterator[Problem]:
    """No serial lost, nothing waiting for its file, a seal that opens."""
    if not has_schema():
        return
    found = (*health.seal_faults(), *health.number_faults(), *health.level_faults())
    for fault in found:
        if fault.kind is not FaultKind.KIT_NOT_KEPT:  # the keys' own check asks for it
            yield _told(fault)


@check("certificates.register", Scope.DEEP)
def register_and_files(_settings: Settings) -> Iterator[Problem]:
    """An unbroken register, and each kept file as it was issued."""
    if not has_schema():
        return
    for fault in (*health.register_faults(), *health.file_faults()):
        yield _told(fault)
