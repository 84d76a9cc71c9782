"""Fill the register again as the plans say: rows, files, states, and entries that tell of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.certificates import chain, lost, recovery, register
from lms.certificates.badges import slots
from lms.certificates.badges.making import attachments_of
from lms.certificates.counters import award_of, locked_counter
from lms.certificates.desk import duplicates
from lms.certificates.desk.models import Duplicate, DuplicateReason
from lms.certificates.finding import Found, instant
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    Find,
    NumberCounter,
    RegisterEvent,
)
from lms.certificates.recovery import Plan, Step, plan_of
from lms.certificates.render import sealed
from lms.certificates.seals import signer
from lms.certificates.signing.api import SealError
from lms.certificates.states import CertificateState
from lms.courses.models import Enrolment
from lms.files import store

_CURRENT = frozenset({CertificateState.RESERVED, CertificateState.VALID})
_EVENTS = {
    CertificateState.SUPERSEDED: RegisterEvent.SUPERSEDED,
    CertificateState.REVOKED: RegisterEvent.REVOKED,
    CertificateState.VOID: RegisterEvent.VOIDED,
}
_NEEDS_BYTES = frozenset({Step.MAKE, Step.ISSUE, Step.REFILL, Step.CHOOSE, Step.NO_PLACE})


def prepare(found: Sequence[Found]) -> list[Plan]:
    """Look at all finds, in the numbers' order, and keep their files; before the write opens."""
    known = recovery.known_by_number([each.number for each in found])
    ordered = sorted(found, key=lambda f: (f.parsed.year, f.parsed.serial, f.parsed.series))
    plans = [plan_of(each, known.get(each.number)) for each in ordered]
    db.end_reading()
    for plan in plans:
        if plan.step in _NEEDS_BYTES:
            _keep_bytes(plan.found)
    return [plan for plan in plans if plan.step is not Step.NOTHING]


def _keep_bytes(found: Found) -> None:
    """Put the PDF into the store, before the write opens; drawn anew where only facts are known.

    Drawing and sealing are repeatable to the byte, so what is drawn counts only where its hash is
    the one that was registered.
    """
    root = register.store_folder()
    if found.data:
        store.put(root, found.data)
        if found.raised is not None and found.raised.data:
            store.put(root, found.raised.data)
        return
    at = instant(found.reserved_at)
    if not found.sha256 or at is None or store.path_of(root, found.sha256).exists():
        return
    try:
        document, badge = register.document_from(found.facts), attachments_of(found.facts, at)
        db.end_reading()  # its design may come from a table
        data = sealed(document, signer(), at=at, more=badge)
    except (SealError, ValueError, FileNotFoundError):
        return
    if hashlib.sha256(data).hexdigest() == found.sha256:
        store.put(root, data)


def apply(plan: Plan, *, by: int | None, now: datetime) -> Step:
    """Do what a plan says, looked at again under the lock; return what was done.

    What waits for a choice is kept among the finds. Runs inside a write.
    """
    found = plan.found
    locked_counter(found.parsed.series, found.parsed.year)
    fresh = plan_of(found)
    step, place = fresh.step, fresh.enrolment_id
    if step is Step.CHOOSE and plan.enrolment_id in {c.enrolment_id for c in fresh.candidates}:
        step, place = Step.MAKE, plan.enrolment_id
    match step:
        case Step.MAKE:
            assert place is not None
            _make(found, place, by=by, now=now)
        case Step.ISSUE:
            _issue(_here(found), found, by=by, now=now)
        case Step.END:
            _end(_here(found), found, by=by, now=now)
        case Step.CHOOSE | Step.NO_PLACE:
            _wait(found, now=now)
        case Step.ANNUL:
            _move_past(found)
            db.session().flush()  # what is missing is counted by a query
            lost.annul(found.parsed, by=by, reason=found.reason or found.source, now=now)
        case _:
            pass
    if step in {Step.MAKE, Step.ISSUE, Step.END, Step.DUPLICATES}:
        _grant_again(_here(found), found, by=by, now=now)
    if step in {Step.MAKE, Step.ISSUE, Step.END, Step.DUPLICATES, Step.NOTHING}:
        db.session().execute(sa.delete(Find).where(Find.number == found.number))
        db.session().flush()  # what is missing is counted by a query
        lost.settle(found.parsed.series, found.parsed.year, by=by)
    return step


