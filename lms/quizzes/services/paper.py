"""A quiz taken on paper: written down, revoked, its scans. On a locked enrolment, in a write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Enrolment, EnrolmentState
from lms.courses.services.progress import review_completion
from lms.files.models import StoredFile
from lms.quizzes.errors import PaperInFuture, PaperOfLeaver, PaperTwice, QuizNotReady
from lms.quizzes.models import PaperResult, Quiz
from lms.quizzes.rules.grading import Mark, grade
from lms.quizzes.services.attempts import settings_of
from lms.safety.scans import Scan


@dataclass(frozen=True)
class PaperData:
    """What is written down: points of possible, or (where these are empty) per cent."""

    taken_on: date
    place: str
    reason: str
    earned: Decimal | None = None
    possible: Decimal | None = None
    percent: Decimal | None = None

    @property
    def mark(self) -> Mark:
        """The result as one mark."""
        if self.earned is not None and self.possible is not None:
            return Mark(self.earned, self.possible)
        assert self.percent is not None
        return Mark(self.percent, Decimal(100))


def record_paper(
    enrolment: Enrolment, quiz: Quiz, data: PaperData, *, by: int, now: datetime, today: date
) -> PaperResult:
    """Write a result on paper down; it counts like an attempt of that day, and is none.

    Raises PaperTwice for a second one of the same day, PaperInFuture, PaperOfLeaver, QuizNotReady.
    """
    version = quiz.current_version
    if version is None or quiz.published_at is None or quiz.withdrawn_at is not None:
        raise QuizNotReady
    if enrolment.state is not EnrolmentState.ACTIVE:
        raise PaperOfLeaver
    if data.taken_on > today:
        raise PaperInFuture
    if (held := _of_that_day(enrolment.id, quiz.id, data.taken_on)) is not None:
        raise PaperTwice(held)
    result = grade([data.mark], pass_mark=settings_of(version).pass_mark)
    found = PaperResult(
        enrolment_id=enrolment.id,
        quiz_id=quiz.id,
        quiz_version_id=version.id,
        taken_on=data.taken_on,
        place=data.place,
        earned=data.earned,
        possible=data.possible,
        percent=result.percent,
        passed=result.passed,
        reason=data.reason,
        recorded_at=now,
        recorded_by_id=by,
    )
    db.session().add(found)
    db.session().flush()  # the audit names it, completion reads it
    record(
        "paper_result.recorded",
        by=by,
        on=enrolment,
        course_id=quiz.course_id,
        quiz=quiz.content_id,
        on_date=data.taken_on.isoformat(),
        percent=str(result.percent),
        passed=result.passed,
        reason=data.reason,
    )
    if result.passed is not False:
        review_completion(enrolment, now=now)
    return found


def _of_that_day(enrolment_id: int, quiz_id: int, day: date) -> int | None:
    return db.session().scalar(
        sa.select(PaperResult.id).where(
            PaperResult.enrolment_id == enrolment_id,
            PaperResult.quiz_id == quiz_id,
            PaperResult.taken_on == day,
            PaperResult.revoked_at.is_(None),
        )
    )


def revoke_paper(result: PaperResult, *, reason: str, by: int, now: datetime) -> bool:
    """Say that a result does not hold, with the reason; twice is once. What was earned stays."""
    if result.revoked_at is not None:
        return False
    result.revoked_at, result.revoked_by_id, result.revoke_reason = now, by, reason
    record(
        "paper_result.revoked",
        by=by,
        on=result.enrolment,
        course_id=result.course_id,
        quiz=result.quiz.content_id,
        on_date=result.taken_on.isoformat(),
        reason=reason,
    )
    return True


def add_scan(result: PaperResult, scan: Scan, sha256: str, *, by: int, now: datetime) -> StoredFile:
    """Attach a scan of the paper; the same file twice is one."""
    for held in scans_of(result.id):
        if held.sha256 == sha256:
            return held
    stored = StoredFile(
        sha256=sha256,
        size=len(scan.data),
        media_type=scan.media_type,
        name=scan.name,
        owner_type=PaperResult.__tablename__,
        owner_id=result.id,
        created_at=now,
        created_by_id=by,
    )
    db.session().add(stored)
    record(
        "paper_result.scan_added",
        by=by,
        on=result.enrolment,
        course_id=result.course_id,
        quiz=result.quiz.content_id,
        file=scan.name,
    )
    return stored


def scans_of(result_id: int) -> list[StoredFile]:
    """Return a result's scans, in the order in which they came."""
    return list(
        db.session().scalars(
            sa.select(StoredFile)
            .where(
                StoredFile.owner_type == PaperResult.__tablename__,
                StoredFile.owner_id == result_id,
            )
            .order_by(StoredFile.id)
        )
    )
