"""Announce to an edition, change it, take it back, read it. Everything runs inside a write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from markupsafe import Markup

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.errors import Hidden
from lms.mail.links import absolute_url
from lms.mail.models import MailMessage, MailState
from lms.safety.html import render_markdown, sanitise
from lms.talk.mail_words import words_for_mail
from lms.talk.models import Announcement, AnnouncementReading
from lms.talk.services import mails

EVENT = "talk.announced"
TAKEN_BACK = "taken back before it was sent"


@dataclass(frozen=True)
class Draft:
    """What is to be announced, and when it is shown."""

    title: str
    source: str
    shows_from: datetime
    shows_until: datetime | None


def html_of(source: str) -> Markup:
    """Render an announcement's text; it has no pictures.

    Raises MarkupTooLarge where a few signs of a table would become a page that nobody can draw.
    """
    return sanitise(render_markdown(source, resolve_image=lambda _name: None))


def learners_of(edition_id: int) -> Sequence[Person]:
    """Return who has a place on an edition; one statement."""
    return (
        db.session()
        .scalars(
            sa.select(Person)
            .join(Enrolment, Enrolment.person_id == Person.id)
            .where(Enrolment.edition_id == edition_id, Enrolment.state == EnrolmentState.ACTIVE)
            .order_by(Person.id)
        )
        .all()
    )


def publish(
    edition: Edition, draft: Draft, *, by_mail: bool, key: str, by: int, now: datetime
) -> tuple[Announcement, bool]:
    """Announce something, by mail too where wanted; a form sent twice is one announcement.

    The edition is locked. Returns the announcement, and whether it is new.
    """
    known = db.session().scalar(sa.select(Announcement).where(Announcement.key == key))
    if known is not None:
        return known, False
    made = Announcement(
        edition_id=edition.id,
        key=key,
        title=draft.title,
        source=draft.source,
        html=str(html_of(draft.source)),
        shows_from=draft.shows_from,
        shows_until=draft.shows_until,
        created_at=now,
        created_by_id=by,
        mailed=0,
    )
    db.session().add(made)
    db.session().flush()  # the mails name it
    if by_mail:
        made.mailed = mails.write(
            f"{EVENT}:{made.id}",
            edition,
            learners_of(edition.id),
            "talk/mail/announcement.txt",
            now=now,
            earliest=draft.shows_from,
            send_before=draft.shows_until,
            title=draft.title,
            text=words_for_mail(made.html),
            url=absolute_url("talk.my_announcements"),
        )
    record("announcement.made", by=by, on=made, course_id=edition.course_id, people=made.mailed)
    return made, True


def change(made: Announcement, draft: Draft, *, by: int, now: datetime) -> None:
    """Say it otherwise; who has read it is not told again, and no mail goes out."""
    made.title, made.source, made.html = draft.title, draft.source, str(html_of(draft.source))
    made.shows_from, made.shows_until = draft.shows_from, draft.shows_until
    made.changed_at = now
    record("announcement.changed", by=by, on=made, course_id=made.course_id)


def take_back(made: Announcement, *, by: int, now: datetime) -> bool:
    """Show it to no learner any more, and send no mail that waits; whether that changed."""
    if made.taken_back_at is not None:
        return False
    made.taken_back_at = now
    db.session().execute(
        sa.update(MailMessage)
        .where(MailMessage.event == f"{EVENT}:{made.id}", MailMessage.state == MailState.WAITING)
        .values(state=MailState.WITHDRAWN, last_error=TAKEN_BACK)
    )
    record("announcement.taken_back", by=by, on=made, course_id=made.course_id)
    return True


def read(made: Announcement, person_id: int, *, now: datetime) -> None:
    """Note that a learner of the edition has read it; again does nothing."""
    place = sa.select(Enrolment.id).where(
        Enrolment.edition_id == made.edition_id,
        Enrolment.person_id == person_id,
        Enrolment.state == EnrolmentState.ACTIVE,
    )
    if db.session().scalar(place.with_for_update()) is None:  # two clicks wait for each other
        raise Hidden
    if db.session().get(AnnouncementReading, (made.id, person_id)) is None:
        db.session().add(
            AnnouncementReading(announcement_id=made.id, person_id=person_id, read_at=now)
        )
