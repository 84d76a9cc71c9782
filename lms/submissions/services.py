"""Keep drafts, hand in, read, comment. All of it runs inside the write transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.exercises import Exercise, ExerciseState, Trace
from lms.courses.models import Enrolment, LessonProgress
from lms.courses.services.progress import is_due, locked_enrolment, record_activity
from lms.files.models import StoredFile
from lms.mail.links import absolute_url
from lms.mail.services import compose
from lms.submissions.content import Content
from lms.submissions.drafts import Kept, Stamp, Verdict, judge
from lms.submissions.errors import ExerciseClosed, NewerVersion, Superseded
from lms.submissions.models import Submission, SubmissionComment, SubmissionVersion


@dataclass(frozen=True)
class Task:
    """The exercise that something is written for: whose place, which lesson, what it asks."""

    enrolment_id: int
    lesson_id: int
    exercise: Exercise


@dataclass(frozen=True)
class KeptFile:
    """A file whose bytes stand in the store already."""

    sha256: str
    size: int
    name: str
    media_type: str


def _locked(task: Task, *, now: datetime) -> tuple[Enrolment, Submission]:
    """Lock the place, so that two clicks come one after another, and find or begin the work."""
    enrolment = locked_enrolment(task.enrolment_id)
    session = db.session()
    found = session.scalars(
        sa.select(Submission)
        .where(Submission.enrolment_id == task.enrolment_id, Submission.lesson_id == task.lesson_id)
        .with_for_update(of=Submission)
    ).one_or_none()
    if found is None:
        found = Submission(
            enrolment_id=task.enrolment_id,
            lesson_id=task.lesson_id,
            state=ExerciseState.BEGUN,
            begun_at=now,
            draft_sequence=0,
            draft_writer="",
            draft_turn=0,
            version_number=0,
        )
        session.add(found)
        session.flush()  # versions need its id
    return enrolment, found


def _judge(work: Submission, stamp: Stamp) -> Verdict:
    return judge(Kept(work.draft_sequence, work.draft_writer, work.draft_turn), stamp)


def newest_version(submission_id: int) -> SubmissionVersion | None:
    """Return what was handed in last."""
    return (
        db.session()
        .scalars(
            sa.select(SubmissionVersion)
            .options(sa.orm.joinedload(SubmissionVersion.file))
            .where(SubmissionVersion.submission_id == submission_id)
            .order_by(SubmissionVersion.number.desc())
            .limit(1)
        )
        .first()
    )


def _newest_text(work: Submission) -> Content:
    if work.draft is not None:
        return work.draft
    version = newest_version(work.id) if work.version_number else None
    return version.content if version is not None else {}


def save_draft(task: Task, content: Content, stamp: Stamp, *, now: datetime) -> Submission:
    """Keep what is written so far; the newest text of all windows, never an older one.

    Raises ExerciseClosed, and Superseded where another window has written what this one has not
    seen: nothing is changed then.
    """
    enrolment, work = _locked(task, now=now)
    if work.state is ExerciseState.COMMENTED:
        raise ExerciseClosed
    verdict = _judge(work, stamp)
    newest = dict(_newest_text(work))
    if verdict is Verdict.LATE and newest != dict(content):
        raise Superseded
    if verdict is Verdict.TAKE:
        _take(work, content, stamp, now=now)
        progress = db.session().get(LessonProgress, (enrolment.id, task.lesson_id))
        last = progress.last_active_at if progress is not None else None
        if is_due(last, progress is None, now):
            progress = record_activity(enrolment, task.lesson_id, now=now)
        assert progress is not None
        progress.exercise_state = work.state
    return work


def _take(work: Submission, content: Content, stamp: Stamp, *, now: datetime) -> None:
    work.draft = dict(content)
    work.draft_sequence += 1
    work.draft_writer, work.draft_turn = stamp.writer, stamp.turn
    work.draft_saved_at = now


def hand_in(
    task: Task, content: Content, stamp: Stamp, *, now: datetime, file: KeptFile | None = None
) -> SubmissionVersion:
    """Hand in a version, once for each sending and only where it differs from the last.

    Raises ExerciseClosed, and Superseded as `save_draft` does.
    """
    enrolment, work = _locked(task, now=now)
    session = db.session()
    key = _key(content, stamp, file)
    known = session.scalars(
        sa.select(SubmissionVersion).where(
            SubmissionVersion.submission_id == work.id, SubmissionVersion.key == key
        )
    ).one_or_none()
    if known is not None:  # delivered twice
        return known
    if work.state is ExerciseState.COMMENTED:
        raise ExerciseClosed
    writes = task.exercise.trace in (Trace.TEXT, Trace.FORM)
    if writes and _judge(work, stamp) is Verdict.LATE and dict(_newest_text(work)) != dict(content):
        raise Superseded
    last = newest_version(work.id) if work.version_number else None
    if last is not None and work.state is ExerciseState.HANDED_IN and _same(last, content, file):
        work.draft = None
        return last
    version = _version(task, work, content, key, file, now=now)
    _now_handed_in(work, version, stamp)
    progress = record_activity(enrolment, task.lesson_id, now=now)
    progress.exercise_state = work.state
    session.flush()  # the record names it
    record("submission.handed_in", by=enrolment.person_id, on=work, version=version.number)
    return version


def _key(content: Content, stamp: Stamp, file: KeptFile | None) -> str:
    """Name one sending: delivered twice it is known again; with another text it is another one."""
    sent = json.dumps([dict(content), file.sha256 if file else ""], sort_keys=True)
    digest = hashlib.sha256(sent.encode()).hexdigest()
    return f"{stamp.writer}-{stamp.turn}-{digest}"[:64]


def _same(last: SubmissionVersion, content: Content, file: KeptFile | None) -> bool:
    held = last.file.sha256 if last.file is not None else None
    return dict(last.content) == dict(content) and held == (file.sha256 if file else None)


def _version(
    task: Task,
    work: Submission,
    content: Content,
    key: str,
    file: KeptFile | None,
    *,
    now: datetime,
) -> SubmissionVersion:
    session = db.session()
    stored = None
    if file is not None:
        stored = StoredFile(
            sha256=file.sha256,
            size=file.size,
            media_type=file.media_type,
            name=file.name[:255],
            owner_type=Submission.__tablename__,
            owner_id=work.id,
            created_at=now,
            created_by_id=None,
        )
        session.add(stored)
        session.flush()  # the version points to its file
    version = SubmissionVersion(
        submission_id=work.id,
        number=work.version_number + 1,
        key=key,
        trace=task.exercise.trace,
        content=dict(content),
        exercise=task.exercise.as_json(),
        file_id=stored.id if stored is not None else None,
        handed_in_at=now,
    )
    session.add(version)
    return version


def _now_handed_in(work: Submission, version: SubmissionVersion, stamp: Stamp) -> None:
    work.state = ExerciseState.HANDED_IN
    work.version_number, work.trace = version.number, version.trace
    work.handed_in_at = version.handed_in_at
    work.read_at = work.read_by_id = None
    work.draft, work.draft_saved_at = None, None
    work.draft_sequence += 1
    work.draft_writer, work.draft_turn = stamp.writer, stamp.turn


def mark_read(work: Submission, *, number: int, by: int, now: datetime) -> None:
    """Write down that a trainer has read the newest version. Raises NewerVersion.

    The work must be locked; a second time changes nothing.
    """
    if number != work.version_number:
        raise NewerVersion
    if work.read_at is None:
        work.read_at, work.read_by_id = now, by


def comment(
    work: Submission,
    text: str,
    *,
    number: int,
    reopens: bool,
    key: str,
    by: int,
    now: datetime,
) -> SubmissionComment:
    """Say something to the newest version: it closes the exercise, or asks for another version.

    The work must be locked. A repeated key adds nothing, and the mail goes out once for a comment.
    Raises NewerVersion where the learner has handed in again since the page was drawn.
    """
    session = db.session()
    known = session.scalars(
        sa.select(SubmissionComment).where(
            SubmissionComment.submission_id == work.id, SubmissionComment.key == key
        )
    ).one_or_none()
    if known is not None:
        return known
    if number != work.version_number:
        raise NewerVersion
    made = SubmissionComment(
        submission_id=work.id,
        version_number=number,
        key=key,
        author_id=by,
        text=text,
        reopens=reopens,
        written_at=now,
    )
    session.add(made)
    work.state = ExerciseState.REOPENED if reopens else ExerciseState.COMMENTED
    work.read_at, work.read_by_id = work.read_at or now, work.read_by_id or by
    progress = session.get(LessonProgress, (work.enrolment_id, work.lesson_id))
    if progress is not None:
        progress.exercise_state = work.state
    session.flush()  # mail and record name it
    record(
        "submission.reopened" if reopens else "submission.commented",
        by=by,
        on=work,
        course_id=work.course_id,
        version=number,
    )
    _tell(work, made)
    return made


def _tell(work: Submission, made: SubmissionComment) -> None:
    lesson, person = work.lesson, work.enrolment.person
    assert lesson.exercise is not None
    compose(
        f"submission-comment:{made.id}",
        person,
        "submissions/mail/commented.txt",
        exercise=Exercise.from_json(lesson.exercise),
        number=lesson.number,
        reopens=made.reopens,
        link=absolute_url(
            "submissions.exercise",
            slug=lesson.module.course.slug,
            module_slug=lesson.module.slug,
            lesson_slug=lesson.slug,
        ),
    )
