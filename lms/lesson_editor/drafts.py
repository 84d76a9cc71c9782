"""What somebody writes in a lesson and has not saved, and who else is at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import LessonDraft

HERE = timedelta(minutes=3)  # a page that is open tells so every minute
UNSAVED = timedelta(days=14)  # for so long others are told of a draft


@dataclass(frozen=True)
class Draft:
    """One's own text that was not saved."""

    text: str
    base: str
    kept_at: datetime


@dataclass(frozen=True)
class Other:
    """Somebody else at the lesson."""

    name: str
    is_here: bool
    kept_at: datetime | None  # when they last wrote what is not saved


def draft_of(lesson_id: int, person_id: int) -> Draft | None:
    """Return what a person wrote and did not save."""
    row = (
        db.session()
        .execute(
            sa.select(LessonDraft.text, LessonDraft.base, LessonDraft.kept_at).where(
                LessonDraft.lesson_id == lesson_id,
                LessonDraft.person_id == person_id,
                LessonDraft.text.is_not(None),
            )
        )
        .one_or_none()
    )
    return Draft(row.text, row.base, row.kept_at) if row is not None else None


def others_at(lesson_id: int, person_id: int, *, now: datetime) -> Sequence[Other]:
    """Return who else has the lesson open, or wrote in it lately and did not save."""
    rows = db.session().execute(
        sa.select(Person.given_names, Person.family_name, LessonDraft.seen_at, LessonDraft.kept_at)
        .join(Person, Person.id == LessonDraft.person_id)
        .where(
            LessonDraft.lesson_id == lesson_id,
            LessonDraft.person_id != person_id,
            sa.or_(LessonDraft.seen_at >= now - HERE, LessonDraft.kept_at >= now - UNSAVED),
        )
        .order_by(LessonDraft.seen_at.desc(), LessonDraft.id)
    )
    return [
        Other(f"{row.given_names} {row.family_name}", row.seen_at >= now - HERE, row.kept_at)
        for row in rows
    ]


def keep(lesson_id: int, person_id: int, *, text: str | None, base: str, now: datetime) -> None:
    """Note that somebody is at a lesson; a text given is kept in place of the one before."""
    row = _row(lesson_id, person_id)
    if row is None:
        row = LessonDraft(lesson_id=lesson_id, person_id=person_id, base=base)
        db.session().add(row)
    row.seen_at = now
    if text is not None:
        row.text, row.base, row.kept_at = text, base, now


def leave(lesson_id: int, person_id: int, *, now: datetime) -> bool:
    """Let a draft go, saved or thrown away; whether there was one."""
    row = _row(lesson_id, person_id)
    if row is None:
        return False
    had = row.text is not None
    row.text, row.kept_at, row.seen_at = None, None, now
    return had


def _row(lesson_id: int, person_id: int) -> LessonDraft | None:
    """Lock somebody's row; two windows of one person come one after the other."""
    return db.session().scalar(
        sa.select(LessonDraft)
        .where(LessonDraft.lesson_id == lesson_id, LessonDraft.person_id == person_id)
        .with_for_update()
    )
