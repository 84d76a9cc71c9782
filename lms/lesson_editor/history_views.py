"""The pages of what a lesson was, and of how learners see it."""

from __future__ import annotations

from flask import abort, flash, redirect, request
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writing_subject
from lms.courses import reading
from lms.exchange import lesson_saving as saving
from lms.exchange.lesson_saving import bench_of
from lms.lesson_editor import drafts
from lms.lesson_editor.comparing import compared
from lms.lesson_editor.desk import desk_of_text
from lms.lesson_editor.drafts import Seat
from lms.lesson_editor.permissions import EDIT_LESSON
from lms.lesson_editor.queries import LessonRef, load_lesson, versions_of
from lms.lesson_editor.views import LESSON, MOST_TRIES, address, bp, drawn, me, new_window
from lms.web.i18n import gettext as _
from lms.web.templating import render

# As learners see it ------------------------------------------------------------------------------


@bp.get(f"{LESSON}/edit/as-learner")
@reads(EDIT_LESSON, load_lesson)
def as_learner(lesson: LessonRef) -> str:
    """Show one's draft, or the lesson as it is saved, as learners would read it."""
    bench = bench_of(lesson.lesson_id)
    draft = drafts.draft_of(lesson.lesson_id, me())
    base, text = (draft.base, draft.text) if draft else (bench.base, bench.text)
    desk = desk_of_text(bench, text, base)
    return render(
        "lesson_editor/as_learner.html",
        lesson=lesson,
        desk=desk,
        file=desk.read.file,
        body=drawn(desk),
        contents=reading.contents_of(desk.read.html),
        is_draft=desk.is_changed,
        seat=Seat(new_window(), draft.number if draft else 0),
    )


# History -----------------------------------------------------------------------------------------


def _number() -> int:
    return int((request.view_args or {})["number"])


@bp.get(f"{LESSON}/history")
@reads(EDIT_LESSON, load_lesson)
def history(lesson: LessonRef) -> str:
    """List what the lesson was, the newest first."""
    return render("lesson_editor/history.html", lesson=lesson, versions=versions_of(lesson))


@bp.get(f"{LESSON}/history/<int:number>")
@reads(EDIT_LESSON, load_lesson)
def see_version(lesson: LessonRef) -> str:
    """Show what a version changed, and how it differs from what stands now."""
    number, versions = _number(), versions_of(lesson)
    at = next((i for i, version in enumerate(versions) if version.number == number), None)
    if at is None:
        abort(404)
    version, before = versions[at], versions[at + 1] if at + 1 < len(versions) else None
    since = at > 0 and (before is None or request.args.get("since") == "now")
    older, newer = (version, versions[0]) if since else (before, version)
    return render(
        "lesson_editor/version.html",
        lesson=lesson,
        version=version,
        before=before,
        newest=versions[0],
        since=since,
        parts=compared(older.text, newer.text) if older is not None else [],
    )


@bp.post(f"{LESSON}/history/<int:number>/restore")
@prepares(EDIT_LESSON, load_lesson)
def restore(lesson: LessonRef) -> Response:
    """Bring an older version back, as a new one; drafts stay."""
    number = _number()
    version = next((v for v in versions_of(lesson) if v.number == number), None)
    if version is None:
        abort(404)
    here = redirect(address(lesson, "see_version", number=number))
    for _try in range(MOST_TRIES):
        bench = bench_of(lesson.lesson_id)
        read = saving.read_text(bench, version.text)
        if not read.is_ready:
            db.end_reading()
            flash(
                _(
                    "This version can’t be brought back as it is: the course no longer has "
                    "something that it names. Nothing was changed. Copy what you need into the "
                    "editor."
                ),
                "error",
            )
            return here
        db.end_reading()
        try:
            with writing_subject(EDIT_LESSON, load_lesson):
                saving.save_lesson(
                    bench, read, base=bench.base, by=me(), now=clock.now(), restored_from=number
                )
        except (saving.CourseMoved, saving.LessonChanged):
            continue
        flash(_("Version %(number)s was brought back.", number=number), "success")
        return redirect(address(lesson, "history"))
    raise saving.CourseMoved(lesson.course_slug)
