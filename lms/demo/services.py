"""Lay the demonstration down, through the same services that the pages use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.access import Role
from lms.accounts import services as accounts
from lms.accounts.hashing import hash_password
from lms.accounts.models import Person, Token, TokenKind
from lms.certificates import seals
from lms.certificates.badges.services import Allowed, set_allowed
from lms.courses.models import (
    Completion,
    Course,
    Edition,
    Enrolment,
    IssuingMode,
    LessonProgress,
    Programme,
    Signatory,
    SubjectKind,
)
from lms.courses.outline import ModuleEntry, Outline, outline_of
from lms.courses.services.progress import locked_enrolment, review_completion
from lms.demo import correspondence, entries, meetings, papers, second_edition, talk
from lms.demo.answers import FormAnswer, right_answer, wrong_answer
from lms.demo.opinions import opinion
from lms.demo.stages import OPENS_AT, stage_of
from lms.demo.works import hand_in_works
from lms.demo_people import ROSTER_FILE_NAME, demo_roster_xlsx
from lms.exchange import services as exchange
from lms.exchange import sources
from lms.exchange.course_files import read_course
from lms.participants.roster import DIFFERENT, Verdict
from lms.participants.services import importing
from lms.quizzes import queries as quiz_queries
from lms.quizzes.models import Quiz, QuizPlace
from lms.quizzes.services import attempts
from lms.safety.sheets import read_table
from lms.surveys import queries as survey_queries
from lms.surveys import services as surveys
from lms.surveys.questions import load as load_questionnaire

PASSWORD = "demo-atestat-2026"  # noqa: S105 -- printed for everyone who runs the demonstration
LEARNER = 10  # the place on the list of whoever signs in as „cursant”
CONTENT = Path(__file__).parents[2] / "content" / "os2"


@dataclass(frozen=True)
class SignIn:
    """One of the demonstration's accounts."""

    role: str
    name: str


SIGN_INS = (
    SignIn("cursant (learner)", "cursant"),
    SignIn("formator (trainer)", "formator"),
    SignIn("secretariat (registrar)", "secretariat"),
    SignIn("auditor (auditor)", "auditor"),
    SignIn("proprietar (owner)", "proprietar"),
)


def is_empty() -> bool:
    """Whether nobody is known here yet."""
    found = db.session().scalar(sa.select(Person.id).limit(1))
    db.end_reading()
    return found is None


def load_demo(_app: Flask) -> None:
    """Lay down course, programme, edition, people and their progress, and seal the certificates."""
    with clock.stopped_at(OPENS_AT - timedelta(days=14)):
        course_id = _import_course()
        seals.signer("MODEL")
        hashed = hash_password(PASSWORD)
        with db.writing():
            registrar = _staff(course_id, hashed)
            edition_id = _programme(course_id)
        _enrol(edition_id, by=registrar)
    with db.writing():
        _the_learner(edition_id, hashed)
    walk = _learn(edition_id, hashed)
    second_edition.lay_down(edition_id, walk, by=registrar)
    papers.lay_down(by=registrar)
    papers.change_a_name(by=registrar)
    correspondence.lay_down(edition_id, by=registrar)
    meetings.lay_down(edition_id, by=registrar)
    talk.lay_down(edition_id, by=registrar)
    correspondence.send_the_rest()


def _import_course() -> int:
    reading = read_course(sources.files_of_folder(CONTENT))
    if reading.course is None:
        raise ValueError("the course's files have faults; see lms course import")
    return exchange.import_course(reading.course, by=None, now=clock.now(), publish=True)


def _staff(course_id: int, hashed: str) -> int:
    """Make one person for each role; return the registrar's id."""
    people = (
        ("formator", "Filip", "Formator-Exemplu", Role.TRAINER),
        ("secretariat", "Sanda", "Secretar-Exemplu", Role.REGISTRAR),
        ("auditor", "Aura", "Auditor-Exemplu", Role.AUDITOR),
        ("proprietar", "Petre", "Proprietar-Exemplu", Role.OWNER),
    )
    now, ids = clock.now(), {}
    for name, given, family, role in people:
        person = accounts.create_person(
            given_names=given, family_name=family, sign_in_name=name, now=now
        )
        person.password_hash, person.password_set_at = hashed, now
        person.name_confirmed_at = person.welcomed_at = now
        accounts.grant_role(
            person, role, by=None, now=now, course_id=course_id if role is Role.TRAINER else None
        )
        ids[role] = person.id
    return ids[Role.REGISTRAR]


