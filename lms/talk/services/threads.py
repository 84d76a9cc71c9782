"""Ask, reply, settle, share, say what helped. Everything runs inside a write."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.models import Enrolment
from lms.mail.links import absolute_url
from lms.quizzes.services.disputes import trainers_of
from lms.talk.errors import NothingWritten, NotToBeShared, TooLong, WrittenTooOften
from lms.talk.models import HelpfulMark, Post, Thread
from lms.talk.plain_text import LONGEST, clean, opening_of
from lms.talk.queries.threads import place_words
from lms.talk.rules import A_DAY, ThreadState, may_write
from lms.talk.services import mails


def _checked(typed: str) -> str:
    text = clean(typed)
    if not text:
        raise NothingWritten
    if len(text) > LONGEST:
        raise TooLong(len(text))
    return text


def _written_lately(person_id: int, now: datetime) -> list[datetime]:
    """Return when somebody asked or replied in the last day; one statement."""
    since = now - A_DAY
    asked = (
        sa.select(Thread.asked_at)
        .join(Enrolment, Enrolment.id == Thread.enrolment_id)
        .where(Enrolment.person_id == person_id, Thread.asked_at > since)
    )
    replied = sa.select(Post.posted_at).where(Post.author_id == person_id, Post.posted_at > since)
    return list(db.session().scalars(sa.union_all(asked, replied)))


def ask(
    enrolment: Enrolment,
    typed: str,
    *,
    key: str,
    lesson_id: int | None = None,
    item_id: int | None = None,
    now: datetime,
) -> tuple[Thread, bool]:
    """Ask the trainers; the same form sent twice is one question. The place is locked.

    Returns the thread, and whether it is new. Raises NothingWritten, TooLong, WrittenTooOften.
    """
    known = db.session().scalar(
        sa.select(Thread).where(Thread.enrolment_id == enrolment.id, Thread.key == key)
    )
    if known is not None:
        return known, False
    text = _checked(typed)
    if not may_write(_written_lately(enrolment.person_id, now), now):
        raise WrittenTooOften
    thread = Thread(
        edition_id=enrolment.edition_id,
        enrolment_id=enrolment.id,
        lesson_id=lesson_id,
        item_id=item_id,
        key=key,
        text=text,
        state=ThreadState.OPEN,
        asked_at=now,
        changed_at=now,
        waits_since=now,
    )
    db.session().add(thread)
    db.session().flush()  # the mails name it
    _tell_trainers(thread, f"talk.asked:{thread.id}", text, is_first=True, now=now)
    return thread, True


def reply(thread: Thread, typed: str, *, key: str, by: int, now: datetime) -> tuple[Post, bool]:
    """Reply: the asker's words open the thread again, anybody else's answer it. It is locked.

    Returns the reply, and whether it is new. Raises NothingWritten, TooLong, WrittenTooOften.
    """
    known = db.session().scalar(sa.select(Post).where(Post.thread_id == thread.id, Post.key == key))
    if known is not None:
        return known, False
    text = _checked(typed)
    is_answer = by != thread.person_id
    if not is_answer and not may_write(_written_lately(by, now), now):
        raise WrittenTooOften
    post = Post(
        thread_id=thread.id,
        author_id=by,
        key=key,
        text=text,
        is_answer=is_answer,
        posted_at=now,
    )
    db.session().add(post)
    thread.changed_at = now
    _set_state(thread, answered=is_answer, now=now)
    db.session().flush()  # the mails name it
    if is_answer:
        _tell_asker(thread, post, now=now)
    else:
        _tell_trainers(thread, f"talk.replied:{post.id}", text, is_first=False, now=now)
    return post, True


def settle(thread: Thread, *, answered: bool, now: datetime) -> bool:
    """Say that nothing more is needed, or that something still is; whether that changed."""
    changed = answered is thread.is_open
    _set_state(thread, answered=answered, now=now)
    return changed


def _set_state(thread: Thread, *, answered: bool, now: datetime) -> None:
    if answered is not thread.is_open:
        return  # whoever waits goes on waiting since then
    thread.state = ThreadState.ANSWERED if answered else ThreadState.OPEN
    thread.answered_at, thread.waits_since = (now, None) if answered else (None, now)


def share(thread: Thread, *, shared: bool, by: int) -> bool:
    """Show a thread to the whole edition, or to nobody else again; whether that changed."""
    if shared and thread.is_at_test:
        raise NotToBeShared
    if thread.is_shared is shared:
        return False
    thread.is_shared = shared
    record(
        "thread.shared" if shared else "thread.unshared",
        by=by,
        on=thread,
        course_id=thread.course_id,
    )
    return True


def mark_helpful(post: Post, person_id: int, *, helpful: bool, now: datetime) -> None:
    """Say of an answer that it helped, or no longer; the thread is locked."""
    mine = (HelpfulMark.post_id == post.id, HelpfulMark.person_id == person_id)
    held = db.session().scalar(sa.select(HelpfulMark).where(*mine))
    if helpful and held is None:
        db.session().add(HelpfulMark(post_id=post.id, person_id=person_id, marked_at=now))
    elif not helpful and held is not None:
        db.session().delete(held)


def _tell_trainers(thread: Thread, event: str, text: str, *, is_first: bool, now: datetime) -> None:
    edition = thread.edition
    trainers = trainers_of(edition.course_id, edition.id, today=now.date())
    asker = db.session().get_one(Person, thread.person_id)
    mails.write(
        event,
        edition,
        [trainer for trainer in trainers if trainer.id != asker.id],
        "talk/mail/asked.txt",
        now=now,
        asker=asker,
        place=partial(place_words, thread),  # said in each reader's language
        text=text,
        is_first=is_first,
        url=absolute_url("talk.thread", thread_id=thread.id),
    )


def _tell_asker(thread: Thread, post: Post, *, now: datetime) -> None:
    asker = db.session().get_one(Person, thread.person_id)
    mails.write(
        f"talk.answered:{post.id}",
        thread.edition,
        [asker],
        "talk/mail/answered.txt",
        now=now,
        place=partial(place_words, thread),
        question=opening_of(thread.text),
        text=post.text,
        url=absolute_url("talk.thread", thread_id=thread.id),
    )
