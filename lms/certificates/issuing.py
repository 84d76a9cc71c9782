"""Issuing as repeatable steps: checked → reserved → drawn, sealed, stored → valid → announced.

Only `reserved` and `valid` are written in a transaction; drawing and sealing happen between them,
outside. A process may die at any point: the reserved row says what is still to do, and the sweep
finds it. Two processes may do the same step: the second finds it done.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog
from flask import current_app

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates import counters, register, seals
from lms.certificates.badges.making import attachments_of
from lms.certificates.deciding import eligibility_of, newest_certificate
from lms.certificates.designs.keeping import keep
from lms.certificates.document import CertificateDocument
from lms.certificates.eligibility import Eligibility
from lms.certificates.errors import CannotBePrinted, IssuingLocked, NotEligible
from lms.certificates.levels.level import best
from lms.certificates.models import Certificate, NumberCounter
from lms.certificates.render import sealed
from lms.certificates.signing.api import SealError
from lms.certificates.states import HOLDER_ERASED, CertificateState
from lms.courses.models import (
    Completion,
    Edition,
    Enrolment,
    IssuingMode,
    Programme,
    SubjectKind,
)
from lms.files import store
from lms.jobs import queue
from lms.mail.links import absolute_url
from lms.mail.services import Letter, compose_all

log = structlog.get_logger()

PATIENCE_SECONDS = 2.0
"""How long an answer waits for a certificate that its request has made due."""


def _enrolment(enrolment_id: int, *, locked: bool) -> Enrolment:
    load = sa.orm.joinedload
    statement = (
        sa.select(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .options(load(Enrolment.person), load(Enrolment.edition).joinedload(Edition.programme))
    )
    if locked:
        statement = statement.with_for_update(of=Enrolment)
    return db.session().scalars(statement).one()


def locked_enrolment(enrolment_id: int) -> Enrolment:
    """Load an enrolment under its lock, with person and programme."""
    return _enrolment(enrolment_id, locked=True)


@dataclass(frozen=True)
class Outcome:
    """What came of a try to issue: the certificate's id, or why there is none."""

    certificate_id: int | None = None
    eligibility: Eligibility | None = None
    refusal: CannotBePrinted | IssuingLocked | SealError | None = None
    failure: str = ""  # the name of what went wrong unexpectedly; the sweep tries again


def issue(enrolment_id: int, *, by: int | None = None, anew: bool = False) -> Outcome:
    """Issue the certificate that an enrolment has earned: check, reserve, then finish.

    Opens its own transactions; call it with none open. A certificate that is reserved or valid
    already is finished or returned as it is. With `anew` one is issued after a revocation too.
    """
    outcome = reserve(enrolment_id, by=by, anew=anew)
    if outcome.certificate_id is not None:
        finish(outcome.certificate_id)
    return outcome


def reserve(enrolment_id: int, *, by: int | None = None, anew: bool = False) -> Outcome:
    """Take the number that an enrolment has earned, or say why not; drawing and sealing come after.

    Opens its own transactions; call it with none open. One that has its certificate gets its id.
    """
    enrolment = _enrolment(enrolment_id, locked=False)
    found = eligibility_of(enrolment, anew=anew)
    if not found.may_issue:
        return Outcome(_standing_id(enrolment_id), found)
    edition_id, issuers = enrolment.edition_id, enrolment.edition.programme.issuers
    try:
        checked = register.checked_draft(enrolment, is_model=seals.is_model(), now=clock.now())
        db.end_reading()
        seals.signer(issuers[0] if issuers else "")  # a number is never taken without a seal
        with db.writing():
            counters.award_of(edition_id)  # its edition is locked before the place
            return Outcome(_reserve(enrolment_id, by=by, checked=checked, anew=anew), found)
    except (CannotBePrinted, IssuingLocked, SealError) as refusal:
        db.end_reading()
        log.warning("certificate not issued", enrolment=enrolment_id, reason=str(refusal))
        return Outcome(None, found, refusal)
    except NotEligible:  # another process was first, or something changed in between
        return Outcome(_standing_id(enrolment_id), found)


def _standing_id(enrolment_id: int) -> int | None:
    """Return the certificate that stands, reserved or valid; one that has ended is none."""
    newest = newest_certificate(enrolment_id)
    stands = newest is not None and newest.state in (
        CertificateState.RESERVED,
        CertificateState.VALID,
    )
    found = newest.id if newest is not None and stands else None
    db.end_reading()
    return found


def _reserve(enrolment_id: int, *, by: int | None, checked: CertificateDocument, anew: bool) -> int:
    enrolment = _enrolment(enrolment_id, locked=True)
    if not eligibility_of(enrolment, anew=anew).may_issue:
        raise NotEligible
    reserved = register.reserve(
        enrolment, is_model=seals.is_model(), now=clock.now(), by=by, checked=checked
    )
    return reserved.id


