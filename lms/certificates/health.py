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
from lms.certificates.levels.faults import stamp_faults
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    NumberCounter,
    RegisterDetail,
    RegisterEntry,
    RegisterEvent,
)
from lms.certificates.signing.api import SealError, SealMissing
from lms.certificates.states import HOLDER_ERASED, CertificateState
from lms.checks.registry import Sentence, lazy
from lms.files import store

LATE = timedelta(minutes=10)
EXPIRY_TOLD = timedelta(days=60)
EXPIRY_PRESSES = timedelta(days=7)


class FaultKind(StrEnum):
    """What can be wrong."""

    SEAL_UNUSABLE = "seal_unusable"
    SEAL_LOST = "seal_lost"
    SEAL_EXPIRES = "seal_expires"
    SEAL_EXPIRED = "seal_expired"
    KIT_NOT_KEPT = "kit_not_kept"
    NUMBERS_LOCKED = "numbers_locked"
    UNFINISHED = "unfinished"
    SERIAL_MISSING = "serial_missing"
    COUNTER_BEHIND = "counter_behind"
    CHAIN_BROKEN = "chain_broken"
    VALUES_CHANGED = "values_changed"
    NUMBER_UNKNOWN = "number_unknown"
    FACTS_CHANGED = "facts_changed"
    STATE_CHANGED = "state_changed"
    FILE_MISSING = "file_missing"
    FILE_NEVER_KEPT = "file_never_kept"
    FILE_NOT_AS_ENTERED = "file_not_as_entered"
    FILE_CHANGED = "file_changed"
    LEVEL_WAITS = "level_waits"
    STAMP_ENDS = "stamp_ends"
    AUTHORITY_UNUSABLE = "authority_unusable"
    AUTHORITY_ENDS = "authority_ends"


_DANGERS = frozenset(FaultKind) - {
    FaultKind.KIT_NOT_KEPT,
    FaultKind.NUMBERS_LOCKED,
    FaultKind.UNFINISHED,
    FaultKind.SEAL_EXPIRES,
    FaultKind.LEVEL_WAITS,
    FaultKind.STAMP_ENDS,
    FaultKind.AUTHORITY_UNUSABLE,
    FaultKind.AUTHORITY_ENDS,
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and with what."""

    kind: FaultKind
    subject: str
    sentence: Sentence

    @property
    def is_danger(self) -> bool:
        """Whether something is damaged, rather than waiting or forgotten."""
        return self.kind in _DANGERS


def problems(*, deep: bool = True) -> list[Fault]:
    """List all that is wrong; `deep` also reads the whole register and every kept file."""
    found = [*seal_faults(), *number_faults(), *level_faults()]
    return [*found, *register_faults(), *file_faults()] if deep else found


def seal_faults() -> Iterator[Fault]:
    """A seal that can't be used, or exists only here."""
    try:
        found = seals.about(afresh=True)
    except SealMissing as error:
        if db.session().scalar(sa.select(CertificateFile.id).limit(1)) is not None:
            yield Fault(
                FaultKind.SEAL_LOST, "seal", lazy("The seal’s key is gone: %(path)s.", path=error)
            )
        return  # else none yet: the first certificate makes it
    except (SealError, OSError) as error:
        yield Fault(
            FaultKind.SEAL_UNUSABLE, "seal", lazy("The seal can’t be used: %(why)s.", why=error)
        )
        return
    yield from _expiry_faults(found)
    if found.has_kit and not found.is_model and kits.kept(found.fingerprint) is None:
        yield Fault(
            FaultKind.KIT_NOT_KEPT,
            found.fingerprint,
            lazy("The seal exists only on this machine."),
        )


def _expiry_faults(found: seals.About) -> Iterator[Fault]:
    """A seal past its day signs nothing; it is said 60 days before, and pressed for the last 7."""
    left = found.valid_until - clock.now()
    if left > EXPIRY_TOLD:
        return
    day = found.valid_until.date().isoformat()
    if left <= timedelta(0):
        yield Fault(
            FaultKind.SEAL_EXPIRED,
            found.fingerprint,
            lazy("The seal expired on %(day)s: nothing can be issued.", day=day),
        )
    elif left <= EXPIRY_PRESSES:
        yield Fault(
            FaultKind.SEAL_EXPIRES,
            found.fingerprint,
            lazy("The seal expires on %(day)s, in less than %(days)s days!", day=day, days=7),
        )
    else:
        shown = 30 if left <= timedelta(days=30) else 60
        yield Fault(
            FaultKind.SEAL_EXPIRES,
            found.fingerprint,
            lazy("The seal expires on %(day)s, in less than %(days)s days.", day=day, days=shown),
        )


def level_faults() -> Iterator[Fault]:
    """Timestamps that aren't given, or that nobody renews."""
    for kind, sentence in stamp_faults():
        yield Fault(FaultKind(kind), "timestamps", sentence)


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
                lazy(
                    "Numbers of %(name)s are locked: %(reason)s",
                    name=name,
                    reason=counter.locked_reason,
                ),
            )
        missing = register.missing_serials(counter.series, counter.year)
        if missing:
            listed = ", ".join(map(str, missing[:10]))
            yield Fault(
                FaultKind.SERIAL_MISSING,
                name,
                lazy(
                    "The register lacks serials of %(name)s: %(listed)s.", name=name, listed=listed
                ),
            )
    yield from _counters_behind()
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
            lazy(
                "%(number)s waits for its file: %(why)s.",
                number=certificate.number,
                why=certificate.last_error or "…",
            ),
        )


