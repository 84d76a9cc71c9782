"""Works handed in: handed out with their files, and removed whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.accounts.traces import Exported, plain_rows, register_trace
from lms.audit import services as audit
from lms.courses.models import Lesson
from lms.courses.traces import places_of
from lms.files import services as files
from lms.files import store
from lms.files.models import StoredFile
from lms.submissions.models import Submission, SubmissionComment, SubmissionVersion
from lms.web.i18n import gettext as _


def _works(person_id: int) -> list[int]:
    return list(
        db.session().scalars(
            sa.select(Submission.id).where(Submission.enrolment_id.in_(places_of(person_id)))
        )
    )


def export(person_id: int) -> Exported:
    """Return drafts, every version with its file, and what trainers said."""
    works = _works(person_id)
    listed = (
        sa.select(
            Submission.id.label("work"),
            Lesson.number,
            Lesson.title_ro.label("title"),
            Submission.state,
            Submission.begun_at,
            Submission.draft,
        )
        .join(Lesson, Lesson.id == Submission.lesson_id)
        .where(Submission.id.in_(works))
        .order_by(Submission.id)
    )
    comments = (
        sa.select(
            SubmissionComment.submission_id.label("work"),
            SubmissionComment.version_number,
            SubmissionComment.text,
            SubmissionComment.written_at,
        )
        .where(SubmissionComment.submission_id.in_(works))
        .order_by(SubmissionComment.id)
    )
    versions, found = _versions(works)
    return Exported(
        {"works": plain_rows(listed), "versions": versions, "comments": plain_rows(comments)},
        found,
    )


def _versions(works: Sequence[int]) -> tuple[list[dict[str, object]], dict[str, bytes]]:
    statement = (
        sa.select(
            SubmissionVersion.submission_id.label("work"),
            SubmissionVersion.number,
            SubmissionVersion.handed_in_at,
            SubmissionVersion.content,
            StoredFile.name.label("file"),
            StoredFile.sha256,
        )
        .outerjoin(StoredFile, StoredFile.id == SubmissionVersion.file_id)
        .where(SubmissionVersion.submission_id.in_(works))
        .order_by(SubmissionVersion.submission_id, SubmissionVersion.number)
    )
    folder = current_app.config["LMS"].folder("files")
    rows, found = plain_rows(statement), {}
    for row in rows:
        if row["sha256"]:
            name = f"{row['work']}-{row['number']}-{row['file']}"
            found[name] = store.get(folder, row["sha256"])
            row["file"] = name
        del row["sha256"]
    return rows, found


def erase(person_id: int) -> Mapping[str, int]:
    """Remove the works with their versions, files and comments."""
    works = _works(person_id)
    of_work = SubmissionVersion.submission_id.in_(works)
    kept = sa.select(SubmissionVersion.file_id).where(of_work)
    file_ids = [i for i in db.session().scalars(kept) if i is not None]
    comments = SubmissionComment.submission_id.in_(works)
    db.deleted(sa.delete(SubmissionComment).where(comments))
    db.deleted(sa.delete(SubmissionVersion).where(of_work))
    db.deleted(sa.delete(Submission).where(Submission.id.in_(works)))
    audit.erase_details("submissions", works)
    return {_("work handed in"): len(works), _("files handed in"): files.forget(file_ids)}


def removes(_person_id: int) -> Sequence[str]:
    """Say what goes."""
    return [_("Work handed in and drafts, with all their versions, files and comments.")]


def keeps(person_id: int) -> Sequence[str]:
    """Say what stays, where works were handed in."""
    if not _works(person_id):
        return ()
    return [_("Without a name: that the exercise of a lesson was handed in.")]


def register() -> None:
    """Tell the registry."""
    register_trace(
        "works",
        lambda: _("Work handed in"),
        export=export,
        erase=erase,
        removes=removes,
        keeps=keeps,
        tables=("submissions", "submission_versions", "submission_comments"),
    )
