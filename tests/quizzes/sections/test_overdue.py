"""A mail about an attempt that ends, or has ended, while its learner doesn't look; once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Enrolment, EnrolmentState
from lms.mail.models import MailMessage, MailState
from lms.messages.models import ReminderStop
from lms.messages.overdue_rules import Warned, warning_of
from lms.messages.services import overdue
from lms.quizzes.models import Attempt
from lms.quizzes.rules.settings import Overdue, QuizSettings
from tests.factories import make_quiz
from tests.quizzes.test_taking import fields, paper, post, start

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)  # Monday noon in Bucharest
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

# now from the end; last seen from now; what is warned of, by how the quiz ends
CASES = {
    "far from the end": (-30 * HOUR, 9 * HOUR, None, None),
    "near the end, left alone": (-20 * HOUR, 9 * HOUR, Warned.ENDS, None),
    "near the end, answering": (-20 * HOUR, HOUR, None, None),
    "the last minute": (-MINUTE, 3 * HOUR, Warned.ENDS, None),
    "in the grace": (MINUTE / 2, 3 * HOUR, None, None),
    "just over": (2 * MINUTE, 3 * HOUR, None, Warned.WAITS),
    "just over, was answering": (2 * MINUTE, 2 * MINUTE, None, Warned.WAITS),
    "the last hour to submit": (23 * HOUR, 30 * HOUR, None, Warned.WAITS),
    "too late": (25 * HOUR, 30 * HOUR, None, None),
}


@pytest.mark.parametrize(("after", "unseen", "by_clock", "waits"), CASES.values(), ids=CASES.keys())
def test_who_is_warned_of_what(after, unseen, by_clock, waits):
    def told(how: Overdue) -> Warned | None:
        settings = QuizSettings(overdue=how, late_submission=24 * 60)
        return warning_of(settings, now=NOW, due=NOW - after, last_seen=NOW - unseen)

    assert told(Overdue.SUBMIT) is by_clock
    assert told(Overdue.ABANDON) is by_clock
    assert told(Overdue.WAIT) is waits


def test_an_attempt_without_an_end_warns_of_none():
    assert warning_of(QuizSettings(), now=NOW, due=None, last_seen=NOW - 99 * HOUR) is None


# In a real store ------------------------------------------------------------------------------


@pytest.fixture
def begun(app, cast):
    """An attempt of a learner that waits: its time was over an hour ago."""
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], overdue="wait", time_limit=60)
        learner = db.session().get_one(Person, cast.persons["learner"])
        learner.email = "cursant@exemplu.ro"
    with clock.stopped_at(NOW - 2 * HOUR):
        return start(cast.client("learner"))


def run(app, at=NOW) -> int:
    with app.app_context(), clock.stopped_at(at):
        return overdue.run(now=at)


def mails(app) -> list[MailMessage]:
    with app.app_context():
        found = list(
            db.session().scalars(
                sa.select(MailMessage).where(MailMessage.event.startswith(f"{overdue.EVENT}:"))
            )
        )
        db.session().expunge_all()
        db.end_reading()
    return found


def change(app, model, **values) -> None:
    with app.app_context(), db.writing() as session:
        session.execute(sa.update(model).values(**values))


def test_a_learner_whose_attempt_waits_is_written_to_once(app, cast, begun):
    assert run(app) == 1
    assert run(app) == 0
    assert run(app, NOW + HOUR) == 0
    [mail] = mails(app)
    assert f"/attempts/{begun}" in mail.text
    assert "Testul de probă" in mail.subject
    assert mail.stop_url is not None
    assert mail.send_before is not None


def test_it_is_in_the_readers_language(app, cast, begun):
    change(app, Person, locale="en")
    run(app)
    assert "Sample test" in mails(app)[0].subject


QUIET = {
    "at night": NOW + 12 * HOUR,
    "on Saturday": NOW - 48 * HOUR,
}


@pytest.mark.parametrize("at", QUIET.values(), ids=QUIET.keys())
def test_quiet_hours_hold(app, cast, begun, at):
    change(app, Attempt, started_at=at - 9 * HOUR, due_at=at - HOUR)
    assert run(app, at) == 0


def test_who_submitted_is_not_written_to(app, cast, begun):
    client = cast.client("learner")
    with clock.stopped_at(NOW):
        post(client, f"/attempts/{begun}/submit", fields(paper(app, begun)))
    assert run(app) == 0


def test_what_waits_is_taken_back_once_it_is_submitted(app, cast, begun):
    run(app)
    with app.app_context(), db.writing():
        overdue.withdraw_needless(NOW)
    assert mails(app)[0].state is MailState.WAITING
    with clock.stopped_at(NOW):
        post(cast.client("learner"), f"/attempts/{begun}/submit", {"confirmed": "1"})
    with app.app_context(), db.writing():
        overdue.withdraw_needless(NOW)
    assert mails(app)[0].state is MailState.WITHDRAWN


def test_who_wants_no_reminders_or_has_left_gets_none(app, cast, begun):
    change(app, Enrolment, state=EnrolmentState.WITHDRAWN)
    assert run(app) == 0
    change(app, Enrolment, state=EnrolmentState.ACTIVE)
    with app.app_context(), db.writing() as session:
        person = session.scalars(
            sa.select(Enrolment.person_id).join(Attempt, Attempt.enrolment_id == Enrolment.id)
        ).one()
        session.add(ReminderStop(person_id=person, stopped_at=NOW))
    assert run(app) == 0


def test_who_left_an_attempt_alone_is_told_before_it_ends_by_itself(app, cast, begun):
    change(app, Attempt, started_at=NOW - 30 * HOUR, due_at=NOW + 5 * HOUR)
    with app.app_context(), db.writing() as session:
        session.execute(sa.text("UPDATE quiz_versions SET settings = :s"), {"s": "{}"})
    assert run(app) == 1
    assert "se trimite" in mails(app)[0].text