def _here(found: Found) -> Certificate:
    return (
        db.session()
        .scalars(
            sa.select(Certificate)
            .where(Certificate.number == found.number)
            .with_for_update(of=Certificate)
        )
        .one()
    )


def _move_past(found: Found) -> None:
    """Let the counter never fall behind a number that was given out."""
    number = found.parsed
    counter: NumberCounter = locked_counter(number.series, number.year)
    counter.last_serial = max(counter.last_serial, number.serial)


def _wait(found: Found, *, now: datetime) -> None:
    """Keep a find until somebody says whose it is; a second look at it is the same find."""
    _move_past(found)
    session = db.session()
    kept = session.scalars(sa.select(Find).where(Find.number == found.number)).one_or_none()
    if kept is None:
        session.add(Find(number=found.number, found=found.to_plain(), found_at=now))
    elif found.sha256 and found.data:
        kept.found = found.to_plain()


def _issue(here: Certificate, found: Found, *, by: int | None, now: datetime) -> None:
    """Complete a number that the backup knew as taken, with the file that was issued under it."""
    _add_file(here, found, now=now)
    here.state = CertificateState.VALID
    here.issued_at = instant(found.issued_at) or now
    here.announced_at = here.announced_at or now
    here.last_error = None
    db.session().flush()  # the chain's row names the state's file
    chain.enter(
        here, RegisterEvent.RECOVERED, by=by, now=now, file=found.sha256, reason=found.source
    )
    _keep_raised(here, found, by=by, now=now)
    _note(here, found, by=by)
    if found.state != CertificateState.VALID.value:
        _end(here, found, by=by, now=now)


def _add_file(certificate: Certificate, found: Found, *, now: datetime) -> None:
    db.session().add(
        CertificateFile(
            certificate_id=certificate.id,
            level="B-B",
            sha256=found.sha256,
            size=found.size,
            engine=found.engine,
            seal_fingerprint=found.fingerprint,
            created_at=instant(found.issued_at) or now,
        )
    )


def _keep_raised(certificate: Certificate, found: Found, *, by: int | None, now: datetime) -> None:
    """Keep the file as it was found too: its holder will show this one, not the issued one."""
    raised = found.raised
    if raised is not None:
        file = CertificateFile(
            level=raised.level,
            sha256=raised.sha256,
            size=raised.size,
            engine=found.engine,
            seal_fingerprint=found.fingerprint,
            created_at=now,
            approvals=raised.approvals,
            renewal=0,
            stamped_at=instant(raised.stamped_at) if raised.stamped_at else None,
            stamped_until=instant(raised.stamped_until) if raised.stamped_until else None,
        )
        register.keep_file(certificate, file, by=by)


def _end(here: Certificate, found: Found, *, by: int | None, now: datetime) -> None:
    """End a certificate as the file knows that it ended, with that day and reason."""
    state = CertificateState(found.state)
    _close(
        here, state, reason=found.reason or found.source, at=instant(found.since), by=by, now=now
    )
    _note(here, found, by=by)


def _close(
    here: Certificate,
    state: CertificateState,
    *,
    reason: str,
    at: datetime | None,
    by: int | None,
    now: datetime,
) -> None:
    here.state, here.ended_at, here.ended_reason, here.ended_by_id = state, at or now, reason, by
    db.session().flush()  # one current certificate at a time
    chain.enter(here, _EVENTS[state], by=by, now=now, reason=reason)


def _note(certificate: Certificate, found: Found, *, by: int | None) -> None:
    record(
        "certificate.recovered",
        by=by,
        on=certificate,
        number=certificate.number,
        file=found.source,
        sha256=found.sha256,
    )


def _grant_again(here: Certificate, found: Found, *, by: int | None, now: datetime) -> None:
    """Enter again the duplicates that the register doesn't hold; those it holds stay as they are.

    The counter is locked; who granted them the file doesn't say.
    """
    held = {each.ordinal for each in duplicates.by_certificate([here.id]).get(here.id, ())}
    for each in found.duplicates:
        if each.ordinal in held:
            continue
        made = Duplicate(
            certificate_id=here.id,
            ordinal=each.ordinal,
            on=date.fromisoformat(each.on),
            asked_by=each.asked_by or None,
            asked_on=date.fromisoformat(each.asked_on),
            reason=DuplicateReason(each.reason),
            declaration=each.declaration or None,
            granted_at=instant(each.granted_at) or now,
        )
        db.session().add(made)
        duplicates.enter(made, here, by=by, now=now, source=found.source)


