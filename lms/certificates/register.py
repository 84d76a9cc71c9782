"""The register: reserve, issue, supersede, revoke, void. The only writers of certificates.

All of it runs inside the write transaction. Numbers come from a counter row held under its lock, so
they have no gaps and no doubles; each event adds a link to the series' chain under the same lock.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.audit.services import record, record_all
from lms.certificates import chain, drafting, flags
from lms.certificates.badges import slots
from lms.certificates.checks import Problem, check
from lms.certificates.counters import Numbers, locked_counter
from lms.certificates.document import CertificateDocument
from lms.certificates.errors import CannotBePrinted, WrongState
from lms.certificates.levels.level import Level
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    LostNumber,
    NumberCounter,
    RegisterEvent,
)
from lms.certificates.numbering import code_from_bytes, format_number
from lms.certificates.states import CertificateState, FlagOutcome
from lms.config import Settings
from lms.courses.models import Enrolment
from lms.mail import services as mail


def blocking(problems: list[Problem]) -> list[Problem]:
    """Leave out what the holder has confirmed by confirming the name."""
    return [p for p in problems if not p.may_be_confirmed]


def reserve(
    enrolment: Enrolment,
    *,
    is_model: bool,
    now: datetime,
    by: int | None,
    supersedes: Certificate | None = None,
    reason: str | None = None,
    checked: CertificateDocument | None = None,
) -> Certificate:
    """Take the next number and code for an enrolment and freeze what the certificate says.

    The enrolment must be locked and eligible; `checked` is a draft found good before the lock, not
    checked again where nothing has changed. Raises IssuingLocked, CannotBePrinted: no number is
    taken then.
    """
    wanted = [Wanted(enrolment, checked, supersedes, reason)]
    return reserve_all(wanted, is_model=is_model, now=now, by=by)[0]


@dataclass(frozen=True)
class Wanted:
    """A number wanted for an enrolment; see `reserve`."""

    enrolment: Enrolment
    checked: CertificateDocument | None = None
    supersedes: Certificate | None = None
    reason: str | None = None


def reserve_all(
    wanted: Sequence[Wanted],
    *,
    is_model: bool,
    now: datetime,
    by: int | None,
    shared: drafting.Shared | None = None,
) -> list[Certificate]:
    """Take a number for each of many enrolments, as `reserve` does: for all of them or for none."""
    shared, numbers, places = shared or drafting.Shared(), Numbers(), slots.Places(len(wanted))
    taken = []
    for each in wanted:
        numbers.award(each.enrolment.edition_id)
        plain = _plain(each, is_model=is_model, now=now, shared=shared)
        taken.append(_number(each, plain, (numbers, places), now=now, by=by))
    db.session().add_all(taken)
    db.session().flush()  # the register names them
    chain.enter_all(RegisterEvent.RESERVED, [(made, {}) for made in taken], by=by, now=now)
    acts = [
        (
            made,
            each.enrolment.edition.course_id,
            {
                "number": made.number,
                "supersedes": each.supersedes.number if each.supersedes else None,
                "reason": each.reason,
            },
        )
        for made, each in zip(taken, wanted, strict=True)
    ]
    record_all("certificate.reserved", by=by, acts=acts)
    return taken


def _plain(
    each: Wanted, *, is_model: bool, now: datetime, shared: drafting.Shared
) -> CertificateDocument:
    """Draft what a certificate will say, found fit to print. Raises CannotBePrinted."""
    issued_on = drafting.local_day(now, each.enrolment.edition.programme)
    plain = drafting.draft(
        each.enrolment, None, issued_on=issued_on, is_model=is_model, shared=shared
    )
    if plain != each.checked and (problems := blocking(check(plain))):
        raise CannotBePrinted(problems)
    return plain


def _number(
    each: Wanted,
    plain: CertificateDocument,
    given_by: tuple[Numbers, slots.Places],
    *,
    now: datetime,
    by: int | None,
) -> Certificate:
    """Take the next number and code for what a certificate will say. Raises IssuingLocked."""
    enrolment, supersedes, (numbers, places) = each.enrolment, each.supersedes, given_by
    programme = enrolment.edition.programme
    series = drafting.series_of(programme, plain.is_model)
    year = plain.issued_on.year
    serial = numbers.next_serial(series, year)
    number = format_number(series, year, serial)
    code = code_from_bytes(secrets.token_bytes(17))
    badge = places.give(enrolment, expires_on=plain.expires_on)
    document = replace(
        plain,
        number=number,
        code=code,
        verify_url=drafting.address_of(code),
        replaces=supersedes.number if supersedes else "",
        badge=badge,
    )
    if supersedes is not None:
        _end(supersedes, CertificateState.SUPERSEDED, by=by, reason=each.reason or "", now=now)
        db.session().flush()  # the partial index allows one current certificate at a time
    return Certificate(
        enrolment_id=enrolment.id,
        award_id=numbers.award(enrolment.edition_id).id,
        state=CertificateState.RESERVED,
        series=series,
        year=year,
        serial=serial,
        number=number,
        code=code,
        verify_url=document.verify_url,
        is_model=plain.is_model,
        facts=document.to_facts(),
        reserved_at=now,
        issued_on=plain.issued_on,
        expires_on=plain.expires_on,
        status_index=badge.index,
        supersedes_id=supersedes.id if supersedes else None,
    )


def checked_draft(
    enrolment: Enrolment,
    *,
    is_model: bool,
    now: datetime,
    shared: drafting.Shared | None = None,
) -> CertificateDocument:
    """Draft what the certificate would say today, found fit to print. Raises CannotBePrinted."""
    shared = shared or drafting.Shared()
    return _plain(Wanted(enrolment), is_model=is_model, now=now, shared=shared)


def document_from(facts: dict[str, Any]) -> CertificateDocument:
    """Rebuild a document from its frozen facts; raises where its design or a picture is missing."""
    (document,) = drafting.documents_from([facts])
    return document


def document_of(certificate: Certificate) -> CertificateDocument:
    """Rebuild the frozen document of a certificate; see `document_from`."""
    return document_from(certificate.facts)


@dataclass(frozen=True)
class KeptFile:
    """A certificate's file as it is kept: drawn by an engine, sealed, and stored."""

    sha256: str
    size: int
    engine: str
    fingerprint: str


