"""Two people at once: nobody keeps old terms, and nobody waits for somebody who waits for them."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.courses.models import Course, Enrolment, Group
from lms.participants.services.people import EntryFacts, correct_entry
from lms.quizzes.corrections.proposal import Proposal
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.jobs import close_overdue
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Dispute,
    DisputeState,
    Quiz,
    QuizOverride,
)
from lms.quizzes.rules.overrides import Granted
from lms.quizzes.services import attempts, correcting, locks, overriding, ruling
from tests.cast import csrf
from tests.factories import make_quiz
from tests.quizzes.attempts.test_settings_page import USUAL as SETTINGS
from tests.quizzes.disputes.acting import trainers
from tests.quizzes.test_paper import FORM as PAPER
from tests.quizzes.test_taking import QUIZ, start

HOUR = timedelta(hours=1)
PATIENCE = 60.0


@pytest.fixture
def quiz_id(app, cast):
    with app.app_context(), db.writing():
        return make_quiz(cast.module_ids[0], time_limit=30)


def is_postgresql(app) -> bool:
    with app.app_context():
        return db.db.engine.dialect.name == "postgresql"


class Other:
    """Somebody else at work in a thread."""

    def __init__(self, app, work) -> None:
        self.app, self.fault = app, None
        self.thread = threading.Thread(target=self._run, args=(work,), daemon=True)

    def _run(self, work) -> None:
        try:
            self.answer = work()
        except Exception as fault:
            self.fault = fault

    def go_until_waiting(self) -> None:
        """Let them go on until the database makes them wait; SQLite lets nobody begin."""
        self.thread.start()
        until = time.monotonic() + PATIENCE
        while is_postgresql(self.app) and self.thread.is_alive() and time.monotonic() < until:
            with self.app.app_context(), db.db.engine.connect() as connection:
                held_up = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if connection.scalar(held_up):
                    return
            time.sleep(0.02)

    def done(self):
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        if self.fault is not None:
            raise self.fault
        return self.answer


@contextmanager
def writing_while(app, work):
    """Write, with somebody else coming by once the block asks for it; both must come through."""
    other = Other(app, work)
    with app.app_context():
        with db.writing():
            yield other.go_until_waiting
        other.done()


def post(client, path, **data):
    answer = client.post(path, data={"csrf_token": csrf(client), **data})
    assert answer.status_code in {302, 303}, answer.status_code
    return answer


def window(quiz_id, cast, closes_at) -> None:
    ruling.set_window(
        locks.quiz(quiz_id),
        cast.edition_id,
        opens_at=None,
        closes_at=closes_at,
        password=None,
        by=cast.persons["trainer"],
        now=clock.now(),
    )


def only_due(app):
    with app.app_context():
        return db.session().scalars(sa.select(Attempt.due_at)).one()


def begin(cast, quiz_id, part="learner") -> Attempt:
    quiz = locks.quiz_as_it_stands(quiz_id)
    return attempts.start_attempt(cast.enrolments[part], quiz, now=clock.now())


# Dates that change while somebody starts -------------------------------------------------------


def test_a_start_that_waits_for_new_dates_begins_under_them(app, cast, quiz_id):
    closes_at = (clock.now() + timedelta(minutes=5)).replace(microsecond=0)
    learner = cast.client("learner")
    with writing_while(app, lambda: start(learner)) as somebody_comes:
        window(quiz_id, cast, closes_at)
        somebody_comes()
    assert only_due(app) == closes_at


def test_dates_that_wait_for_a_start_see_its_attempt(app, cast, quiz_id):
    closes_at = (clock.now() + timedelta(minutes=5)).replace(microsecond=0)

    def change():
        with app.app_context(), db.writing():
            window(quiz_id, cast, closes_at)

    with writing_while(app, change) as somebody_comes:
        begin(cast, quiz_id)
        db.session().flush()
        somebody_comes()
    assert only_due(app) == closes_at


def test_a_start_that_waits_for_a_grant_begins_under_it(app, cast, quiz_id):
    learner = cast.client("learner")
    with writing_while(app, lambda: start(learner)) as somebody_comes:
        quiz = locks.quiz(quiz_id)
        granted = Granted(named=frozenset({"time_limit"}), time_limit=90)
        to = db.session().get_one(Enrolment, cast.enrolments["learner"])
        by = cast.persons["trainer"]
        overriding.grant(quiz, to, granted, reason="da", by=by, now=clock.now())
        somebody_comes()
    with app.app_context():
        attempt = db.session().scalars(sa.select(Attempt)).one()
        assert attempt.due_at - attempt.started_at == timedelta(minutes=90)


# One order of locks ----------------------------------------------------------------------------


def writers(app, cast, quiz_id) -> dict:
    """Everything that is done to a quiz or an attempt of the learner's, as others do it."""
    place = cast.enrolments["learner"]
    learner, trainer = cast.client("learner"), cast.client("trainer")
    csrf(learner), csrf(trainer)
    with app.app_context(), db.writing() as session:
        attempt = begin(cast, quiz_id)
        session.flush()
        item, version_id = session.execute(
            sa.select(AttemptItem.id, AttemptItem.question_version_id).where(
                AttemptItem.attempt_id == attempt.id
            )
        ).first()
        group = session.scalars(sa.select(Group)).first()
        if group is None:
            group = Group(edition_id=cast.edition_id, name="Grupa 1", trainers=[])
            session.add(group)
        session.flush()
        quiz = locks.quiz(quiz_id)
        more = Granted(named=frozenset({"extra_percent"}), extra_percent=10)
        by = cast.persons["trainer"]
        overriding.grant(quiz, group, more, reason="da", by=by, now=clock.now())
        own = session.get_one(Enrolment, place)
        overriding.grant(quiz, own, more, reason="da", by=by, now=clock.now())
        held = dict(
            session.execute(sa.select(QuizOverride.group_id.is_(None), QuizOverride.id)).all()
        )
        dispute = Dispute(
            attempt_id=attempt.id,
            item_id=item,
            text="da",
            state=DisputeState.OPEN,
            raised_at=clock.now(),
        )
        session.add(dispute)
        session.flush()
        attempt_id, group_id, dispute_id = attempt.id, group.id, dispute.id

    def correct():
        with app.app_context():
            proposal = Proposal(version_id, CorrectionKind.QUESTION_CREDIT, None)
            seen = correcting.look(proposal).seen
            by = trainers()[1]
            db.end_reading()
            with db.writing():
                correcting.apply(proposal, reason="da", by=by, seen=seen, now=clock.now())

    def close():
        with app.app_context(), clock.stopped_at(clock.now() + 2 * HOUR):
            close_overdue()

    def move():
        with app.app_context(), db.writing() as session:
            own = session.get(Enrolment, place, with_for_update=True)
            facts = EntryFacts(group_id, own.organisation_name, own.function, own.county)
            correct_entry(own, facts, reason="", by=cast.persons["registrar"])

    terms = {"reason": "da", "extra_percent": "25"}
    at = f"/enrolments/{place}/quizzes/{quiz_id}"
    return {
        "start": lambda: post(learner, f"{QUIZ}/start"),
        "submit": lambda: post(learner, f"/attempts/{attempt_id}/submit", confirmed="1"),
        "close": close,
        "correct": correct,
        "move": move,
        "dispute": lambda: post(
            trainer, f"/disputes/{dispute_id}/answer", do="refuse", reason="nu"
        ),
        "give": lambda: post(trainer, f"{at}/attempts", reason="da"),
        "paper": lambda: post(trainer, f"{at}/paper", **PAPER),
        "own terms": lambda: post(trainer, f"{at}/terms", **terms),
        "group terms": lambda: post(
            trainer, f"/groups/{group_id}/quizzes/{quiz_id}/terms", **terms
        ),
        "take back": lambda: post(trainer, f"/quiz-terms/{held[True]}/take-back"),
        "take back a group's": lambda: post(trainer, f"/quiz-terms/{held[False]}/take-back"),
        "settings": lambda: post(trainer, f"{QUIZ}/settings", **{**SETTINGS, "attempts": "7"}),
        "dates": lambda: post(
            trainer, f"{QUIZ}/editions/{cast.edition_id}/dates", closes_on="2031-03-03"
        ),
    }


