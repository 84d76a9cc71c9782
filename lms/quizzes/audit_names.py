"""What the record's pages call tests and attempts, and whose the attempts are."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.accounts.models import Person
from lms.audit import names
from lms.audit.names import Name
from lms.courses.models import Enrolment
from lms.quizzes.models import Attempt, Quiz
from lms.web.i18n import current_locale


def _title() -> sa.ColumnElement[str]:
    return (Quiz.title_en if current_locale() == "en" else Quiz.title_ro).expression


def _quizzes(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(sa.select(Quiz.id, _title()).where(Quiz.id.in_(ids)))
    return {row: Name(title) for row, title in rows}


def _attempts(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(
        sa.select(Attempt.id, Person.given_names, Person.family_name, _title())
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Attempt.id.in_(ids))
    )
    return {
        row: Name(f"{given} {family}, {title}", url_for("quizzes.result", attempt_id=row))
        for row, given, family, title in rows
    }


def _attempts_of(people: Collection[int]) -> sa.Select[int]:
    return (
        sa.select(Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.person_id.in_(people))
    )


def _titles(ids: Collection[str]) -> dict[str, str]:
    """Title tests by what the files call them; an id that courses use differently has no title."""
    title = _title()
    rows = db.session().execute(
        sa.select(Quiz.content_id, sa.func.min(title))
        .where(Quiz.content_id.in_(ids))
        .group_by(Quiz.content_id)
        .having(sa.func.min(title) == sa.func.max(title))
    )
    return {part: title for part, title in rows}  # noqa: C416


def register() -> None:
    """Tell the record."""
    names.register("quizzes", _quizzes)
    names.register("attempts", _attempts)
    names.register_concern("attempts", _attempts_of)
    names.register_titler("quiz", _titles)
