"""Questions to the trainer with their replies; announcements; who wants no mail about them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import clock
from lms.access import Actor
from lms.accounts.models import Person
from lms.courses.models import Edition, Enrolment, EnrolmentState, Lesson
from lms.db import Base, BigId, Id, Short, text_enum
from lms.quizzes.models import AttemptItem
from lms.safety.html import plain_text, sanitise
from lms.talk.plain_text import opening_of
from lms.talk.rules import ThreadState

SHORT = 300  # signs of an announcement that stands whole on the home page


class Thread(Base):
    """A question at a lesson, or at a question of a submitted attempt, with its replies.

    The asker and the trainers read it. One at a lesson may be shown to the whole edition, where
    the asker's name is not told; one at a test never is, since it would give the test away.
    """

    __tablename__ = "talk_threads"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolments.id"))
    lesson_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lessons.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("attempt_items.id"), index=True
    )
    key: Mapped[str] = mapped_column(sa.String(40))  # the form's: two clicks are one question
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[ThreadState] = mapped_column(text_enum(ThreadState), default=ThreadState.OPEN)
    is_shared: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]  # when somebody last wrote
    waits_since: Mapped[datetime | None]  # the first words that nobody has answered yet
    answered_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship()
    enrolment: Mapped[Enrolment] = relationship()
    lesson: Mapped[Lesson | None] = relationship()
    item: Mapped[AttemptItem | None] = relationship()
    posts: Mapped[list[Post]] = relationship(back_populates="thread", order_by="Post.id")

    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "key"),
        sa.CheckConstraint("(lesson_id IS NULL) <> (item_id IS NULL)", name="is_about_one_thing"),
        sa.CheckConstraint("item_id IS NULL OR NOT is_shared", name="gives_no_test_away"),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)", name="is_answered_at_a_time"
        ),
        sa.CheckConstraint(
            "(state = 'open') = (waits_since IS NOT NULL)", name="waits_since_a_time"
        ),
        sa.Index("ix_talk_threads_state_changed", "state", "changed_at"),
    )

    @property
    def person_id(self) -> int:
        """Who asked."""
        return self.enrolment.person_id

    @property
    def course_id(self) -> int:
        """The course whose trainers answer."""
        return self.edition.course_id

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state is ThreadState.OPEN

    @property
    def is_at_test(self) -> bool:
        """Whether it was asked about an answer in a test."""
        return self.item_id is not None

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Thread]:
        """One's own; those shown to an edition that one learns in; those of editions followed."""
        statement = sa.select(cls)
        if actor is None:
            return statement.where(sa.false())
        if actor.runs_everything or actor.trains_all:
            return statement
        places = sa.select(Enrolment.id).where(Enrolment.person_id == actor.person_id)
        learnt = sa.select(Enrolment.edition_id).where(
            Enrolment.person_id == actor.person_id, Enrolment.state == EnrolmentState.ACTIVE
        )
        seen = [
            cls.enrolment_id.in_(places),
            sa.and_(cls.is_shared.is_(True), cls.edition_id.in_(learnt)),
        ]
        if actor.is_staff:
            followed = Edition.visible_to(actor).with_only_columns(Edition.id)
            seen.append(cls.edition_id.in_(followed))
        return statement.where(sa.or_(*seen))


class Post(Base):
    """A reply in a thread: an answer of a trainer, or more words of the asker."""

    __tablename__ = "talk_posts"

    id: Mapped[Id]
    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("talk_threads.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text)
    is_answer: Mapped[bool]
    posted_at: Mapped[datetime]

    thread: Mapped[Thread] = relationship(back_populates="posts")
    author: Mapped[Person | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("thread_id", "key"),)


class HelpfulMark(Base):
    """Somebody whom an answer helped says so; once."""

    __tablename__ = "talk_helpful_marks"

    post_id: Mapped[int] = mapped_column(
        sa.ForeignKey("talk_posts.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("persons.id"), primary_key=True, index=True
    )
    marked_at: Mapped[datetime]


class TalkStop(Base):
    """Somebody who wants no mail about questions, answers and announcements; the pages stay."""

    __tablename__ = "talk_stops"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"), primary_key=True)
    stopped_at: Mapped[datetime]


class Announcement(Base):
    """What trainers or the office tell a whole edition, from one moment until another."""

    __tablename__ = "talk_announcements"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)  # two clicks are one
    title: Mapped[Short]
    source: Mapped[str] = mapped_column(sa.Text)  # Markdown
    html: Mapped[str] = mapped_column(sa.Text)
    shows_from: Mapped[datetime]
    shows_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id"))
    changed_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    mailed: Mapped[int] = mapped_column(default=0)  # to how many a mail was composed

    edition: Mapped[Edition] = relationship()
    created_by: Mapped[Person | None] = relationship()

    __table_args__ = (
        sa.CheckConstraint(
            "shows_until IS NULL OR shows_until > shows_from", name="shows_for_some_time"
        ),
    )

    @property
    def course_id(self) -> int:
        """The course whose trainers may announce."""
        return self.edition.course_id

    @property
    def body(self) -> Markup:
        """Its text, made harmless once more, ready to be drawn."""
        return sanitise(self.html)

    @property
    def opening(self) -> str:
        """Its beginning in plain words, for the home page."""
        return opening_of(plain_text(self.html), SHORT)

    @property
    def is_short(self) -> bool:
        """Whether it can stand whole above everything else."""
        return len(plain_text(self.html)) <= SHORT

    def is_shown(self, now: datetime) -> bool:
        """Whether learners see it on their home page, until they have read it."""
        is_over = self.shows_until is not None and self.shows_until <= now
        return self.taken_back_at is None and self.shows_from <= now and not is_over

    @classmethod
    def visible_to(cls, actor: Actor | None) -> sa.Select[Announcement]:
        """Those of editions followed; for learners those of theirs, once they are shown."""
        statement = sa.select(cls)
        if actor is None:
            return statement.where(sa.false())
        if actor.runs_everything or actor.trains_all:
            return statement
        learnt = sa.select(Enrolment.edition_id).where(
            Enrolment.person_id == actor.person_id, Enrolment.state == EnrolmentState.ACTIVE
        )
        seen = [
            sa.and_(
                cls.edition_id.in_(learnt),
                cls.taken_back_at.is_(None),
                cls.shows_from <= clock.now(),
            )
        ]
        if actor.is_staff:
            followed = Edition.visible_to(actor).with_only_columns(Edition.id)
            seen.append(cls.edition_id.in_(followed))
        return statement.where(sa.or_(*seen))


class AnnouncementReading(Base):
    """Somebody has read an announcement: it leaves their home page."""

    __tablename__ = "talk_announcement_readings"

    announcement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("talk_announcements.id"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("persons.id"), primary_key=True, index=True
    )
    read_at: Mapped[datetime]
