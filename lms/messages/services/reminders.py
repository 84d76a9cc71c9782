"""Reminders by rule: who would get one, sending them, each at most once for its occasion.

A run reads who is due, then writes in small transactions. Each looks again under the person's lock
at what forbids a reminder; mail and reminder are written together, and both are unique. A run that
is killed anywhere is simply run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from lms import db
from lms.config import Settings
from lms.courses.completion import Edge, Result
from lms.courses.completion import Kind as Condition
from lms.courses.models import (
    Completion,
    Edition,
    Enrolment,
    EnrolmentState,
    SubjectKind,
)
from lms.mail import sending as outbox
from lms.mail.models import MailMessage, MailState
from lms.mail.services import Bulk
from lms.messages.audience import WhyNot, why_not
from lms.messages.models import Reminder, ReminderRule, ReminderStop
from lms.messages.reminder_rules import (
    Due,
    Kind,
    Sent,
    Silence,
    Situation,
    decide,
    may_send,
    quiet_begins,
)
from lms.messages.services.reminder_plans import Plan, plan_of
from lms.messages.services.sending import MESSAGE_EVENT, reach_of, write_mail
from lms.messages.stopping import REMINDERS
from lms.participants.queries import TableRow, edition_table
from lms.participants.services import names
from lms.participants.standing import Stage

IN_ONE_WRITE = 20
NEEDLESS = "needless: completed, withdrawn or stopped meanwhile"
_SILENCED = {
    WhyNot.WITHDRAWN: Silence.WITHDRAWN,
    WhyNot.SUSPENDED: Silence.SUSPENDED,
    WhyNot.NO_ADDRESS: Silence.NO_ADDRESS,
    WhyNot.SHARED_ADDRESS: Silence.SHARED_ADDRESS,
}


# --- Who is due ---------------------------------------------------------------------------------


def situations(edition: Edition, *, now: datetime) -> list[tuple[TableRow, Situation]]:
    """Read where everybody of an edition stands; a fixed number of statements."""
    zone = ZoneInfo(edition.programme.zone)
    today = now.astimezone(zone).date()
    session = db.session()
    stopped = set(session.scalars(sa.select(ReminderStop.person_id)))
    had_today = set(session.scalars(sa.select(Reminder.person_id).where(Reminder.on_day == today)))
    had_today |= set(session.scalars(_written_by_hand(today, zone)))
    sent: dict[int, list[Sent]] = {}
    for enrolment_id, kind, occasion, on_day in session.execute(
        sa.select(Reminder.enrolment_id, Reminder.kind, Reminder.occasion, Reminder.on_day)
        .join(Enrolment, Enrolment.id == Reminder.enrolment_id)
        .where(Enrolment.edition_id == edition.id)
    ):
        sent.setdefault(enrolment_id, []).append(Sent(kind, occasion, on_day))
    return [
        (
            row,
            _situation(
                row,
                edition,
                zone,
                sent=sent.get(row.enrolment_id, ()),
                has_stopped=row.person_id in stopped,
                had_today=row.person_id in had_today,
            ),
        )
        for row in edition_table(edition, now=now, with_columns=False).rows
    ]


def _written_by_hand(today: date, zone: ZoneInfo) -> sa.Select[int]:
    """Select whom the office wrote to itself today: no rule says the same once more."""
    begins = datetime.combine(today, time.min, zone)
    return sa.select(MailMessage.person_id).where(
        sa.or_(
            MailMessage.event.startswith(f"{names.EVENT}:"),
            MailMessage.event.startswith(f"{MESSAGE_EVENT}:"),
        ),
        MailMessage.state != MailState.WITHDRAWN,
        MailMessage.created_at >= begins,
    )


def _situation(
    row: TableRow,
    edition: Edition,
    zone: ZoneInfo,
    *,
    sent: Sequence[Sent],
    has_stopped: bool,
    had_today: bool,
) -> Situation:
    def day(at: datetime | None) -> date | None:
        return at.astimezone(zone).date() if at is not None else None

    why = why_not(reach_of(row))
    silence = _SILENCED[why] if why else None
    if has_stopped and silence not in (Silence.WITHDRAWN, Silence.SUSPENDED):
        silence = Silence.STOPPED
    has_open_module = any(state != "done" for state in row.modules)
    return Situation(
        silence=silence,
        has_signed_in=row.stage not in (Stage.NOT_INVITED, Stage.INVITED),
        invited_on=day(row.invited_at),
        last_active_on=day(row.last_activity_at),
        ends_on=edition.ends_on,
        has_open_module=has_open_module,
        has_open_end=not has_open_module and any(_is_open_end(result) for result in row.results),
        has_open_name=not row.is_name_confirmed,
        is_completed=row.completed_at is not None,
        sent=sent,
        was_sent_today=had_today,
    )


def _is_open_end(result: Result) -> bool:
    kind = result.condition.kind
    is_at_end = kind is Condition.FORM_SUBMITTED or (
        kind is Condition.TESTS_TAKEN and result.edge is not Edge.START
    )
    return is_at_end and not result.is_met


def decisions(
    edition: Edition, days: Mapping[Kind, int], *, now: datetime
) -> list[tuple[TableRow, Due | Silence]]:
    """Decide for everybody of an edition, by rules (kind → days)."""
    today = now.astimezone(ZoneInfo(edition.programme.zone)).date()
    return [
        (row, decide(situation, days, today)) for row, situation in situations(edition, now=now)
    ]


# --- Running ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What a run did, or would do, for one edition."""

    slug: str
    title: str
    is_resting: bool  # quiet hours or a weekend
    due: int
    sent: int
    by_kind: Mapping[Kind, int]


