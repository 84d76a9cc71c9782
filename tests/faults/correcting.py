"""A correction that moves many attempts, made by a process that dies in the middle of it.

As a script it corrects once and kills itself where the environment's `DIES` says: before the first
statement that begins so, at the „commit”, or „after” it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from lms import clock, db
from lms.access import Role
from lms.accounts.models import RoleGrant
from lms.config import read_settings
from lms.courses.models import Edition
from lms.quizzes.corrections.proposal import Proposal
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.models import Attempt, AttemptItem, Correction, GradeChange, QuizQuestion
from lms.quizzes.services import correcting
from tests.serving import ROOT, Installation

REASON = "Toate variantele sunt greșite."


def lay_down(app: Flask, people: int) -> None:
    """Let many people take a quiz."""
    from tests.cast import make_cast
    from tests.factories import make_quiz
    from tests.quizzes.statistics.made import make_attempts, single_choice_quiz

    cast = make_cast(app)
    with app.app_context(), db.writing() as session:
        quiz_id = make_quiz(cast.module_ids[0], text=single_choice_quiz(4))
        edition = session.get_one(Edition, cast.edition_id)
        make_attempts(quiz_id, edition.id, people)


def correct() -> None:
    """Drop the quiz's first question with full marks, as its trainer does."""
    session = db.session()
    version_id = session.scalars(
        sa.select(QuizQuestion.question_version_id).order_by(QuizQuestion.position).limit(1)
    ).one()
    by = session.scalars(
        sa.select(RoleGrant.person_id).where(RoleGrant.role == Role.TRAINER).limit(1)
    ).one()
    proposal = Proposal(version_id, CorrectionKind.QUESTION_CREDIT, None)
    found = session.scalar(sa.select(Correction.id).limit(1))
    seen = "" if found is not None else correcting.look(proposal).seen
    db.end_reading()
    with db.writing():
        correcting.apply(proposal, reason=REASON, by=by, seen=seen, now=clock.now())


@dataclass(frozen=True)
class Grades:
    """How the store stands: corrections, grades that moved, and what every attempt holds."""

    corrections: int
    changes: int
    marks: tuple[tuple[int, str | None, bool], ...]
    totals: tuple[tuple[int, str], ...]


def grades() -> Grades:
    """Read how the store stands."""
    session = db.session()
    items = sa.select(AttemptItem.id, AttemptItem.fraction, AttemptItem.left_out)
    totals = sa.select(Attempt.id, Attempt.percent)
    found = Grades(
        session.scalar(sa.select(sa.func.count()).select_from(Correction)) or 0,
        session.scalar(sa.select(sa.func.count()).select_from(GradeChange)) or 0,
        tuple((i, str(f), left) for i, f, left in session.execute(items.order_by(AttemptItem.id))),
        tuple((i, str(percent)) for i, percent in session.execute(totals.order_by(Attempt.id))),
    )
    db.end_reading()
    return found


def correct_and_die(installation: Installation, where: str) -> int:
    """Let a process correct and die there; return how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.correcting"],
        env=installation.environment(DIES=where),
        cwd=ROOT,
        check=False,
        timeout=120,
    ).returncode


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Correct, and die where one is told to."""
    from lms import create_app

    where, app = os.environ["DIES"], create_app(read_settings(os.environ))
    with app.app_context():
        if where == "commit":
            event.listen(db.db.engine, "commit", _die)
        elif where != "after":

            def watch(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
                if statement.startswith(where):
                    _die()

            event.listen(db.db.engine, "before_cursor_execute", watch)
        correct()
        _die()


if __name__ == "__main__":
    main()
