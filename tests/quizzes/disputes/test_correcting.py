"""Correcting a question that was answered: seen before, applied whole, once, with its history."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Completion, Enrolment, Lesson, SubjectKind
from lms.courses.services.progress import mark_read
from lms.mail.models import MailMessage
from lms.quizzes import queries
from lms.quizzes.corrections.proposal import Proposal, Why
from lms.quizzes.corrections.standing import CorrectionKind as K
from lms.quizzes.corrections.telling import tell_corrected
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Correction,
    GradeChange,
    Question,
    QuestionVersion,
)
from lms.quizzes.services import attempts, correcting
from tests.cast import EPOCH, csrf, make_person
from tests.factories import make_quiz
from tests.quizzes.disputes.acting import attempt_of, item_of, new_version, take, trainers

TWO = """\
// [id:doua-1]
Unu? {=da ~nu ~poate}

// [id:doua-2]
Doi? {=da ~nu}
"""
SLUG = "doua"


class World:
    """A quiz of two questions, and what the tests ask of it."""

    def __init__(self, cast) -> None:
        self.cast = cast
        self.quiz_id = make_quiz(cast.module_ids[0], text=TWO, slug=SLUG, attempts=None)
        rows = db.session().execute(
            sa.select(Question.content_id, QuestionVersion.id).join(
                QuestionVersion, QuestionVersion.question_id == Question.id
            )
        )
        self.versions = {int(name.rsplit("-", 1)[1]): i for name, i in rows}
        words = queries.newest_words(list(self.versions.values()))
        self.options = {
            n: {o.text: o.id for o in words[i].ro.options} for n, i in self.versions.items()
        }

    def proposal(self, kind, *, question=1, option=None, **more):
        option_id = self.options[question][option] if option else None
        return Proposal(self.versions[question], kind, option_id, **more)

    def take(self, first, second, part="learner", **more):
        given = {
            number: {"choice": [self.options[number][text]]}
            for number, text in ((1, first), (2, second))
            if text
        }
        return take(self.cast.enrolments[part], self.quiz_id, given, **more)


@pytest.fixture
def world(app, cast):
    with app.app_context(), db.writing():
        db.session().get_one(Person, cast.persons["learner"]).email = "elev@exemplu.example"
        return World(cast)


def apply(proposal, *, reason="Răspunsul al doilea e și el bun.", trainer=0, seen=None, **more):
    db.end_reading()
    if seen is None:
        seen = correcting.look(proposal).seen
        db.end_reading()
    with db.writing():
        now, by = more.get("now", clock.now()), trainers()[trainer]
        return correcting.apply(proposal, reason=reason, by=by, seen=seen, now=now).id


def count(model) -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_looking_says_who_would_move_and_stores_nothing(app, world):
    with app.app_context():
        with db.writing():
            wrong = world.take("nu", "da")
        found = correcting.look(world.proposal(K.OPTION_CREDIT, option="nu"))
        assert found.asked == 1
        (movement,) = found.crossing
        assert movement.concerned.attempt_id == wrong
        assert (movement.before.percent, movement.after.percent) == (50, 100)
        assert movement.rises
        assert attempt_of(wrong).percent == 50
        assert count(Correction) == count(GradeChange) == 0


def test_a_correction_moves_closed_attempts_keeps_what_was_and_tells_once(app, world):
    with app.app_context():
        with db.writing():
            wrong, right = world.take("nu", "da"), world.take("da", "da")
        submitted = attempt_of(wrong).submitted_at
        apply(world.proposal(K.OPTION_CREDIT, option="nu"))
        attempt = attempt_of(wrong)
        assert (attempt.percent, attempt.passed) == (100, True)
        assert attempt.submitted_at == submitted
        assert attempt_of(right).percent == 100
        (change,) = db.session().scalars(sa.select(GradeChange))
        assert (change.attempt_id, change.percent_before, change.percent) == (wrong, 50, 100)
        assert change.items == {str(item_of(wrong, 1)): ["0E-7", "1.0000000"]}
        db.end_reading()
        for _ in range(2):
            tell_corrected()
        (mail,) = db.session().scalars(sa.select(MailMessage))
        assert "Răspunsul al doilea e și el bun." in mail.text


def test_an_open_attempt_is_graded_by_the_correction_at_its_end(app, world):
    with app.app_context():
        with db.writing():
            still_open = world.take("nu", "da", submit=False)
        apply(world.proposal(K.OPTION_CREDIT, option="nu"))
        assert attempt_of(still_open).percent is None
        db.end_reading()
        with db.writing():
            attempts.submit_attempt(attempts.locked_attempt(still_open), now=clock.now())
        assert attempt_of(still_open).percent == 100


def test_the_second_click_changes_nothing_and_another_trainer_is_asked_to_look_again(app, world):
    with app.app_context():
        with db.writing():
            world.take("nu", "da")
        proposal = world.proposal(K.OPTION_CREDIT, option="nu")
        seen = correcting.look(proposal).seen
        first = apply(proposal, seen=seen)
        assert apply(proposal, seen=seen) == first
        assert count(Correction) == count(GradeChange) == 1
        db.end_reading()
        with pytest.raises(correcting.CannotCorrect) as refused:
            apply(proposal, seen=seen, trainer=1)
        assert refused.value.reason is Why.ALREADY
        with pytest.raises(correcting.LookAgain):
            apply(world.proposal(K.QUESTION_CREDIT), seen=seen, trainer=1)


def test_whoever_submits_meanwhile_and_would_cross_is_shown_first(app, world):
    with app.app_context():
        proposal = world.proposal(K.OPTION_CREDIT, option="nu")
        seen = correcting.look(proposal).seen
        db.end_reading()
        with db.writing():
            world.take("nu", "da")
        with pytest.raises(correcting.LookAgain):
            apply(proposal, seen=seen)


def test_a_fault_in_the_middle_leaves_nothing_half_done(app, world, monkeypatch):
    with app.app_context():
        with db.writing():
            wrong = world.take("nu", "da")

        def fall(*_args, **_more):
            raise RuntimeError("the machine fell over")

        monkeypatch.setattr(correcting, "review_all", fall)
        with pytest.raises(RuntimeError):
            apply(world.proposal(K.OPTION_CREDIT, option="nu"))
        assert attempt_of(wrong).percent == 50
        assert count(Correction) == count(GradeChange) == 0


def test_a_dropped_question_leaves_the_total_and_is_not_asked_again(app, world):
    with app.app_context():
        with db.writing():
            half = world.take("nu", "da")
        apply(world.proposal(K.QUESTION_LEFT_OUT))
        attempt = attempt_of(half)
        assert (attempt.earned, attempt.possible, attempt.percent) == (1, 1, 100)
        left_out = sa.select(AttemptItem.left_out).where(AttemptItem.id == item_of(half, 1))
        assert db.session().scalar(left_out) is True
        db.end_reading()
        with db.writing():
            again = world.take("", "nu")
            assert len(queries.paper_of(again)) == 1


def test_no_attempt_is_left_without_any_question(app, world):
    with app.app_context():
        with db.writing():
            world.take("nu", "da")
        apply(world.proposal(K.QUESTION_LEFT_OUT))
        with pytest.raises(correcting.CannotCorrect) as refused:
            apply(world.proposal(K.QUESTION_LEFT_OUT, question=2))
        assert refused.value.reason is Why.NOTHING_LEFT


def test_a_withdrawn_correction_gives_the_earlier_grade_back_and_both_stay_on_record(app, world):
    with app.app_context():
        with db.writing():
            half = world.take("nu", "da")
        made = apply(world.proposal(K.QUESTION_CREDIT))
        assert attempt_of(half).percent == 100
        apply(world.proposal(K.WITHDRAWN, withdraws_id=made), reason="Era bună întrebarea.")
        assert attempt_of(half).percent == 50
        assert count(Correction) == count(GradeChange) == 2
        with pytest.raises(correcting.CannotCorrect) as refused:
            apply(world.proposal(K.WITHDRAWN, withdraws_id=made), reason="încă o dată")
        assert refused.value.reason is Why.NOT_IN_FORCE


def test_old_answers_are_marked_by_the_key_of_a_newer_version(app, world):
    with app.app_context():
        with db.writing():
            yes, no = world.take("da", "da"), world.take("nu", "da")
            key = new_version(world.versions[1], "nu")
        proposal = world.proposal(K.KEY, key_version_id=key)
        found = correcting.look(proposal)
        assert {m.concerned.attempt_id: m.rises for m in found.crossing} == {yes: False, no: True}
        apply(proposal)
        assert (attempt_of(yes).percent, attempt_of(yes).passed) == (50, False)
        assert (attempt_of(no).percent, attempt_of(no).passed) == (100, True)


def read_lessons(cast) -> None:
    place = db.session().get_one(Enrolment, cast.enrolments["learner"])
    for lesson_id in cast.lesson_ids:
        mark_read(place, db.session().get_one(Lesson, lesson_id), now=EPOCH)


def test_what_is_newly_earned_is_earned_now_and_nothing_is_taken_back(app, world):
    later = clock.now() + timedelta(days=9)
    with app.app_context():
        with db.writing():
            read_lessons(world.cast)
            world.take("nu", "da")
        made = apply(world.proposal(K.OPTION_CREDIT, option="nu"), now=later)
        module = sa.select(Completion).where(
            Completion.kind == SubjectKind.MODULE,
            Completion.subject_id == world.cast.module_ids[0],
        )
        (earned,) = db.session().scalars(module)
        assert earned.earned_at == later
        apply(world.proposal(K.WITHDRAWN, withdraws_id=made), reason="Totuși nu.")
        (still,) = db.session().scalars(module)
        assert still.earned_at == later


def test_the_marks_of_an_erased_person_stay_as_they_are(app, world):
    with app.app_context():
        with db.writing():
            mine = world.take("nu", "da")
            db.session().get_one(Person, world.cast.persons["learner"]).erased_at = clock.now()
        assert correcting.look(world.proposal(K.OPTION_CREDIT, option="nu")).asked == 0
        apply(world.proposal(K.OPTION_CREDIT, option="nu"))
        assert attempt_of(mine).percent == 50


def copied(world: World, attempt_id: int, number: int) -> None:
    """Give many people an attempt like one of the learner's, in few statements."""
    session = db.session()
    place = session.get_one(Enrolment, world.cast.enrolments["learner"])
    people = [make_person("Om", f"Numărul{n}") for n in range(number)]
    session.flush()
    places = [
        Enrolment(
            person_id=person.id,
            edition_id=place.edition_id,
            enrolled_at=EPOCH,
            hours_attended=Decimal(0),
        )
        for person in people
    ]
    session.add_all(places)
    session.flush()
    for table, column, values in (
        ("attempts", "enrolment_id", [p.id for p in places]),
        ("attempt_items", "attempt_id", None),
        ("response_versions", "item_id", None),
    ):
        _copy(table, column, values, attempt_id)