def _counters_behind() -> Iterator[Fault]:
    """A counter below the highest number, or missing, would give a number a second time."""
    rows = db.session().execute(
        sa.select(
            Certificate.series,
            Certificate.year,
            sa.func.max(Certificate.serial),
            sa.func.max(NumberCounter.last_serial),
        )
        .outerjoin(
            NumberCounter,
            sa.and_(
                NumberCounter.series == Certificate.series,
                NumberCounter.year == Certificate.year,
            ),
        )
        .group_by(Certificate.series, Certificate.year)
        .order_by(Certificate.series, Certificate.year)
    )
    for series, year, highest, last in rows:
        if (last or 0) < highest:
            yield Fault(
                FaultKind.COUNTER_BEHIND,
                f"{series}-{year}",
                lazy(
                    "The counter of %(name)s stands at %(last)s, and number %(highest)s was given.",
                    name=f"{series}-{year}",
                    last=last or 0,
                    highest=highest,
                ),
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
                lazy(
                    "The register of %(name)s was changed at entry %(entry)s.",
                    name=name,
                    entry=broken,
                ),
            )
        yield from _values_of(name)
    yield from _told_otherwise()


def _values_of(series: str) -> Iterator[Fault]:
    altered = chain.find_altered_values(series)
    if altered is not None:
        sentence = lazy(
            "What entry %(entry)s of the register of %(name)s holds was changed.",
            entry=altered,
            name=series,
        )
        yield Fault(FaultKind.VALUES_CHANGED, series, sentence)
    unknown = chain.find_unknown_number(series)
    if unknown is not None:
        sentence = lazy(
            "Entry %(entry)s of the register of %(name)s is about a number that nobody was given.",
            entry=unknown,
            name=series,
        )
        yield Fault(FaultKind.NUMBER_UNKNOWN, series, sentence)


_STATES = {
    RegisterEvent.RESERVED: CertificateState.RESERVED,
    RegisterEvent.ISSUED: CertificateState.VALID,
    RegisterEvent.SUPERSEDED: CertificateState.SUPERSEDED,
    RegisterEvent.REVOKED: CertificateState.REVOKED,
    RegisterEvent.VOIDED: CertificateState.VOID,
    RegisterEvent.RECOVERED: CertificateState.VALID,
}


def _told_otherwise() -> Iterator[Fault]:
    """Compare each certificate with the newest entry on it; erased values can't be compared."""
    newest = (
        sa.select(sa.func.max(RegisterEntry.id))
        .where(RegisterEntry.certificate_id == Certificate.id, RegisterEntry.tells_state())
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
                lazy(
                    "%(number)s is “%(state)s”, and the register says otherwise.",
                    number=number,
                    state=certificate.state.value,
                ),
            )
        elif detail is not None and (
            digest_of(detail.salt, detail.values) != entry.digest
            or detail.values["facts"] != certificate.facts
        ):
            yield Fault(
                FaultKind.FACTS_CHANGED,
                number,
                lazy("What %(number)s says is not what the register holds.", number=number),
            )


def file_faults() -> Iterator[Fault]:
    """Kept files that are gone or have other bytes."""
    yield from _files_not_as_entered()
    root = register.store_folder()
    rows = db.session().execute(
        sa.select(Certificate.number, CertificateFile.sha256)
        .join(Certificate, Certificate.id == CertificateFile.certificate_id)
        .where(Certificate.facts["holder"].as_string() != HOLDER_ERASED)  # erased: no file is kept
        .order_by(CertificateFile.id)
    )
    for number, sha256 in rows.all():
        try:
            store.get(root, sha256)
        except FileNotFoundError:
            yield Fault(
                FaultKind.FILE_MISSING,
                number,
                lazy("The file of %(number)s is missing: %(name)s.", number=number, name=sha256),
            )
        except ValueError:
            yield Fault(
                FaultKind.FILE_CHANGED,
                number,
                lazy("The file of %(number)s was changed: %(name)s.", number=number, name=sha256),
            )


def _files_not_as_entered() -> Iterator[Fault]:
    """Compare each kept file's row with the hash that the register took when it was issued."""
    rows = db.session().execute(
        sa.select(Certificate, RegisterDetail)
        .join(RegisterEntry, RegisterEntry.certificate_id == Certificate.id)
        .outerjoin(RegisterDetail, RegisterDetail.entry_id == RegisterEntry.id)
        .where(RegisterEntry.event == RegisterEvent.ISSUED)
        .options(sa.orm.selectinload(Certificate.files))
        .order_by(Certificate.id)
    )
    for certificate, detail in rows.unique():
        number = certificate.number
        if not certificate.files:
            yield Fault(
                FaultKind.FILE_NEVER_KEPT,
                number,
                lazy("%(number)s was issued, and no file is kept for it.", number=number),
            )
        elif detail is not None and detail.values.get("file") not in {
            file.sha256 for file in certificate.files
        }:
            yield Fault(
                FaultKind.FILE_NOT_AS_ENTERED,
                number,
                lazy("The file of %(number)s is not the one in the register.", number=number),
            )
