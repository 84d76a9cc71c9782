"""The register: reserve, issue, supersede, revoke, void. The only writers of certificates.

All of it runs inside the write transaction. Numbers come from a counter row held under its lock, so
they have no gaps and no doubles; each event adds a link to the series' chain under the same lock.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.audit.services import record
from lms.certificates import chain, drafting
from lms.certificates.badges import slots
from lms.certificates.checks import Problem, check
from lms.certificates.document import CertificateDocument
from lms.certificates.errors import CannotBePrinted, IssuingLocked, WrongState
from lms.certificates.models import (
    Award,
    Certificate,
    CertificateFile,
    LostNumber,
    NumberCounter,
    RegisterEvent,
)
from lms.certificates.numbering import code_from_bytes, format_number
from lms.certificates.states import CertificateState
from lms.config import Settings
from lms.courses.models import Edition, Enrolment


def award_of(edition_id: int, module_id: int | None = None) -> Award:
    """Return what is earned on an edition, made on first use."""
    session = db.session()
    statement = sa.select(Award).where(
        Award.edition_id == edition_id,
        Award.module_id.is_(None) if module_id is None else Award.module_id == module_id,
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        # Two may come here at once: the second waits, and then finds what the first has made.
        session.execute(sa.select(Edition.id).where(Edition.id == edition_id).with_for_update())
        found = session.scalars(statement).one_or_none()
    if found is None:
        found = Award(edition_id=edition_id, module_id=module_id)
        session.add(found)
        session.flush()  # certificates need its id
    return found


def locked_counter(series: str, year: int) -> NumberCounter:
    """Lock the counter of a series and year, made on first use."""
    session = db.session()
    statement = (
        sa.select(NumberCounter)
        .where(NumberCounter.series == series, NumberCounter.year == year)
        .with_for_update()
    )
    found = session.scalars(statement).one_or_none()
    if found is not None:
        return found
    _insert_quietly(series, year)
    return session.scalars(statement).one()


def _refuse_locked(series: str) -> None:
    """Refuse while any year of the series is locked: a lock outlives the turn of the year."""
    reason = db.session().scalar(
        sa.select(NumberCounter.locked_reason)
        .where(NumberCounter.series == series, NumberCounter.locked_reason.is_not(None))
        .limit(1)
    )
    if reason:
        raise IssuingLocked(reason)


def _insert_quietly(series: str, year: int) -> None:
    """Add a counter unless another transaction is just adding it."""
    if db.session().get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    db.session().execute(
        insert(NumberCounter)
        .values(series=series, year=year, last_serial=0)
        .on_conflict_do_nothing()
    )


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
    programme = enrolment.edition.programme
    award = award_of(enrolment.edition_id)
    issued_on = drafting.local_day(now, programme)
    locale = "ro"
    plain = drafting.draft(enrolment, award, issued_on=issued_on, is_model=is_model, locale=locale)
    if plain != checked and (problems := blocking(check(plain))):
        raise CannotBePrinted(problems)
    series = drafting.series_of(programme, is_model)
    counter = locked_counter(series, issued_on.year)
    _refuse_locked(series)
    counter.last_serial += 1
    number = format_number(series, issued_on.year, counter.last_serial)
    code = code_from_bytes(secrets.token_bytes(17))
    badge = slots.give(enrolment, expires_on=plain.expires_on)
    document = replace(
        plain,
        number=number,
        code=code,
        verify_url=drafting.address_of(code),
        replaces=supersedes.number if supersedes else "",
        badge=badge,
    )
    if supersedes is not None:
        _end(supersedes, CertificateState.SUPERSEDED, by=by, reason=reason or "", now=now)
        db.session().flush()  # the partial index allows one current certificate at a time
    certificate = Certificate(
        enrolment_id=enrolment.id,
        award_id=award.id,
        state=CertificateState.RESERVED,
        series=series,
        year=issued_on.year,
        serial=counter.last_serial,
        number=number,
        code=code,
        verify_url=document.verify_url,
        is_model=is_model,
        facts=document.to_facts(),
        reserved_at=now,
        issued_on=issued_on,
        expires_on=document.expires_on,
        status_index=badge.index,
        supersedes_id=supersedes.id if supersedes else None,
    )
    db.session().add(certificate)
    db.session().flush()  # the register names it
    chain.enter(certificate, RegisterEvent.RESERVED, by=by, now=now)
    record(
        "certificate.reserved",
        by=by,
        on=certificate,
        course_id=enrolment.edition.course_id,
        number=number,
        supersedes=supersedes.number if supersedes else None,
        reason=reason,
    )
    return certificate


def checked_draft(enrolment: Enrolment, *, is_model: bool, now: datetime) -> CertificateDocument:
    """Draft what the certificate would say today, found fit to print. Raises CannotBePrinted."""
    issued_on = drafting.local_day(now, enrolment.edition.programme)
    plain = drafting.draft(enrolment, None, issued_on=issued_on, is_model=is_model)
    if problems := blocking(check(plain)):
        raise CannotBePrinted(problems)
    return plain


def document_from(facts: dict[str, Any]) -> CertificateDocument:
    """Rebuild a document from its frozen facts; raises where its design or a picture is missing."""
    (document,) = drafting.documents_from([facts])
    return document


def document_of(certificate: Certificate) -> CertificateDocument:
    """Rebuild the frozen document of a certificate; see `document_from`."""
    return document_from(certificate.facts)


def mark_issued(
    certificate: Certificate,
    *,
    sha256: str,
    size: int,
    engine: str,
    fingerprint: str,
    now: datetime,
) -> bool:
    """Move a reserved certificate to valid, with its kept file; return whether it was reserved.

    A second time changes nothing, nor does a file that comes after the number was given up.
    """
    if certificate.state is not CertificateState.RESERVED:
        return False
    db.session().add(
        CertificateFile(
            certificate_id=certificate.id,
            level="B-B",
            sha256=sha256,
            size=size,
            engine=engine,
            seal_fingerprint=fingerprint,
            created_at=now,
        )
    )
    locked_counter(certificate.series, certificate.year)
    certificate.state = CertificateState.VALID
    certificate.issued_at = now
    certificate.last_error = None
    chain.enter(certificate, RegisterEvent.ISSUED, by=None, now=now, file=sha256)
    record("certificate.issued", by=None, on=certificate, number=certificate.number)
    return True


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


def _end(
    certificate: Certificate, state: CertificateState, *, by: int | None, reason: str, now: datetime
) -> None:
    events = {
        CertificateState.SUPERSEDED: RegisterEvent.SUPERSEDED,
        CertificateState.REVOKED: RegisterEvent.REVOKED,
        CertificateState.VOID: RegisterEvent.VOIDED,
    }
    certificate.state = state
    certificate.ended_at = now
    certificate.ended_by_id = by
    certificate.ended_reason = reason
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