def run(*, now: datetime, slug: str = "", dry: bool = False) -> list[Run]:
    """Send what is due in every edition that has a rule switched on; opens its own writes."""
    runs = [_run_edition(edition_id, now=now, dry=dry) for edition_id in _editions(slug)]
    db.end_reading()
    return runs


def _editions(slug: str) -> list[int]:
    statement = (
        sa.select(Edition.id)
        .where(
            Edition.id.in_(sa.select(ReminderRule.edition_id).where(ReminderRule.is_on.is_(True)))
        )
        .order_by(Edition.id)
    )
    if slug:
        statement = statement.where(Edition.slug == slug)
    found = list(db.session().scalars(statement))
    db.end_reading()
    return found


def _loaded(edition_id: int) -> Edition:
    return (
        db.session()
        .scalars(
            sa.select(Edition)
            .options(joinedload(Edition.programme), joinedload(Edition.course))
            .where(Edition.id == edition_id)
        )
        .one()
    )


def _run_edition(edition_id: int, *, now: datetime, dry: bool) -> Run:
    edition = _loaded(edition_id)
    plan = plan_of(edition_id)
    slug, title, zone = edition.slug, edition.title, edition.programme.zone
    local = now.astimezone(ZoneInfo(zone))
    is_resting = not may_send(plan.hours, local)
    due: list[tuple[TableRow, Due]] = []
    if dry or not is_resting:
        found = decisions(edition, plan.days_on, now=now)
        due = [(row, one) for row, one in found if isinstance(one, Due)]
    sent = 0
    if not dry and not is_resting:
        takes = due[: _room(now)]
        db.end_reading()
        send_before = quiet_begins(plan.hours, local)
        for some in _parts(takes):
            with db.writing():
                again = _loaded(edition_id)
                sent += sum(
                    remind(again, row, one, plan, send_before=send_before, now=now)
                    for row, one in some
                )
    db.end_reading()
    by_kind = {kind: n for kind in Kind if (n := sum(1 for _r, one in due if one.kind is kind))}
    return Run(slug, title, is_resting, len(due), sent, by_kind)


def _parts(due: Iterable[tuple[TableRow, Due]]) -> Iterator[Sequence[tuple[TableRow, Due]]]:
    listed = list(due)
    for start in range(0, len(listed), IN_ONE_WRITE):
        yield listed[start : start + IN_ONE_WRITE]


