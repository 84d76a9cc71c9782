"""A message to a selection: what one person would read, who gets it, and sending it once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person, RoleGrant, TokenKind
from lms.accounts.services import links
from lms.audit.services import record
from lms.courses.models import Edition, IssuingMode
from lms.mail.addresses import is_one_address
from lms.mail.links import absolute_url
from lms.mail.models import MailMessage
from lms.mail.services import Bulk, compose_bulk
from lms.messages import placeholders
from lms.messages.audience import Reach, WhyNot, why_not
from lms.messages.errors import LinkNotOffered, NobodyToWriteTo
from lms.messages.models import Message, MessageRecipient
from lms.messages.placeholders import Placeholder
from lms.participants import words as participant_words
from lms.participants.services.invitations import ABOVE
from lms.participants.standing import Stage
from lms.participants.table import TableRow
from lms.web.i18n import current_locale, format_date, in_locale
from lms.web.i18n import gettext as _

TEMPLATE = "messages/mail/message.txt"
MESSAGE_EVENT = "message"


@dataclass(frozen=True)
class Draft:
    """What is to be written; the English is for those who chose it, empty: the same for all."""

    subject: str
    text: str
    subject_en: str = ""
    text_en: str = ""

    def in_language(self, locale: str) -> tuple[str, str]:
        """Return subject and text as somebody gets them."""
        if locale == "en" and self.subject_en and self.text_en:
            return self.subject_en, self.text_en
        return self.subject, self.text

    @property
    def asks_link(self) -> bool:
        """Whether everybody's own link is asked for, in either language."""
        texts = (self.subject, self.text, self.subject_en, self.text_en)
        return Placeholder.LINK in placeholders.used(*texts)


@dataclass(frozen=True)
class Audience:
    """The chosen, parted into those who get a mail and those who can't, with the reason."""

    reached: tuple[TableRow, ...]
    left_out: tuple[tuple[TableRow, WhyNot], ...]

    @property
    def reasons(self) -> Mapping[WhyNot, list[TableRow]]:
        """Who can't be reached, by reason."""
        found: dict[WhyNot, list[TableRow]] = {}
        for row, why in self.left_out:
            found.setdefault(why, []).append(row)
        return found


def reach_of(row: TableRow) -> Reach:
    """Gather what decides whether somebody can be written to."""
    return Reach(
        is_withdrawn=row.stage is Stage.WITHDRAWN,
        is_suspended=row.stage is Stage.SUSPENDED,
        has_address=is_one_address(row.email),
        has_own_address=row.has_own_address,
    )


def audience_of(rows: Iterable[TableRow]) -> Audience:
    """Part the chosen."""
    reached, left_out = [], []
    for row in rows:
        why = why_not(reach_of(row))
        if why is None:
            reached.append(row)
        else:
            left_out.append((row, why))
    return Audience(tuple(reached), tuple(left_out))


def missing_of(edition: Edition, row: TableRow) -> str:
    """Say what somebody lacks, in the language in force."""
    missing = participant_words.row_missing(
        row,
        programme_complete=edition.programme.completed_at is not None,
        by_release=edition.issuing is IssuingMode.RELEASE,
    )
    return missing or _("nothing")


def values_of(edition: Edition, row: TableRow, link: str) -> dict[Placeholder, str]:
    """Return what is filled in for somebody, in the language in force."""
    course = edition.course
    return {
        Placeholder.NAME: f"{row.given_names} {row.family_name}",
        Placeholder.MISSING: missing_of(edition, row),
        Placeholder.DEADLINE: format_date(edition.ends_on),
        Placeholder.LINK: link,
        Placeholder.COURSE: course.title_en if current_locale() == "en" else course.title_ro,
    }


def preview(edition: Edition, row: TableRow, locale: str, draft: Draft) -> tuple[str, str]:
    """Return subject and text as one person will read them; the personal link is a stand-in."""
    with in_locale(locale):
        values = values_of(edition, row, link_stand_in(edition, row))
        subject, text = draft.in_language(locale)
        return placeholders.fill(subject, values), placeholders.fill(text, values)


def link_stand_in(edition: Edition, row: TableRow) -> str:
    """Return the address that a link leads to, without a secret in it."""
    if row.stage in (Stage.NOT_INVITED, Stage.INVITED):
        return absolute_url("accounts.open_link", secret="-").removesuffix("-") + "…"  # noqa: S106
    return course_address(edition)


