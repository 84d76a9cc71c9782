"""Issuing many certificates as a batch: one row holds the list and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.audit.services import record
from lms.certificates.bulk import issue_many
from lms.certificates.issuing import Outcome
from lms.courses.models import Edition, Enrolment
from lms.jobs import queue
from lms.jobs.models import Batch, BatchState

KIND = "certificates.issue"
TASK = "certificates.batch"
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
    queue.tell(TASK)
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


@queue.task(TASK, sweep_seconds=30)
def run() -> None:
    """Go on with every batch that isn't done; each step may be done twice without harm."""
    ids = list(
        db.session().scalars(
            sa.select(Batch.id).where(Batch.kind == KIND, Batch.state.in_(_OPEN)).order_by(Batch.id)
        )
    )
    db.end_reading()
    for batch_id in ids:
        _go_on(batch_id)


def _go_on(batch_id: int) -> None:
    """Issue what is left of a batch, group by group, while it isn't stopped."""
    batch = db.session().get_one(Batch, batch_id)
    ids, by = batch.parameters["enrolments"], batch.created_by_id
    left = ids[batch.done + batch.failed :] if batch.state in _OPEN else []
    db.end_reading()
    known: dict[int, Outcome] = {}

    def count(outcomes: Mapping[int, Outcome]) -> bool:
        known.update(outcomes)
        with db.writing() as session:
            statement = sa.select(Batch).where(Batch.id == batch_id).with_for_update()
            fresh = session.scalars(statement).one()
            _count(fresh, known)
            return fresh.state in _OPEN

    issue_many(left, by=by, goes_on=count)
    count({})


def _fault(outcome: Outcome) -> str | None:
    """Say what went wrong, as a short text for the office."""
    if outcome.certificate_id is not None:
        return None
    if outcome.failure:
        return outcome.failure
    if outcome.refusal is not None:
        return str(outcome.refusal) or type(outcome.refusal).__name__
    missing = outcome.eligibility.missing if outcome.eligibility else ()
    return ", ".join(m.reason.value for m in missing) or "not eligible"


def _count(batch: Batch, known: Mapping[int, Outcome]) -> None:
    """Count what is known of those whose turn it is; close the batch after the last.

    Each is counted once, though two processes may have done it.
    """
    ids = batch.parameters["enrolments"]
    failures = dict(batch.parameters["failures"])
    for enrolment_id in ids[batch.done + batch.failed :]:
        if enrolment_id not in known:
            break
        fault = _fault(known[enrolment_id])
        if fault is None:
            batch.done += 1
        else:
            batch.failed += 1
            failures[str(enrolment_id)] = fault
    if batch.state not in _OPEN:
        return
    batch.parameters = {**batch.parameters, "failures": failures}
    batch.state = BatchState.RUNNING
    if batch.done + batch.failed >= len(ids):
        batch.state = BatchState.DONE
        batch.finished_at = clock.now()
