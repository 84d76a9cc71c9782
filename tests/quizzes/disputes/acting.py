"""What the tests of disputes and corrections do again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lms import clock, db
from lms.access import Role
from lms.accounts.models import RoleGrant
from lms.quizzes import queries
from lms.quizzes.models import Attempt, Question, QuestionRevision, QuestionVersion, Quiz
from lms.quizzes.question_types.registry import dump_question, parse_question, rules_for
from lms.quizzes.services import attempts
from tests.cast import EPOCH

Answers = Mapping[int, Mapping[str, Sequence[str]]]  # by place in the quiz's file, from 1


def take(enrolment_id: int, quiz_id: int, answers: Answers, *, submit: bool = True) -> int:
    """Take a quiz inside a write: answers by the number that ends a question's content id."""
    quiz = db.session().get_one(Quiz, quiz_id)
    attempt = attempts.start_attempt(enrolment_id, quiz, now=clock.now())
    db.session().flush()
    items = {number_of(i.question_id): i.item_id for i in queries.paper_of(attempt.id)}
    given = {items[number]: values for number, values in answers.items()}
    attempts.save_answers(attempt, given, key="k", now=clock.now())
    if submit:
        attempts.submit_attempt(attempt, now=clock.now())
    return attempt.id


def number_of(question_id: int) -> int:
    """Return the number of a question in its file."""
    question = db.session().get_one(Question, question_id)
    return int(question.content_id.rsplit("-", 1)[1])


def item_of(attempt_id: int, number: int) -> int:
    """Return the id of an attempt's answer to a question."""
    return next(
        i.item_id for i in queries.paper_of(attempt_id) if number_of(i.question_id) == number
    )


def attempt_of(attempt_id: int) -> Attempt:
    """Return an attempt, read afresh."""
    db.session().expire_all()
    return db.session().scalars(sa.select(Attempt).where(Attempt.id == attempt_id)).one()


def new_version(version_id: int, right: str) -> int:
    """Store a version with another key, as an edited file does; return its id."""
    old = db.session().get_one(QuestionVersion, version_id)
    payload = dump_question(queries.newest_words([version_id])[version_id].ro)
    for option in payload["options"]:
        option["fraction"] = "1" if option["text"] == right else "0"
    question = parse_question(payload)
    version = QuestionVersion(
        question_id=old.question_id,
        number=old.number + 1,
        type=question.type,
        structure_digest=rules_for(question).structure_digest(question),
        created_at=EPOCH,
    )
    db.session().add(version)
    db.session().flush()
    db.session().add(
        QuestionRevision(
            version_id=version.id, number=1, payload=dump_question(question), created_at=EPOCH
        )
    )
    db.session().flush()
    return version.id


def trainers() -> list[int]:
    """Return the ids of two people who take no quiz: one trainer, and another."""
    held = sa.select(RoleGrant.person_id).where(RoleGrant.role == Role.TRAINER)
    return list(db.session().scalars(held.order_by(RoleGrant.person_id)))
