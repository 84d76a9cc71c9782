"""A change of name after certificates were issued: the name, and each certificate that bears it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import db
from lms.accounts.models import Person
from lms.certificates import drafting, issuing, register
from lms.certificates.checks import Problem, check
from lms.certificates.corrections import Change, changes_of
from lms.certificates.models import Certificate
from lms.certificates.paper import Paper, PaperEvent
from lms.certificates.papers import paper_of
from lms.certificates.states import CertificateState
from lms.courses.models import Edition, Enrolment
from lms.participants.services import people


@dataclass(frozen=True)
class Preview:
    """What a new name would do to one certificate."""

    certificate_id: int
    number: str
    changes: list[Change]
    problems: list[Problem]
    paper: Paper


@dataclass(frozen=True)
class Renamed:
    """What came of a change of name: certificates to finish, and numbers whose paper is left.

    A paper that was handed over is called back; one that never left the office is destroyed.
    """

    is_changed: bool
    certificates: tuple[int, ...] = ()
    to_call_back: tuple[str, ...] = ()
    to_destroy: tuple[str, ...] = ()
    again: tuple[int, ...] = ()  # enrolments whose number was given up before it was signed


def _bearing_another(person_id: int, full_name: str, *, locked: bool) -> list[Certificate]:
    """Return the person's current certificates that print another name than this."""
    place = joinedload(Certificate.enrolment, innerjoin=True)
    statement = (
        sa.select(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(
            Enrolment.person_id == person_id,
            Certificate.state.in_([CertificateState.RESERVED, CertificateState.VALID]),
        )
        .options(place.joinedload(Enrolment.edition).joinedload(Edition.programme))
        .order_by(Certificate.id)
    )
    if locked:
        statement = statement.with_for_update(of=Certificate)
    rows = db.session().scalars(statement).unique()
    return [c for c in rows if c.facts["holder"].split() != full_name.split()]


def preview(person: Person, *, family_name: str, given_names: str, now: datetime) -> list[Preview]:
    """Say what each certificate would say under the new name; changes nothing."""
    full_name = f"{given_names} {family_name}"
    found = []
    for certificate in _bearing_another(person.id, full_name, locked=False):
        place = certificate.enrolment
        today = drafting.local_day(now, place.edition.programme)
        new = replace(
            drafting.draft(
                place, certificate.award, issued_on=today, is_model=certificate.is_model
            ),
            holder=full_name,
        )
        found.append(
            Preview(
                certificate.id,
                certificate.number,
                changes_of(certificate.facts, new.to_facts()),
                register.blocking(check(new)),
                paper_of(certificate, place.edition.programme.zone),
            )
        )
    return found


def change_name(
    person: Person, *, family_name: str, given_names: str, reason: str, by: int, now: datetime
) -> Renamed:
    """Give a person another name and replace each certificate that bears the old one.

    All or nothing: where one can't be printed, or numbers are locked, nothing is changed. A second
    click finds it done.
    """
    changed = people.rename(
        person,
        family_name=family_name,
        given_names=given_names,
        reason=reason,
        by=by,
        now=now,
    )
    db.session().flush()  # the new certificates are drafted from it
    made, to_call_back, to_destroy, again = [], [], [], []
    for certificate in _bearing_another(person.id, person.full_name, locked=True):
        place = issuing.locked_enrolment(certificate.enrolment_id)
        if certificate.state is CertificateState.RESERVED:
            register.void(certificate, by=by, reason=reason, now=now)
            again.append(place.id)
            continue
        paper = paper_of(certificate, place.edition.programme.zone)
        if paper.on(PaperEvent.HANDED_OVER):
            to_call_back.append(certificate.number)
        elif paper.exists:
            to_destroy.append(certificate.number)
        new = register.supersede(certificate, place, by=by, reason=reason, now=now)
        made.append(new.id)
    return Renamed(
        changed or bool(made), tuple(made), tuple(to_call_back), tuple(to_destroy), tuple(again)
    )
