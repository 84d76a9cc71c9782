"""Issuing many certificates as a batch: one row holds the list and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.audit.services import record
from lms.certificates import issuing
from lms.certificates.issuing import Outcome
from lms.courses.models import Edition, Enrolment
from lms.jobs import queue
from lms.jobs.models import Batch, BatchState

log = structlog.get_logger()

KIND = "certificates.issue"
_OPEN = (BatchState.WAITING, BatchState.RUNNING)


def begin(edition: Edition, enrolment_ids: list[int], *, by: int, now: datetime) -> Batch:
    """Write down a batch and have it begun after the commit; one that runs already is returned."""
    running = _open_of(edition.id)
    if running is not None:
        return running
    batch = Batch(
        kind=KIND,
        total=len(enrolment_ids),
        parameters={"edition_id": edition.id, "enrolments": enrolment_ids, "failures": {}},
        created_at=now,
        created_by_id=by,
    )
    db.session().add(batch)
    db.session().flush()  # the record and the page name it
    record(
        "certificates.batch_begun",
        by=by,
        on=batch,
        course_id=edition.course_id,
        edition=edition.slug,
        count=len(enrolment_ids),
    )
    queue.tell("certificates.batch")
    return batch


def _open_of(edition_id: int) -> Batch | None:
    open_ones = db.session().scalars(
        sa.select(Batch).where(Batch.kind == KIND, Batch.state.in_(_OPEN)).order_by(Batch.id)
    )
    return next((b for b in open_ones if b.parameters["edition_id"] == edition_id), None)


def last_of(edition_id: int) -> Batch | None:
    """Return the newest batch of an edition."""
    newest = db.session().scalars(
        sa.select(Batch).where(Batch.kind == KIND).order_by(Batch.id.desc()).limit(20)
    )
    return next((b for b in newest if b.parameters["edition_id"] == edition_id), None)


def with_people(enrolment_ids: Sequence[int]) -> sa.Select[Enrolment]:
    """Select enrolments with their people and editions."""
    return (
        sa.select(Enrolment)
        .where(Enrolment.id.in_(enrolment_ids))
        .options(
            joinedload(Enrolment.person, innerjoin=True),
            joinedload(Enrolment.edition, innerjoin=True).joinedload(Edition.programme),
        )
    )


@queue.task("certificates.batch", sweep_seconds=30)
def run() -> None:
    """Go on with every batch that isn't done; each step may be done twice without harm."""
    ids = list(
        db.session().scalars(
            sa.select(Batch.id).where(Batch.kind == KIND, Batch.state.in_(_OPEN)).order_by(Batch.id)
        )
    )
    db.end_reading()
    for batch_id in ids:
        while _step(batch_id):
            pass


def _step(batch_id: int) -> bool:
    """Issue the next certificate of a batch; tell whether there may be another."""
    batch = db.session().get_one(Batch, batch_id)
    at, ids, by = batch.done + batch.failed, batch.parameters["enrolments"], batch.created_by_id
    is_open = batch.state in _OPEN
    db.end_reading()
    if not is_open:
        return False
    fault = _issued(ids[at], by) if at < len(ids) else None
    with db.writing():
        fresh = (
            db.session()
            .scalars(sa.select(Batch).where(Batch.id == batch_id).with_for_update())
            .one()
        )
        _count(fresh, at, fault)
        return fresh.state in _OPEN


def _issued(enrolment_id: int, by: int | None) -> str | None:
    """Issue one; return what went wrong, as a short text for the office."""
    try:
        outcome: Outcome = issuing.issue(enrolment_id, by=by)
    except Exception as error:  # the row says so, and the next one isn't held up
        db.session().rollback()
        log.exception("issuing failed", enrolment=enrolment_id)
        return type(error).__name__
    if outcome.certificate_id is not None:
        return None
    if outcome.refusal is not None:
        return str(outcome.refusal) or type(outcome.refusal).__name__
    missing = outcome.eligibility.missing if outcome.eligibility else ()
    return ", ".join(m.reason.value for m in missing) or "not eligible"


def _count(batch: Batch, at: int, fault: str | None) -> None:
    """Count a step once, though two processes may have done it; close the batch after the last."""
    ids = batch.parameters["enrolments"]
    if batch.done + batch.failed == at and at < len(ids):
        if fault is None:
            batch.done += 1
        else:
            batch.failed += 1
            failures = {**batch.parameters["failures"], str(ids[at]): fault}
            batch.parameters = {**batch.parameters, "failures": failures}
        batch.state = BatchState.RUNNING
    if batch.done + batch.failed >= len(ids) and batch.state in _OPEN:
        batch.state = BatchState.DONE
        batch.finished_at = clock.now()
