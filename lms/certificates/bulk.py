"""Issuing many certificates at once: the same steps as for one, in groups of up to a hundred.

A group is checked and numbered in one transaction, and marked valid in another. Between the two its
files are drawn, sealed and stored beside it (`bulk_files`), while the next group is being numbered.
A process may die at any point, as with one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import joinedload, selectinload

from lms import clock, db
from lms.certificates import counters, drafting, issuing, register, seals
from lms.certificates.bulk_files import Files, Row, Workshop
from lms.certificates.deciding import decide
from lms.certificates.document import CertificateDocument
from lms.certificates.eligibility import Eligibility
from lms.certificates.errors import CannotBePrinted
from lms.certificates.issuing import Outcome
from lms.certificates.models import Award, Certificate, CertificateFile, NumberCounter
from lms.certificates.register import KeptFile, Wanted
from lms.certificates.states import CertificateState
from lms.courses.models import Completion, Edition, Enrolment, SubjectKind
from lms.files import store
from lms.jobs import queue

log = structlog.get_logger()

GROUP: Final = 100
"""How many change their state in one transaction."""

Goes = Callable[[Mapping[int, Outcome]], bool]


def issue_many(
    enrolment_ids: Sequence[int], *, by: int | None = None, goes_on: Goes = lambda _group: True
) -> dict[int, Outcome]:
    """Issue what enrolments have earned, and tell what each came to, as `issue` does for one.

    Opens its own transactions; call it with none open. `goes_on` hears of each group when all of it
    is done, with no transaction open, and says whether to go on; what has its number by then is
    finished in any case.
    """
    found: dict[int, Outcome] = {}
    groups = [enrolment_ids[at : at + GROUP] for at in range(0, len(enrolment_ids), GROUP)]
    with Workshop(len(enrolment_ids)) as workshop:
        waiting: _Group | None = None
        for ids in groups:
            group = _begun(ids, workshop, by=by)
            if waiting is not None and not _ended(waiting, found, goes_on):
                _ended(group, found, goes_on)
                break
            waiting = group
        else:
            if waiting is not None:
                _ended(waiting, found, goes_on)
    announce_many([o.certificate_id for o in found.values() if o.certificate_id])
    return found


def finish_many(certificate_ids: Sequence[int]) -> None:
    """Draw, seal, store and announce reserved certificates, as `finish` does for one."""
    with Workshop(len(certificate_ids)) as workshop:
        for at in range(0, len(certificate_ids), GROUP):
            rows = _reserved(Certificate.id.in_(certificate_ids[at : at + GROUP]))
            db.end_reading()
            _mark(workshop.begin(rows))
    announce_many(certificate_ids)


@dataclass
class _Group:
    """Enrolments on their way together, what came of each, and the files being made."""

    outcomes: dict[int, Outcome]
    files: Files


def _begun(ids: Sequence[int], workshop: Workshop, *, by: int | None) -> _Group:
    """Number a group, and let its files be made."""
    numbered: dict[int, Outcome] = {}
    try:
        numbered = _numbered(ids, by=by)
    except Exception:  # whatever it was, one by one each row says it for itself
        db.end_reading()
        log.warning("a group is issued one by one", enrolments=len(ids), exc_info=True)
    outcomes = {each: numbered.get(each) or _alone(each, by=by) for each in ids}
    standing = [o.certificate_id for o in outcomes.values() if o.certificate_id is not None]
    rows = _reserved(Certificate.id.in_(standing))
    db.end_reading()
    return _Group(outcomes, workshop.begin(rows))


def _alone(enrolment_id: int, *, by: int | None) -> Outcome:
    try:
        return issuing.issue(enrolment_id, by=by)
    except Exception as error:  # one bad row holds up nobody
        db.end_reading()
        log.exception("issuing failed", enrolment=enrolment_id)
        return Outcome(failure=type(error).__name__)


def _ended(group: _Group, found: dict[int, Outcome], goes_on: Goes) -> bool:
    """Wait for a group's files and mark its certificates valid; say whether to go on."""
    _mark(group.files)
    found.update(group.outcomes)
    return goes_on(group.outcomes)


@dataclass(frozen=True)
class _Candidate:
    """An enrolment with what decides about it."""

    enrolment: Enrolment
    decision: Eligibility
    certificate_id: int | None  # that stands already


def _candidates(ids: Sequence[int], *, locked: bool) -> tuple[list[_Candidate], drafting.Shared]:
    """Read enrolments whose completion is stored, in few statements; the others are left out."""
    session = db.session()
    edition = selectinload(Enrolment.edition)  # the same row for nearly all of them
    statement = (
        sa.select(Enrolment)
        .where(Enrolment.id.in_(ids))
        .options(
            joinedload(Enrolment.person),
            selectinload(Enrolment.group),
            edition.joinedload(Edition.programme),
            edition.joinedload(Edition.course),
        )
        .order_by(Enrolment.id)
    )
    if locked:
        statement = statement.with_for_update(of=Enrolment)
    enrolments = session.scalars(statement).all()
    completed: dict[int, datetime] = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(Completion.enrolment_id, Completion.earned_at).where(
                Completion.enrolment_id.in_(ids), Completion.kind == SubjectKind.COURSE
            )
        )
    }
    newest: dict[int, tuple[int, CertificateState]] = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            sa.select(Certificate.enrolment_id, Certificate.id, Certificate.state)
            .join(Award, Award.id == Certificate.award_id)
            .where(Certificate.enrolment_id.in_(ids), Award.module_id.is_(None))
            .order_by(Certificate.id)
        )
    }
    found = []
    for enrolment in enrolments:
        if enrolment.id not in completed:
            continue
        certificate_id, state = newest.get(enrolment.id, (None, None))
        decision = decide(enrolment, (), completed_at=completed[enrolment.id], certificate=state)
        stands = state in (CertificateState.RESERVED, CertificateState.VALID)
        found.append(_Candidate(enrolment, decision, certificate_id if stands else None))
    return found, drafting.Shared(completed)


