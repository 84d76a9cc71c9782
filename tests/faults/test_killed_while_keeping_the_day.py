"""kill -9 while the register of a day is written: never half a file, one mail a person."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.accounts import services as accounts
from lms.accounts.models import Role
from lms.certificates import bulk, day_files
from lms.certificates.models import RegisterDay
from lms.certificates.register_file import read_register
from lms.mail.models import MailMessage
from tests.faults.issuing import lay_down
from tests.faults.saving import application, prepare
from tests.os2 import Learner
from tests.serving import ROOT, Installation

KILLS = 4
KEEP = """
from lms import create_app
from lms.certificates import day_files
app = create_app()
print("ready", flush=True)
while True:
    with app.app_context():
        day_files.write_finished_day()
"""


def issue_yesterday(app: Flask) -> list[Learner]:
    with clock.stopped_at(clock.now() - timedelta(days=1)):
        learners = lay_down(app, 12)
        with app.app_context():
            with db.writing():
                for number in range(3):
                    person = accounts.create_person(
                        given_names="Sanda",
                        family_name=f"Registru{number}",
                        email=f"s{number}@exemplu.example",
                        now=clock.now(),
                    )
                    accounts.grant_role(person, Role.REGISTRAR, by=None, now=clock.now())
            bulk.sweep()
    return learners


@pytest.mark.timeout(300)
def test_the_register_of_a_day_is_whole_and_mailed_once_whatever_is_killed(
    installation: Installation,
) -> None:
    prepare(installation, issue_yesterday)
    chance = random.Random(5)
    day = clock.today(day_files.ZONE) - timedelta(days=1)
    target = installation.instance / "register-days" / day_files.file_name(day)
    for _kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", KEEP],
            env=installation.environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.25))
            process.kill()
        if target.exists():
            assert len(read_register(target.read_bytes()).rows) == 12
    with application(installation) as app, app.app_context():
        day_files.write_finished_day()
        assert db.session().scalar(sa.select(sa.func.count(RegisterDay.id))) == 1
        mailed = db.session().scalars(
            sa.select(MailMessage.to_address).where(MailMessage.event.startswith("register-day:"))
        )
        assert sorted(mailed) == [f"s{n}@exemplu.example" for n in range(3)]
        db.end_reading()
    assert len(read_register(target.read_bytes()).rows) == 12
