"""What was asked and answered: handed out, removed with the asker, kept without a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.courses.models import Lesson
from lms.courses.traces import places_of
from lms.mail.models import MailMessage
from lms.quizzes.models import Attempt, AttemptItem, Quiz
from lms.talk.models import Announcement, AnnouncementReading, HelpfulMark, Post, TalkStop, Thread
from lms.web.i18n import gettext as _


def _threads(person_id: int) -> sa.Select[int]:
    return sa.select(Thread.id).where(Thread.enrolment_id.in_(places_of(person_id)))


def export(person_id: int) -> Exported:
    """Return what the person asked with the replies, and what they wrote in others' threads."""
    asked = (
        sa.select(
            Thread.asked_at,
            sa.func.coalesce(Lesson.title_ro, Quiz.title_ro).label("about"),
            Thread.text,
            Thread.state,
            Thread.is_shared,
        )
        .outerjoin(Lesson, Lesson.id == Thread.lesson_id)
        .outerjoin(AttemptItem, AttemptItem.id == Thread.item_id)
        .outerjoin(Attempt, Attempt.id == AttemptItem.attempt_id)
        .outerjoin(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Thread.id.in_(_threads(person_id)))
        .order_by(Thread.id)
    )
    replies = (
        sa.select(Post.posted_at, Post.is_answer, Post.text)
        .where(sa.or_(Post.author_id == person_id, Post.thread_id.in_(_threads(person_id))))
        .order_by(Post.id)
    )
    helped = (
        sa.select(HelpfulMark.marked_at, Post.text)
        .join(Post, Post.id == HelpfulMark.post_id)
        .where(HelpfulMark.person_id == person_id)
        .order_by(HelpfulMark.marked_at)
    )
    readings = (
        sa.select(Announcement.title, AnnouncementReading.read_at)
        .join(Announcement, Announcement.id == AnnouncementReading.announcement_id)
        .where(AnnouncementReading.person_id == person_id)
        .order_by(AnnouncementReading.read_at)
    )
    announced = (
        sa.select(Announcement.created_at, Announcement.title, Announcement.source.label("text"))
        .where(Announcement.created_by_id == person_id)
        .order_by(Announcement.id)
    )
    stopped = db.session().scalar(
        sa.select(TalkStop.stopped_at).where(TalkStop.person_id == person_id)
    )
    return Exported(
        {
            "trainer_questions": plain_rows(asked),
            "trainer_replies": plain_rows(replies),
            "answers_that_helped": plain_rows(helped),
            "announcements_read": plain_rows(readings),
            "announced": plain_rows(announced),
            "wants_no_talk_mail_since": stopped.isoformat() if stopped else None,
        }
    )


def erase(person_id: int) -> Mapping[str, int]:
    """Remove what was asked with its replies and the mails that quote it; a name elsewhere."""
    session = db.session()
    thread_ids = session.scalars(_threads(person_id)).all()
    post_ids = session.scalars(sa.select(Post.id).where(Post.thread_id.in_(thread_ids))).all()
    events = [f"talk.asked:{i}" for i in thread_ids]
    events += [f"talk.{what}:{i}" for what in ("replied", "answered") for i in post_ids]
    if events:
        session.execute(sa.delete(MailMessage).where(MailMessage.event.in_(events)))
    for statement in (
        sa.delete(HelpfulMark).where(
            sa.or_(HelpfulMark.person_id == person_id, HelpfulMark.post_id.in_(post_ids))
        ),
        sa.delete(Post).where(Post.id.in_(post_ids)),
        sa.delete(TalkStop).where(TalkStop.person_id == person_id),
        sa.delete(AnnouncementReading).where(AnnouncementReading.person_id == person_id),
        sa.update(Announcement)
        .where(Announcement.created_by_id == person_id)
        .values(created_by_id=None),
        sa.update(Post).where(Post.author_id == person_id).values(author_id=None),
    ):
        db.deleted(statement)
    gone = db.deleted(sa.delete(Thread).where(Thread.id.in_(thread_ids)))
    return {_("questions to the trainer"): gone}


def keeps(person_id: int) -> Sequence[str]:
    """Say what stays: answers given to others, without the name."""
    said = []
    to_others = sa.exists().where(
        Post.author_id == person_id, Post.thread_id.not_in(_threads(person_id))
    )
    if db.session().scalar(sa.select(to_others)):
        said.append(_("Answers given to learners’ questions stay, without the name."))
    if db.session().scalar(sa.select(sa.exists().where(Announcement.created_by_id == person_id))):
        said.append(_("Announcements stay, without who made them."))
    return said


def removes(person_id: int) -> Sequence[str]:
    """Say what goes, where there is something."""
    said = []
    if db.session().scalar(sa.select(_threads(person_id).exists())):
        said.append(_("What was asked of the trainers, with all replies."))
    marks = sa.or_(
        sa.exists().where(AnnouncementReading.person_id == person_id),
        sa.exists().where(HelpfulMark.person_id == person_id),
    )
    if db.session().scalar(sa.select(marks)):
        said.append(_("Which announcements were read, and which answers helped."))
    return said


def register() -> None:
    """Tell the registry."""
    register_trace(
        "talk",
        lambda: _("Questions and announcements"),
        export=export,
        erase=erase,
        keeps=keeps,
        removes=removes,
        tables=(
            "talk_threads",
            "talk_posts",
            "talk_helpful_marks",
            "talk_stops",
            "talk_announcements",
            "talk_announcement_readings",
        ),
    )
