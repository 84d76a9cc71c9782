"""Places on editions, the way through them, hours: handed out, blanked, and what must stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import clock, db
from lms.accounts.traces import Exported, plain_rows, register_hold, register_trace
from lms.audit import services as audit
from lms.courses.models import (
    Completion,
    Confirmation,
    Course,
    Edition,
    Enrolment,
    HourEntry,
    Lesson,
    LessonProgress,
    OfflineSitting,
    Programme,
    Release,
)
from lms.web.i18n import format_date
from lms.web.i18n import gettext as _


def places_of(person_id: int) -> list[int]:
    """Return the ids of a person's places."""
    return list(
        db.session().scalars(
            sa.select(Enrolment.id).where(Enrolment.person_id == person_id).order_by(Enrolment.id)
        )
    )


def must_keep(programme: Programme) -> bool:
    """Whether the programme still has to show its papers; one without a date has."""
    until = programme.retain_until
    return until is None or until >= clock.today(programme.zone)


def programmes_of(person_id: int, *, begun: bool = False) -> list[Programme]:
    """Return the programmes that a person takes or took part in; or only where work began."""
    mine = sa.select(Edition.programme_id).join(Enrolment, Enrolment.edition_id == Edition.id)
    mine = mine.where(Enrolment.person_id == person_id)
    if begun:
        earned = sa.select(Completion.enrolment_id)
        mine = mine.where(
            sa.or_(Enrolment.first_activity_at.is_not(None), Enrolment.id.in_(earned))
        )
    statement = sa.select(Programme).where(Programme.id.in_(mine)).order_by(Programme.id)
    return list(db.session().scalars(statement))


def hold(person_id: int) -> Sequence[str]:
    """Say which programmes still need the person's data, and until when."""
    return [_held(p) for p in programmes_of(person_id, begun=True) if must_keep(p)]


def _held(programme: Programme) -> str:
    if programme.retain_until is None:
        return _(
            "The programme “%(programme)s” has not set yet until when it keeps its papers.",
            programme=programme.short_name,
        )
    return _(
        "“%(programme)s” must keep its papers until %(date)s.",
        programme=programme.short_name,
        date=format_date(programme.retain_until, programme.zone),
    )


def export(person_id: int) -> Exported:
    """Return the person's places with all that was done there."""
    return Exported(
        {
            "places": _places(person_id),
            "lessons": _lessons(person_id),
            "read_offline": plain_rows(
                sa.select(
                    OfflineSitting.enrolment_id.label("place"),
                    Lesson.number,
                    OfflineSitting.begun_at,
                    OfflineSitting.ended_at,
                    OfflineSitting.seconds.label("active_seconds"),
                )
                .join(Lesson, Lesson.id == OfflineSitting.lesson_id)
                .where(OfflineSitting.enrolment_id.in_(places_of(person_id)))
                .order_by(OfflineSitting.id)
            ),
            "completions": plain_rows(
                sa.select(
                    Completion.enrolment_id.label("place"),
                    Completion.kind,
                    Completion.subject_id,
                    Completion.earned_at,
                )
                .where(Completion.enrolment_id.in_(places_of(person_id)))
                .order_by(Completion.id)
            ),
            "confirmations": plain_rows(
                sa.select(
                    Confirmation.enrolment_id.label("place"),
                    Confirmation.confirmed_at,
                    Confirmation.reason,
                )
                .where(Confirmation.enrolment_id.in_(places_of(person_id)))
                .order_by(Confirmation.id)
            ),
            "hours": plain_rows(
                sa.select(
                    HourEntry.enrolment_id.label("place"),
                    HourEntry.hours,
                    HourEntry.attended_on,
                    HourEntry.source,
                    HourEntry.reason,
                    HourEntry.entered_at,
                )
                .where(HourEntry.enrolment_id.in_(places_of(person_id)))
                .order_by(HourEntry.id)
            ),
        }
    )


def _places(person_id: int) -> list[dict[str, object]]:
    statement = (
        sa.select(
            Enrolment.id.label("place"),
            Edition.title.label("edition"),
            Course.title_ro.label("course"),
            Programme.title.label("programme"),
            Enrolment.state,
            Enrolment.organisation_name.label("organisation"),
            Enrolment.function,
            Enrolment.county,
            Enrolment.enrolled_at,
            Enrolment.withdrawn_on,
            Enrolment.withdrawal_reason,
            Enrolment.hours_attended,
            Enrolment.first_activity_at,
            Enrolment.last_activity_at,
            Release.released_on,
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .outerjoin(Release, Release.id == Enrolment.release_id)
        .where(Enrolment.person_id == person_id)
    )
    return plain_rows(statement.order_by(Enrolment.id))


def _lessons(person_id: int) -> list[dict[str, object]]:
    statement = (
        sa.select(
            LessonProgress.enrolment_id.label("place"),
            Lesson.number,
            Lesson.title_ro.label("title"),
            LessonProgress.first_opened_at,
            LessonProgress.last_active_at,
            LessonProgress.active_seconds,
            LessonProgress.read_at,
        )
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(LessonProgress.enrolment_id.in_(places_of(person_id)))
        .order_by(LessonProgress.enrolment_id, Lesson.module_id, Lesson.position)
    )
    return plain_rows(statement)


def erase(person_id: int) -> Mapping[str, int]:
    """Blank what was written about the person; what was done is counted on, without a name."""
    places = places_of(person_id)
    of_place = Enrolment.id.in_(places)
    db.deleted(sa.update(Enrolment).where(of_place).values(function=None, withdrawal_reason=None))
    blanked = 0
    for model in (Confirmation, HourEntry):
        change = sa.update(model).where(model.enrolment_id.in_(places)).values(reason="")
        blanked += db.deleted(change)
    return {
        _("reasons written down"): blanked,
        _("details about the place in the record"): audit.erase_details("enrolments", places),
    }


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [
        _(
            "The function at entry, the reasons written down by the office, and the details of "
            "each act on the place."
        )
    ]


def keeps(person_id: int) -> Sequence[str]:
    """Say what stays where the person has a place."""
    if not places_of(person_id):
        return ()
    return [
        _(
            "Without a name: organisation, county, lessons read, hours, completion and its "
            "date. The programme’s figures rest on them."
        ),
        _("What was done as staff keeps a number, without a name."),
    ]


_TABLES = (
    *("enrolments", "lesson_progress", "completions", "confirmations", "hour_entries", "releases"),
    "offline_sittings",
    *("content_items", "binned_parts", "fact_sign_offs"),
)


def register() -> None:
    """Tell the registry."""
    register_hold("programmes", hold)
    register_trace(
        "places",
        lambda: _("Course"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=_TABLES,
    )