def mark_issued(certificate: Certificate, file: KeptFile, *, now: datetime) -> bool:
    """Move a reserved certificate to valid, with its kept file; return whether it was reserved.

    A second time changes nothing, nor does a file that comes after the number was given up.
    """
    return bool(mark_all_issued([(certificate, file)], now=now))


def mark_all_issued(
    what: Sequence[tuple[Certificate, KeptFile]], *, now: datetime
) -> list[Certificate]:
    """Move many certificates to valid, as `mark_issued` does; return those that were reserved."""
    reserved = [(made, file) for made, file in what if made.state is CertificateState.RESERVED]
    for series, year in sorted({(made.series, made.year) for made, _ in reserved}):
        locked_counter(series, year)
    if not reserved:
        return []
    for made, _ in reserved:
        made.state = CertificateState.VALID
        made.issued_at = now
        made.last_error = None
    db.session().execute(
        sa.insert(CertificateFile),
        [
            {
                "certificate_id": made.id,
                "level": Level.BASIC.value,
                "sha256": file.sha256,
                "size": file.size,
                "engine": file.engine,
                "seal_fingerprint": file.fingerprint,
                "created_at": now,
                "approvals": 0,
                "renewal": 0,
            }
            for made, file in reserved
        ],
    )
    links = [(made, {"file": file.sha256}) for made, file in reserved]
    chain.enter_all(RegisterEvent.ISSUED, links, by=None, now=now)
    acts = [(made, None, {"number": made.number}) for made, _ in reserved]
    record_all("certificate.issued", by=None, acts=acts)
    return [made for made, _ in reserved]


