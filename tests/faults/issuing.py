"""Issuing for a whole edition while everything that issues is killed, again and again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask

from lms import db
from lms.certificates.models import Certificate, CertificateFile
from lms.certificates.numbering import CertificateNumber, parse_number
from lms.certificates.states import CertificateState
from lms.files import store
from tests.faults.saving import application
from tests.os2 import EDITION, Learner, complete_course, make_os2
from tests.serving import ROOT, Installation, wait_until


def lay_down(app: Flask, people: int) -> list[Learner]:
    """Enrol people who have completed a course that asks for its lessons; nobody issued yet."""
    learners = make_os2(app, people, quizzes=False)
    complete_course(app, learners)
    return learners


@dataclass(frozen=True)
class Register:
    """What the register holds after everything."""

    states: dict[str, int]
    numbers: list[CertificateNumber]
    enrolments: list[int]
    without_file: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether the numbers run from 1 without gap or double, one certificate for each person."""
        serials = sorted(n.serial for n in self.numbers)
        return serials == list(range(1, len(serials) + 1)) and len(set(self.enrolments)) == len(
            self.enrolments
        )


def issue_under_kills(installation: Installation, people: int, kills: int, *, seed: int) -> int:
    """Let the server's worker and the command issue at once, and kill both at random moments.

    Then the server is left alone until nothing waits any more. Returns how many kills hit while
    something was left to issue.
    """
    chance, hits = random.Random(seed), 0
    for kill in range(kills):  # the first at once: a quick machine has something left to do
        before = progress(installation)
        if before[1] >= people:
            break
        with installation.serving() as serving, _command(installation) as command:
            wait_until(
                lambda at=before: progress(installation) != at, 120, "the next number or file"
            )
            time.sleep(chance.uniform(0, 0.3) * kill / kills)
            command.kill()
            serving.kill_all()
        hits += progress(installation)[1] < people
    with installation.serving():
        wait_until(lambda: progress(installation)[1] >= people, 240, "the last certificate")
    return hits


@contextmanager
def _command(installation: Installation) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-m", "lms", "certificate", "issue", "--edition", EDITION],
        env=installation.environment(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def progress(installation: Installation) -> tuple[int, int]:
    """Count the numbers that were given and the valid certificates, from outside."""
    engine = sa.create_engine(_address(installation), poolclass=sa.NullPool)
    is_valid = sa.case((Certificate.state == CertificateState.VALID, 1))
    with engine.connect() as connection:
        row = connection.execute(sa.select(sa.func.count(Certificate.id), sa.func.count(is_valid)))
        given, valid = row.one()
        return given, valid


def _address(installation: Installation) -> str:
    if not installation.database_url:
        return f"sqlite:///{installation.instance / 'atestat.sqlite3'}"
    return installation.database_url.replace("postgresql://", "postgresql+psycopg://")


def read_register(installation: Installation) -> Register:
    """Read every row of the register, and hold every file against its hash."""
    with application(installation) as app, app.app_context():
        rows: Sequence[Certificate] = db.session().scalars(sa.select(Certificate)).all()
        files = dict(
            db.session()
            .execute(sa.select(CertificateFile.certificate_id, CertificateFile.sha256))
            .all()
        )
        folder = app.config["LMS"].folder("files")
        states: dict[str, int] = {}
        for row in rows:
            states[row.state.value] = states.get(row.state.value, 0) + 1
        numbers = [n for row in rows if (n := parse_number(row.number)) is not None]
        without = [r.number for r in rows if not _has_file(folder, files.get(r.id))]
        found = Register(states, numbers, [r.enrolment_id for r in rows], without)
        db.end_reading()
    return found


def _has_file(folder: object, sha256: str | None) -> bool:
    """Whether the file is there and is what its name says; reading it checks the hash."""
    import hashlib

    if sha256 is None:
        return False
    try:
        data = store.get(folder, sha256)  # type: ignore[arg-type]
    except (OSError, ValueError):
        return False
    return hashlib.sha256(data).hexdigest() == sha256
