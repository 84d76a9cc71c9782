"""Lessons written: drafts are handed out and removed whole; what was saved is the course's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.courses.models import Lesson, LessonDraft, LessonVersion
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return what the person wrote in lessons and did not save, and when they saved which."""
    drafts = (
        sa.select(
            Lesson.number,
            Lesson.title_ro.label("title"),
            LessonDraft.text,
            LessonDraft.kept_at,
            LessonDraft.seen_at.label("last_seen_at"),
        )
        .join(Lesson, Lesson.id == LessonDraft.lesson_id)
        .where(LessonDraft.person_id == person_id)
        .order_by(LessonDraft.id)
    )
    saved = (
        sa.select(
            Lesson.number,
            Lesson.title_ro.label("title"),
            LessonVersion.number.label("version"),
            LessonVersion.saved_at,
        )
        .join(Lesson, Lesson.id == LessonVersion.lesson_id)
        .where(LessonVersion.saved_by_id == person_id)
        .order_by(LessonVersion.id)
    )
    return Exported({"lesson_drafts": plain_rows(drafts), "lessons_saved": plain_rows(saved)})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove the drafts."""
    gone = db.deleted(sa.delete(LessonDraft).where(LessonDraft.person_id == person_id))
    return {_("drafts of lessons"): gone}


def _has_drafts(person_id: int) -> bool:
    found = sa.select(sa.exists().where(LessonDraft.person_id == person_id))
    return bool(db.session().scalar(found))


def removes(person_id: int) -> Sequence[str]:
    """Say what goes, where there is something."""
    return [_("Drafts of lessons that were not saved.")] if _has_drafts(person_id) else ()


def keeps(person_id: int) -> Sequence[str]:
    """Say what stays, where the person saved a lesson."""
    found = sa.select(sa.exists().where(LessonVersion.saved_by_id == person_id))
    if not db.session().scalar(found):
        return ()
    return [_("Texts of lessons that were saved are the course’s. They stay without a name.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "lesson_texts",
        lambda: _("Texts of lessons"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("lesson_drafts", "lesson_versions"),
    )