WRITERS = (
    *("start", "submit", "close", "correct", "move", "dispute", "give", "paper", "own terms"),
    *("group terms", "take back", "take back a group's", "settings", "dates"),
)


@pytest.mark.parametrize("first", ["course", "quiz", "place"])
@pytest.mark.parametrize("writer", WRITERS)
def test_whoever_goes_on_in_the_order_never_meets_somebody_coming_the_other_way(
    app, cast, quiz_id, writer, first
):
    comes_by = writers(app, cast, quiz_id)[writer]
    steps = {
        "course": lambda: locks.course(db.session().scalars(sa.select(Course.id)).first()),
        "quiz": lambda: locks.quiz(quiz_id),
        "place": lambda: locks.places(list(cast.enrolments.values())),
        "attempt": lambda: db.session().execute(sa.select(Attempt.id).with_for_update()).all(),
    }
    names = list(steps)
    with writing_while(app, comes_by) as somebody_comes:
        steps[first]()
        somebody_comes()
        for name in names[names.index(first) + 1 :]:
            steps[name]()


# Groups ----------------------------------------------------------------------------------------


def test_who_moves_to_another_group_ends_when_that_group_does(app, cast, quiz_id):
    place = cast.enrolments["learner"]
    with app.app_context(), db.writing() as session:
        group = Group(edition_id=cast.edition_id, name="Mai încet", trainers=[])
        session.add(group)
        session.flush()
        granted = Granted(named=frozenset({"time_limit"}), time_limit=90)
        by = cast.persons["trainer"]
        overriding.grant(locks.quiz(quiz_id), group, granted, reason="da", by=by, now=clock.now())
        begin(cast, quiz_id)
        group_id = group.id

    def minutes() -> float:
        with app.app_context():
            attempt = db.session().scalars(sa.select(Attempt)).one()
            return (attempt.due_at - attempt.started_at) / timedelta(minutes=1)

    def move(to) -> None:
        with app.app_context(), db.writing() as session:
            own = session.get(Enrolment, place, with_for_update=True)
            facts = EntryFacts(to, own.organisation_name, own.function, own.county)
            assert correct_entry(own, facts, reason="", by=cast.persons["registrar"])

    assert minutes() == 30
    move(group_id)
    assert minutes() == 90
    move(None)
    assert minutes() == 30


def test_a_withdrawn_test_is_not_begun_by_a_page_drawn_before(app, cast, quiz_id):
    with app.app_context(), db.writing() as session:
        quiz = session.get_one(Quiz, quiz_id)
        quiz.withdrawn_at = clock.now()
        session.flush()
        with pytest.raises(attempts.QuizNotReady):
            begin(cast, quiz_id)
        assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 0