def _copy(table: str, column: str, values: list[int] | None, attempt_id: int) -> None:
    session = db.session()
    if table == "attempts":
        own = session.get_one(Attempt, attempt_id)
        row = {c.key: getattr(own, c.key) for c in sa.inspect(Attempt).columns if c.key != "id"}
        session.execute(sa.insert(Attempt), [{**row, column: value} for value in values or ()])
        return
    if table == "attempt_items":
        session.execute(
            sa.text(
                "INSERT INTO attempt_items (attempt_id, position, question_version_id,"
                " option_order, fraction, left_out, is_flagged) SELECT a.id, i.position,"
                " i.question_version_id, i.option_order, i.fraction, i.left_out, i.is_flagged"
                " FROM attempts a, attempt_items i WHERE i.attempt_id = :own AND a.id <> :own"
            ),
            {"own": attempt_id},
        )
        return
    session.execute(
        sa.text(
            "INSERT INTO response_versions (item_id, sequence, idempotency_key, payload,"
            " revision_id, received_at, given_at, seen, writer, standing)"
            " SELECT n.id, r.sequence, r.idempotency_key, r.payload, r.revision_id,"
            " r.received_at, r.given_at, r.seen, r.writer, r.standing"
            " FROM response_versions r JOIN attempt_items o ON o.id = r.item_id"
            " JOIN attempt_items n ON n.position = o.position AND n.attempt_id <> o.attempt_id"
            " WHERE o.attempt_id = :own"
        ),
        {"own": attempt_id},
    )