def _programme(course_id: int) -> int:
    now = clock.now()
    programme = Programme(
        title="Parteneriat pentru orașe mici (MODEL)",
        short_name="MODEL",
        funder=None,
        contract_number=None,
        project_code="MODEL-000",
        issuers=["Asociația „Orașe Exemplu” (MODEL)", "Asociația „Izvorul Viu” (MODEL)"],
        issuer_contact="secretariat@example.org",
        place="online",
        disclaimer="Document demonstrativ, fără valoare.",
        certificate_series="MODEL",
        design={},
        created_at=now,
        completed_at=now,
    )
    programme.signatories = [
        Signatory(position=1, name="Ana Reprezentant-Exemplu", function="reprezentant legal"),
        Signatory(position=2, name="Matei Manager-Exemplu", function="manager de proiect"),
    ]
    db.session().add(programme)
    db.session().flush()  # the edition needs its id
    everything = Allowed(True, True, True, True, True, True, True)  # to be looked at
    set_allowed(programme, everything, by=None)
    edition = Edition(
        programme_id=programme.id,
        course_id=course_id,
        title="Ediția demonstrativă, toamna 2026",
        slug="demo-2026",
        starts_on=date(2026, 9, 7),
        ends_on=date(2026, 12, 20),
        target_number=160,
        issuing=IssuingMode.AUTOMATIC,
        hours_required=Decimal(0),
        created_at=now,
    )
    db.session().add(edition)
    db.session().flush()  # the list is enrolled on it
    entries.ask(programme, now=now)
    return edition.id


def _enrol(edition_id: int, *, by: int) -> None:
    """Take the list in as the registrar would: questions of the kind „the same person?” are no."""
    file = importing.read_file(read_table(demo_roster_xlsx(), ROSTER_FILE_NAME))
    edition = db.session().get(Edition, edition_id)
    assert edition is not None
    prepared = importing.prepare(edition, file)
    asked = [r.row.number for r in prepared.plan.rows if r.verdict is Verdict.QUESTION]
    decisions = importing.Decisions(answers=dict.fromkeys(asked, DIFFERENT))
    db.end_reading()
    with db.writing():
        fresh = db.session().get(Edition, edition_id)
        assert fresh is not None
        importing.commit(fresh, file, decisions, by=by, now=clock.now())


def _the_learner(edition_id: int, hashed: str) -> None:
    """Give the first name that anybody signs in with to somebody in the middle of the course."""
    person = (
        db.session()
        .scalars(
            sa.select(Person)
            .join(Enrolment, Enrolment.person_id == Person.id)
            .where(Enrolment.edition_id == edition_id)
            .order_by(Enrolment.id)
            .offset(LEARNER)
            .limit(1)
        )
        .one()
    )
    person.sign_in_name = "cursant"
    person.password_hash = hashed


def _learn(edition_id: int, hashed: str) -> Callable[[int, int], None]:
    """Let everybody go the planned way; return what lets one more person do so."""
    edition = db.session().get(Edition, edition_id)
    assert edition is not None
    course = db.session().get(Course, edition.course_id)
    assert course is not None
    outline = outline_of(course.id, course.version)
    known = quiz_queries.quizzes_of(course.id)
    quizzes = {q.module_id: q.id for q in known if q.module_id is not None}
    tests = {q.place: q.id for q in known if q.is_course_test}
    ids = list(
        db.session().scalars(
            sa.select(Enrolment.id).where(Enrolment.edition_id == edition_id).order_by(Enrolment.id)
        )
    )
    db.end_reading()

    def walk(enrolment_id: int, place: int) -> None:
        _let_in(enrolment_id, place, hashed)
        _walk(enrolment_id, place, outline, quizzes=quizzes, tests=tests)

    # In the order in which they end, so that numbers and dates of certificates rise together.
    for place in sorted(range(len(ids)), key=lambda p: (stage_of(p).ends_at, p)):
        walk(ids[place], place)
    hand_in_works(ids, outline, learner=ids[LEARNER])
    return walk


def _let_in(enrolment_id: int, place: int, hashed: str) -> None:
    """Invite and welcome somebody, as far as the plan has them come."""
    stage = stage_of(place)
    at = stage.first_day
    if stage.is_invited:
        with clock.stopped_at(at - timedelta(days=3)), db.writing():
            person = locked_enrolment(enrolment_id).person
            if person.email:
                accounts.invite(person, by=None, now=clock.now())
    if stage.is_welcomed:
        with clock.stopped_at(at), db.writing():
            person = locked_enrolment(enrolment_id).person
            person.password_hash, person.password_set_at = hashed, at
            person.name_confirmed_at = person.welcomed_at = at
            db.session().execute(  # the invitation's link was followed
                sa.update(Token)
                .where(Token.person_id == person.id, Token.kind == TokenKind.INVITATION)
                .values(opened_at=at, used_at=at)
            )


