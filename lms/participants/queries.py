"""Reads made for the registrar's pages, each in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from lms import db
from lms.access import Actor
from lms.accounts.models import Person
from lms.courses import participant_hooks
from lms.courses.models import (
    Completion,
    Course,
    Edition,
    Enrolment,
    EnrolmentState,
    Programme,
    SubjectKind,
)
from lms.participants.reading import edition_table
from lms.participants.table import EditionTable, TableRow

__all__ = [
    "Beginning",
    "EditionLine",
    "EditionTable",
    "TableRow",
    "beginning",
    "edition_lines",
    "edition_table",
    "taking_part",
]


@dataclass(frozen=True)
class EditionLine:
    """An edition in the list, with its figures."""

    edition: Edition
    people: int
    signed_in: int
    completed: int
    certified: int


def edition_lines(actor: Actor) -> list[EditionLine]:
    """Read the editions one may see, the newest first, with their figures; five statements."""
    session = db.session()
    editions = (
        session.scalars(
            Edition.visible_to(actor)
            .options(joinedload(Edition.programme), joinedload(Edition.course))
            .order_by(Edition.starts_on.desc(), Edition.id.desc())
        )
        .unique()
        .all()
    )
    ids = [edition.id for edition in editions]
    people: dict[int, tuple[int, int]] = {
        row[0]: (row[1], row[2] or 0)
        for row in session.execute(
            sa.select(
                Enrolment.edition_id,
                sa.func.count(),
                sa.func.sum(sa.case((Person.password_hash.is_not(None), 1), else_=0)),
            )
            .join(Person, Person.id == Enrolment.person_id)
            .where(Enrolment.edition_id.in_(ids), Enrolment.state == EnrolmentState.ACTIVE)
            .group_by(Enrolment.edition_id)
        )
    }
    completed: dict[int, int] = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(Enrolment.edition_id, sa.func.count())
            .join(Completion, Completion.enrolment_id == Enrolment.id)
            .where(
                Enrolment.edition_id.in_(ids),
                Enrolment.state == EnrolmentState.ACTIVE,
                Completion.kind == SubjectKind.COURSE,
            )
            .group_by(Enrolment.edition_id)
        )
    }
    certified: dict[int, int] = {}
    for provider in participant_hooks.COLUMNS.values():
        for edition_id, count in provider.done_by_edition(ids).items():
            certified[edition_id] = max(count, certified.get(edition_id, 0))
    return [
        EditionLine(
            edition=edition,
            people=people.get(edition.id, (0, 0))[0],
            signed_in=people.get(edition.id, (0, 0))[1],
            completed=completed.get(edition.id, 0),
            certified=certified.get(edition.id, 0),
        )
        for edition in editions
    ]


@dataclass(frozen=True)
class Beginning:
    """How far a new site has come towards its first participants."""

    has_programme: bool
    has_course: bool
    programme: Programme | None


def beginning() -> Beginning:
    """Read what a site without editions has already."""
    session = db.session()
    programme = session.scalars(sa.select(Programme).order_by(Programme.id.desc()).limit(1)).first()
    course = session.scalar(sa.select(Course.id).limit(1))
    return Beginning(programme is not None, course is not None, programme)


def taking_part(edition_id: int) -> int:
    """Count the participants of an edition who have not withdrawn; one statement."""
    wanted = sa.select(sa.func.count(Enrolment.id)).where(
        Enrolment.edition_id == edition_id, Enrolment.state != EnrolmentState.WITHDRAWN
    )
    return db.session().scalar(wanted) or 0
