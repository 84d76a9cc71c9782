"""A questionnaire on the cast's course, and people who have come to the course's end."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.courses.models import (
    CompletionCondition,
    ConditionKind,
    Course,
    Enrolment,
    Lesson,
    LessonProgress,
)
from lms.courses.services.progress import locked_enrolment, review_completion
from lms.surveys import queries, services
from lms.surveys.questions import Answers, Option, Question, QuestionKind, Questionnaire
from tests.cast import EPOCH, Cast, make_person

ZONE = "Europe/Bucharest"


def words(text: str) -> dict[str, str]:
    return {"ro": text, "en": f"{text} (en)"}


QUESTIONS = (
    Question("util", QuestionKind.SCALE, words("Util?"), low=words("deloc"), high=words("foarte")),
    Question(
        "ritm",
        QuestionKind.CHOICE,
        words("Ritmul?"),
        options=(Option("lent", words("Lent")), Option("bun", words("Bun"))),
    ),
    Question(
        "coleg",
        QuestionKind.SCALE,
        words("Recomandați?"),
        is_required=False,
        least=0,
        most=10,
        low=words("nu"),
        high=words("da"),
    ),
    Question("altceva", QuestionKind.TEXT, words("Altceva?"), is_required=False),
)
QUESTIONNAIRE = Questionnaire("parerea", words("Părerea"), words("Pe scurt."), QUESTIONS)
GIVEN: Answers = {"util": 4, "ritm": "bun"}


def ask(cast: Cast, questionnaire: Questionnaire = QUESTIONNAIRE) -> None:
    """Put the questionnaire on the cast's course, and ask for it."""
    with cast.app.app_context(), db.writing() as session:
        services.store_questionnaire(cast.course_id, questionnaire, now=EPOCH)
        known = sa.select(CompletionCondition.id).where(
            CompletionCondition.course_id == cast.course_id,
            CompletionCondition.kind == ConditionKind.FORM_SUBMITTED,
        )
        if session.scalar(known) is None:
            session.add(
                CompletionCondition(
                    course_id=cast.course_id,
                    position=9,
                    kind=ConditionKind.FORM_SUBMITTED,
                    parameters={"form": questionnaire.id},
                )
            )
        session.get_one(Course, cast.course_id).version += 1


def read_everything(enrolment_id: int) -> None:
    """Have all of the course's lessons read; inside a write."""
    session = db.session()
    enrolment = locked_enrolment(enrolment_id)
    lessons = sa.select(Lesson.id).where(Lesson.course_id == enrolment.course_id)
    for lesson_id in session.scalars(lessons).all():
        session.add(
            LessonProgress(
                enrolment_id=enrolment_id,
                lesson_id=lesson_id,
                first_opened_at=EPOCH,
                last_active_at=EPOCH,
                active_seconds=60,
                read_at=EPOCH,
            )
        )
    session.flush()
    review_completion(enrolment, now=EPOCH)


def people(cast: Cast, number: int, edition_id: int = 0) -> list[int]:
    """Enrol so many more people who have read everything; return their places."""
    found = []
    with cast.app.app_context(), db.writing() as session:
        for _each in range(number):
            name = f"om-{len(cast.persons)}"
            person = make_person("Om", "Nou", sign_in_name=name)
            session.flush()
            cast.persons[name] = person.id
            place = Enrolment(
                person_id=person.id,
                edition_id=edition_id or cast.edition_id,
                enrolled_at=EPOCH,
                hours_attended=Decimal(0),
            )
            session.add(place)
            session.flush()
            read_everything(place.id)
            found.append(place.id)
    return found


def submit(app: Flask, enrolment_id: int, answers: Answers, slug: str = "curs") -> bool:
    """Submit the questionnaire for a place, in a transaction of its own."""
    with app.app_context(), db.writing():
        version = queries.shown_version(slug, locked=True)
        assert version is not None
        return services.submit(enrolment_id, version, answers, now=clock.now(), zone=ZONE)
