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
    number: int


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
            sa.select(
                LessonDraft.text, LessonDraft.base, LessonDraft.kept_at, LessonDraft.number
            ).where(
                LessonDraft.lesson_id == lesson_id,
                LessonDraft.person_id == person_id,
                LessonDraft.text.is_not(None),
            )
        )
        .one_or_none()
    )
    if row is None or row.text is None or row.kept_at is None:
        return None
    return Draft(row.text, row.base, row.kept_at, row.number)


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


@dataclass(frozen=True)
class Seat:
    """From which window somebody writes, and the number of the draft that it goes on from."""

    window: str
    number: int = 0

    def may_write_over(self, row: LessonDraft) -> bool:
        """Whether what is kept was written here, or seen here."""
        return row.text is None or row.window == self.window or row.number == self.number


def be_here(lesson_id: int, person_id: int, *, base: str, now: datetime) -> None:
    """Note that somebody has a lesson open."""
    _row(lesson_id, person_id, base=base, now=now).seen_at = now


def keep(
    lesson_id: int, person_id: int, seat: Seat, *, text: str, base: str, now: datetime
) -> Seat | None:
    """Keep what somebody writes in place of their draft before.

    None where another of their windows kept something else since: that stays as it is.
    """
    row = _row(lesson_id, person_id, base=base, now=now)
    row.seen_at = now
    if row.text != text:
        if not seat.may_write_over(row):
            return None
        row.number += 1
    row.text, row.base, row.kept_at, row.window = text, base, now, seat.window
    return Seat(seat.window, row.number)


def leave(lesson_id: int, person_id: int, seat: Seat, *, now: datetime) -> bool:
    """Let a draft go, saved or thrown away; whether there was one.

    What another window of the same person wrote, and this one did not see, stays.
    """
    row = db.session().scalar(_mine(lesson_id, person_id))
    if row is None:
        return False
    row.seen_at = now
    if row.text is None or not seat.may_write_over(row):
        return False
    row.text, row.kept_at = None, None
    return True


def _mine(lesson_id: int, person_id: int) -> sa.Select[LessonDraft]:
    """Select somebody's row under its lock; two windows of one person come after each other."""
    return (
        sa.select(LessonDraft)
        .where(LessonDraft.lesson_id == lesson_id, LessonDraft.person_id == person_id)
        .with_for_update()
    )


def _row(lesson_id: int, person_id: int, *, base: str, now: datetime) -> LessonDraft:
    """Return somebody's row under its lock; made where there is none, by one of two at once."""
    if db.session().get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    db.session().execute(
        insert(LessonDraft)
        .values(
            lesson_id=lesson_id, person_id=person_id, base=base, number=0, window="", seen_at=now
        )
        .on_conflict_do_nothing()
    )
    return db.session().scalars(_mine(lesson_id, person_id)).one()