def statements(number: int, app, world) -> tuple[int, int]:
    """Count what looking and applying send for so many attempts (and the one that they copy)."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        sent.append(statement)

    with db.writing():
        first = world.take("nu", "da")
        copied(world, first, number - 1)
    proposal = world.proposal(K.OPTION_CREDIT, option="nu")
    event.listen(db.db.engine, "before_cursor_execute", note)
    try:
        found = correcting.look(proposal)
        looked = len(sent)
        apply(proposal, seen=found.seen)
    finally:
        event.remove(db.db.engine, "before_cursor_execute", note)
    assert len(found.crossing) == number
    assert count(GradeChange) == number
    return looked, len(sent) - looked


def test_a_correction_of_1200_attempts_takes_few_statements(app, world):
    with app.app_context():
        looked, applied = statements(1200, app, world)
    assert looked <= 15
    assert applied <= 40, applied


def test_two_trainers_at_the_same_moment_make_one_correction(app, world):
    with app.app_context(), db.writing():
        half = world.take("nu", "da")
    with app.app_context():
        seen = correcting.look(world.proposal(K.OPTION_CREDIT, option="nu")).seen
    path = f"/courses/curs/quizzes/{SLUG}/corrections/{world.versions[1]}"
    data = {
        "kind": "option_credit",
        "option": world.options[1]["nu"],
        "seen": seen,
        "reason": "Și al doilea e bun.",
    }
    clients = [world.cast.client(part) for part in ("trainer", "owner", "trainer", "owner")]
    tokens = [csrf(client) for client in clients]
    barrier = threading.Barrier(len(clients))
    codes = []

    def go(client, token) -> None:
        barrier.wait()
        codes.append(client.post(path, data={**data, "csrf_token": token}).status_code)

    threads = [threading.Thread(target=go, args=pair) for pair in zip(clients, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) <= {200, 302}
    with app.app_context():
        assert count(Correction) == count(GradeChange) == 1
        assert attempt_of(half).percent == 100
