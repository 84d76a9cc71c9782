"""Reminding a whole edition while the run is killed, again and again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.mail.models import MailMessage
from lms.messages.models import Reminder
from lms.messages.reminder_rules import Hours, Kind
from lms.messages.services import reminder_plans
from tests.cast import make_cast
from tests.faults.saving import application
from tests.messages.people import enrol, set_edition
from tests.serving import ROOT, Installation, wait_until


def lay_down(app: Flask, people: int) -> None:
    """Enrol people who were invited ten days ago and never came; the rule about them is on."""
    cast, now = make_cast(app), clock.now()
    set_edition(cast, ends_on=(now + timedelta(days=90)).date())
    for number in range(people):
        enrol(
            cast,
            f"Om{number}",
            password_hash=None,
            invited_at=now - timedelta(days=10),
        )
    with app.app_context(), db.writing() as session:
        from lms.courses.models import Edition

        edition = session.get_one(Edition, cast.edition_id)
        always = Hours(0, 0, on_weekends=True)
        reminder_plans.save_plan(edition, always, {Kind.NEVER_IN: (True, 5)}, by=None)


@dataclass(frozen=True)
class Reminded:
    """What the store holds after everything."""

    reminders: int
    people: int
    mails: int
    mailed: int
    paired: int

    def is_once_each(self, people: int) -> bool:
        """Whether everybody has one reminder and one mail, and each is of the other."""
        found = (self.reminders, self.people, self.mails, self.mailed, self.paired)
        return set(found) == {people}


def remind_under_kills(installation: Installation, people: int, kills: int, *, seed: int) -> int:
    """Run two commands at once and kill both at random moments; then let one end.

    Returns how many kills hit while somebody was still to be reminded.
    """
    chance, hits = random.Random(seed), 0
    for kill in range(kills):  # the first at once: a quick machine has something left to do
        before = count(installation)
        commands = [_command(installation) for _ in range(2)]
        wait_until(
            lambda at=before: count(installation) > at or count(installation) >= people,
            120,
            "the next reminder",
        )
        time.sleep(chance.uniform(0, 0.1) * kill / kills)
        for command in commands:
            command.kill()
            command.wait()
        hits += count(installation) < people
    installation.lms("reminders", "run")
    installation.lms("reminders", "run")
    return hits


def _command(installation: Installation) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "lms", "reminders", "run"],
        env=installation.environment(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _address(installation: Installation) -> str:
    if not installation.database_url:
        return f"sqlite:///{installation.instance / 'atestat.sqlite3'}"
    return installation.database_url.replace("postgresql://", "postgresql+psycopg://")


def count(installation: Installation) -> int:
    """Count the reminders, from outside."""
    engine = sa.create_engine(_address(installation), poolclass=sa.NullPool)
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(Reminder)) or 0


def read_reminded(installation: Installation) -> Reminded:
    """Count reminders, mails, and people who have them."""
    is_ours = MailMessage.event.startswith("reminder:")
    with application(installation) as app, app.app_context():
        session = db.session()
        row = session.execute(
            sa.select(sa.func.count(), sa.func.count(Reminder.person_id.distinct())).select_from(
                Reminder
            )
        ).one()
        mails = session.execute(
            sa.select(sa.func.count(), sa.func.count(MailMessage.person_id.distinct())).where(
                is_ours
            )
        ).one()
        paired = session.scalar(
            sa.select(sa.func.count())
            .select_from(Reminder)
            .join(
                MailMessage,
                sa.and_(
                    MailMessage.id == Reminder.mail_id,
                    MailMessage.person_id == Reminder.person_id,
                ),
            )
        )
        db.end_reading()
    return Reminded(row[0], row[1], mails[0], mails[1], paired or 0)