def _room(now: datetime) -> int:
    """Return how many more mails to many fit into this hour, with those that wait already."""
    settings: Settings = current_app.config["LMS"]
    waiting = db.session().scalar(
        sa.select(sa.func.count()).where(
            MailMessage.state == MailState.WAITING, MailMessage.is_bulk.is_(True)
        )
    )
    return max(0, outbox.bulk_cap(settings) - outbox.sent_in_an_hour(now)[1] - (waiting or 0))


def remind(
    edition: Edition, row: TableRow, due: Due, plan: Plan, *, send_before: datetime, now: datetime
) -> bool:
    """Write one reminder, unless something forbids it by now; runs inside a write."""
    session = db.session()
    today = now.astimezone(ZoneInfo(edition.programme.zone)).date()
    place = _locked_place(row.enrolment_id)
    if place is None or _is_forbidden(place, due, today, ZoneInfo(edition.programme.zone)):
        return False
    mail = write_mail(
        f"reminder:{place.id}:{due.kind.value}:{due.occasion}",
        edition,
        row,
        place.person,
        draft=plan.rules[due.kind].draft,
        bulk=Bulk(send_before=send_before, stop_url=REMINDERS.link_of(place.person_id)),
        by=None,
        now=now,
    )
    if mail is None:
        return False
    session.flush()  # the reminder names its mail
    session.add(
        Reminder(
            enrolment_id=place.id,
            person_id=place.person_id,
            kind=due.kind,
            occasion=due.occasion,
            on_day=today,
            composed_at=now,
            mail_id=mail.id,
        )
    )
    session.flush()  # a second place of the same person must see it
    return True


def _locked_place(enrolment_id: int) -> Enrolment | None:
    """Load the place with its person, both locked: two runs at once wait for each other."""
    return (
        db.session()
        .scalars(
            sa.select(Enrolment)
            .join(Enrolment.person)
            .options(joinedload(Enrolment.person, innerjoin=True))
            .where(Enrolment.id == enrolment_id)
            .with_for_update()
        )
        .one_or_none()
    )


def _is_forbidden(place: Enrolment, due: Due, today: date, zone: ZoneInfo) -> bool:
    person = place.person
    if place.state is not EnrolmentState.ACTIVE or person.suspended_at is not None:
        return True
    if due.kind is Kind.NEVER_IN and person.password_hash is not None:
        return True
    if due.kind is Kind.NAME_OPEN and person.name_confirmed_at is not None:
        return True
    forbids = [
        sa.select(sa.literal(1)).where(ReminderStop.person_id == person.id),
        sa.select(sa.literal(1)).where(Reminder.person_id == person.id, Reminder.on_day == today),
        _written_by_hand(today, zone)
        .with_only_columns(sa.literal(1))
        .where(MailMessage.person_id == person.id),
        sa.select(sa.literal(1)).where(
            Reminder.enrolment_id == place.id,
            Reminder.kind == due.kind,
            Reminder.occasion == due.occasion,
        ),
    ]
    if due.kind is not Kind.NAME_OPEN:
        forbids.append(
            sa.select(sa.literal(1)).where(
                Completion.enrolment_id == place.id, Completion.kind == SubjectKind.COURSE
            )
        )
    return db.session().scalar(sa.union_all(*forbids).limit(1)) is not None


def withdraw_needless(_now: datetime) -> None:
    """Take back reminders that wait and are no longer wanted; before each round of sending."""
    completed = sa.and_(
        Reminder.kind != Kind.NAME_OPEN,
        sa.exists().where(
            Completion.enrolment_id == Reminder.enrolment_id,
            Completion.kind == SubjectKind.COURSE,
        ),
    )
    stopped = sa.exists().where(ReminderStop.person_id == Reminder.person_id)
    needless = (
        sa.select(Reminder.mail_id)
        .join(Enrolment, Enrolment.id == Reminder.enrolment_id)
        .where(sa.or_(completed, stopped, Enrolment.state != EnrolmentState.ACTIVE))
    )
    db.session().execute(
        sa.update(MailMessage)
        .where(
            MailMessage.state == MailState.WAITING,
            MailMessage.stop_url.is_not(None),
            MailMessage.id.in_(needless),
        )
        .values(state=MailState.WITHDRAWN, last_error=NEEDLESS)
    )
