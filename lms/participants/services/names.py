"""Names that nobody has confirmed yet: reminders, and confirmations signed on paper."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.accounts.models import NameConfirmation, NameForm, Person
from lms.audit.services import record
from lms.courses.events import name_confirmed
from lms.courses.models import Edition, Enrolment, EnrolmentState
from lms.files.models import StoredFile
from lms.mail.links import absolute_url
from lms.mail.models import MailMessage
from lms.mail.services import compose
from lms.participants.errors import NobodyChosen
from lms.safety.scans import Scan

OWNER = NameForm.__tablename__
EVENT = "name-reminder"


def unconfirmed(edition_id: int, ids: Collection[int] | None = None) -> sa.Select[Enrolment]:
    """Select the places whose holder takes part and has not confirmed the name."""
    statement = (
        sa.select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.edition_id == edition_id,
            Enrolment.state == EnrolmentState.ACTIVE,
            Person.name_confirmed_at.is_(None),
            Person.suspended_at.is_(None),
        )
        .options(sa.orm.contains_eager(Enrolment.person))
        .order_by(Enrolment.id)
    )
    return statement if ids is None else statement.where(Enrolment.id.in_(list(ids)))


# Reminders -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reminded:
    """How many were written to, and how many were not: no address, never in, or written today."""

    sent: int
    passed_over: int


def remind(edition: Edition, ids: Collection[int] | None, *, by: int, today: date) -> Reminded:
    """Remind those chosen (or all) of confirming their name: at most one mail a day each.

    Whoever has never signed in needs an invitation, not a reminder, and is passed over.
    """
    places = db.session().scalars(unconfirmed(edition.id, ids)).all()
    by_rule = _reminded_by_rule(
        [place.person_id for place in places], today, edition.programme.zone
    )
    sent = 0
    for place in places:
        if place.person.password_hash is None or place.person_id in by_rule:
            continue
        row = compose(
            f"{EVENT}:{today.isoformat()}",
            place.person,
            "participants/mail/confirm_name.txt",
            name=place.person.full_name,
            course=edition.title,
            link=absolute_url("accounts.welcome"),
        )
        sent += row is not None
    if sent:
        record("names.reminded", by=by, on=edition, course_id=edition.course_id, count=sent)
    return Reminded(sent, len(places if ids is None else set(ids)) - sent)


def _reminded_by_rule(person_ids: Collection[int], today: date, zone: str) -> set[int]:
    """Return who got another reminder today, by a rule of the edition's: one a day is enough."""
    begins = datetime.combine(today, time.min, ZoneInfo(zone))
    rows = db.session().scalars(
        sa.select(MailMessage.person_id).where(
            MailMessage.event.startswith("reminder:"),
            MailMessage.person_id.in_(list(person_ids)),
            MailMessage.created_at >= begins,
        )
    )
    return set(rows)


def reminded_at(person_ids: Collection[int]) -> dict[int, datetime]:
    """Return when people were last reminded; one statement."""
    rows = db.session().execute(
        sa.select(MailMessage.person_id, sa.func.max(MailMessage.created_at))
        .where(
            MailMessage.event.startswith(f"{EVENT}:"), MailMessage.person_id.in_(list(person_ids))
        )
        .group_by(MailMessage.person_id)
    )
    return {row[0]: row[1] for row in rows}


# Signed on paper -------------------------------------------------------------------------------


def confirm_on_paper(
    edition: Edition,
    ids: Collection[int],
    *,
    signed_on: date,
    note: str,
    by: int,
    now: datetime,
) -> tuple[NameForm, int]:
    """Confirm the names of those chosen, who signed for them on paper; return it and how many.

    Nobody confirms the own name so; whoever confirmed in the meantime is passed over. Raises
    NobodyChosen where nobody is left.
    """
    session = db.session()
    places = session.scalars(
        unconfirmed(edition.id, ids)
        .where(Enrolment.person_id != by)
        .with_for_update(of=(Enrolment, Person))
    ).all()
    if not places:
        raise NobodyChosen
    form = NameForm(
        edition_id=edition.id,
        signed_on=signed_on,
        note=note or None,
        recorded_at=now,
        recorded_by_id=by,
    )
    session.add(form)
    session.flush()  # the lines name it
    for place in places:
        person = place.person
        person.name_confirmed_at = now
        session.add(
            NameConfirmation(
                form_id=form.id,
                person_id=person.id,
                family_name=person.family_name,
                given_names=person.given_names,
            )
        )
        record(
            "person.name_confirmed_on_paper",
            by=by,
            on=person,
            name=person.full_name,
            on_date=signed_on.isoformat(),
        )
    session.flush()  # listeners read it
    for place in places:
        name_confirmed.send(place.person)
    return form, len(places)


def add_scan(form: NameForm, scan: Scan, sha256: str, *, by: int, now: datetime) -> None:
    """Attach a scan, kept in the store already."""
    db.session().add(
        StoredFile(
            sha256=sha256,
            size=len(scan.data),
            media_type=scan.media_type,
            name=scan.name,
            owner_type=OWNER,
            owner_id=form.id,
            created_at=now,
            created_by_id=by,
        )
    )


@dataclass(frozen=True)
class PastForm:
    """A paper with how many names it confirmed, who took it in, and its scan."""

    form: NameForm
    names: list[str]
    by: str
    scan: StoredFile | None


def forms_of(edition_id: int) -> list[PastForm]:
    """List the papers of an edition, the newest first; three statements."""
    session = db.session()
    rows = session.execute(
        sa.select(NameForm, Person.given_names, Person.family_name)
        .join(Person, Person.id == NameForm.recorded_by_id)
        .where(NameForm.edition_id == edition_id)
        .order_by(NameForm.id.desc())
    ).all()
    ids = [row[0].id for row in rows]
    names: dict[int, list[str]] = {}
    for line in session.scalars(
        sa.select(NameConfirmation)
        .where(NameConfirmation.form_id.in_(ids))
        .order_by(NameConfirmation.id)
    ):
        names.setdefault(line.form_id, []).append(f"{line.given_names} {line.family_name}")
    scans = {
        file.owner_id: file
        for file in session.scalars(
            sa.select(StoredFile).where(
                StoredFile.owner_type == OWNER, StoredFile.owner_id.in_(ids)
            )
        )
    }
    return [
        PastForm(form, names.get(form.id, []), f"{given} {family}", scans.get(form.id))
        for form, given, family in rows
    ]
