"""Makers of things that tests need beside the cast; all of them run inside a write."""

from __future__ import annotations

from typing import Any

from lms import db
from lms.courses.models import Course, Module
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.quiz_file import Severity
from lms.quizzes.exchange.words import with_words
from lms.quizzes.models import (
    Question,
    QuestionRevision,
    QuestionState,
    QuestionVersion,
    Quiz,
    QuizPlace,
    QuizQuestion,
    QuizVersion,
)
from lms.quizzes.question_types.registry import dump_question, rules_for
from lms.quizzes.rules.sections import dump_sections
from lms.quizzes.services.prepared import ready_sections
from tests.cast import EPOCH

FIVE_TYPES = """\
---
id: proba
title: {ro: Testul de probă, en: Sample test}
---

// [id:proba-1]
::1::Cât fac doi și doi? {=patru#Corect.~trei#Mai numărați.~cinci#KEYCANARY-wrong}

// [id:proba-2] [scoring:all-or-nothing]
::2::Care sunt pare? {~%50%doi~%50%patru~%-100%trei#KEYCANARY-three}

// [id:proba-3]
::3::Trei este par. {FALSE#KEYCANARY-three is odd#Corect.}

// [id:proba-4]
::4::Potriviți. {=unu -> 1 =doi -> 2 =trei -> 3}

// [id:proba-5] [unit:lei]
::5::Cât fac 10 % din 182.409,6? {#18240.96:0.005}
"""


def make_quiz(
    module_id: int | None,
    *,
    text: str = FIVE_TYPES,
    words: str = "",
    slug: str = "proba",
    titles: tuple[str, str] = ("Testul de probă", "Sample test"),
    course_id: int | None = None,
    place: QuizPlace = QuizPlace.MODULE,
    **settings: Any,
) -> int:
    """Make a published quiz of the text's questions in a module or at an edge; return its id."""
    session = db.session()
    if module_id is not None:
        course_id = session.get_one(Module, module_id).course_id
    course = session.get_one(Course, course_id)
    read = read_gift(text)
    assert not read.errors, read.errors
    if words:
        read, problems = with_words(read, words)
        assert not [p for p in problems if p.severity is Severity.ERROR], problems
    quiz = Quiz(
        course_id=course.id,
        place=place,
        module_id=module_id,
        content_id=slug,
        slug=slug,
        title_ro=titles[0],
        title_en=titles[1],
        published_at=EPOCH,
    )
    session.add(quiz)
    session.flush()
    version = QuizVersion(
        quiz_id=quiz.id,
        number=1,
        settings=settings,
        sections=dump_sections(ready_sections(read.sections)),
        created_at=EPOCH,
    )
    session.add(version)
    session.flush()
    for position, item in enumerate(read.items, 1):
        question = Question(
            course_id=course.id,
            content_id=f"{slug}-{item.id}",
            state=QuestionState.PUBLISHED,
            fact_ids=[],
            lesson_number=item.lesson or None,
            quiz_id=quiz.id,
            changed_at=EPOCH,
        )
        session.add(question)
        session.flush()
        words = QuestionVersion(
            question_id=question.id,
            number=1,
            type=item.question.type,
            structure_digest=rules_for(item.question).structure_digest(item.question),
            created_at=EPOCH,
        )
        session.add(words)
        session.flush()
        session.add(
            QuestionRevision(
                version_id=words.id,
                number=1,
                payload=dump_question(item.question),
                payload_en=dump_question(item.words) if item.words is not None else None,
                created_at=EPOCH,
            )
        )
        session.add(
            QuizQuestion(
                quiz_version_id=version.id,
                position=position,
                question_version_id=words.id,
                slot=item.slot or None,
                section=item.section,
            )
        )
    quiz.current_version_id = version.id
    course.version += 1
    session.flush()
    return quiz.id