def course_address(edition: Edition) -> str:
    """Return the full address of an edition's course."""
    return absolute_url("courses.course", slug=edition.course.slug)


def own_link(edition: Edition, person: Person, *, by: int | None, now: datetime) -> str:
    """Return where somebody goes on: the course, or for who never came a fresh one-use link.

    Runs inside a write. Accounts of the office are opened by an owner alone, never from here.
    """
    if person.password_hash is not None:
        return course_address(edition)
    if is_of_office(person.id):
        return absolute_url("accounts.sign_in")
    _token, link = links.make_link(person, TokenKind.INVITATION, by=by, now=now)
    record("person.invited", by=by, on=person)
    return link


def is_of_office(person_id: int) -> bool:
    """Whether somebody holds a role above a participant's and a trainer's."""
    held = sa.select(RoleGrant.id).where(
        RoleGrant.person_id == person_id, RoleGrant.role.in_(ABOVE)
    )
    return db.session().scalar(held.limit(1)) is not None


def people_of(ids: Collection[int]) -> dict[int, Person]:
    """Return people by id; one statement."""
    found = db.session().scalars(sa.select(Person).where(Person.id.in_(list(ids))))
    return {person.id: person for person in found}


def write_mail(
    event: str,
    edition: Edition,
    row: TableRow,
    person: Person,
    *,
    draft: Draft,
    bulk: Bulk,
    by: int | None,
    now: datetime,
) -> MailMessage | None:
    """Compose somebody's mail, everything filled in. Runs inside a write."""
    with in_locale(person.locale):
        subject, text = draft.in_language(person.locale)
        asks_link = Placeholder.LINK in placeholders.used(subject, text)
        link = own_link(edition, person, by=by, now=now) if asks_link else ""
        values = values_of(edition, row, link)
    return compose_bulk(
        event,
        person,
        TEMPLATE,
        bulk,
        subject=placeholders.fill(subject, values),
        text=placeholders.fill(text, values),
        stop_url=bulk.stop_url,
    )


def find_by_key(key: str) -> Message | None:
    """Return the message that a form has sent already."""
    return db.session().scalar(sa.select(Message).where(Message.key == key))


def send_message(
    edition: Edition,
    rows: Sequence[TableRow],
    draft: Draft,
    *,
    key: str,
    may_invite: bool,
    by: int | None,
    now: datetime,
) -> tuple[Message, bool]:
    """Write a message and everybody's mail; a form sent twice is one message. Runs inside a write.

    Returns the message, and whether it is new. The edition's row is locked, so two clicks wait for
    each other. A message of somebody who may not invite makes no link: one opens an account.
    """
    if draft.asks_link and not may_invite:
        raise LinkNotOffered
    known = find_by_key(key)
    if known is not None:
        return known, False
    audience = audience_of(rows)
    if not audience.reached:
        raise NobodyToWriteTo
    message = Message(
        edition_id=edition.id,
        key=key,
        subject=draft.subject,
        text=draft.text,
        subject_en=draft.subject_en or None,
        text_en=draft.text_en or None,
        sent_at=now,
        sent_by_id=by,
    )
    session = db.session()
    session.add(message)
    session.flush()  # mails name the event by the message's id
    people = people_of([row.person_id for row in audience.reached])
    for row in audience.reached:
        mail = write_mail(
            f"{MESSAGE_EVENT}:{message.id}",
            edition,
            row,
            people[row.person_id],
            draft=draft,
            bulk=Bulk(),
            by=by,
            now=now,
        )
        assert mail is not None  # who can't be written to was left out
        session.flush()  # the line below needs the mail's id
        session.add(_line(message, row, mail_id=mail.id))
    session.add_all(_line(message, row, left_out=why) for row, why in audience.left_out)
    record(
        "message.sent",
        by=by,
        on=message,
        course_id=edition.course_id,
        people=len(audience.reached),
        left_out=len(audience.left_out),
    )
    return message, True


def _line(
    message: Message, row: TableRow, *, mail_id: int | None = None, left_out: WhyNot | None = None
) -> MessageRecipient:
    return MessageRecipient(
        message_id=message.id,
        person_id=row.person_id,
        enrolment_id=row.enrolment_id,
        mail_id=mail_id,
        left_out=left_out,
    )
