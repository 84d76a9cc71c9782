"""Drafts of lessons: handed out, and removed whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.courses.models import Lesson, LessonDraft
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return what the person wrote in lessons and did not save."""
    statement = (
        sa.select(
            Lesson.number,
            Lesson.title_ro.label("title"),
            LessonDraft.text,
            LessonDraft.kept_at,
            LessonDraft.seen_at,
        )
        .join(Lesson, Lesson.id == LessonDraft.lesson_id)
        .where(LessonDraft.person_id == person_id)
        .order_by(LessonDraft.id)
    )
    return Exported({"lesson_drafts": plain_rows(statement)})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove them."""
    gone = db.deleted(sa.delete(LessonDraft).where(LessonDraft.person_id == person_id))
    return {_("drafts of lessons"): gone}


def _has_drafts(person_id: int) -> bool:
    found = sa.select(sa.exists().where(LessonDraft.person_id == person_id))
    return bool(db.session().scalar(found))


def removes(person_id: int) -> Sequence[str]:
    """Say what goes, where there is something."""
    return [_("Drafts of lessons that were not saved.")] if _has_drafts(person_id) else ()


def keeps(_person_id: int) -> Sequence[str]:
    """Nothing stays of a draft; what was saved is the course's."""
    return ()


def register() -> None:
    """Tell the registry."""
    register_trace(
        "lesson_drafts",
        lambda: _("Drafts of lessons"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("lesson_drafts",),
    )
