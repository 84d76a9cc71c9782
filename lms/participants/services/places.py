"""A place on an edition: given up and taken again, hours attended, the registrar's word."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.accounts import services as accounts
from lms.accounts.models import RoleGrant
from lms.audit.services import record
from lms.courses.events import enrolment_changed
from lms.courses.models import CompletionCondition, ConditionKind, Enrolment, EnrolmentState
from lms.courses.services import hours as ledger
from lms.courses.services import progress
from lms.errors import Hidden
from lms.participants.errors import ReasonMissing, SeatTaken


def withdraw(enrolment: Enrolment, *, on: date, reason: str, by: int, now: datetime) -> None:
    """Give a place up; what was earned stays, and twice is once.

    An invitation that still waits is not sent to somebody who has nothing else to come in for.
    """
    if enrolment.state is EnrolmentState.WITHDRAWN:
        return
    if not reason.strip():
        raise ReasonMissing
    enrolment.state = EnrolmentState.WITHDRAWN
    enrolment.withdrawn_on, enrolment.withdrawal_reason = on, reason
    _note(enrolment, "enrolment.withdrawn", by, on=on.isoformat(), reason=reason)
    _review(enrolment)
    if not _has_reason_to_come(enrolment.person_id):
        accounts.take_invitation_back(enrolment.person_id, now=now)


def _has_reason_to_come(person_id: int) -> bool:
    place = sa.select(Enrolment.id).where(
        Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.ACTIVE
    )
    role = sa.select(RoleGrant.id).where(RoleGrant.person_id == person_id)
    return bool(db.session().scalar(sa.select(sa.or_(place.exists(), role.exists()))))


def take_back(enrolment: Enrolment, *, reason: str, by: int, now: datetime) -> None:
    """Let somebody who had withdrawn take part again; the audit keeps that there was a pause.

    Raises SeatTaken while somebody else holds the seat: it would count twice.
    """
    if enrolment.state is EnrolmentState.ACTIVE:
        return
    if not reason.strip():
        raise ReasonMissing
    if enrolment.replaced_by_id is not None:
        newcomer = db.session().get_one(Enrolment, enrolment.replaced_by_id)
        if newcomer.state is EnrolmentState.ACTIVE:
            raise SeatTaken
        enrolment.replaced_by_id = None
    enrolment.state = EnrolmentState.ACTIVE
    enrolment.withdrawn_on = enrolment.withdrawal_reason = None
    _note(enrolment, "enrolment.taken_back", by, reason=reason)
    _review(enrolment, now=now)


def set_hours(enrolment: Enrolment, hours: Decimal, *, reason: str, by: int, now: datetime) -> None:
    """Write down the hours attended; completion is looked at again, and never taken back."""
    if hours == enrolment.hours_attended:
        return
    if not reason.strip():
        raise ReasonMissing
    before = enrolment.hours_attended
    ledger.set_total(enrolment, hours, by=by, now=now, reason=reason)
    _note(enrolment, "enrolment.hours_set", by, before=str(before), after=str(hours), reason=reason)
    _review(enrolment, now=now)


def confirm(
    enrolment: Enrolment, condition_id: int, *, reason: str, by: int, now: datetime
) -> None:
    """Give the registrar's word for a condition of the place's own course that asks for it."""
    asked = db.session().scalar(
        sa.select(CompletionCondition.id).where(
            CompletionCondition.id == condition_id,
            CompletionCondition.course_id == enrolment.course_id,
            CompletionCondition.kind == ConditionKind.CONFIRMED_BY_REGISTRAR,
        )
    )
    if asked is None:
        raise Hidden
    if not reason.strip():
        raise ReasonMissing
    progress.confirm_condition(enrolment, condition_id, by=by, reason=reason, now=now)
    enrolment_changed.send(enrolment)


def _note(enrolment: Enrolment, action: str, by: int, **values: object) -> None:
    subject = {"on_date" if k == "on" else k: v for k, v in values.items()}
    record(action, by=by, on=enrolment, course_id=enrolment.course_id, **subject)


def _review(enrolment: Enrolment, *, now: datetime | None = None) -> None:
    """Look at completion again and let certificates look too."""
    db.session().flush()  # both read what was just written
    if now is not None:
        progress.review_completion(enrolment, now=now)
    enrolment_changed.send(enrolment)
