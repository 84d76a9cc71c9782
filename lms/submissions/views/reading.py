"""The trainer's way: the queue, one work, comments; the office reads along."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, make_response, redirect, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads, writes
from lms.courses.exercises import Exercise
from lms.courses.models import Edition, Enrolment, Lesson, Module
from lms.files import store
from lms.safety.file_names import content_disposition
from lms.submissions import content, queries, services, words
from lms.submissions.errors import NewerVersion
from lms.submissions.models import Submission, SubmissionVersion
from lms.submissions.permissions import COMMENT_WORK, DOWNLOAD_WORK, READ_WORK, SEE_WORKS
from lms.submissions.queries import Shown, Wanted
from lms.submissions.views import bp
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.safety import POLICY
from lms.web.templating import render

PER_PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of the queue, as the pager draws it."""

    number: int
    pages: int
    total: int
    href: Callable[[int], str]


def wanted() -> Wanted:
    """Read what the queue is narrowed to from the address; odd values narrow nothing."""
    shown = request.args.get("show", "")
    return Wanted(
        Shown(shown) if shown in set(Shown) else Shown.UNREAD,
        request.args.get("edition", "").strip()[:80],
        whole_number(request.args.get("lesson")),
        whole_number(request.args.get("group")),
    )


@bp.get("/submissions")
@reads(SEE_WORKS)
def queue() -> str:
    """List the works on the editions that one follows, what waits longest first."""
    actor, asked = current_actor(), wanted()
    total = queries.queue_count(actor, asked)
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(whole_number(request.args.get("page")) or 1, 1), pages)
    args = asked.as_args()
    return render(
        "submissions/queue.html",
        wanted=asked,
        args=args,
        rows=queries.queue_rows(actor, asked, offset=(number - 1) * PER_PAGE, limit=PER_PAGE),
        page=Page(number, pages, total, lambda n: url_for(".queue", page=n, **args)),
        choices=queries.queue_choices(actor),
        shown_choices=[
            (Shown.UNREAD.value, _("unread work")),
            (Shown.HANDED_IN.value, _("handed in, no comment yet")),
            (Shown.COMMENTED.value, _("work commented on")),
            (Shown.REOPENED.value, _("work to be handed in again")),
            (Shown.ALL.value, _("all work")),
        ],
    )


def load_work(actor: Actor | None, *, locked: bool, submission_id: int) -> Submission | None:
    """Load a work that was handed in, with its company; a draft is its writer's alone."""
    statement = (
        Submission.visible_to(actor)
        .options(
            joinedload(Submission.enrolment).joinedload(Enrolment.person),
            joinedload(Submission.enrolment)
            .joinedload(Enrolment.edition)
            .joinedload(Edition.course),
            joinedload(Submission.enrolment).joinedload(Enrolment.group),
            joinedload(Submission.lesson).joinedload(Lesson.module).joinedload(Module.course),
        )
        .where(Submission.id == submission_id, Submission.version_number > 0)
    )
    if locked:
        statement = statement.with_for_update(of=Submission)
    found: Submission | None = db.session().scalars(statement).unique().one_or_none()
    return found


@bp.get("/submissions/<int:submission_id>")
@reads(READ_WORK, load_work)
def work(submission: Submission) -> str:
    """Show a work to be read in place."""
    return _draw(submission)


def _draw(submission: Submission, *, typed: str = "", error: str = "") -> str:
    asked = wanted()
    before, after = queries.neighbours(current_actor(), asked, submission)
    found = queries.with_all(submission)
    newest = found.newest
    assert newest is not None
    return render(
        "submissions/work.html",
        work=found,
        submission=submission,
        person=submission.enrolment.person,
        exercise=Exercise.from_json(newest.exercise),
        state=submission.state.value,
        may_comment=COMMENT_WORK.allows(current_actor(), submission),
        words=words,
        before=before,
        after=after,
        args=asked.as_args(),
        typed=typed,
        error=error,
        key=secrets.token_hex(8),
        longest=content.LONGEST_COMMENT,
    )


def _next(submission: Submission) -> Response:
    """Lead to the next work of the queue, or back to it where none is left."""
    asked = wanted()
    _before, after = queries.neighbours(current_actor(), asked, submission)
    if after is None:
        return redirect(url_for(".queue", **asked.as_args()))
    return redirect(url_for(".work", submission_id=after, **asked.as_args()))


def _number() -> int:
    return whole_number(request.form.get("version")) or 0


def _me() -> int:
    actor = current_actor()
    assert actor is not None
    return actor.person_id


@bp.post("/submissions/<int:submission_id>/read")
@writes(COMMENT_WORK, load_work)
def mark_read(submission: Submission) -> Response | str:
    """Write down that the work was read, and lead to the next."""
    try:
        services.mark_read(submission, number=_number(), by=_me(), now=clock.now())
    except NewerVersion:
        return _newer(submission)
    return _next(submission)


@bp.post("/submissions/<int:submission_id>/comments")
@writes(COMMENT_WORK, load_work)
def comment(submission: Submission) -> Response | str:
    """Say something to the work, and lead to the next."""
    text = content.tidy(request.form.get("text", ""))
    if not text or len(text) > content.LONGEST_COMMENT:
        error = _("Write a comment first.") if not text else _("The comment is too long.")
        return make_response(_draw(submission, typed=text, error=error), 422)
    reopens = request.form.get("do") == "reopen"
    try:
        services.comment(
            submission,
            text,
            number=_number(),
            reopens=reopens,
            key=(request.form.get("key") or secrets.token_hex(8))[:64],
            by=_me(),
            now=clock.now(),
        )
    except NewerVersion:
        return _newer(submission, text)
    name = submission.enrolment.person.full_name
    if reopens:
        flash(_("The comment is with %(name)s, who may hand in again.", name=name), "success")
    else:
        flash(_("The comment is with %(name)s; the exercise is closed.", name=name), "success")
    return _next(submission)


def _newer(submission: Submission, typed: str = "") -> Response:
    error = _(
        "The learner has handed in again since this page was opened. Nothing was sent. Read the "
        "new version below; your comment is kept."
    )
    return make_response(_draw(submission, typed=typed, error=error), 409)


def load_file(
    actor: Actor | None, *, locked: bool, submission_id: int, number: int
) -> SubmissionVersion | None:
    """Load a version that is a file, through the work that one may see."""
    visible = Submission.visible_to(actor).with_only_columns(Submission.id)
    return (
        db.session()
        .scalars(
            sa.select(SubmissionVersion)
            .options(
                joinedload(SubmissionVersion.file),
                joinedload(SubmissionVersion.submission).joinedload(Submission.lesson),
                joinedload(SubmissionVersion.submission)
                .joinedload(Submission.enrolment)
                .joinedload(Enrolment.edition),
            )
            .where(
                SubmissionVersion.submission_id == submission_id,
                SubmissionVersion.number == number,
                SubmissionVersion.file_id.is_not(None),
                SubmissionVersion.submission_id.in_(visible),
            )
        )
        .one_or_none()
    )


@bp.get("/submissions/<int:submission_id>/files/<int:number>")
@reads(DOWNLOAD_WORK, load_file)
def file(version: SubmissionVersion) -> Response:
    """Serve a file that was handed in, to be stored and never shown by the browser itself."""
    stored: Any = version.file
    data = store.get(current_app.config["LMS"].folder("files"), stored.sha256)
    response = make_response(data)
    response.headers["Content-Type"] = stored.media_type
    response.headers["Content-Disposition"] = content_disposition(stored.name)
    response.headers["Content-Security-Policy"] = f"{POLICY}; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
