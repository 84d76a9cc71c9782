"""Notes of one's own: kept, changed, removed, read by their writer alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from lms import db
from lms.courses.errors import TooManyNotes
from lms.courses.models import Course, Lesson, LessonNote, Module

LONGEST_QUOTE: Final = 1000
LONGEST_TEXT: Final = 4000
AROUND: Final = 60  # so many signs before and after tell one place from another
MOST_IN_A_LESSON: Final = 200


@dataclass(frozen=True)
class Written:
    """What a reader wrote or marked."""

    quote: str = ""
    before: str = ""
    after: str = ""
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.quote or self.text)


def keep(person_id: int, lesson_id: int, written: Written, *, now: datetime) -> LessonNote:
    """Keep a note; the same one sent twice is kept once. Runs under the lock of the place."""
    session = db.session()
    mine = sa.select(LessonNote).where(
        LessonNote.person_id == person_id, LessonNote.lesson_id == lesson_id
    )
    held = session.scalars(mine).all()
    for note in held:
        if (note.quote, note.before, note.after, note.text) == (
            written.quote,
            written.before,
            written.after,
            written.text,
        ):
            return note
    if len(held) >= MOST_IN_A_LESSON:
        raise TooManyNotes
    note = LessonNote(
        person_id=person_id,
        lesson_id=lesson_id,
        quote=written.quote,
        before=written.before,
        after=written.after,
        text=written.text,
        created_at=now,
        changed_at=now,
    )
    session.add(note)
    session.flush()  # its id is told to the page
    return note


def change(note: LessonNote, text: str, *, now: datetime) -> None:
    """Write other words into a note; a note that was only words of its own stays one."""
    note.text, note.changed_at = text, now


def remove(note: LessonNote) -> None:
    """Remove a note for good."""
    db.session().delete(note)


def of_lesson(person_id: int, lesson_id: int) -> list[LessonNote]:
    """Return one's notes on a lesson, the oldest first."""
    return list(
        db.session().scalars(
            sa.select(LessonNote)
            .where(LessonNote.person_id == person_id, LessonNote.lesson_id == lesson_id)
            .order_by(LessonNote.id)
        )
    )


@dataclass(frozen=True)
class LessonNotes:
    """One's notes on one lesson, with the lesson's address."""

    number: str
    title_ro: str
    title_en: str
    module_slug: str
    lesson_slug: str
    is_open: bool  # a lesson taken back has no page any more; the notes on it stay
    notes: list[LessonNote]

    def title(self, locale: str) -> str:
        """The lesson's title in a language."""
        return self.title_en if locale == "en" else self.title_ro


_HEAD = (
    *(Lesson.number, Lesson.title_ro, Lesson.title_en, Lesson.slug),
    *(Lesson.withdrawn_at, Lesson.is_published),
)


def of_course(person_id: int, course_id: int) -> list[LessonNotes]:
    """Return one's notes on a course, lesson by lesson in reading order."""
    rows = db.session().execute(
        sa.select(LessonNote, Lesson, Module.slug)
        .join(Lesson, Lesson.id == LessonNote.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .options(sa.orm.load_only(*_HEAD))  # not its text, once for each note
        .where(LessonNote.person_id == person_id, Course.id == course_id)
        .order_by(Module.position, Lesson.position, Lesson.id, LessonNote.id)
    )
    found: dict[int, LessonNotes] = {}
    for note, lesson, module_slug in rows:
        held = found.get(lesson.id)
        if held is None:
            held = found[lesson.id] = LessonNotes(
                number=lesson.number,
                title_ro=lesson.title_ro,
                title_en=lesson.title_en,
                module_slug=module_slug,
                lesson_slug=lesson.slug,
                is_open=lesson.withdrawn_at is None and lesson.is_published,
                notes=[],
            )
        held.notes.append(note)
    return list(found.values())
