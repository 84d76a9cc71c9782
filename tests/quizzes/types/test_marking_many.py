"""The queue of answers to mark with 160 people and five texts each: counted, ordered, paged."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bench.in_process import statements
from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment, EnrolmentState
from lms.quizzes.marking_queue import PER_PAGE, Queue
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    QuestionRevision,
    QuizQuestion,
    ResponseVersion,
)
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.rules.merging import Standing
from tests.cast import EPOCH, make_person
from tests.factories import make_quiz
from tests.quizzes.test_taking import post

FIVE = "\n\n".join(f"// [id:e-{n}] [marks:2]\nDescrieți {n}. {{}}" for n in range(1, 6))
QUIZ = "/courses/curs/quizzes/eseuri"
PEOPLE = 160


def fill(cast, quiz_id: int, people: int) -> None:
    """Hand in five texts of each of many people, in few statements."""
    session = db.session()
    asked = session.scalars(
        sa.select(QuizQuestion.question_version_id).order_by(QuizQuestion.position)
    ).all()
    version = session.scalars(sa.select(QuizQuestion.quiz_version_id).limit(1)).one()
    revision = session.scalars(sa.select(sa.func.min(QuestionRevision.id))).one()
    for n in range(people):
        person = make_person(f"Ion {n * 37 % people:03} {people}", "Popescu")
        session.flush()
        place = Enrolment(
            person_id=person.id,
            edition_id=cast.edition_id,
            state=EnrolmentState.ACTIVE,
            enrolled_at=EPOCH,
            hours_attended=Decimal(0),
        )
        session.add(place)
        session.flush()
        attempt = Attempt(
            enrolment_id=place.id,
            quiz_id=quiz_id,
            quiz_version_id=version,
            number=1,
            seed=n,
            state=AttemptState.SUBMITTED,
            started_at=EPOCH,
            submitted_at=EPOCH + timedelta(hours=1),
            earned=Decimal(0),
            possible=Decimal(10),
            percent=Decimal(0),
            passed=False,
            waiting=5,
        )
        session.add(attempt)
        session.flush()
        items = [
            AttemptItem(attempt_id=attempt.id, position=at, question_version_id=i, option_order=[])
            for at, i in enumerate(asked, 1)
        ]
        session.add_all(items)
        session.flush()
        session.execute(
            sa.insert(ResponseVersion),
            [
                {
                    "item_id": item.id,
                    "sequence": 1,
                    "idempotency_key": "k",
                    "payload": {"text": f"Text {n}"},
                    "revision_id": revision,
                    "received_at": EPOCH,
                    "given_at": EPOCH,
                    "seen": None,
                    "writer": "",
                    "standing": Standing.COUNTS,
                }
                for item in items
            ],
        )


@pytest.fixture
def handed_in(app, cast):
    with app.app_context(), db.writing():
        quiz_id = make_quiz(cast.module_ids[0], text=FIVE, slug="eseuri", shuffle_questions=False)
        fill(cast, quiz_id, 2)
    return quiz_id


def reads(app, client, address) -> int:
    client.get(address)  # words are read once
    with statements(app) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def walked(queue: Queue) -> list[int]:
    """Go through the queue one by one, as „next” does."""
    with_first = queue.piles(1, "ro")[0].first_id
    found, here = [], with_first
    while here is not None:
        found.append(here)
        around = queue.around(here)
        assert around.place == len(found)
        here = around.after
    return found


@pytest.mark.parametrize("by", ["", "by=learner", "names=hidden", "by=learner&names=hidden"])
def test_a_page_costs_as_much_with_800_answers_as_with_ten(app, cast, handed_in, by):
    trainer = cast.client("trainer")
    with app.app_context():
        item = db.session().scalars(sa.select(sa.func.min(AttemptItem.id))).one()
    pages = (f"{QUIZ}/marking?{by}", f"{QUIZ}/marking/{item}?{by}")
    before = [reads(app, trainer, page) for page in pages]
    with app.app_context(), db.writing():
        fill(cast, handed_in, PEOPLE - 2)
    assert [reads(app, trainer, page) for page in pages] == before
    listed = trainer.get(pages[0]).text
    assert "800 de răspunsuri" in listed
    rows = re.findall(r'class="marking-title"', listed)
    assert len(rows) == (PER_PAGE if "learner" in by else 5)
    assert len(listed) < 60_000
    with statements(app) as seen:
        answer = post(trainer, f"{QUIZ}/marking/{item}?{by}", {"points": "1"})
    assert answer.status_code == 303
    assert len(seen) < 60


def test_every_pile_stands_on_one_page_and_every_answer_in_one_place(app, cast, handed_in):
    with app.app_context(), db.writing():
        fill(cast, handed_in, 60)
    with app.app_context():
        for by_learner in (False, True):
            for is_blind in (False, True):
                queue = Queue(handed_in, [cast.edition_id], by_learner, is_blind)
                totals = queue.totals()
                assert (totals.answers, totals.waiting) == (310, 310)
                assert totals.piles == (62 if by_learner else 5)
                piles = [p for n in (1, 2) for p in queue.piles(n, "ro")]
                assert len({p.first_id for p in piles}) == len(piles) == totals.piles
                assert sum(p.total for p in piles) == 310
                order = walked(queue)
                assert len(set(order)) == len(order) == 310
                assert [i for i in order if i in {p.first_id for p in piles}] == [
                    p.first_id for p in piles
                ]


def test_names_give_the_order_and_hidden_names_give_none(app, cast, handed_in):
    with app.app_context(), db.writing():
        fill(cast, handed_in, 10)
        attempts = db.session().scalars(sa.select(Attempt.id).order_by(Attempt.id)).all()
    with app.app_context():
        titles = [p.title for p in Queue(handed_in, [cast.edition_id], True).piles(1, "ro")]
        assert titles == sorted(titles)
        blind = Queue(handed_in, [cast.edition_id], True, True)
        titles = [p.title for p in blind.piles(1, "ro")]
        assert titles == [str(n) for n in range(1, len(attempts) + 1)]
        owner = sa.select(AttemptItem.attempt_id, AttemptItem.id)
        of = {item: attempt for attempt, item in db.session().execute(owner)}
        order = [of[p.first_id] for p in blind.piles(1, "ro")]
        assert order != sorted(order)


def test_the_next_that_waits_comes_after_and_then_from_the_start(app, cast, handed_in):
    trainer = cast.client("trainer")
    with app.app_context():
        order = walked(Queue(handed_in, [cast.edition_id]))
    last = post(trainer, f"{QUIZ}/marking/{order[-1]}", {"points": "1"})
    assert last.location.endswith(f"/marking/{order[0]}")
    second = post(trainer, f"{QUIZ}/marking/{order[1]}", {"points": "1"})
    assert second.location.endswith(f"/marking/{order[2]}")
    with app.app_context():
        queue = Queue(handed_in, [cast.edition_id])
        assert queue.around(order[1]).next_waiting == order[2]
        assert queue.around(order[-2]).next_waiting == order[0]
        assert queue.totals().waiting == len(order) - 2
        assert queue.around(10**9).place is None


def test_the_erased_are_not_in_the_queue(app, cast, handed_in):
    with app.app_context(), db.writing():
        someone = db.session().scalars(
            sa.select(Person).where(Person.family_name == "Popescu").limit(1)
        )
        someone.one().erased_at = EPOCH
    with app.app_context():
        assert Queue(handed_in, [cast.edition_id]).totals().answers == 5
