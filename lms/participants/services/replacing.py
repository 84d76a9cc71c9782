"""A seat given to somebody else: both places stay, linked, and the seat counts once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Completion, Enrolment, EnrolmentState, SubjectKind
from lms.participants.errors import (
    HasPlaceAlready,
    ImportNotReady,
    NotReplaceable,
    ReasonMissing,
)
from lms.participants.services import importing, invitations, places
from lms.participants.services.importing import Decisions, RosterFile


@dataclass(frozen=True)
class Newcomer:
    """Who has the seat now, and whether an invitation is on its way."""

    enrolment: Enrolment
    is_invited: bool


def can_replace(enrolment: Enrolment) -> bool:
    """Tell whether a seat can go to somebody else: nobody has it yet, nothing is completed."""
    if enrolment.replaced_by_id is not None:
        return False
    completed = sa.select(Completion.id).where(
        Completion.enrolment_id == enrolment.id, Completion.kind == SubjectKind.COURSE
    )
    return db.session().scalar(completed.limit(1)) is None


def replace(
    enrolment: Enrolment,
    newcomer: RosterFile,
    decisions: Decisions,
    *,
    on: date,
    reason: str,
    by: int,
    now: datetime,
) -> Newcomer:
    """Let a newcomer take a place over: enrolled, linked, invited, in one act.

    Who leaves is withdrawn on the day and keeps all that was earned; somebody who had withdrawn
    before keeps that day and reason. `newcomer` is a list of one row. Runs inside a write; where it
    raises (NotReplaceable, ImportNotReady, HasPlaceAlready) nothing has been changed.
    """
    if not can_replace(enrolment):
        raise NotReplaceable
    if not reason.strip():
        raise ReasonMissing
    edition = enrolment.edition
    prepared = importing.prepare(edition, newcomer, decisions)
    if not prepared.is_ready:
        raise ImportNotReady(prepared)
    if prepared.to_enrol != 1:
        raise HasPlaceAlready
    outcome = importing.commit(edition, newcomer, decisions, by=by, now=now)
    session = db.session()
    new = session.get_one(Enrolment, outcome.enrolment_ids[0])
    places.withdraw(enrolment, on=on, reason=reason, by=by, now=now)
    enrolment.replaced_by_id = new.id
    record(
        "enrolment.replaced",
        by=by,
        on=enrolment,
        course_id=edition.course_id,
        new_place=new.id,
        on_date=on.isoformat(),
        reason=reason,
    )
    return Newcomer(new, invite_newcomer(new, by=by, now=now))


def invite_newcomer(enrolment: Enrolment, *, by: int, now: datetime) -> bool:
    """Invite somebody just enrolled, where the address is theirs alone; say whether it was."""
    person = enrolment.person
    if person.password_hash is not None or enrolment.state is not EnrolmentState.ACTIVE:
        return False
    db.session().flush()  # addresses are compared in the database
    if not invitations.has_own_address(person, invitations.shared_addresses()):
        return False
    return invitations.invite_all([enrolment], by=by, now=now) == 1
