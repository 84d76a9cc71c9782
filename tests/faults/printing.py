"""Printing an edition's certificates while what prints is killed, stopped and gone on with."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

import pypdfium2
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.certificates import bulk, issuing
from lms.certificates.desk import runs
from lms.certificates.desk.settings import PrintKind, PrintSettings
from lms.certificates.models import Certificate, Printing
from lms.jobs.models import Batch, BatchState
from tests.faults.issuing import lay_down
from tests.faults.saving import application
from tests.os2 import Learner
from tests.serving import ROOT, Installation

_GO_ON = """
import sys
from lms import create_app
from lms.certificates.desk import runs
app = create_app()
with app.app_context():
    print("up", flush=True)
    runs.go_on(int(sys.argv[1]))
"""


@dataclass(frozen=True)
class Printed:
    """What became of a printing."""

    hits: int  # kills while it was not done
    was_stopped: bool
    stood_still: bool  # nothing was written while it was stopped
    state: BatchState
    pages: int
    originals: dict[int, int]  # lines of the register, by certificate

    def is_whole(self, people: int) -> bool:
        """Whether all are in the one file, and the register knows of each once."""
        return (
            self.state is BatchState.DONE
            and self.stood_still
            and self.pages == people
            and len(self.originals) == people
            and set(self.originals.values()) == {1}
        )


def lay_down_issued(app: Flask, people: int) -> list[Learner]:
    """Enrol people who have completed the course, and issue their certificates."""
    learners = lay_down(app, people)
    with app.app_context():
        bulk.issue_many(issuing.due_enrolments())
    return learners


def print_under_kills(installation: Installation, kills: int, *, seed: int) -> Printed:
    """Begin a printing, kill what draws it at random moments, stop it once, and let it end.

    The first kill comes at once and each later one may wait longer, so that a machine which draws
    all pages in a tenth of a second is hit as well as a slow one.
    """
    chance, hits = random.Random(seed), 0
    run_id = _begun(installation)
    for kill in range(kills):
        with _going_on(installation, run_id) as process:
            time.sleep(chance.uniform(0, 0.6) * kill / kills)
            process.kill()
        hits += _state(installation, run_id) in runs.OPEN
    stopped = _steer(installation, run_id, stop=True)
    before = _lines(installation, run_id)
    with _going_on(installation, run_id) as process:
        process.wait(120)
    stood_still = not stopped or (
        _lines(installation, run_id) == before
        and _state(installation, run_id) is BatchState.STOPPED
    )
    _steer(installation, run_id, stop=False)
    for _ in range(2):  # a second time changes nothing
        with _going_on(installation, run_id) as process:
            process.wait(120)
    with application(installation) as app, app.app_context():
        data = runs.path_of(run_id).read_bytes()
    document = pypdfium2.PdfDocument(data)
    try:
        pages = len(document)
    finally:
        document.close()
    lines = _lines(installation, run_id)
    return Printed(hits, stopped, stood_still, _state(installation, run_id), pages, lines)


def _begun(installation: Installation) -> int:
    with application(installation) as app, app.app_context():
        ids = list(db.session().scalars(sa.select(Certificate.id).order_by(Certificate.id)))
        by = db.session().scalar(sa.text("SELECT min(id) FROM persons"))
        db.end_reading()
        with db.writing():
            run = runs.begin(
                ids, PrintSettings(), edition_id=None, by=by, now=clock.now(), locale="ro"
            )
        return run.id


def _going_on(installation: Installation, run_id: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _GO_ON, str(run_id)],
        env=installation.environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    while process.stdout.readline().strip() not in {"up", ""}:
        pass
    return process


def _steer(installation: Installation, run_id: int, *, stop: bool) -> bool:
    with application(installation) as app, app.app_context(), db.writing() as session:
        run = session.get_one(Batch, run_id)
        by = run.created_by_id or 0
        return runs.stop(run, by=by) if stop else runs.resume(run, runs.TASK, by=by)


def _state(installation: Installation, run_id: int) -> BatchState:
    with application(installation) as app, app.app_context():
        return db.session().get_one(Batch, run_id).state


def _lines(installation: Installation, run_id: int) -> dict[int, int]:
    """Count the register's lines of a printing's originals."""
    with application(installation) as app, app.app_context():
        wanted = sa.select(Printing.certificate_id).where(
            Printing.batch_id == run_id, Printing.kind == PrintKind.ORIGINAL
        )
        return dict(Counter(db.session().scalars(wanted)))
