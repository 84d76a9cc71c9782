"""Saving an answer: what it costs beside the bare writes.

    python -m bench.quiz_save --people 160
    python -m bench.quiz_save --people 160 --postgresql

Everybody answers every question of the first test, one delivery a question, as the page's script
does. In one process: the service inside its transaction and the page's own request (POST
…/answers), each as a multiple of the database's driver doing the same writes on a copy of the same
store, one commit each. Exit 1 where the service costs more than `--most` times the driver.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from flask import Flask

from bench import quiz_attempts as shared
from bench.in_process import Insider
from lms import clock, db
from lms.demo.answers import FormAnswer
from lms.quizzes.services import attempts
from tests.os2 import Learner

DRAWN = {"seen": ["0"], "age": ["0"]}  # what the script says beside the answer


def _saves(app: Flask, made: list[int]) -> Iterator[Callable[[], None]]:
    """Give one call for each question of each attempt."""

    def save(attempt_id: int, item_id: int, answer: FormAnswer) -> None:
        with db.writing():
            attempt = attempts.locked_attempt(attempt_id)
            assert attempt is not None
            given = {item_id: {**answer, **DRAWN}}
            attempts.save_answers(
                attempt, given, key=shared.a_key(), now=clock.now(), writer="bench"
            )

    for attempt_id in made:
        with app.app_context():
            answers = shared.right_answers(attempt_id)
        for item_id, answer in answers.items():
            yield lambda a=attempt_id, i=item_id, w=answer: save(a, i, w)


def _deliveries(
    app: Flask, stack: ExitStack, who: Learner, attempt_id: int
) -> Iterator[Callable[[], None]]:
    """Give one request for each question of a paper, as the page's script makes it."""
    visitor = stack.enter_context(Insider(app, who))
    page, secret = shared.paper(visitor, attempt_id)
    address = page.form(to="/submit").element.get("data-save")
    with app.app_context():
        answers = shared.right_answers(attempt_id)

    def send(item_id: int, answer: FormAnswer) -> None:
        fields = {f"i{item_id}-{name}": values for name, values in {**answer, **DRAWN}.items()}
        response = visitor.request(
            "POST",
            address,
            data={"item": str(item_id), "key": shared.a_key(), "writer": "bench", **fields},
            headers={"Accept": "application/json", "X-CSRF-Token": secret},
        )
        assert response.status_code == 200, response.text[:300]
        assert response.json()["sequences"] == {str(item_id): 1}

    for item_id, answer in answers.items():
        yield lambda i=item_id, w=answer: send(i, w)


def main() -> int:
    """Measure; exit 1 where the service is dearer than allowed."""
    asked = shared.asked("quiz_save", __doc__, most=25.0)
    with shared.prepared(asked.people + asked.pages, postgresql=asked.postgresql) as (app, people):
        made = shared.started(app, people)
        service, driver = shared.by_service(app, list(_saves(app, made[: asked.people])))
        with ExitStack() as stack:
            calls = [
                call
                for who, attempt_id in list(zip(people, made, strict=True))[asked.people :]
                for call in _deliveries(app, stack, who, attempt_id)
            ]
            page, most = shared.by_page(app, calls)
    measured = shared.Measured(service, driver, page, most)
    print(measured.told(asked.people, postgresql=asked.postgresql))
    return 0 if measured.ratio <= asked.most else 1


if __name__ == "__main__":
    sys.exit(main())
