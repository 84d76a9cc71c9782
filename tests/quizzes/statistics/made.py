"""Many people's attempts at a quiz, laid straight into a store: the better the person, the more."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment, Group
from lms.demo.answers import right_answer, wrong_answer
from lms.organisations.models import OrganisationKind
from lms.quizzes import queries
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Quiz,
    QuizQuestion,
    QuizVersion,
    ResponseVersion,
)
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.services import attempts as attempts_service
from tests.cast import EPOCH

KINDS = (OrganisationKind.NGO, OrganisationKind.PUBLIC_AUTHORITY)


def single_choice_quiz(questions: int) -> str:
    """Write a quiz of so many single-choice questions, the third option wrong for nobody."""
    return "\n\n".join(
        f"// [id:q-{n:03}]\nÎntrebarea {n}: cât fac {n} și {n}? "
        f"{{={2 * n}#Da.~{2 * n + 1}#Nu.~{2 * n + 2}~{3 * n + 3}}}"
        for n in range(1, questions + 1)
    )


def make_attempts(
    quiz_id: int, edition_id: int, people: int, *, seed: int = 1, tries: int = 1
) -> list[int]:
    """Make so many people, of both kinds of organisation, who have each taken the quiz."""
    session, chance = db.session(), random.Random(seed)
    quiz = session.get_one(Quiz, quiz_id)
    places = _enrol(edition_id, people)
    rows = session.execute(
        sa.select(QuizQuestion.question_version_id, QuizQuestion.slot)
        .where(QuizQuestion.quiz_version_id == quiz.current_version_id)
        .order_by(QuizQuestion.position)
    ).all()
    versions = [row[0] for row in rows]
    slots: dict[Any, list[int]] = {}
    for version_id, slot in rows:
        slots.setdefault(slot or version_id, []).append(version_id)
    draw = attempts_service.settings_of(session.get_one(QuizVersion, quiz.current_version_id)).draw
    revisions = {
        row[0]: (row[1], queries.words_of(row[1], row[2], row[3]).ro)
        for row in session.execute(queries.newest_revisions(versions))
    }
    answers = {version_id: _answers(revisions[version_id][1]) for version_id in versions}
    attempts, items, responses = [], [], []
    attempt_id = (session.scalar(sa.select(sa.func.max(Attempt.id))) or 0) + 1
    item_id = (session.scalar(sa.select(sa.func.max(AttemptItem.id))) or 0) + 1
    made = []
    for place, enrolment_id in enumerate(places):
        for number in range(1, tries + 1):
            knows = min(0.97, 0.15 + 0.8 * place / max(1, people - 1) + 0.05 * number)
            earned = Decimal(0)
            asked = [chance.choice(of_slot) for of_slot in slots.values()]
            if draw:
                asked = sorted(chance.sample(asked, draw), key=versions.index)
            for position, version_id in enumerate(asked, 1):
                known = (knows + 1 - versions.index(version_id) / (len(versions) + 1)) / 2
                payload, fraction = answers[version_id][0 if chance.random() < known else 1]
                revision_id, question = revisions[version_id]
                earned += question.marks * fraction
                items.append(
                    {
                        "id": item_id,
                        "attempt_id": attempt_id,
                        "position": position,
                        "question_version_id": version_id,
                        "option_order": list(rules_for(question).option_ids(question)),
                        "fraction": fraction,
                    }
                )
                responses.append(_response(item_id, payload, revision_id))
                item_id += 1
            attempts.append(
                _attempt(attempt_id, quiz, enrolment_id, number, earned, Decimal(len(asked)))
            )
            made.append(attempt_id)
            attempt_id += 1
    session.execute(sa.insert(Attempt), attempts)
    session.execute(sa.insert(AttemptItem), items)
    session.execute(sa.insert(ResponseVersion), responses)
    _count_on()
    return made


def _count_on() -> None:
    """Let PostgreSQL number new rows after those made here."""
    if db.session().get_bind().dialect.name == "postgresql":
        for table in ("attempts", "attempt_items"):
            db.session().execute(
                sa.text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
            )


def _answers(question: Any) -> tuple[tuple[dict[str, Any], Decimal], ...]:
    rules = rules_for(question)
    given = [rules.read_response(question, make(question)) for make in (right_answer, wrong_answer)]
    places = Decimal("0.0000001")
    return tuple(
        (payload, rules.mark(question, payload).fraction.quantize(places)) for payload in given
    )


def _response(item_id: int, payload: dict[str, Any], revision_id: int) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "sequence": 1,
        "idempotency_key": f"k{item_id}",
        "payload": payload,
        "revision_id": revision_id,
        "received_at": EPOCH,
        "given_at": EPOCH,
        "writer": "",
    }


def _attempt(
    attempt_id: int, quiz: Quiz, enrolment_id: int, number: int, earned: Decimal, possible: Decimal
) -> dict[str, Any]:
    percent = (100 * earned / possible).quantize(Decimal("0.01"))
    return {
        "id": attempt_id,
        "enrolment_id": enrolment_id,
        "quiz_id": quiz.id,
        "quiz_version_id": quiz.current_version_id,
        "number": number,
        "seed": attempt_id,
        "state": AttemptState.SUBMITTED,
        "started_at": EPOCH,
        "submitted_at": EPOCH + timedelta(minutes=5 + attempt_id % 30),
        "earned": earned.quantize(Decimal("0.00001")),
        "possible": possible,
        "percent": percent,
        "passed": percent >= 70,
    }


def _enrol(edition_id: int, people: int) -> Sequence[int]:
    session = db.session()
    groups = [
        Group(edition_id=edition_id, name=name, trainers=[]) for name in ("Grupa A", "Grupa B")
    ]
    persons = [
        Person(
            given_names="Ștefan",
            family_name=f"Învățăcel {_letters(number)}",
            sign_in_name=f"cursant-{edition_id}-{number}",
            created_at=EPOCH,
            password_hash="x",
            name_confirmed_at=EPOCH,
            welcomed_at=EPOCH,
        )
        for number in range(people)
    ]
    session.add_all([*groups, *persons])
    session.flush()
    places = [
        Enrolment(
            person_id=person.id,
            edition_id=edition_id,
            group_id=groups[number % 2].id,
            organisation_name=("Asociația Punți", "Primăria Valea Plopilor")[number % 2],
            organisation_kind=KINDS[number % 2],
            enrolled_at=EPOCH,
            hours_attended=Decimal(0),
        )
        for number, person in enumerate(persons)
    ]
    session.add_all(places)
    session.flush()
    return [place.id for place in places]


def _letters(number: int) -> str:
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{number:05}")
