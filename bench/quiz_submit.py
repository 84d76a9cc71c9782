"""Submitting an attempt: what grading and keeping it cost beside the bare writes.

    python -m bench.quiz_submit --people 160
    python -m bench.quiz_submit --people 160 --postgresql

Everybody has answered every question of the first test. In one process: the service inside its
transaction (marks, grade, audit, what follows of it) and the page's own request (POST …/submit with
the whole form), each as a multiple of the database's driver doing the same writes on a copy of the
same store, one commit each. Exit 1 where the service costs more than `--most` times the driver.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack

import sqlalchemy as sa
from flask import Flask

from bench import quiz_attempts as shared
from bench.in_process import Insider
from lms import clock, db
from lms.quizzes.models import Attempt
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.services import attempts
from tests.os2 import Learner


def _answered(app: Flask, made: list[int]) -> None:
    """Save right answers to everything, one delivery a paper."""
    with app.app_context():
        for attempt_id in made:
            answers = shared.right_answers(attempt_id)
            with db.writing():
                attempt = attempts.locked_attempt(attempt_id)
                assert attempt is not None
                attempts.save_answers(attempt, answers, key=shared.a_key(), now=clock.now())
        db.db.session.remove()


def _submits(made: list[int]) -> list[Callable[[], None]]:
    def submit(attempt_id: int) -> None:
        with db.writing():
            attempt = attempts.locked_attempt(attempt_id)
            assert attempt is not None
            attempts.submit_attempt(attempt, now=clock.now())

    return [lambda one=one: submit(one) for one in made]  # type: ignore[misc]


def _request(app: Flask, stack: ExitStack, who: Learner, attempt_id: int) -> Callable[[], None]:
    """Return the request by which the page submits its whole form."""
    visitor = stack.enter_context(Insider(app, who))
    page, _secret = shared.paper(visitor, attempt_id)
    form = page.form(to="/submit")
    data = form.filled({})

    def send() -> None:
        response = visitor.request("POST", form.action, data=data)
        assert response.headers["Location"].endswith("/result"), response.headers

    return send


def main() -> int:
    """Measure; exit 1 where the service is dearer than allowed, or a mark is not right."""
    asked = shared.asked("quiz_submit", __doc__, most=45.0)
    with shared.prepared(asked.people + asked.pages, postgresql=asked.postgresql) as (app, people):
        made = shared.started(app, people)
        _answered(app, made)
        service, driver = shared.by_service(app, _submits(made[: asked.people]))
        with ExitStack() as stack:
            rest = list(zip(people, made, strict=True))[asked.people :]
            calls = [_request(app, stack, who, attempt_id) for who, attempt_id in rest]
            page, most = shared.by_page(app, calls)
        with app.app_context():
            right = sa.select(sa.func.count()).where(
                Attempt.state == AttemptState.SUBMITTED, Attempt.percent == 100
            )
            assert db.session().scalar(right) == len(made), "everybody had everything right"
            db.db.session.remove()
    measured = shared.Measured(service, driver, page, most)
    print(measured.told(asked.people, postgresql=asked.postgresql))
    return 0 if measured.ratio <= asked.most else 1


if __name__ == "__main__":
    sys.exit(main())
