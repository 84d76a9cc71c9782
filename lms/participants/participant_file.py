"""All that a participant's page shows, read for one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import db
from lms.accounts.models import Person, PersonName, SignInSession, Token
from lms.audit import queries as record
from lms.audit.models import AuditEntry
from lms.courses import participant_hooks
from lms.courses.completion import Kind, Result
from lms.courses.models import (
    Confirmation,
    Enrolment,
    LessonProgress,
    Release,
)
from lms.courses.outline import ModuleEntry
from lms.courses.participant_hooks import Panel
from lms.courses.queries import Standing, place_by_id, standing_of
from lms.mail.models import MailMessage
from lms.organisations.models import Membership, Organisation
from lms.participants.reading import invitations_of, signs_of_place
from lms.participants.standing import Stage, stage_of
from lms.participants.table import NOT_INVITED

AUDIT_LINES = 20


@dataclass(frozen=True)
class ModuleLine:
    """How far somebody has come in a module."""

    module: ModuleEntry
    state: str
    lessons_read: int
    active_minutes: int
    first_opened_at: datetime | None
    last_active_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True)
class ConditionLine:
    """A condition of completion, with the registrar's word where there is one."""

    result: Result
    confirmed: Confirmation | None

    @property
    def may_be_confirmed(self) -> bool:
        """Whether it waits for the registrar's word."""
        is_word = self.result.condition.kind is Kind.CONFIRMED_BY_REGISTRAR
        return is_word and self.confirmed is None


@dataclass(frozen=True)
class OfficeFile:
    """What only the office sees: how the person was let in, written to, and what was done."""

    tokens: tuple[Token, ...]
    mails: tuple[MailMessage, ...]
    names: tuple[PersonName, ...]
    last_seen_at: datetime | None
    audit: tuple[record.Line, ...]
    people: dict[int, str]


@dataclass(frozen=True)
class ParticipantFile:
    """A participant's page."""

    enrolment: Enrolment
    standing: Standing
    stage: Stage
    modules: tuple[ModuleLine, ...]
    conditions: tuple[ConditionLine, ...]
    memberships: tuple[tuple[Membership, Organisation], ...]
    release: Release | None
    panels: tuple[Panel, ...]
    replaced_by: Enrolment | None = None
    replaces: Enrolment | None = None

    @property
    def asks_hours(self) -> bool:
        """Whether hours of presence are asked for."""
        kind = Kind.HOURS_ATTENDED
        return any(c.result.needed and c.result.condition.kind is kind for c in self.conditions)

    @property
    def active_minutes(self) -> int:
        """The whole time of activity."""
        return sum(line.active_minutes for line in self.modules)


def participant_file(enrolment: Enrolment, *, now: datetime) -> ParticipantFile:
    """Read a participant's page; a fixed number of statements."""
    session = db.session()
    place = place_by_id(enrolment.id)
    assert place is not None  # the enrolment was loaded
    standing = standing_of(place)
    confirmed = {
        c.condition_id: c
        for c in session.scalars(
            sa.select(Confirmation).where(Confirmation.enrolment_id == enrolment.id)
        )
    }
    invited = invitations_of(enrolment.edition_id, enrolment.person_id)
    invitation = invited.get(enrolment.person_id, NOT_INVITED)
    signs = signs_of_place(enrolment, invitation, standing.completed_at)
    held = session.execute(
        sa.select(Membership, Organisation)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == enrolment.person_id)
        .order_by(Membership.id.desc())
    ).all()
    linked = session.scalars(
        sa.select(Enrolment)
        .options(joinedload(Enrolment.person))
        .where(
            sa.or_(
                Enrolment.id == enrolment.replaced_by_id,
                Enrolment.replaced_by_id == enrolment.id,
            )
        )
    ).all()
    panels = (provider(enrolment) for provider in participant_hooks.PANELS.values())
    return ParticipantFile(
        enrolment=enrolment,
        standing=standing,
        stage=stage_of(signs, now=now),
        modules=_modules(enrolment.id, standing),
        conditions=tuple(ConditionLine(r, confirmed.get(r.condition.id)) for r in standing.results),
        memberships=tuple((m, o) for m, o in held),
        release=session.get(Release, enrolment.release_id) if enrolment.release_id else None,
        panels=tuple(panel for panel in panels if panel is not None),
        replaced_by=next((e for e in linked if e.id == enrolment.replaced_by_id), None),
        replaces=next((e for e in linked if e.replaced_by_id == enrolment.id), None),
    )


def _modules(enrolment_id: int, standing: Standing) -> tuple[ModuleLine, ...]:
    progress = {
        p.lesson_id: p
        for p in db.session().scalars(
            sa.select(LessonProgress).where(LessonProgress.enrolment_id == enrolment_id)
        )
    }
    lines = []
    for module in standing.outline.modules:
        mine = [progress[le.id] for le in module.lessons if le.id in progress]
        lines.append(
            ModuleLine(
                module=module,
                state=standing.module_state(module),
                lessons_read=sum(1 for p in mine if p.read_at is not None),
                active_minutes=sum(p.active_seconds for p in mine) // 60,
                first_opened_at=min((p.first_opened_at for p in mine), default=None),
                last_active_at=max((p.last_active_at for p in mine), default=None),
                completed_at=standing.modules_completed.get(module.id),
            )
        )
    return tuple(lines)


def office_file(enrolment: Enrolment) -> OfficeFile:
    """Read what only the office sees of a participant."""
    session = db.session()
    person_id = enrolment.person_id
    tokens = session.scalars(
        sa.select(Token).where(Token.person_id == person_id).order_by(Token.id.desc()).limit(10)
    ).all()
    mails = session.scalars(
        sa.select(MailMessage)
        .where(MailMessage.person_id == person_id)
        .order_by(MailMessage.id.desc())
        .limit(10)
    ).all()
    names = session.scalars(
        sa.select(PersonName)
        .where(PersonName.person_id == person_id)
        .order_by(PersonName.id.desc())
    ).all()
    acts = sa.or_(
        sa.and_(AuditEntry.object_type == "persons", AuditEntry.object_id == person_id),
        sa.and_(AuditEntry.object_type == "enrolments", AuditEntry.object_id == enrolment.id),
    )
    wanted = {t.created_by_id for t in tokens} | {n.changed_by_id for n in names}
    people = session.scalars(sa.select(Person).where(Person.id.in_([i for i in wanted if i])))
    return OfficeFile(
        tokens=tuple(tokens),
        mails=tuple(mails),
        names=tuple(names),
        last_seen_at=session.scalar(
            sa.select(sa.func.max(SignInSession.last_seen_at)).where(
                SignInSession.person_id == person_id
            )
        ),
        audit=tuple(record.newest_where(acts, limit=AUDIT_LINES)),
        people={person.id: person.full_name for person in people},
    )
