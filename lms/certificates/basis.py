"""What a certificate rests on: the completion, as it was stored when it was earned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.certificates import words
from lms.certificates.models import Certificate
from lms.courses.models import Completion, SubjectKind


@dataclass(frozen=True)
class Basis:
    """When it was earned, with which content, and how far each condition was met."""

    earned_at: datetime
    content_version: int
    conditions: list[tuple[str, str]]
    on_paper: int  # tests that were taken on paper


def basis_of(certificate: Certificate) -> Basis | None:
    """Read the completion that a certificate was given for; one statement, and the award's."""
    award = certificate.award
    kind = SubjectKind.MODULE if award.module_id else SubjectKind.COURSE
    statement = sa.select(Completion).where(
        Completion.enrolment_id == certificate.enrolment_id, Completion.kind == kind
    )
    if award.module_id:
        statement = statement.where(Completion.subject_id == award.module_id)
    found = db.session().scalars(statement.order_by(Completion.id).limit(1)).one_or_none()
    if found is None:
        return None
    return Basis(
        found.earned_at,
        found.content_version,
        [line for name, value in found.evidence.items() if (line := _condition(name, value))],
        len(found.evidence.get("on_paper", ())),
    )


def _condition(name: str, value: Any) -> tuple[str, str] | None:
    """Say how far a condition was met; nothing of what is none, or of which nothing was asked."""
    match value:
        case [str() as done, str() as needed] if words.is_condition(name) and needed.strip("0."):
            return words.condition_word(name), words.done_of(done, needed)
    return None
