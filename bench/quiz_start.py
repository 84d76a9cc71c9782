"""Many people start a test at once: what creating an attempt costs beside the bare writes.

    python -m bench.quiz_start --people 160
    python -m bench.quiz_start --people 1600 --postgresql

In one process: the page's own request (POST …/start) and the service inside its transaction, each
as a multiple of the database's driver doing the same writes (an attempt, its items, the
enrolment's two dates, one commit each) on a copy of the same store. Exit 1 where the service costs
more than `--most` times the driver. `bench.quiz_rush` starts them at one moment, on the served
site.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack

from flask import Flask

from bench import quiz_attempts as shared
from bench.in_process import Insider
from tests.os2 import Learner


def _request(app: Flask, stack: ExitStack, who: Learner) -> Callable[[], None]:
    """Return the request by which somebody starts the first test from its page."""
    visitor = stack.enter_context(Insider(app, who))
    course = visitor.open("/learn")
    quiz = visitor.open(course.link(to="/quizzes/"))
    form = quiz.form(to="/start")
    data = form.filled({})

    def send() -> None:
        response = visitor.request("POST", form.action, data=data)
        assert "/attempts/" in response.headers["Location"], response.headers

    return send


def main() -> int:
    """Measure; exit 1 where the service is dearer than allowed."""
    asked = shared.asked("quiz_start", __doc__, most=20.0)
    with shared.prepared(asked.people + asked.pages, postgresql=asked.postgresql) as (app, people):
        calls = [lambda who=who: shared.start(who) for who in people[: asked.people]]  # type: ignore[misc]
        service, driver = shared.by_service(app, calls)
        with ExitStack() as stack:
            requests = [_request(app, stack, who) for who in people[asked.people :]]
            page, most = shared.by_page(app, requests)
    measured = shared.Measured(service, driver, page, most)
    print(measured.told(asked.people, postgresql=asked.postgresql))
    return 0 if measured.ratio <= asked.most else 1


if __name__ == "__main__":
    sys.exit(main())
