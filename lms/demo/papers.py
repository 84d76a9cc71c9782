"""Paper copies of the demonstration's certificates, in every state that a registrar meets."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from lms import clock, db
from lms.certificates import issuing, papers
from lms.certificates.models import Certificate, Printing
from lms.certificates.paper import DocumentSeen, HandOver, HandOverWay, PaperEvent
from lms.certificates.states import CertificateState
from lms.courses.models import Enrolment
from lms.participants.services import renaming

REGISTRAR = "Sanda Secretar-Exemplu"
IN_PERSON = HandOver(HandOverWay.IN_PERSON, DocumentSeen.IDENTITY_CARD, done_by=REGISTRAR)
BY_PROXY = HandOver(
    HandOverWay.PROXY, DocumentSeen.PASSPORT, receiver="Ion Împuternicit-Exemplu", done_by=REGISTRAR
)
BY_POST = HandOver(HandOverWay.POST, tracking="RR 0000 EXEMPLU", done_by=REGISTRAR)


def change_a_name(*, by: int) -> None:
    """Let the oldest certificate's holder bear another name: its paper is to be called back."""
    first = db.session().scalar(
        sa.select(Certificate.enrolment_id)
        .where(Certificate.state == CertificateState.VALID)
        .order_by(Certificate.id)
    )
    last = db.session().scalar(sa.select(sa.func.max(Certificate.reserved_at)))
    db.end_reading()
    if first is None or last is None:
        return
    with clock.stopped_at(last + timedelta(hours=4)):
        with db.writing() as session:
            person = session.get_one(Enrolment, first).person
            done = renaming.change_name(
                person,
                family_name="Nume-Nou-Exemplu",
                given_names=person.given_names,
                reason="certificat de căsătorie văzut (exemplu)",
                by=by,
                now=clock.now(),
            )
        for certificate_id in done.certificates:
            issuing.finish(certificate_id)


def lay_down(*, by: int) -> None:
    """Leave the newest unprinted, print the rest, sign most of them, hand over the oldest."""
    valid = list(
        db.session().execute(
            sa.select(Certificate.id, Certificate.issued_on)
            .where(Certificate.state == CertificateState.VALID)
            .order_by(Certificate.id)
        )
    )
    last = db.session().scalar(sa.select(sa.func.max(Certificate.reserved_at)))
    db.end_reading()
    if last is None:
        return
    ids = [row[0] for row in valid]
    fifth = max(1, len(ids) // 5)
    with clock.stopped_at(last + timedelta(hours=2)), db.writing():
        today = clock.today("Europe/Bucharest")
        _print(ids[: 4 * fifth], by=by)
        _record(PaperEvent.SIGNED, ids[: 3 * fifth], today, by=by)
        _record(PaperEvent.HANDED_OVER, ids[:fifth], today, by=by, given=IN_PERSON)
        _record(PaperEvent.HANDED_OVER, ids[fifth : fifth + 1], today, by=by, given=BY_PROXY)
        _record(PaperEvent.HANDED_OVER, ids[fifth + 1 : fifth + 3], today, by=by, given=BY_POST)


def _print(ids: list[int], *, by: int) -> None:
    db.session().add_all(
        Printing(certificate_id=each, printed_at=clock.now(), printed_by_id=by) for each in ids
    )


def _record(
    event: PaperEvent, ids: list[int], on: date, *, by: int, given: HandOver | None = None
) -> None:
    if ids:
        papers.record_act(event, ids, on=on, by=by, now=clock.now(), hand_over=given)
