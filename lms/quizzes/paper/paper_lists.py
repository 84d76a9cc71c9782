"""An edition's tests on paper, for lists."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment, Group
from lms.people_names import person_sort_key
from lms.quizzes.models import PaperResult, Quiz


@dataclass(frozen=True)
class PaperResultLine:
    """A result on paper with whose it is and who wrote it down; for lists of an edition."""

    result: PaperResult
    quiz: Quiz
    family_name: str
    given_names: str
    organisation: str
    group: str
    recorded_by: str


def papers_of_edition(edition_id: int) -> list[PaperResultLine]:
    """Read an edition's results on paper, revoked ones among them, by name; one statement."""
    clerk = aliased(Person)
    rows = db.session().execute(
        sa.select(
            PaperResult,
            Quiz,
            Person.family_name,
            Person.given_names,
            Enrolment.organisation_name,
            Group.name,
            clerk,
        )
        .join(Quiz, Quiz.id == PaperResult.quiz_id)
        .join(Enrolment, Enrolment.id == PaperResult.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(clerk, clerk.id == PaperResult.recorded_by_id)
        .outerjoin(Group, Group.id == Enrolment.group_id)
        .where(Enrolment.edition_id == edition_id)
        .order_by(PaperResult.taken_on, PaperResult.id)
    )
    lines = [
        PaperResultLine(result, quiz, family, given, organisation or "", group or "", by.full_name)
        for result, quiz, family, given, organisation, group, by in rows
    ]
    return sorted(lines, key=lambda line: person_sort_key(line.family_name, line.given_names))


def count_papers(edition_id: int) -> int:
    """Count an edition's results on paper that stand."""
    return (
        db.session().scalar(
            sa.select(sa.func.count(PaperResult.id))
            .join(Enrolment, Enrolment.id == PaperResult.enrolment_id)
            .where(Enrolment.edition_id == edition_id, PaperResult.revoked_at.is_(None))
        )
        or 0
    )
