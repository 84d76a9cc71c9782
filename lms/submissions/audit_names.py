"""What the record's pages call works, and whose they are."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.accounts.models import Person
from lms.audit import names
from lms.audit.names import Name
from lms.courses.models import Enrolment
from lms.submissions.models import Submission


def _works(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(
        sa.select(Submission.id, Person.given_names, Person.family_name)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Submission.id.in_(ids))
    )
    return {
        row: Name(f"{given} {family}", url_for("submissions.work", submission_id=row))
        for row, given, family in rows
    }


def _works_of(people: Collection[int]) -> sa.Select[int]:
    return (
        sa.select(Submission.id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Enrolment.person_id.in_(people))
    )


def register() -> None:
    """Tell the record."""
    names.register("submissions", _works)
    names.register_concern("submissions", _works_of)
