"""Told work is done after the commit; what was not told, or was lost, is found by the sweep."""

import threading

import pytest

from lms import db
from lms.config import Mode
from lms.jobs import queue
from lms.jobs.queue import Sweep
from lms.jobs.worker import Sweeper, Worker
from tests.ops.conftest import wait_until


@pytest.fixture
def shop(make_app, fresh_database, monkeypatch):
    """An application with its queue on each store, one kind of work, and no sweeps."""
    app = make_app(mode=Mode.DEMO, migrated=False, queue_url=fresh_database())
    done: list[dict[str, object]] = []
    monkeypatch.setitem(queue.TASKS, "test.work", lambda **values: done.append(values))
    monkeypatch.setattr(queue, "SWEEPS", [])
    app.done = done
    return app


@pytest.fixture
def working():
    """Start workers that are stopped at the end of the test."""
    started: list[Worker] = []

    def start(app) -> Worker:
        worker = Worker(app)
        worker.start()
        worker.tend()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop()
        assert worker.join(10)


def test_told_work_is_done_once_it_is_committed(shop, working):
    working(shop)
    with shop.app_context(), db.writing():
        queue.tell("test.work", number=1)
        assert shop.done == []
    wait_until(lambda: shop.done == [{"number": 1}], 10)


def test_work_told_by_a_write_that_failed_is_never_done(shop, working):
    working(shop)
    with shop.app_context():
        with pytest.raises(ZeroDivisionError), db.writing():
            queue.tell("test.work", number=1)
            raise ZeroDivisionError
        with db.writing():
            queue.tell("test.work", number=2)
    wait_until(lambda: shop.done == [{"number": 2}], 10)


def test_work_told_while_no_worker_runs_is_done_by_the_next(shop, working):
    queue.prepare(shop)
    with shop.app_context(), db.writing():
        for number in range(20):
            queue.tell("test.work", number=number)
    working(shop)
    wait_until(lambda: len(shop.done) == 20, 15)
    assert sorted(values["number"] for values in shop.done) == list(range(20))


def test_two_workers_share_the_work_and_none_is_done_twice(shop, working):
    working(shop)
    working(shop)
    with shop.app_context(), db.writing():
        for number in range(60):
            queue.tell("test.work", number=number)
    wait_until(lambda: len(shop.done) >= 60, 20)
    assert sorted(values["number"] for values in shop.done) == list(range(60))


def test_work_that_fails_leaves_the_worker_working(shop, working, monkeypatch):
    def fail() -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(queue.TASKS, "test.fails", fail)
    working(shop)
    with shop.app_context(), db.writing():
        queue.tell("test.fails")
        queue.tell("test.unknown")
        queue.tell("test.work", after=True)
    wait_until(lambda: shop.done == [{"after": True}], 10)


def test_a_message_that_another_signed_is_not_opened(shop, working):
    huey = shop.extensions["lms_huey"]
    queue.prepare(shop)
    huey.storage.enqueue(b"cos\nsystem\n(S'true'\ntR.:0000")
    working(shop)
    with shop.app_context(), db.writing():
        queue.tell("test.work")
    wait_until(lambda: shop.done == [{}], 10)


def test_sweeps_find_the_work_while_the_queue_is_away(make_app, working, monkeypatch):
    away = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
    app = make_app(mode=Mode.DEMO, migrated=False, queue_url=away)
    swept = threading.Event()
    monkeypatch.setitem(queue.TASKS, "test.sweep", swept.set)
    monkeypatch.setattr(queue, "SWEEPS", [Sweep("test.sweep", 1)])
    with app.app_context(), db.writing():
        queue.tell("test.sweep")  # does not raise: the rows stand
    working(app)
    assert swept.wait(15)


def test_each_sweep_runs_when_it_is_due_and_not_before(shop, monkeypatch):
    ran: list[str] = []
    for name in ("often", "seldom"):
        monkeypatch.setitem(queue.TASKS, name, lambda name=name: ran.append(name))
    now = 100.0
    sweeps = [Sweep("often", 10), Sweep("seldom", 60)]
    sweeper = Sweeper(shop, sweeps, monotonic=lambda: now)
    assert sweeper.sweep_due() == ["often", "seldom"]
    assert sweeper.sweep_due() == []
    now += 10
    assert sweeper.sweep_due() == ["often"]
    now += 50
    assert sweeper.sweep_due() == ["often", "seldom"]


def test_a_stopped_sweeper_begins_nothing_more(shop, monkeypatch):
    monkeypatch.setitem(queue.TASKS, "test.sweep", lambda: None)
    sweeper = Sweeper(shop, [Sweep("test.sweep", 1)])
    assert sweeper.sweep_due(lambda: True) == []


def test_the_record_of_acts_is_chained_by_the_sweep(app, cast):
    from lms.audit import services as audit
    from lms.audit.jobs import PORTION

    with app.app_context():
        with db.writing():
            for number in range(PORTION + 3):
                audit.record("test.act", by=None, number=number)
        queue.run(app, "audit.chain", {})
        assert audit.find_break() is None
        from lms.audit.models import AuditEntry

        assert db.session().query(AuditEntry).filter_by(sequence=None).count() == 0
    assert any(sweep.name == "audit.chain" and sweep.every_seconds == 60 for sweep in queue.SWEEPS)


def test_every_sweep_is_registered_work(app):
    assert {sweep.name for sweep in queue.SWEEPS} <= queue.TASKS.keys()
