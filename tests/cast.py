"""A fixed cast and makers of things: who asks, and what about."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask import Flask
from flask.testing import FlaskClient

from lms import db
from lms.access import Role
from lms.accounts.models import Person, RoleGrant, SignInSession
from lms.accounts.sessions import hash_token
from lms.courses.models import (
    CompletionCondition,
    ConditionKind,
    Course,
    Edition,
    Enrolment,
    IssuingMode,
    Lesson,
    Module,
    Programme,
    Signatory,
)
from lms.organisations.models import Organisation, OrganisationKind

EPOCH = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class Cast:
    """Ids of the cast, by the name of the part each plays."""

    app: Flask
    persons: dict[str, int] = field(default_factory=dict)
    programme_id: int = 0
    course_id: int = 0
    other_course_id: int = 0
    edition_id: int = 0
    other_edition_id: int = 0
    module_ids: list[int] = field(default_factory=list)
    lesson_ids: list[int] = field(default_factory=list)
    enrolments: dict[str, int] = field(default_factory=dict)

    def client(self, part: str) -> FlaskClient:
        """Return a browser in which the part is signed in; „anonymous” is nobody."""
        client = self.app.test_client()
        if part != "anonymous":
            token = secrets.token_urlsafe(32)
            with self.app.app_context(), db.writing() as session:
                session.add(
                    SignInSession(
                        token_hash=hash_token(token),
                        person_id=self.persons[part],
                        created_at=EPOCH,
                        last_seen_at=datetime.now(UTC),
                        expires_at=datetime.now(UTC) + timedelta(days=3650),
                        device="test",
                        is_own_device=True,
                    )
                )
            client.set_cookie("sid", token)
        return client


def csrf(client: FlaskClient) -> str:
    """Return the token that this browser's forms carry."""
    from lms.web.csrf import derive

    app = client.application
    with app.test_request_context():
        cookie = client.get_cookie("sid") or client.get_cookie("visit")
        if cookie is None:
            client.set_cookie("visit", "a-visit")
            return derive("a-visit")
        return derive(cookie.value)


def make_person(given: str, family: str, **values: object) -> Person:
    """Make a person who has signed in before and confirmed the name."""
    person = Person(
        given_names=given,
        family_name=family,
        sign_in_name=str(values.pop("sign_in_name", f"{given}-{family}".lower().replace(" ", ""))),
        created_at=EPOCH,
        password_hash="x",
        name_confirmed_at=EPOCH,
        welcomed_at=EPOCH,
        **values,
    )
    db.session().add(person)
    return person


def _course(slug: str, title: str) -> Course:
    course = Course(
        content_id=slug,
        slug=slug,
        title_ro=title,
        title_en=title,
        published_at=EPOCH,
        created_at=EPOCH,
    )
    db.session().add(course)
    db.session().flush()
    for number in (1, 2):
        module = Module(
            course_id=course.id,
            content_id=f"{slug}-m{number}",
            slug=f"{number}-modul",
            position=number,
            title_ro=f"Modulul {number}",
            title_en=f"Module {number}",
            outcomes=[],
            hours=Decimal("2.5"),
        )
        db.session().add(module)
        db.session().flush()
        for place in (1, 2):
            db.session().add(
                Lesson(
                    course_id=course.id,
                    module_id=module.id,
                    content_id=f"{slug}-{number}-{place}",
                    slug=f"{number}-{place}-lectie",
                    number=f"{number}.{place}",
                    position=place,
                    title_ro=f"Lecția {number}.{place}",
                    title_en=f"Lesson {number}.{place}",
                    reading_minutes=10,
                    exercise_minutes=5,
                    test_minutes=0,
                    html="<p>Text.</p>",
                    html_digest="0" * 64,
                    sources=[],
                )
            )
    for position, kind in enumerate((ConditionKind.LESSONS_READ, ConditionKind.QUIZZES_PASSED), 1):
        db.session().add(
            CompletionCondition(course_id=course.id, position=position, kind=kind, parameters={})
        )
    db.session().flush()
    return course


