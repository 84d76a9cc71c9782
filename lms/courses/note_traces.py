"""Notes of one's own: handed out whole, removed whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.courses.models import Lesson, LessonNote
from lms.web.i18n import gettext as _


def export(person_id: int) -> Exported:
    """Return all that the person wrote beside lessons or marked in them."""
    statement = (
        sa.select(
            Lesson.number,
            Lesson.title_ro.label("title"),
            LessonNote.quote.label("words_marked"),
            LessonNote.text,
            LessonNote.created_at,
            LessonNote.changed_at,
        )
        .join(Lesson, Lesson.id == LessonNote.lesson_id)
        .where(LessonNote.person_id == person_id)
        .order_by(LessonNote.id)
    )
    return Exported({"lesson_notes": plain_rows(statement)})


def erase(person_id: int) -> Mapping[str, int]:
    """Remove them."""
    gone = db.deleted(sa.delete(LessonNote).where(LessonNote.person_id == person_id))
    return {_("notes of one’s own"): gone}


def keeps(_person_id: int) -> Sequence[str]:
    """Nothing stays."""
    return ()


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [_("All notes and marks in lessons, which nobody else could read.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "lesson_notes",
        lambda: _("Notes of one’s own"),
        export=export,
        erase=erase,
        keeps=keeps,
        removes=removes,
        tables=("lesson_notes",),
    )
