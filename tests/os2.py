"""The OS2 course with people enrolled in it, laid straight into a store, for tests of the whole."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.accounts.hashing import hash_password
from lms.accounts.models import Person, SignInSession
from lms.accounts.sessions import hash_token
from lms.courses.models import (
    Completion,
    CompletionCondition,
    ConditionKind,
    Course,
    Edition,
    Enrolment,
    IssuingMode,
    Lesson,
    LessonProgress,
    Module,
    Programme,
    SubjectKind,
)
from lms.exchange import services as exchange
from lms.exchange import sources
from lms.exchange.course_files import read_course
from lms.organisations.models import OrganisationKind
from lms.quizzes.models import Quiz, QuizPlace
from tests.cast import EPOCH, make_person, make_programme
from tests.serving import CONTENT

EDITION = "proba"


@dataclass(frozen=True)
class Learner:
    """Somebody enrolled, with the secret of a sign-in that is open."""

    person_id: int
    enrolment_id: int
    sign_in_name: str
    token: str


def make_os2(app: Flask, people: int, *, quizzes: bool = True) -> list[Learner]:
    """Import the course, make programme and edition, enrol so many people and sign them in.

    Without `quizzes` the course asks for its lessons alone.
    """
    with app.app_context():
        reading = read_course(sources.files_of_folder(CONTENT))
        assert reading.course is not None
        course_id = exchange.import_course(reading.course, by=None, now=clock.now(), publish=True)
        if not quizzes:
            _ask_for_lessons_alone(course_id)
        with db.writing():
            edition = _edition(make_programme("PROBA"), course_id)
            return [_learner(edition, number) for number in range(people)]


def enrol(app: Flask, slug: str, people: int, *, password: str = "") -> list[Learner]:
    """Enrol so many more people on an edition that is there: signed in, or with a password."""
    with app.app_context():
        hashed = hash_password(password) if password else "x"
        with db.writing() as session:
            edition = session.scalars(sa.select(Edition).where(Edition.slug == slug)).one()
            first = session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0
            learners = [_learner(edition, number) for number in range(first, first + people)]
            for one in learners:
                person = session.get(Person, one.person_id)
                assert person is not None
                person.password_hash = hashed
    return learners


def _ask_for_lessons_alone(course_id: int) -> None:
    with db.writing() as session:
        session.execute(
            sa.delete(CompletionCondition).where(CompletionCondition.course_id == course_id)
        )
        session.add(
            CompletionCondition(
                course_id=course_id, position=1, kind=ConditionKind.LESSONS_READ, parameters={}
            )
        )
        session.execute(
            sa.update(Quiz).where(Quiz.place != QuizPlace.MODULE).values(withdrawn_at=EPOCH)
        )
        session.get_one(Course, course_id).version += 1


def _edition(programme: Programme, course_id: int) -> Edition:
    edition = Edition(
        programme_id=programme.id,
        course_id=course_id,
        title="Ediția de probă",
        slug=EDITION,
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


def _learner(edition: Edition, number: int) -> Learner:
    name = f"cursant{number + 1}"
    person: Person = make_person("Ștefan", f"Învățăcel {_letters(number)}", sign_in_name=name)
    db.session().flush()
    enrolment = Enrolment(
        person_id=person.id,
        edition_id=edition.id,
        organisation_name="Primăria Orașului Valea Plopilor",
        organisation_kind=OrganisationKind.PUBLIC_AUTHORITY,
        function="referent",
        county="IS",
        enrolled_at=EPOCH,
        hours_attended=Decimal(0),
    )
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    session = SignInSession(
        token_hash=hash_token(token),
        person_id=person.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(days=30),
        device="test",
        is_own_device=True,
    )
    db.session().add_all([enrolment, session])
    db.session().flush()
    return Learner(person.id, enrolment.id, name, token)


def _letters(number: int) -> str:
    """Name a number in letters, since names have no digits."""
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{number:03}")


def complete_course(app: Flask, learners: list[Learner]) -> None:
    """Write what somebody who has read everything has earned; nobody hears of it yet."""
    with app.app_context(), db.writing() as session:
        lessons = list(session.query(Lesson.id, Lesson.module_id))
        modules = [m for (m,) in session.query(Module.id)]
        (course_id,) = session.query(Course.id).one()
        for one in learners:
            for lesson_id, _module_id in lessons:
                session.add(
                    LessonProgress(
                        enrolment_id=one.enrolment_id,
                        lesson_id=lesson_id,
                        first_opened_at=EPOCH,
                        last_active_at=EPOCH,
                        active_seconds=60,
                        read_at=EPOCH,
                    )
                )
            earned = [
                *((SubjectKind.LESSON, lesson_id) for lesson_id, _module_id in lessons),
                *((SubjectKind.MODULE, module_id) for module_id in modules),
                (SubjectKind.COURSE, course_id),
            ]
            for kind, subject_id in earned:
                session.add(
                    Completion(
                        enrolment_id=one.enrolment_id,
                        kind=kind,
                        subject_id=subject_id,
                        earned_at=EPOCH,
                        content_version=1,
                        evidence={},
                    )
                )