def _numbered(ids: Sequence[int], *, by: int | None) -> dict[int, Outcome]:
    """Give numbers to those of a group that may have one; whoever isn't in the answer is left."""
    outcomes: dict[int, Outcome] = {}
    checked: dict[int, CertificateDocument] = {}
    is_model, now = seals.is_model(), clock.now()
    candidates, shared = _candidates(ids, locked=False)
    editions, issuers = set(), set()
    for candidate in candidates:
        enrolment = candidate.enrolment
        if not candidate.decision.may_issue:
            outcomes[enrolment.id] = Outcome(candidate.certificate_id, candidate.decision)
            continue
        editions.add(enrolment.edition_id)
        issuers.update(enrolment.edition.programme.issuers[:1])
        try:
            checked[enrolment.id] = register.checked_draft(
                enrolment, is_model=is_model, now=now, shared=shared
            )
        except CannotBePrinted as refusal:
            outcomes[enrolment.id] = Outcome(None, candidate.decision, refusal)
    db.end_reading()
    if not checked:
        return outcomes
    for issuer in sorted(issuers) or [""]:
        seals.signer(issuer)  # a number is never taken without a seal
    with db.writing():
        for edition_id in sorted(editions):
            counters.award_of(edition_id)  # the editions are locked before the places
        candidates, shared = _candidates(list(checked), locked=True)
        may = [candidate for candidate in candidates if candidate.decision.may_issue]
        wanted = [Wanted(each.enrolment, checked[each.enrolment.id]) for each in may]
        taken = register.reserve_all(
            wanted, is_model=is_model, now=clock.now(), by=by, shared=shared
        )
        made = {certificate.enrolment_id: certificate.id for certificate in taken}
        for each in candidates:  # another process may have been first
            stands = made.get(each.enrolment.id, each.certificate_id)
            outcomes[each.enrolment.id] = Outcome(stands, each.decision)
    return outcomes


def _reserved(which: sa.ColumnElement[bool]) -> list[Row]:
    """Read what reserved certificates say, where their series isn't locked."""
    stopped = sa.exists().where(
        NumberCounter.series == Certificate.series, NumberCounter.locked_reason.is_not(None)
    )
    rows = db.session().execute(
        sa.select(Certificate.id, Certificate.facts, Certificate.reserved_at)
        .where(which, Certificate.state == CertificateState.RESERVED, ~stopped)
        .order_by(Certificate.tries, Certificate.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _mark(files: Files) -> None:
    """Mark as valid those whose file is kept, and write down why others failed."""
    kept: dict[int, KeptFile] = {}
    laid: list[store.Laid] = []
    for certificate_id, future in files.items():
        try:
            kept[certificate_id], each = future.result()
            laid.append(each)
        except Exception as error:  # the row says so, and the others aren't held up
            issuing.note_failure(certificate_id, error)
    if kept:
        store.settle(register.store_folder(), laid)
        with db.writing():
            locked = db.session().scalars(_locked(kept))
            what = [(certificate, kept[certificate.id]) for certificate in locked]
            register.mark_all_issued(what, now=clock.now())


def announce_many(certificate_ids: Sequence[int]) -> None:
    """Write the holders' mails of valid certificates that weren't announced yet."""
    untold = (Certificate.state == CertificateState.VALID) & Certificate.announced_at.is_(None)
    people = joinedload(Certificate.enrolment).joinedload(Enrolment.person)
    for at in range(0, len(certificate_ids), GROUP):
        statement = _locked(certificate_ids[at : at + GROUP]).where(untold).options(people)
        with db.writing() as session:
            issuing.announce_all(session.scalars(statement).all(), now=clock.now())


@queue.task("certificates.sweep", sweep_seconds=30)
def sweep() -> None:
    """Finish what is reserved, issue what is due and was missed, and announce what wasn't."""
    reserved = list(
        db.session().scalars(
            sa.select(Certificate.id)
            .where(Certificate.state == CertificateState.RESERVED)
            .order_by(Certificate.tries, Certificate.id)  # one that always fails holds up nobody
        )
    )
    db.end_reading()
    finish_many(reserved)
    issue_many(issuing.due_enrolments())
    announce_many(unannounced())


def unannounced() -> list[int]:
    """Return valid certificates with a file whose holders weren't told."""
    found = db.session().scalars(
        sa.select(Certificate.id)
        .where(
            Certificate.state == CertificateState.VALID,
            Certificate.announced_at.is_(None),
            sa.exists().where(CertificateFile.certificate_id == Certificate.id),
        )
        .order_by(Certificate.id)
    )
    ids = list(found)
    db.end_reading()
    return ids


def _locked(ids: Iterable[int]) -> sa.Select[Certificate]:
    return (
        sa.select(Certificate)
        .where(Certificate.id.in_(list(ids)))
        .order_by(Certificate.id)
        .with_for_update(of=Certificate)
    )
