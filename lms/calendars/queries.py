"""Reads a person's moments: as a learner of their places, as a trainer of their editions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.access import Actor, Role
from lms.accounts.models import RoleGrant
from lms.audit.models import AuditEntry
from lms.calendars.moments import EditionRow, Kind, Moment, in_order
from lms.calendars.quiz_days import quiz_moments, window_moments
from lms.courses import activities, queries
from lms.courses.closed import after_the_last_day
from lms.courses.models import Course, Edition, Enrolment, Programme
from lms.meetings import words
from lms.meetings.models import Meeting
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _

KEPT = timedelta(days=90)  # that an edition's days stay with its trainers after its end
MOST_EDITIONS = 100


def moments_of(person_id: int, *, now: datetime) -> list[Moment]:
    """Return all that stands in somebody's calendar, in time."""
    return in_order([*_as_learner(person_id), *_as_trainer(person_id, now)])


def _as_learner(person_id: int) -> Iterator[Moment]:
    places = queries.places_of(person_id)
    if not places:
        return
    ids = [place.enrolment_id for place in places]
    editions = _editions(Edition.id.in_({place.edition_id for place in places}))
    done: dict[int, Mapping[str, activities.Day]] = {i: activities.dates_of(i) for i in ids}
    yield from _days(editions, is_trainer=False)
    concerned = sa.exists().where(
        Enrolment.id.in_(ids),
        Enrolment.edition_id == Meeting.edition_id,
        sa.or_(Meeting.group_id.is_(None), Meeting.group_id == Enrolment.group_id),
    )
    yield from _meetings(concerned, editions, is_trainer=False)
    yield from quiz_moments(ids, editions, done)


def _as_trainer(person_id: int, now: datetime) -> Iterator[Moment]:
    grants = db.session().execute(
        sa.select(RoleGrant.course_id, RoleGrant.edition_id).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == Role.TRAINER,
            sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= now.date()),
        )
    )
    held = [(row[0], row[1]) for row in grants]
    if not held:
        return
    trainer = Actor(
        person_id=person_id,
        session_id=0,
        display_name="",
        locale=current_locale(),
        roles=frozenset({Role.TRAINER}),
        trains_courses=frozenset(course for course, _edition in held if course is not None),
        trains_editions=frozenset(edition for _course, edition in held if edition is not None),
        trains_all=(None, None) in held,
    )
    visible = Edition.visible_to(trainer).with_only_columns(Edition.id)
    editions = _editions(sa.and_(Edition.id.in_(visible), Edition.ends_on >= now.date() - KEPT))
    yield from _days(editions, is_trainer=True)
    yield from _meetings(Meeting.edition_id.in_(editions), editions, is_trainer=True)
    yield from window_moments(editions)


def _editions(which: sa.ColumnElement[bool]) -> dict[int, EditionRow]:
    locale = current_locale()
    rows = db.session().execute(
        sa.select(
            Edition.id,
            Edition.title,
            Course.title_en if locale == "en" else Course.title_ro,
            Course.slug,
            Edition.slug,
            Edition.starts_on,
            Edition.ends_on,
            Programme.zone,
            Edition.created_at,
        )
        .join(Course, Course.id == Edition.course_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .where(which)
        .order_by(Edition.ends_on.desc(), Edition.id)
        .limit(MOST_EDITIONS)
    )
    return {row[0]: EditionRow(*row) for row in rows}


def _changed(table: str, ids: Collection[int]) -> dict[int, datetime]:
    """Return when each of a table's rows was last acted upon, as the record has it."""
    rows = db.session().execute(
        sa.select(AuditEntry.object_id, sa.func.max(AuditEntry.at))
        .where(AuditEntry.object_type == table, AuditEntry.object_id.in_(ids))
        .group_by(AuditEntry.object_id)
    )
    return {object_id: at for object_id, at in rows if object_id is not None}


def _days(editions: Mapping[int, EditionRow], *, is_trainer: bool) -> Iterator[Moment]:
    changed = _changed("editions", editions)
    for edition in editions.values():
        at = changed.get(edition.id, edition.created_at)
        href = (
            url_for("participants.edition", slug=edition.slug)
            if is_trainer
            else url_for("courses.course", slug=edition.course_slug)
        )
        after = "" if is_trainer else after_the_last_day()
        for kind, day, title, note in (
            (Kind.BEGINS, edition.starts_on, _("Begins: %(title)s", title=edition.title), ""),
            (Kind.ENDS, edition.ends_on, _("Last day: %(title)s", title=edition.title), after),
        ):
            yield Moment(
                key=f"edition-{edition.id}-{kind.value}",
                kind=kind,
                starts=day,
                zone=edition.zone,
                title=title,
                course=edition.course,
                note=note,
                href=href,
                changed_at=at,
            )


def _meetings(
    which: sa.ColumnElement[bool], editions: Mapping[int, EditionRow], *, is_trainer: bool
) -> Iterator[Moment]:
    found = (
        db.session()
        .scalars(sa.select(Meeting).options(sa.orm.joinedload(Meeting.group)).where(which))
        .all()
    )
    changed = _changed("meetings", [meeting.id for meeting in found])
    for meeting in found:
        edition = editions[meeting.edition_id]
        title = words.titled(meeting.title)
        group = meeting.group.name if is_trainer and meeting.group else ""
        yield Moment(
            key=f"meeting-{meeting.id}",
            kind=Kind.MEETING,
            starts=meeting.starts_at,
            ends=meeting.ends_at,
            zone=edition.zone,
            title=f"{title} ({group})" if group else title,
            course=edition.course,
            where=words.where(meeting),
            href=url_for("meetings.see", meeting_id=meeting.id)
            if is_trainer
            else url_for("meetings.mine"),
            changed_at=changed.get(meeting.id, meeting.created_at),
            is_cancelled=meeting.cancelled_at is not None,
        )
