"""A small edition that issues after a release: somebody in each state on the way there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from lms import clock, db
from lms.accounts import services as accounts
from lms.accounts.models import Person
from lms.certificates import issuing
from lms.certificates.models import Certificate
from lms.courses.models import Edition, Enrolment, IssuingMode
from lms.demo.stages import OPENS_AT
from lms.participants.services import releases

SLUG = "demo-vara-2026"
# Name, whether the name is confirmed, whether released in the first batch; the last is not done.
PEOPLE = (
    ("Aurica", "Vară-Exemplu", True, True),
    ("Bogdan", "Iunie-Exemplu", False, True),
    ("Corina", "Iulie-Exemplu", True, False),
    ("Dan", "August-Exemplu", False, False),
    ("Elena", "Cireș-Exemplu", True, False),
)

Walk = Callable[[int, int], None]


def lay_down(first_id: int, walk: Walk, *, by: int) -> None:
    """Enrol, let learn (`walk` takes an enrolment and a plan's place), release the first two."""
    with clock.stopped_at(OPENS_AT - timedelta(days=10)), db.writing():
        places = _enrol(first_id)
    for place, enrolment_id in enumerate(places):
        walk(enrolment_id, place if place < len(places) - 1 else 4)
    with db.writing() as session:
        for enrolment_id, (_given, _family, is_confirmed, _released) in zip(
            places, PEOPLE, strict=True
        ):
            if not is_confirmed:
                person = session.get_one(Enrolment, enrolment_id).person
                person.name_confirmed_at = None
    _release(places, by=by)


def _enrol(first_id: int) -> list[int]:
    session, now = db.session(), clock.now()
    first = session.get_one(Edition, first_id)
    edition = Edition(
        programme_id=first.programme_id,
        course_id=first.course_id,
        title="Ediția demonstrativă cu aprobare, vara 2026",
        slug=SLUG,
        starts_on=date(2026, 6, 1),
        ends_on=date(2026, 12, 20),
        target_number=5,
        issuing=IssuingMode.RELEASE,
        hours_required=Decimal(0),
        created_at=now,
    )
    session.add(edition)
    session.flush()  # places name it
    ids = []
    for given, family, _confirmed, _released in PEOPLE:
        person: Person = accounts.create_person(
            given_names=given,
            family_name=family,
            email=f"{given.lower()}@exemplu.example",
            now=now,
        )
        session.flush()
        place = Enrolment(
            person_id=person.id,
            edition_id=edition.id,
            organisation_name="Asociația „Vara” (exemplu)",
            enrolled_at=now,
            hours_attended=Decimal(0),
        )
        session.add(place)
        session.flush()
        ids.append(place.id)
    return ids


def _release(places: list[int], *, by: int) -> None:
    """Release the first batch after the last certificate: numbers and dates rise together."""
    chosen = [p for p, person in zip(places, PEOPLE, strict=True) if person[3]]
    last = db.session().scalar(sa.select(sa.func.max(Certificate.reserved_at)))
    db.end_reading()
    assert last is not None
    with clock.stopped_at(last + timedelta(hours=1)):
        with db.writing() as session:
            edition = session.scalars(sa.select(Edition).where(Edition.slug == SLUG)).one()
            releases.release(
                edition,
                chosen,
                released_on=clock.today("Europe/Bucharest"),
                decision_number="1/2026 (MODEL)",
                reason="hotărârea comisiei din exemplu",
                by=by,
                now=clock.now(),
            )
        for enrolment_id in chosen:
            issuing.issue(enrolment_id)