def _edition(programme: Programme, course: Course, slug: str) -> Edition:
    edition = Edition(
        programme_id=programme.id,
        course_id=course.id,
        title=f"Ediția {slug}",
        slug=slug,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 12, 20),
        target_number=160,
        issuing=IssuingMode.AUTOMATIC,
        hours_required=Decimal(0),
        created_at=EPOCH,
    )
    db.session().add(edition)
    db.session().flush()
    return edition


def make_programme(series: str = "TST", *, complete: bool = True) -> Programme:
    """Make a programme with two signatories, declared complete unless told otherwise."""
    programme = Programme(
        title="Programul de probă",
        short_name="Probă",
        issuers=["Asociația Exemplu"],
        issuer_contact="contact@exemplu.example",
        place="Valea Plopilor",
        certificate_series=series,
        design={},
        created_at=EPOCH,
        completed_at=EPOCH if complete else None,
    )
    programme.signatories = [
        Signatory(position=1, name="Ana Exemplu", function="reprezentant legal"),
        Signatory(position=2, name="Ion Exemplu", function="manager de proiect"),
    ]
    db.session().add(programme)
    db.session().flush()
    return programme


def _enrol(cast: Cast, part: str, edition: Edition, organisation: Organisation) -> None:
    enrolment = Enrolment(
        person_id=cast.persons[part],
        edition_id=edition.id,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        organisation_kind=organisation.kind,
        function="referent",
        county="IS",
        enrolled_at=EPOCH,
        hours_attended=Decimal(0),
    )
    db.session().add(enrolment)
    db.session().flush()
    cast.enrolments[part] = enrolment.id


PARTS = {
    "learner": ("Maria", "Învățăcel"),
    "classmate": ("Dan", "Coleg"),
    "learner_of_other": ("Ioana", "Altundeva"),
    "trainer": ("Petru", "Formator"),
    "trainer_of_other": ("Elena", "Alt Formator"),
    "registrar": ("Rodica", "Secretar"),
    "auditor": ("Aurel", "Control"),
    "owner": ("Otilia", "Proprietar"),
}


def make_cast(app: Flask) -> Cast:
    """Lay down two courses with an edition each, and one person for each part."""
    cast = Cast(app)
    with app.app_context(), db.writing() as session:
        programme = make_programme()
        course, other = _course("curs", "Cursul"), _course("alt-curs", "Alt curs")
        edition, other_edition = _edition(programme, course, "e1"), _edition(programme, other, "e2")
        organisation = Organisation(
            name="Primăria Orașului Valea Plopilor",
            kind=OrganisationKind.PUBLIC_AUTHORITY,
            county="IS",
            created_at=EPOCH,
        )
        session.add(organisation)
        for part, (given, family) in PARTS.items():
            person = make_person(given, family, sign_in_name=part.replace("_", "-"))
            session.flush()
            cast.persons[part] = person.id
        grants = {
            "trainer": (Role.TRAINER, course.id),
            "trainer_of_other": (Role.TRAINER, other.id),
            "registrar": (Role.REGISTRAR, None),
            "auditor": (Role.AUDITOR, None),
            "owner": (Role.OWNER, None),
        }
        for part, (role, course_id) in grants.items():
            session.add(
                RoleGrant(
                    person_id=cast.persons[part], role=role, course_id=course_id, granted_at=EPOCH
                )
            )
        _enrol(cast, "learner", edition, organisation)
        _enrol(cast, "classmate", edition, organisation)
        _enrol(cast, "learner_of_other", other_edition, organisation)
        cast.programme_id, cast.course_id, cast.other_course_id = programme.id, course.id, other.id
        cast.edition_id, cast.other_edition_id = edition.id, other_edition.id
        cast.module_ids = [m.id for m in course.modules]
        cast.lesson_ids = [lesson.id for m in course.modules for lesson in m.lessons]
    return cast