# One row made again ----------------------------------------------------------------------------


def _make(found: Found, enrolment_id: int, *, by: int | None, now: datetime) -> None:
    """Make a lost certificate's row again, with its number, code, facts, hash and state."""
    session = db.session()
    place = sa.select(Enrolment.edition_id).where(Enrolment.id == enrolment_id)
    award = award_of(session.scalars(place).one())  # its edition is locked before the place
    session.execute(place.with_for_update()).one()
    number = found.parsed
    _move_past(found)
    state = CertificateState(found.state)
    older, newer = _neighbours(enrolment_id, award.id, number.year, number.serial)
    if state in _CURRENT and newer is not None:
        state = CertificateState.SUPERSEDED
    if state in _CURRENT:
        _give_way(older, found, by=by, now=now)
    made = Certificate(
        enrolment_id=enrolment_id,
        award_id=award.id,
        state=state,
        series=number.series,
        year=number.year,
        serial=number.serial,
        number=found.number,
        code=found.facts["code"],
        verify_url=found.facts["verify_url"],
        is_model=found.facts["is_model"],
        facts=found.facts,
        reserved_at=instant(found.reserved_at) or now,
        issued_on=date.fromisoformat(found.facts["issued_on"]),
        expires_on=_expiry(found),
        issued_at=instant(found.issued_at),
        status_index=slots.as_frozen(found.facts),
        announced_at=now if found.sha256 else None,  # the holder was told at the time
    )
    session.add(made)
    session.flush()  # file and register name it
    _tie(made, older, newer, found)
    if found.sha256:
        _add_file(made, found, now=now)
    is_reserved = state is CertificateState.RESERVED  # drawn and sealed anew, to the same bytes
    event = RegisterEvent.RESERVED if is_reserved else RegisterEvent.RECOVERED
    chain.enter(made, event, by=by, now=now, file=found.sha256, reason=found.source)
    _keep_raised(made, found, by=by, now=now)
    _note(made, found, by=by)
    if state in _EVENTS:
        ended_at = instant(found.since) if found.state == state.value else None
        reason = found.reason or found.source
        _close(made, state, reason=reason, at=ended_at, by=by, now=now)


def _neighbours(
    enrolment_id: int, award_id: int, year: int, serial: int
) -> tuple[Certificate | None, Certificate | None]:
    """Return the certificates of the same place just before and just after a number."""
    rows: list[Any] = list(
        db.session().scalars(
            sa.select(Certificate)
            .where(
                Certificate.enrolment_id == enrolment_id,
                Certificate.award_id == award_id,
                Certificate.state != CertificateState.VOID,
            )
            .order_by(Certificate.year, Certificate.serial)
            .with_for_update(of=Certificate)
        )
    )
    before = [c for c in rows if (c.year, c.serial) < (year, serial)]
    after = [c for c in rows if (c.year, c.serial) > (year, serial)]
    return (before[-1] if before else None), (after[0] if after else None)


def _give_way(older: Certificate | None, found: Found, *, by: int | None, now: datetime) -> None:
    """End the one that was current before: a later number exists only because it was replaced."""
    if older is not None and older.state in _CURRENT:
        at = instant(found.reserved_at)
        reason = found.source
        _close(older, CertificateState.SUPERSEDED, reason=reason, at=at, by=by, now=now)


def _tie(
    made: Certificate, older: Certificate | None, newer: Certificate | None, found: Found
) -> None:
    """Say which certificate replaced which, also where they come back in another order."""
    session = db.session()
    if found.supersedes:
        made.supersedes_id = session.scalar(
            sa.select(Certificate.id).where(Certificate.number == found.supersedes)
        )
        return
    if newer is not None and newer.supersedes_id in {None, older.id if older else None}:
        inherited, newer.supersedes_id = newer.supersedes_id, made.id
        session.flush()  # each is replaced by one alone
        made.supersedes_id = inherited
    elif older is not None and older.state is CertificateState.SUPERSEDED and newer is None:
        made.supersedes_id = older.id
    session.flush()


def _expiry(found: Found) -> date | None:
    written = found.expires_on or found.facts["expires_on"]
    return date.fromisoformat(written) if written else None
