"""What is wrong with numbers, register, files and seal: facts, told by `lms check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa

from lms import clock, db
from lms.audit.services import digest_of
from lms.certificates import chain, kits, register, seals
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    NumberCounter,
    RegisterDetail,
    RegisterEntry,
    RegisterEvent,
)
from lms.certificates.signing.api import SealError, SealMissing
from lms.certificates.states import CertificateState
from lms.files import store

LATE = timedelta(minutes=10)


class FaultKind(StrEnum):
    """What can be wrong."""

    SEAL_UNUSABLE = "seal_unusable"
    KIT_NOT_KEPT = "kit_not_kept"
    NUMBERS_LOCKED = "numbers_locked"
    UNFINISHED = "unfinished"
    SERIAL_MISSING = "serial_missing"
    CHAIN_BROKEN = "chain_broken"
    FACTS_CHANGED = "facts_changed"
    STATE_CHANGED = "state_changed"
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"


_DANGERS = frozenset(FaultKind) - {
    FaultKind.KIT_NOT_KEPT,
    FaultKind.NUMBERS_LOCKED,
    FaultKind.UNFINISHED,
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and with what."""

    kind: FaultKind
    subject: str
    sentence: str

    @property
    def is_danger(self) -> bool:
        """Whether something is damaged, rather than waiting or forgotten."""
        return self.kind in _DANGERS


def problems(*, deep: bool = True) -> list[Fault]:
    """List all that is wrong; `deep` also reads the whole register and every kept file."""
    found = [*seal_faults(), *number_faults()]
    return [*found, *register_faults(), *file_faults()] if deep else found


def seal_faults() -> Iterator[Fault]:
    """A seal that can't be used, or exists only here."""
    try:
        found = seals.about()
    except SealMissing:
        return  # none yet: the first certificate makes it
    except (SealError, OSError) as error:
        yield Fault(FaultKind.SEAL_UNUSABLE, "seal", f"The seal can't be used: {error}.")
        return
    if found.has_kit and not found.is_model and kits.kept(found.fingerprint) is None:
        yield Fault(
            FaultKind.KIT_NOT_KEPT, found.fingerprint, "The seal exists only on this machine."
        )


def number_faults() -> Iterator[Fault]:
    """Numbers that are locked, were lost, or wait for their file."""
    for counter in db.session().scalars(
        sa.select(NumberCounter).order_by(NumberCounter.series, NumberCounter.year)
    ):
        name = f"{counter.series}-{counter.year}"
        if counter.locked_reason:
            yield Fault(
                FaultKind.NUMBERS_LOCKED,
                name,
                f"Numbers of {name} are locked: {counter.locked_reason}",
            )
        missing = register.missing_serials(counter.series, counter.year)
        if missing:
            listed = ", ".join(map(str, missing[:10]))
            yield Fault(
                FaultKind.SERIAL_MISSING, name, f"The register lacks serials of {name}: {listed}."
            )
    late = db.session().scalars(
        sa.select(Certificate)
        .where(
            Certificate.state == CertificateState.RESERVED,
            Certificate.reserved_at < clock.now() - LATE,
        )
        .order_by(Certificate.id)
    )
    for certificate in late:
        yield Fault(
            FaultKind.UNFINISHED,
            certificate.number,
            f"{certificate.number} waits for its file: {certificate.last_error or 'no try yet'}.",
        )


def register_faults() -> Iterator[Fault]:
    """Links of the chain that don't hold, and certificates that the register tells otherwise."""
    series = db.session().scalars(sa.select(RegisterEntry.series).distinct()).all()
    for name in sorted(series):
        broken = chain.find_break(name)
        if broken is not None:
            yield Fault(
                FaultKind.CHAIN_BROKEN,
                name,
                f"The register of {name} was changed at entry {broken}.",
            )
    yield from _told_otherwise()


_STATES = {
    RegisterEvent.RESERVED: CertificateState.RESERVED,
    RegisterEvent.ISSUED: CertificateState.VALID,
    RegisterEvent.SUPERSEDED: CertificateState.SUPERSEDED,
    RegisterEvent.REVOKED: CertificateState.REVOKED,
    RegisterEvent.VOIDED: CertificateState.VOID,
}


def _told_otherwise() -> Iterator[Fault]:
    """Compare each certificate with the newest entry on it; erased values can't be compared."""
    newest = (
        sa.select(sa.func.max(RegisterEntry.id))
        .where(RegisterEntry.certificate_id == Certificate.id)
        .correlate(Certificate)
        .scalar_subquery()
    )
    rows = db.session().execute(
        sa.select(Certificate, RegisterEntry, RegisterDetail)
        .outerjoin(RegisterEntry, RegisterEntry.id == newest)
        .outerjoin(RegisterDetail, RegisterDetail.entry_id == RegisterEntry.id)
        .order_by(Certificate.id)
    )
    for certificate, entry, detail in rows:
        number = certificate.number
        if entry is None or _STATES[entry.event] is not certificate.state:
            yield Fault(
                FaultKind.STATE_CHANGED,
                number,
                f"{number} is {certificate.state.value}, and the register says otherwise.",
            )
        elif detail is not None and (
            digest_of(detail.salt, detail.values) != entry.digest
            or detail.values["facts"] != certificate.facts
        ):
            yield Fault(
                FaultKind.FACTS_CHANGED,
                number,
                f"What {number} says is not what the register holds.",
            )


def file_faults() -> Iterator[Fault]:
    """Kept files that are gone or have other bytes."""
    root = register.store_folder()
    rows = db.session().execute(
        sa.select(Certificate.number, CertificateFile.sha256)
        .join(Certificate, Certificate.id == CertificateFile.certificate_id)
        .order_by(CertificateFile.id)
    )
    for number, sha256 in rows.all():
        try:
            store.get(root, sha256)
        except FileNotFoundError:
            yield Fault(FaultKind.FILE_MISSING, number, f"The file of {number} is missing.")
        except ValueError:
            yield Fault(FaultKind.FILE_CHANGED, number, f"The file of {number} was changed.")
