"""What the demonstration's learners ask, what they are answered, what is announced to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Edition, Enrolment, Lesson, LessonProgress
from lms.courses.services.progress import locked_enrolment
from lms.demo.stages import OPENS_AT
from lms.quizzes.models import Attempt, AttemptItem
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.talk.models import Post, Thread
from lms.talk.services import announcements, threads
from lms.talk.services.announcements import Draft

MAP, PARTNER, CALL = "1.5", "2.5", "4.1"  # the lessons at which somebody asks
MOVED_AT = OPENS_AT + timedelta(days=8, hours=3)
ASKED_AT = OPENS_AT + timedelta(days=44, hours=3)
LAST_MEETING_AT = OPENS_AT + timedelta(days=80, hours=2)
LAST_MEETING = """\
Ne vedem **sâmbătă, 12 decembrie, ora 17.00**, online: [sala](https://example.org/sala).

- grupele 1–8 arată pe rând câte o propunere, în cinci minute;
- la sfârșit răspundem la întrebări despre certificate.

Cine nu poate veni îi scrie formatorului până joi, 10 decembrie, ora 17.00, din pagina
„Întrebări pentru formator”.
"""


def lay_down(edition_id: int, *, by: int) -> None:
    """Two announcements; questions answered, shown to all, asked on, and two that wait."""
    session = db.session()
    trainer = session.scalars(sa.select(Person.id).filter_by(sign_in_name="formator")).one()
    learner = session.scalars(
        sa.select(Enrolment.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Person.sign_in_name == "cursant", Enrolment.edition_id == edition_id)
    ).one()
    db.end_reading()
    _announce(edition_id, by=by)
    _at_lessons(edition_id, learner, trainer)
    _asked_on(edition_id, learner, trainer)
    _about_tests(edition_id, learner, trainer)


def _announce(edition_id: int, *, by: int) -> None:
    moved = Draft(
        "Sala de la deschidere s-a mutat la etajul 2",
        "Pentru Grupa 1, sâmbătă, 19 septembrie, ora 10.00. Intrarea rămâne aceeași. Veniți cu "
        "zece minute mai devreme, pentru lista de prezență.",
        MOVED_AT,
        MOVED_AT + timedelta(days=5),
    )
    closing = Draft("Întâlnirea de încheiere: 12 decembrie", LAST_MEETING, LAST_MEETING_AT, None)
    for key, draft in (("moved", moved), ("closing", closing)):
        with _at(draft.shows_from) as now:
            edition = db.session().get_one(Edition, edition_id)
            made, _is_new = announcements.publish(
                edition, draft, by_mail=True, key=f"demo-{key}", by=by, now=now
            )
            readers = announcements.learners_of(edition_id)
            for person in readers[:36] if key == "moved" else readers[20:29]:
                announcements.read(made, person.id, now=now + timedelta(hours=5))


def _at_lessons(edition_id: int, learner: int, trainer: int) -> None:
    thread = _ask(
        learner,
        "La exercițiul cu harta localității: trecem și grupurile fără formă juridică, de exemplu "
        "părinții de la școală? La noi ei fac cele mai multe lucruri.",
        ASKED_AT,
        lesson=MAP,
    )
    answer = _answer(
        thread,
        "Da, treceți-le. Harta arată cine face ceva în localitate, nu cine poate semna.\n\n"
        "Scrieți lângă fiecare ce formă are. Vă folosește la modulul 2.",
        ASKED_AT + timedelta(hours=20),
        by=trainer,
        shared=True,
    )
    lately = clock.now() - timedelta(days=2, hours=3)
    thread = _ask(
        learner,
        "Ce trecem în fișa de verificare când partenerul nu răspunde deloc?",
        lately - timedelta(days=1),
        lesson=PARTNER,
    )
    _answer(
        thread,
        "Ziua în care ați întrebat și „fără răspuns”. Și tăcerea este o informație.",
        lately,
        by=trainer,
    )
    first, second = _readers(edition_id, PARTNER, besides=learner)[:2]
    _help(answer, [learner, first, second], ASKED_AT + timedelta(days=1))
    thread = _ask(
        first,
        "Am găsit partenerul în registru cu o adresă veche. Ne oprim, sau îi cerem întâi o "
        "explicație?",
        ASKED_AT + timedelta(days=6),
        lesson=PARTNER,
    )
    answer = _answer(
        thread,
        "Cereți întâi explicația, în scris, și păstrați răspunsul la dosar. O adresă veche nu "
        "spune mare lucru despre partener; felul în care vă răspunde, da.",
        ASKED_AT + timedelta(days=7),
        by=trainer,
        shared=True,
    )
    _help(answer, [first], ASKED_AT + timedelta(days=8))


def _asked_on(edition_id: int, learner: int, trainer: int) -> None:
    asker = _readers(edition_id, CALL, besides=learner)[0]
    asked_on_at = clock.now() - timedelta(days=4, hours=2)
    thread = _ask(
        asker,
        "Cât durează, de obicei, pregătirea unui dosar ca acela din exemplu?",
        asked_on_at - timedelta(days=3),
        lesson=CALL,
    )
    _answer(
        thread,
        "Depinde de câte documente aveți deja. Faceți lista din lecția 4.2 și scrieți lângă "
        "fiecare cât durează și de cine depinde.",
        asked_on_at - timedelta(days=2),
        by=trainer,
    )
    person_id = _person_of(asker)
    db.end_reading()
    _answer(
        thread,
        "Am făcut lista: 11 documente, din care 4 depind de alții. Cu care ați începe?",
        asked_on_at,
        by=person_id,
    )


def _about_tests(edition_id: int, learner: int, trainer: int) -> None:
    waits_at = clock.now() - timedelta(days=1, hours=1)
    _ask(
        learner,
        "Am recitit lecția și tot aș alege varianta mea. Unde greșesc?",
        waits_at,
        item=_last_item(learner),
    )
    other = _readers(edition_id, PARTNER, besides=learner)[2]
    thread = _ask(
        other,
        "Varianta mea mi se pare că spune același lucru. De ce nu este primită?",
        ASKED_AT + timedelta(days=2),
        item=_last_item(other),
    )
    _answer(
        thread,
        "Seamănă, dar lasă deoparte o condiție. Puneți cele două variante una lângă alta; "
        "explicația de sub întrebare numește condiția.",
        ASKED_AT + timedelta(days=3),
        by=trainer,
    )


@contextmanager
def _at(at: datetime) -> Iterator[datetime]:
    with clock.stopped_at(at), db.writing():
        yield at.astimezone(UTC)


def _ask(
    enrolment_id: int, text: str, at: datetime, *, lesson: str = "", item: int | None = None
) -> int:
    with _at(at) as now:
        place = locked_enrolment(enrolment_id)
        lesson_id = _lesson_id(place.edition_id, lesson) if lesson else None
        thread, _is_new = threads.ask(
            place, text, key=f"demo-{at:%m%d}", lesson_id=lesson_id, item_id=item, now=now
        )
        return thread.id


def _answer(thread_id: int, text: str, at: datetime, *, by: int, shared: bool = False) -> int:
    with _at(at) as now:
        thread = db.session().get_one(Thread, thread_id)
        post, _is_new = threads.reply(thread, text, key=f"demo-{at:%m%d}", by=by, now=now)
        if shared:
            threads.share(thread, shared=True, by=by)
        return post.id


def _help(post_id: int, enrolments: list[int], at: datetime) -> None:
    with _at(at) as now:
        post = db.session().get_one(Post, post_id)
        for enrolment_id in enrolments:
            threads.mark_helpful(post, _person_of(enrolment_id), helpful=True, now=now)


def _person_of(enrolment_id: int) -> int:
    return db.session().get_one(Enrolment, enrolment_id).person_id


def _lesson_id(edition_id: int, number: str) -> int:
    course_id = db.session().get_one(Edition, edition_id).course_id
    return (
        db.session()
        .scalars(
            sa.select(Lesson.id).where(
                Lesson.module.has(course_id=course_id), Lesson.number == number
            )
        )
        .one()
    )


def _readers(edition_id: int, number: str, *, besides: int) -> list[int]:
    """Places that have read a lesson, in the order of the list."""
    found = db.session().scalars(
        sa.select(Enrolment.id)
        .join(LessonProgress, LessonProgress.enrolment_id == Enrolment.id)
        .where(
            Enrolment.edition_id == edition_id,
            Enrolment.id != besides,
            LessonProgress.lesson_id == _lesson_id(edition_id, number),
            LessonProgress.read_at.is_not(None),
        )
        .order_by(Enrolment.id)
    )
    ids = list(found)
    db.end_reading()
    return ids


def _last_item(enrolment_id: int) -> int:
    """The last question of the newest test: answered wrong, as those at the end are."""
    item = (
        db.session()
        .scalars(
            sa.select(AttemptItem.id)
            .join(Attempt, Attempt.id == AttemptItem.attempt_id)
            .where(Attempt.enrolment_id == enrolment_id, Attempt.state == AttemptState.SUBMITTED)
            .order_by(Attempt.id.desc(), AttemptItem.position.desc())
            .limit(1)
        )
        .one()
    )
    db.end_reading()
    return item
