"""Completing a course and issuing, for tests with a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.certificates import issuing, seals
from lms.certificates.models import Certificate
from lms.courses.events import course_completed
from lms.courses.models import Completion, Enrolment, SubjectKind
from tests.cast import Cast, make_person


def use_seal(app: Flask, seal: object) -> None:
    """Let an application sign with a seal made elsewhere, pinned as its own."""
    with app.app_context():
        app.extensions["lms_seal"] = seal
        seals._pin(seal)  # type: ignore[arg-type]


def complete(cast: Cast, enrolment_id: int, *, tells: bool = True) -> None:
    """Store an enrolment's completion; told, it is issued in the same way as by a request."""
    with cast.app.app_context(), db.writing() as session:
        enrolment = session.get_one(Enrolment, enrolment_id)
        session.add(
            Completion(
                enrolment_id=enrolment_id,
                kind=SubjectKind.COURSE,
                subject_id=enrolment.edition.course_id,
                earned_at=clock.now() - timedelta(seconds=1),
                content_version=1,
                evidence={},
            )
        )
        session.flush()
        if tells:
            course_completed.send(enrolment)


def issued(cast: Cast, part: str = "learner") -> int:
    """Complete and issue; return the certificate's id."""
    complete(cast, cast.enrolments[part], tells=False)
    with cast.app.app_context():
        outcome = issuing.issue(cast.enrolments[part])
    assert outcome.certificate_id is not None, outcome
    return outcome.certificate_id


def enrol_many(cast: Cast, count: int) -> list[int]:
    """Add people with confirmed names who have completed the course."""
    ids = []
    with cast.app.app_context(), db.writing() as session:
        for number in range(count):
            person = make_person(f"Prenume{number}", "Numeș", sign_in_name=f"p{number}-proba")
            session.flush()
            enrolment = Enrolment(
                person_id=person.id,
                edition_id=cast.edition_id,
                organisation_name=f"Organizația {number % 3}",
                enrolled_at=clock.now(),
                hours_attended=0,
            )
            session.add(enrolment)
            session.flush()
            ids.append(enrolment.id)
    for enrolment_id in ids:
        complete(cast, enrolment_id, tells=False)
    return ids


@contextmanager
def stored(cast: Cast, certificate_id: int) -> Iterator[Certificate]:
    """Read a certificate back, in a context of its own."""
    with cast.app.app_context():
        yield db.session().get_one(Certificate, certificate_id)


def all_certificates(cast: Cast) -> list[Certificate]:
    """Read all certificates back, in the numbers' order."""
    with cast.app.app_context():
        rows = db.session().scalars(
            sa.select(Certificate)
            .options(sa.orm.selectinload(Certificate.files))
            .order_by(Certificate.serial)
        )
        return list(rows)


def file_of(cast: Cast, certificate_id: int) -> bytes:
    """Return the kept file of a certificate."""
    with cast.app.app_context():
        data = issuing.file_bytes(db.session().get_one(Certificate, certificate_id))
    assert data is not None
    return data