def keep_file(certificate: Certificate, file: CertificateFile, *, by: int | None) -> bool:
    """Keep another file of a certificate, with its hash in the chain; return whether it is new."""
    same = sa.select(CertificateFile.id).where(
        CertificateFile.certificate_id == certificate.id,
        CertificateFile.level == file.level,
        CertificateFile.approvals == file.approvals,
        CertificateFile.renewal == file.renewal,
    )
    if db.session().scalar(same) is not None:
        return False
    file.certificate_id = certificate.id
    db.session().add(file)
    locked_counter(certificate.series, certificate.year)
    chain.enter(
        certificate,
        RegisterEvent.EXTENDED,
        by=by,
        now=file.created_at,
        file=file.sha256,
        level=file.level,
        approvals=file.approvals,
        renewal=file.renewal,
    )
    return True


_FLAGS_END = {
    CertificateState.SUPERSEDED: FlagOutcome.CORRECTED,
    CertificateState.REVOKED: FlagOutcome.REVOKED,
}


def _end(
    certificate: Certificate, state: CertificateState, *, by: int | None, reason: str, now: datetime
) -> None:
    events = {
        CertificateState.SUPERSEDED: RegisterEvent.SUPERSEDED,
        CertificateState.REVOKED: RegisterEvent.REVOKED,
        CertificateState.VOID: RegisterEvent.VOIDED,
    }
    mail.withdraw(mail_event(certificate), certificate.person_id)  # it would praise what has ended
    certificate.state = state
    certificate.ended_at = now
    certificate.ended_by_id = by
    certificate.ended_reason = reason
    if state in _FLAGS_END:
        flags.close(certificate, _FLAGS_END[state], by=by, reason=reason, now=now)
    chain.enter(certificate, events[state], by=by, now=now, reason=reason)
    record(
        f"certificate.{events[state].value}",
        by=by,
        on=certificate,
        number=certificate.number,
        reason=reason,
    )


def revoke(certificate: Certificate, *, by: int | None, reason: str, now: datetime) -> None:
    """Revoke a valid certificate; its number and file stay. Raises WrongState."""
    if certificate.state is not CertificateState.VALID:
        raise WrongState(certificate.state.value)
    locked_counter(certificate.series, certificate.year)
    _end(certificate, CertificateState.REVOKED, by=by, reason=reason, now=now)


def void(certificate: Certificate, *, by: int | None, reason: str, now: datetime) -> None:
    """Give up a reserved number that can't be used; it stays in the register. Raises WrongState."""
    if certificate.state is not CertificateState.RESERVED:
        raise WrongState(certificate.state.value)
    locked_counter(certificate.series, certificate.year)
    _end(certificate, CertificateState.VOID, by=by, reason=reason, now=now)


def supersede(
    certificate: Certificate, enrolment: Enrolment, *, by: int | None, reason: str, now: datetime
) -> Certificate:
    """Correct a valid certificate by a new one that names it. Raises WrongState, as `reserve`."""
    if certificate.state is not CertificateState.VALID:
        raise WrongState(certificate.state.value)
    return reserve(
        enrolment,
        is_model=certificate.is_model,
        now=now,
        by=by,
        supersedes=certificate,
        reason=reason,
    )


def mail_event(certificate: Certificate) -> str:
    """Name the mail that tells a holder of a certificate."""
    return f"certificate:{certificate.id}"


def missing_serials(series: str, year: int) -> list[int]:
    """Return the serials that the counter has given and the register does not hold."""
    session = db.session()
    last = session.scalar(
        sa.select(NumberCounter.last_serial).where(
            NumberCounter.series == series, NumberCounter.year == year
        )
    )
    held = {
        serial
        for table in (Certificate, LostNumber)
        for serial in session.scalars(
            sa.select(table.serial).where(table.series == series, table.year == year)
        )
    }
    return [s for s in range(1, (last or 0) + 1) if s not in held]


def engine_version() -> str:
    """Name the program that drew and sealed a file."""
    import lms

    return f"atestat-{lms.__version__}"


def store_folder() -> Path:
    """Where issued files are kept."""
    settings: Settings = current_app.config["LMS"]
    return settings.folder("files")
