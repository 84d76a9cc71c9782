"""The registrar's decision that certificates of a list may be issued."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.events import enrolment_changed
from lms.courses.models import Completion, Edition, Enrolment, IssuingMode, Release, SubjectKind
from lms.participants.errors import NothingToRelease, NotReleasedByList, ReasonMissing


def awaiting_release(edition: Edition) -> sa.Select[Enrolment]:
    """Places whose course is complete and which no release names yet."""
    return (
        sa.select(Enrolment)
        .join(
            Completion,
            sa.and_(
                Completion.enrolment_id == Enrolment.id,
                Completion.kind == SubjectKind.COURSE,
                Completion.subject_id == edition.course_id,
            ),
        )
        .where(Enrolment.edition_id == edition.id, Enrolment.release_id.is_(None))
    )


def release(
    edition: Edition,
    enrolment_ids: Collection[int],
    *,
    released_on: date,
    decision_number: str | None,
    reason: str,
    by: int,
    now: datetime,
) -> tuple[Release, int]:
    """Release those chosen who are complete and wait for it; return the release and their number.

    Nobody releases their own certificate. Whoever was released in the meantime is passed over;
    where nobody is left, NothingToRelease is raised and nothing changes.
    """
    if edition.issuing is not IssuingMode.RELEASE:
        raise NotReleasedByList
    if not reason.strip():
        raise ReasonMissing
    session = db.session()
    chosen = session.scalars(
        awaiting_release(edition)
        .where(Enrolment.id.in_(list(enrolment_ids)), Enrolment.person_id != by)
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
    ).all()
    if not chosen:
        raise NothingToRelease
    made = Release(
        edition_id=edition.id,
        released_on=released_on,
        decision_number=decision_number,
        reason=reason,
        released_at=now,
        released_by_id=by,
    )
    session.add(made)
    session.flush()  # places name it
    for enrolment in chosen:
        enrolment.release_id = made.id
    record(
        "certificates.released",
        by=by,
        on=made,
        course_id=edition.course_id,
        enrolments=[e.id for e in chosen],
        decision=decision_number or "",
        reason=reason,
    )
    session.flush()  # listeners read it
    for enrolment in chosen:
        enrolment_changed.send(enrolment)
    return made, len(chosen)
