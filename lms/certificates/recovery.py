"""Fill the register again from what files say: each number to the person who had it, or to nobody.

A number is tied to a place of an edition by the day's register (which names the place beyond doubt)
or by the registrar, who is offered only people of that name. What the register holds already is
never overwritten: it is completed, or the difference is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from lms import db
from lms.accounts.models import Person
from lms.certificates import register
from lms.certificates.desk import duplicates
from lms.certificates.errors import NotRecovered
from lms.certificates.finding import Found, instant
from lms.certificates.models import Certificate, Find, LostNumber
from lms.certificates.paper import ENDED
from lms.certificates.states import HOLDER_ERASED, CertificateState
from lms.courses.models import Completion, Edition, Enrolment, Programme, SubjectKind
from lms.files import store
from lms.people_names import fold

_PORTION = 400


class Step(StrEnum):
    """What a find leads to."""

    MAKE = "make"  # the row is made again, for a place that is sure
    CHOOSE = "choose"  # somebody must say whose it is
    NO_PLACE = "no_place"  # nobody of that name is here
    ISSUE = "issue"  # the row is here, its file is not
    END = "end"  # it was replaced or revoked since the backup
    REFILL = "refill"  # only the kept file is gone
    DUPLICATES = "duplicates"  # a duplicate on paper was granted since the backup
    OTHER_DUPLICATE = "other_duplicate"  # the register holds that duplicate with another day
    NOTHING = "nothing"  # the register knows it all
    ANNUL = "annul"  # the file knows it as annulled
    ANNULLED = "annulled"  # the register has annulled it: it stays so
    CONFLICT = "conflict"  # the register holds this number for something else


ENTERED: Final = (Step.MAKE, Step.ISSUE, Step.END, Step.REFILL, Step.DUPLICATES)


@dataclass(frozen=True)
class Candidate:
    """A place that a lost certificate may belong to."""

    enrolment_id: int
    name: str
    organisation: str
    edition: str
    completed_at: datetime | None
    number: str  # of the certificate that the place holds now


@dataclass(frozen=True)
class Plan:
    """A find with what it leads to, and for whom."""

    found: Found
    step: Step
    enrolment_id: int | None = None
    candidates: tuple[Candidate, ...] = ()


# Looking ---------------------------------------------------------------------------------------


def known_by_number(numbers: Sequence[str]) -> dict[str, Certificate]:
    """Return the certificates that the register holds under numbers, with their files."""
    found: dict[str, Certificate] = {}
    for start in range(0, len(numbers), _PORTION):
        rows = db.session().scalars(
            sa.select(Certificate)
            .where(Certificate.number.in_(numbers[start : start + _PORTION]))
            .options(selectinload(Certificate.files))
        )
        found |= {row.number: row for row in rows}
    return found


def plan_of(found: Found, here: Certificate | None = None) -> Plan:
    """Say what a find leads to; `here` is what the register holds, where it was read already."""
    session = db.session()
    if here is None:
        here = known_by_number([found.number]).get(found.number)
    if here is not None:
        return Plan(found, _step_for(here, found), here.enrolment_id)
    annulled = session.scalar(sa.select(LostNumber.id).where(LostNumber.number == found.number))
    if annulled is not None:
        return Plan(found, Step.ANNULLED)
    if not found.facts:
        return Plan(found, Step.ANNUL)
    place = _sure_place(found)
    if place is not None:
        return Plan(found, Step.MAKE, place)
    candidates = candidates_of(found)
    return Plan(found, Step.CHOOSE if candidates else Step.NO_PLACE, None, candidates)


def _step_for(here: Certificate, found: Found) -> Step:
    if not found.facts or here.facts["holder"] == HOLDER_ERASED:
        return Step.NOTHING
    if here.facts != found.facts:
        return Step.CONFLICT
    state = CertificateState(found.state)
    if here.state is CertificateState.RESERVED:
        if state is CertificateState.VOID:
            return Step.END
        return Step.ISSUE if found.sha256 else Step.NOTHING
    if here.state is CertificateState.VALID and state in ENDED:
        return Step.END
    step = _file_step(here, found)
    return _duplicate_step(here, found) if step is Step.NOTHING else step


def _file_step(here: Certificate, found: Found) -> Step:
    kept = {file.sha256 for file in here.files}
    if not found.sha256 or not kept:
        return Step.NOTHING
    if found.sha256 not in kept:
        return Step.CONFLICT
    is_there = store.path_of(register.store_folder(), found.sha256).exists()
    return Step.NOTHING if is_there else Step.REFILL


def _duplicate_step(here: Certificate, found: Found) -> Step:
    if not found.duplicates:
        return Step.NOTHING
    held = {
        each.ordinal: each.on.isoformat()
        for each in duplicates.by_certificate([here.id]).get(here.id, ())
    }
    if any(held.get(each.ordinal, each.on) != each.on for each in found.duplicates):
        return Step.OTHER_DUPLICATE
    are_there = all(each.ordinal in held for each in found.duplicates)
    return Step.NOTHING if are_there else Step.DUPLICATES


def _sure_place(found: Found) -> int | None:
    """Return the place that the file names, where it is the very row that it was."""
    if found.enrolment_id is None:
        return None
    place = db.session().get(Enrolment, found.enrolment_id)
    is_it = place is not None and place.enrolled_at == instant(found.enrolled_at)
    return found.enrolment_id if is_it else None


def candidates_of(found: Found) -> tuple[Candidate, ...]:
    """List the places of the series' editions whose holder has the name that is printed."""
    completed = sa.and_(
        Completion.enrolment_id == Enrolment.id, Completion.kind == SubjectKind.COURSE
    )
    statement = (
        sa.select(Enrolment, Person, Edition.title, Completion.earned_at, Certificate.number)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .outerjoin(Completion, completed)
        .outerjoin(
            Certificate,
            sa.and_(
                Certificate.enrolment_id == Enrolment.id,
                Certificate.state.in_([CertificateState.RESERVED, CertificateState.VALID]),
            ),
        )
        .order_by(Edition.id, Enrolment.id)
    )
    if not found.facts.get("is_model"):
        statement = statement.where(Programme.certificate_series == found.parsed.series)
    sought = fold(found.holder)
    return tuple(
        Candidate(
            place.id,
            person.full_name,
            place.organisation_name or "",
            title,
            earned_at,
            number or "",
        )
        for place, person, title, earned_at, number in db.session().execute(statement)
        if fold(person.full_name) == sought
    )


def waiting() -> list[Plan]:
    """List the finds that wait for a choice, each looked at afresh."""
    rows = db.session().scalars(sa.select(Find).order_by(Find.number)).all()
    return [plan_of(Found.from_plain(row.found)) for row in rows]


def find_of(number: str) -> Found:
    """Return the find that waits under a number. Raises NotRecovered."""
    row = db.session().scalars(sa.select(Find).where(Find.number == number)).one_or_none()
    if row is None:
        raise NotRecovered("gone")
    return Found.from_plain(row.found)