def _walk(
    enrolment_id: int,
    place: int,
    outline: Outline,
    *,
    quizzes: dict[int, int],
    tests: dict[QuizPlace, int],
) -> None:
    """Go the planned way: the test at the start, modules one after another, the test at the end."""
    stage = stage_of(place)
    at = stage.first_day
    has_begun = bool(stage.modules_done or stage.lessons_more)
    if has_begun:
        with clock.stopped_at(at), db.writing():
            entries.answer(enrolment_id, place, now=at)
    if has_begun and QuizPlace.START in tests:
        with clock.stopped_at(at), db.writing():
            _take(enrolment_id, tests[QuizPlace.START], right=6 + place % 5)
        at += timedelta(minutes=40)
    for number, module in enumerate(outline.modules):
        if number < stage.modules_done:
            at = _do_module(enrolment_id, module, quizzes[module.id], at, place)
            at += timedelta(days=stage.days_a_module, hours=number)
        elif number == stage.modules_done and stage.lessons_more:
            with clock.stopped_at(at), db.writing():
                _read(enrolment_id, module, at, stage.lessons_more)
    if stage.modules_done >= len(outline.modules) and QuizPlace.END in tests:
        with clock.stopped_at(at), db.writing():
            _take(enrolment_id, tests[QuizPlace.END], right=12 + place % 5)
    if stage.modules_done == len(outline.modules):
        with clock.stopped_at(at), db.writing():
            _give_opinion(enrolment_id, outline.slug, place)


def _do_module(
    enrolment_id: int, module: ModuleEntry, quiz_id: int, at: datetime, place: int
) -> datetime:
    """Read a module's lessons and pass its test, some people at the second try."""
    with clock.stopped_at(at), db.writing():
        _read(enrolment_id, module, at, len(module.lessons))
    later = at + timedelta(days=1, minutes=place)
    if (place + module.position) % 6 == 0:
        with clock.stopped_at(later), db.writing():
            _take(enrolment_id, quiz_id, right=4)
        later += timedelta(hours=5)
    with clock.stopped_at(later), db.writing():
        _take(enrolment_id, quiz_id, right=6 + (place * module.position) % 3)
    return later


def _read(enrolment_id: int, module: ModuleEntry, at: datetime, count: int) -> None:
    enrolment = locked_enrolment(enrolment_id)
    read, earned = [], []
    for entry in module.lessons[:count]:
        minutes = max(4, entry.minutes // 2)
        read.append(
            {
                "enrolment_id": enrolment_id,
                "lesson_id": entry.id,
                "first_opened_at": at,
                "last_active_at": at + timedelta(minutes=minutes),
                "active_seconds": minutes * 60,
                "read_at": at + timedelta(minutes=minutes),
            }
        )
        earned.append(
            {
                "enrolment_id": enrolment_id,
                "kind": SubjectKind.LESSON,
                "subject_id": entry.id,
                "earned_at": at + timedelta(minutes=minutes),
                "content_version": 1,
                "evidence": {},
            }
        )
        enrolment.last_lesson_id = entry.id
        at += timedelta(minutes=minutes + 3)
    if read:
        db.session().execute(sa.insert(LessonProgress), read)
        db.session().execute(sa.insert(Completion), earned)
    enrolment.first_activity_at = enrolment.first_activity_at or at
    enrolment.last_activity_at = at
    db.session().flush()  # the review reads what was just written
    review_completion(enrolment, now=at)


def _give_opinion(enrolment_id: int, slug: str, place: int) -> None:
    """Submit the course's questionnaire; whoever has done all else completes the course by it."""
    version = survey_queries.shown_version(slug, locked=False)
    if version is not None:
        answers = opinion(load_questionnaire(version.content), place)
        surveys.submit(enrolment_id, version, answers, now=clock.now(), zone="Europe/Bucharest")


@cache
def _answer(revision_id: int, right: bool) -> FormAnswer:
    question = quiz_queries.words_of_revisions([revision_id])[revision_id].ro
    return right_answer(question) if right else wrong_answer(question)


def _take(enrolment_id: int, quiz_id: int, *, right: int) -> None:
    """Take a test with a given number of right answers."""
    quiz = db.session().get(Quiz, quiz_id)
    assert quiz is not None
    attempt = attempts.start_attempt(enrolment_id, quiz, now=clock.now())
    given = {
        item.item_id: _answer(item.revision_id, item.position <= right)
        for item in quiz_queries.paper_of(attempt.id)
    }
    attempts.save_answers(attempt, given, key="demo", now=clock.now())
    attempts.submit_attempt(attempt, now=clock.now())
