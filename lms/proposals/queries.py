"""The proposals of a course or of one edition: the newest version of each sheet handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.exercises import Exercise, Trace
from lms.courses.models import Edition, Enrolment, Lesson, Module, Programme
from lms.organisations.models import OrganisationKind
from lms.submissions.models import Submission, SubmissionVersion
from lms.submissions.words import labelled


@dataclass(frozen=True)
class Proposal:
    """One form as it was handed in, with what may be said of its writer."""

    number: int
    lesson: str
    edition: str
    kind: OrganisationKind | None
    county: str | None
    handed_in_at: datetime
    zone: str
    fields: tuple[tuple[str, str], ...]  # label and text
    person: str
    organisation: str
    function: str

    @property
    def heading(self) -> str:
        """What it is about: the first line of its first field."""
        first = self.fields[0][1] if self.fields else ""
        return first.partition("\n")[0]


def proposals_of(course_id: int, *, edition_slug: str = "") -> list[Proposal]:
    """Return the proposals of a course, or of one of its editions, in the order handed in."""
    newest = sa.and_(
        SubmissionVersion.submission_id == Submission.id,
        SubmissionVersion.number == Submission.version_number,
    )
    statement = (
        sa.select(
            Lesson.number,
            Edition.title,
            Enrolment.organisation_kind,
            Enrolment.county,
            SubmissionVersion.handed_in_at,
            Programme.zone,
            SubmissionVersion.exercise,
            SubmissionVersion.content,
            Person.given_names,
            Person.family_name,
            Enrolment.organisation_name,
            Enrolment.function,
        )
        .select_from(Submission)
        .join(SubmissionVersion, newest)
        .join(Lesson, Lesson.id == Submission.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Lesson.course_id == course_id, SubmissionVersion.trace == Trace.FORM)
        .order_by(Module.position, Lesson.position, SubmissionVersion.handed_in_at, Submission.id)
    )
    if edition_slug:
        statement = statement.where(Edition.slug == edition_slug)
    rows = [(row, Exercise.from_json(row[6])) for row in db.session().execute(statement)]
    gathered = [(row, exercise) for row, exercise in rows if exercise.is_proposal]
    return [
        Proposal(
            number=number,
            lesson=row[0],
            edition=row[1],
            kind=row[2],
            county=row[3],
            handed_in_at=row[4],
            zone=row[5],
            fields=tuple(labelled(exercise, row[7])),
            person=f"{row[8]} {row[9]}",
            organisation=row[10] or "",
            function=row[11] or "",
        )
        for number, (row, exercise) in enumerate(gathered, 1)
    ]


def labels_of(proposals: Sequence[Proposal]) -> list[str]:
    """Return the labels of all fields, each once, in the order in which they come."""
    return list(dict.fromkeys(label for each in proposals for label, _text in each.fields))


def editions_of(course_id: int) -> list[tuple[str, str]]:
    """Return the editions of a course that can be chosen."""
    rows = db.session().execute(
        sa.select(Edition.slug, Edition.title)
        .where(Edition.course_id == course_id)
        .order_by(Edition.starts_on.desc())
    )
    return [(slug, title) for slug, title in rows]
