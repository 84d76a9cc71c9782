"""The rules of a quiz changed in the site: a new version, and the head of its file; dates beside.

Inside the caller's write, on a locked course.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import ContentItem, Course, Enrolment
from lms.errors import Refused
from lms.jobs import queue
from lms.quizzes.exchange.head_writer import with_settings
from lms.quizzes.models import Quiz, QuizWindow
from lms.quizzes.rules.settings import QuizSettings, dump_settings, parse_settings
from lms.quizzes.services import asking, locks, terms, versions


class ClosesFirst(Refused):
    """A quiz can't close before it opens."""

    status = 422


class AlreadyTaken(Refused):
    """A quiz that people have begun, or took on paper, stays published."""

    def __init__(self, people: int) -> None:
        super().__init__(str(people))
        self.people = people


def change_settings(quiz: Quiz, settings: QuizSettings, *, by: int, now: datetime) -> bool:
    """Give a quiz other rules; False where they are the same. Attempts keep what they began with.

    Locks course and quiz. The head of the quiz's file follows, so that an export says what the
    site does.
    """
    course, quiz = locks.course(quiz.course_id), locks.quiz(quiz.id)
    version = quiz.current_version
    before = parse_settings(version.settings) if version is not None else QuizSettings()
    # What draws from the bank, or was taken back, has enough: it stays a draft until published.
    is_kept_back = bool(settings.draws) or before.draft
    settings = replace(settings, draft=is_kept_back and quiz.published_at is None)
    if before == settings:
        return False
    _change(course, quiz, before, settings, by=by, now=now)
    return True


def take_back(quiz: Quiz, *, by: int, now: datetime) -> bool:
    """Make a published quiz a draft again; False where it is one. Raises AlreadyTaken."""
    course, quiz = locks.course(quiz.course_id), locks.quiz(quiz.id)
    version = quiz.current_version
    if version is None or not quiz.is_open:
        return False
    if (taken := asking.taken_by(quiz.id)) > 0:
        raise AlreadyTaken(taken)
    before = parse_settings(version.settings)
    _change(course, quiz, before, replace(before, draft=True), by=by, now=now)
    return True


def _change(
    course: Course,
    quiz: Quiz,
    before: QuizSettings,
    settings: QuizSettings,
    *,
    by: int,
    now: datetime,
) -> None:
    was_asked = before.counts and quiz.is_open
    versions.renew_settings(quiz, settings, by=by, now=now)
    _write_head(quiz, settings, by=by, now=now)
    course.version += 1  # an import that was planned on the rules before is planned anew
    old, new = dump_settings(before), dump_settings(settings)
    record(
        "quiz.settings_changed",
        by=by,
        on=quiz,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        changes={name: [old[name], new[name]] for name in new if old[name] != new[name]},
    )
    is_asked = settings.counts and quiz.is_open
    if was_asked and not is_asked:
        asking.review_those_who_lack_nothing(course.id, now=now)
    if was_asked is not is_asked:
        queue.tell("certificates.flags")  # the course asks for less than it did, or for more


def contest_days_of(course_id: int) -> int:
    """Return for how long results of a course may be contested, where a test says nothing."""
    return db.session().scalar(sa.select(Course.dispute_days).where(Course.id == course_id)) or 0


def set_contest_days(course_id: int, days: int, *, by: int) -> bool:
    """Say for how long results of a course may be contested; False where it was so before."""
    course = locks.course(course_id)
    if course.dispute_days == days:
        return False
    before, course.dispute_days = course.dispute_days, days
    record("quiz.contest_days_set", by=by, on=course, course_id=course.id, days=[before, days])
    return True


def _write_head(quiz: Quiz, settings: QuizSettings, *, by: int, now: datetime) -> None:
    item = db.session().scalar(
        sa.select(ContentItem).where(
            ContentItem.course_id == quiz.course_id, ContentItem.content_id == quiz.content_id
        )
    )
    if item is None:
        return
    item.source = with_settings(item.source.decode(), settings).encode()
    item.source_hash = hashlib.sha256(item.source).hexdigest()
    item.changed_at, item.changed_by_id = now, by


def window_of(quiz_id: int, edition_id: int) -> QuizWindow | None:
    """Return when an edition may take a quiz, where somebody has said so."""
    return db.session().scalar(
        sa.select(QuizWindow).where(
            QuizWindow.quiz_id == quiz_id, QuizWindow.edition_id == edition_id
        )
    )


def windows_of(quiz_id: int) -> dict[int, QuizWindow]:
    """Return a quiz's dates by edition."""
    rows = db.session().scalars(sa.select(QuizWindow).where(QuizWindow.quiz_id == quiz_id))
    return {row.edition_id: row for row in rows}


def set_window(
    quiz: Quiz,
    edition_id: int,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    password: str | None,
    by: int,
    now: datetime,
) -> int:
    """Say when an edition may take a quiz; return how many open attempts end at another time.

    `password`: None leaves it as it is, an empty one takes it away. Raises ClosesFirst. `quiz` is
    locked (`locks.quiz`).
    """
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise ClosesFirst
    window = window_of(quiz.id, edition_id)
    if window is None:
        window = QuizWindow(quiz_id=quiz.id, edition_id=edition_id)
        db.session().add(window)
    before = (window.opens_at, window.closes_at)
    window.opens_at, window.closes_at = opens_at, closes_at
    if password is not None:
        window.password_digest = terms.password_digest(password) if password.strip() else None
    window.set_at, window.set_by_id = now, by
    db.session().flush()  # the attempts' ends are worked out from it
    record(
        "quiz.window_set",
        by=by,
        on=quiz,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        edition=edition_id,
        opens_at=[_text(before[0]), _text(opens_at)],
        closes_at=[_text(before[1]), _text(closes_at)],
        password={None: "kept", "": "taken away"}.get(password, "set"),
    )
    return terms.retime(quiz.id, narrow=Enrolment.edition_id == edition_id)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
