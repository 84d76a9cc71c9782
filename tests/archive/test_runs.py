"""Archives made by the worker: asked for, taken up again, fetched, removed."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bench.in_process import statements
from lms import clock, db
from lms.accounts.traces import TRACES
from lms.archive import runs, services
from lms.archive.models import ArchiveRun, ArchiveState
from lms.audit.models import AuditEntry
from lms.jobs import queue
from tests.access.world import World, make_world
from tests.cast import csrf

PAGE = "/editions/e1/archive"


@pytest.fixture
def world(store) -> World:
    store.empty()
    made = make_world(store.app)
    with made.app.app_context():
        with db.writing() as session:
            session.execute(sa.delete(ArchiveRun))
        for path in runs.folder().iterdir():
            path.unlink()
    return made


def ask(world: World, part: str = "registrar") -> None:
    client = world.client(part)
    assert client.post(PAGE, data={"csrf_token": csrf(client)}).status_code == 302


def work(world: World, name: str = runs.MAKE) -> None:
    queue.run(world.app, name, {})


def states(world: World) -> list[tuple[ArchiveState, int, int]]:
    wanted = sa.select(ArchiveRun.state, ArchiveRun.done, ArchiveRun.tries).order_by(ArchiveRun.id)
    with world.app.app_context():
        return [tuple(row) for row in db.session().execute(wanted)]


def acts(world: World) -> list[tuple[str, int | None]]:
    wanted = sa.select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)
    with world.app.app_context():
        rows = db.session().execute(wanted.where(AuditEntry.action.startswith("edition.archive")))
        return [tuple(row) for row in rows]


def test_an_auditor_asks_waits_and_fetches_and_all_of_it_is_recorded(world: World) -> None:
    client = world.client("auditor")
    before = client.get(PAGE).text
    assert "Pregătiți arhiva" in before
    assert "Nu conține: parole" in before
    ask(world, "auditor")
    waiting = client.get(PAGE).text
    assert "așteaptă la rând" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert "Pregătiți arhiva" not in waiting
    work(world)
    ready = client.get(PAGE).text
    assert "Descărcați arhiva" in ready
    assert 'http-equiv="refresh"' not in ready
    with world.app.app_context():
        run = db.session().scalars(sa.select(ArchiveRun)).one()
    answer = client.post(f"/archives/{run.id}.zip", data={"csrf_token": csrf(client)})
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(run.size) == str(len(answer.data))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        assert opened.testzip() is None
        assert run.done == run.total == len(opened.namelist()) - 2  # sums and their signature
    answer.close()
    me = world.cast.persons["auditor"]
    names = ["edition.archive_asked", "edition.archived", "edition.archive_fetched"]
    assert acts(world) == [(name, me) for name in names]


def test_two_clicks_ask_for_one_archive(world: World) -> None:
    ask(world)
    ask(world, "owner")
    work(world)
    assert [state for state, _done, _tries in states(world)] == [ArchiveState.READY]
    ask(world)
    assert [state for state, _d, _t in states(world)] == [ArchiveState.READY, ArchiveState.WAITING]


ANOTHER_WORKER = """
import sys
from pathlib import Path
from lms import create_app
from lms.archive import runs, writing
from lms.config import Mode, Settings
real, left = writing._add, 8
def add(archive, name, pieces):
    global left
    print(name, flush=True)
    left -= 1
    if left < 0:
        sys.stdin.read()  # here it stands until it is killed
    return real(archive, name, pieces)
writing._add = add
runs.TELL_EVERY_SECONDS = 0
app = create_app(Settings(mode=Mode.TEST, instance=Path(sys.argv[1]), database_url=sys.argv[2]))
with app.app_context():
    runs.make_waiting()