def finish(certificate_id: int) -> bool:
    """Draw, seal, store and announce a reserved certificate; return whether it is valid now."""
    stopped = sa.exists().where(
        NumberCounter.series == Certificate.series, NumberCounter.locked_reason.is_not(None)
    )
    row = (
        db.session()
        .execute(sa.select(Certificate, stopped).where(Certificate.id == certificate_id))
        .one_or_none()
    )
    certificate, is_locked = row or (None, False)
    if certificate is None or certificate.state is not CertificateState.RESERVED or is_locked:
        db.end_reading()  # after a restore it may have been issued, or annulled, since the backup
        return certificate is not None and certificate.state is CertificateState.VALID
    facts, reserved_at = certificate.facts, certificate.reserved_at
    db.end_reading()
    try:
        seal = seals.signer()
        document, badge = register.document_from(facts), attachments_of(facts, reserved_at)
        db.end_reading()  # its design may come from a table
        keep(document.design, register.store_folder())
        data = sealed(document, seal, at=reserved_at, more=badge)
        sha256 = store.put(register.store_folder(), data)
    except Exception as error:  # whatever it is, the row says so, and the next one isn't held up
        note_failure(certificate_id, error)
        return False
    with db.writing():
        locked = _locked(certificate_id)
        file = register.KeptFile(sha256, len(data), register.engine_version(), seal.fingerprint)
        if register.mark_issued(locked, file, now=clock.now()):
            announce(locked, now=clock.now())
        return locked.state is CertificateState.VALID


def _locked(certificate_id: int) -> Certificate:
    return (
        db.session()
        .scalars(
            sa.select(Certificate)
            .where(Certificate.id == certificate_id)
            .with_for_update(of=Certificate)
        )
        .one()
    )


def note_failure(certificate_id: int, error: Exception) -> None:
    log.error("certificate not finished", certificate=certificate_id, error=str(error))
    with db.writing():
        certificate = _locked(certificate_id)
        certificate.tries += 1
        certificate.last_error = f"{type(error).__name__}: {error}"[:500]


def announce(certificate: Certificate, *, now: datetime) -> None:
    """Write the holder's mail, once; one without an address hears of it on the own page."""
    announce_all([certificate], now=now)


def announce_all(certificates: Sequence[Certificate], *, now: datetime) -> None:
    """Write the mails of many certificates, as `announce` does."""
    untold = [each for each in certificates if each.announced_at is None]
    for certificate in untold:
        certificate.announced_at = now
    compose_all(
        "certificates/mail/issued.txt",
        [
            Letter(
                register.mail_event(certificate),
                certificate.enrolment.person,
                {
                    "number": certificate.number,
                    "course": certificate.facts["course"],
                    "verify_url": certificate.verify_url,
                    "link": absolute_url("certificates.see", certificate_id=certificate.id),
                },
            )
            for certificate in untold
        ],
    )


def issue_soon(enrolment_id: int) -> None:
    """Issue after the present commit, in the same request; what fails is found by the sweep.

    The answer waits for the signed file, but not longer than PATIENCE_SECONDS.
    """

    def now() -> None:
        try:
            outcome = reserve(enrolment_id)
            if outcome.certificate_id is not None:
                _finish_aside(outcome.certificate_id)
        except Exception:  # the answer must not suffer; the sweep tries again
            db.session().rollback()
            log.exception("issuing failed", enrolment=enrolment_id)

    db.after_commit(now)


def _finish_aside(certificate_id: int) -> None:
    """Finish in a thread of its own, and wait a little for it; it goes on after the answer."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    held = app.extensions.get("lms_finishers")
    if held is None or held[0] != os.getpid():  # a forked process has no threads of its parent
        held = (os.getpid(), ThreadPoolExecutor(max_workers=2, thread_name_prefix="finish"))
        app.extensions["lms_finishers"] = held

    def work() -> None:
        with app.app_context():
            try:
                finish(certificate_id)
            except Exception:  # the sweep tries again
                log.exception("finishing failed", certificate=certificate_id)
            finally:
                db.db.session.remove()

    wait([held[1].submit(work)], timeout=PATIENCE_SECONDS)


def due_enrolments(edition_id: int | None = None) -> list[int]:
    """Return enrolments that completed, are released and confirmed, and have no certificate."""
    found = list(db.session().scalars(due_statement(edition_id)))
    db.end_reading()
    return found


def due_statement(edition_id: int | None = None) -> sa.Select[int]:
    """Select what `due_enrolments` returns."""
    completed = sa.and_(
        Completion.enrolment_id == Enrolment.id, Completion.kind == SubjectKind.COURSE
    )
    statement = (
        sa.select(Enrolment.id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Completion, completed)
        .where(
            sa.or_(Edition.issuing == IssuingMode.AUTOMATIC, Enrolment.release_id.is_not(None)),
            Person.name_confirmed_at.is_not(None),
            Person.suspended_at.is_(None),
            Programme.completed_at.is_not(None),
            ~sa.exists().where(
                Certificate.enrolment_id == Enrolment.id,
                Certificate.state != CertificateState.VOID,
            ),
        )
        .order_by(Enrolment.id)
    )
    if edition_id is not None:
        statement = statement.where(Enrolment.edition_id == edition_id)
    return statement


def init_app() -> None:
    """Listen for what makes a certificate due."""
    from lms.courses import events

    events.course_completed.connect(_on_enrolment)
    events.enrolment_changed.connect(_on_enrolment)
    events.name_confirmed.connect(_on_person)
    events.programme_completed.connect(_on_programme)


def _on_enrolment(enrolment: Enrolment) -> None:
    issue_soon(enrolment.id)


def _on_person(person: object) -> None:
    for enrolment_id in db.session().scalars(
        sa.select(Enrolment.id).where(Enrolment.person_id == person.id)  # type: ignore[attr-defined]
    ):
        issue_soon(enrolment_id)


def _on_programme(_programme: object) -> None:
    queue.tell("certificates.sweep")


def file_bytes(certificate: Certificate) -> bytes | None:
    """Return the best kept file; none where its holder was erased."""
    found = best(certificate.files)
    if found is None or certificate.facts["holder"] == HOLDER_ERASED:
        return None
    return store.get(register.store_folder(), found.sha256)