"""


def start_worker(world: World) -> subprocess.Popen[str]:
    settings = world.app.config["LMS"]
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER_WORKER, settings.instance, settings.database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_was_killed_half_way_is_taken_up_again(world: World) -> None:
    ask(world)
    with start_worker(world) as worker:
        assert worker.stdout is not None
        for _file in range(8 + 1):
            assert worker.stdout.readline()
        ((state, done, tries),) = states(world)
        assert (state, tries) == (ArchiveState.RUNNING, 1)
        assert done > 0, "the row says how far it has come"
        work(world)  # one at a time: nothing is begun beside it
        assert states(world)[0][2] == 1
        os.kill(worker.pid, signal.SIGKILL)
    work(world, "archive.sweep")
    told = [name for name, _arguments in world.app.extensions["lms_told"]]
    assert told.count(runs.MAKE) >= 1
    work(world)
    ((state, _done, tries),) = states(world)
    assert (state, tries) == (ArchiveState.READY, 2)
    with world.app.app_context():
        run = db.session().scalars(sa.select(ArchiveRun)).one()
        assert zipfile.ZipFile(runs.path_of(run.id)).testzip() is None
        assert not list(runs.folder().glob(".*.part"))


def test_one_that_breaks_off_again_and_again_is_given_up(world: World) -> None:
    ask(world)
    with world.app.app_context(), db.writing() as session:
        session.execute(
            sa.update(ArchiveRun).values(state=ArchiveState.RUNNING, tries=runs.MOST_TRIES)
        )
    work(world)
    assert states(world)[0][0] is ArchiveState.FAILED
    page = world.client("registrar").get(PAGE).text
    assert "nu a putut fi făcută" in page
    assert "Pregătiți arhiva" in page


def test_a_fault_is_said_and_nothing_is_left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(services, "make", break_down)
    ask(world)
    work(world)
    assert states(world)[0][0] is ArchiveState.FAILED
    assert acts(world)[-1] == ("edition.archive_failed", None)
    with world.app.app_context():
        assert [p.name for p in runs.folder().iterdir()] == ["making.lock"]


def test_after_its_days_it_is_removed_and_the_page_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(world)
    work(world)
    with world.app.app_context():
        run = db.session().scalars(sa.select(ArchiveRun)).one()
        path = runs.path_of(run.id)
    work(world, "archive.sweep")
    assert path.exists()
    client = world.client("registrar")
    token = csrf(client)
    later = clock.now() + timedelta(days=7)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        work(world, "archive.sweep")
    assert not path.exists()
    assert states(world)[0][0] is ArchiveState.REMOVED
    answer = client.post(f"/archives/{run.id}.zip", data={"csrf_token": token})
    assert answer.status_code == 302
    assert "nu mai este aici" in client.get(PAGE).text


def test_a_file_that_a_restored_backup_lacks_is_not_offered(world: World) -> None:
    ask(world)
    work(world)
    with world.app.app_context():
        run = db.session().scalars(sa.select(ArchiveRun)).one()
        runs.path_of(run.id).unlink()
    client = world.client("registrar")
    answer = client.post(f"/archives/{run.id}.zip", data={"csrf_token": csrf(client)})
    assert answer.status_code == 302
    work(world, "archive.sweep")
    assert states(world)[0][0] is ArchiveState.REMOVED


def test_who_is_erased_is_in_no_archive_that_can_still_be_fetched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace, learner = TRACES["archives"], world.cast.persons["learner"]
    ask(world)
    work(world)
    with world.app.test_request_context():
        assert list(trace.removes(learner))
        assert list(trace.keeps(learner))
        db.end_reading()
        with db.writing():
            assert sum(trace.erase(learner).values()) == 1
    assert states(world)[0][0] is ArchiveState.REMOVED
    work(world, "archive.sweep")
    with world.app.app_context():
        assert not list(runs.folder().glob("*.zip"))
    make, again = services.make, []

    def erase_meanwhile(*arguments: object) -> int:
        count = make(*arguments)  # type: ignore[arg-type]
        if not again:
            again.append(1)
            with world.app.app_context(), db.writing():
                trace.erase(learner)
        return count

    monkeypatch.setattr(services, "make", erase_meanwhile)
    ask(world)
    work(world)
    assert [(state, tries) for state, _done, tries in states(world)][1] == (ArchiveState.READY, 2)


def test_the_page_asks_as_much_for_ten_archives_as_for_one(world: World) -> None:
    client, asked = world.client("registrar"), []
    ask(world)
    work(world)
    client.get(PAGE)
    for more in (0, 9):
        with world.app.app_context(), db.writing() as session:
            first = session.scalars(sa.select(ArchiveRun)).first()
            assert first is not None
            for _number in range(more):
                session.add(
                    ArchiveRun(
                        edition_id=first.edition_id,
                        locale="ro",
                        state=ArchiveState.REMOVED,
                        asked_at=clock.now(),
                        asked_by_id=first.asked_by_id,
                        finished_at=clock.now(),
                    )
                )
        with statements(world.app) as seen:
            client.get(PAGE)
        asked.append(len(seen))
    assert asked[0] == asked[1] <= 6
