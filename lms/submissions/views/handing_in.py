"""The learner's way: the exercise, its draft, handing in, all one's works."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import Actor, current_actor, prepares, reads, writes, writing_subject
from lms.courses.errors import ModuleNotOpen
from lms.courses.exercises import Exercise, ExerciseState, Trace
from lms.courses.outline import LessonEntry, ModuleEntry
from lms.courses.queries import places_of, standing_of
from lms.courses.views.learning import LessonPage, explain_closed, load_lesson
from lms.errors import Unusable
from lms.files import store
from lms.safety import uploads
from lms.safety.uploads import FileNotTaken
from lms.submissions import content, panels, queries, services, words
from lms.submissions.drafts import Stamp
from lms.submissions.errors import ExerciseClosed, Superseded
from lms.submissions.permissions import HAND_IN, SEE_EXERCISE, SEE_OWN_WORKS
from lms.submissions.services import KeptFile, Task
from lms.submissions.views import bp
from lms.web.forms import whole_number
from lms.web.i18n import format_time
from lms.web.i18n import gettext as _
from lms.web.pages import wants_json
from lms.web.templating import render

bp.register_error_handler(ModuleNotOpen, explain_closed)


@dataclass(frozen=True)
class ExercisePage:
    """An exercise as one person meets it."""

    lesson: LessonPage
    exercise: Exercise
    entry: LessonEntry | None  # None of a lesson that learners don't see
    module: ModuleEntry

    @property
    def course_id(self) -> int:
        """The course that it belongs to."""
        return self.lesson.course_id

    @property
    def person_id(self) -> int | None:
        """Who hands it in."""
        return self.lesson.person_id

    @property
    def task(self) -> Task:
        """What something is written for; only for somebody who has a place."""
        assert self.lesson.place is not None
        return Task(self.lesson.place.enrolment_id, self.lesson.lesson_id, self.exercise)


def load_exercise(
    actor: Actor, *, locked: bool, slug: str, module_slug: str, lesson_slug: str
) -> ExercisePage | None:
    """Load an exercise through its lesson; a lesson without one has no such page."""
    page = load_lesson(
        actor, locked=locked, slug=slug, module_slug=module_slug, lesson_slug=lesson_slug
    )
    if page is None or page.exercise is None:
        return None
    entry = next((le for le in page.outline.lessons if le.id == page.lesson_id), None)
    return ExercisePage(page, page.exercise, entry, page.outline.module(page.module_id))


def _here() -> str:
    return url_for("submissions.exercise", **(request.view_args or {}))


@bp.get("/courses/<slug>/<module_slug>/<lesson_slug>/exercise")
@reads(SEE_EXERCISE, load_exercise)
def exercise(page: ExercisePage) -> str:
    """Show what is asked, what was handed in and said, and the way to hand in."""
    return _draw(page)


def _draw(
    page: ExercisePage,
    *,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    other: Mapping[str, str] | None = None,
) -> str:
    place = page.lesson.place
    work = queries.work_on(place.enrolment_id, page.lesson.lesson_id) if place else None
    held = work.submission if work else None
    newest = work.newest if work else None
    shown = given
    if shown is None:
        shown = (held.draft if held else None) or (newest.content if newest else {})
    return render(
        "submissions/exercise.html",
        page=page,
        exercise=page.exercise,
        work=work,
        state=held.state.value if held else "",
        is_closed=held is not None and held.state is ExerciseState.COMMENTED,
        fields=words.fields(page.exercise),
        shown=shown,
        has_draft=held is not None and held.draft is not None,
        errors=errors or {},
        other=other,
        writer=secrets.token_hex(8),
        suffixes=",".join(f".{suffix}" for suffix in uploads.SUFFIXES),
        paper=panels.paper_of(page.lesson),
        view_args=request.view_args,
        words=words,
    )


def _stamp() -> Stamp:
    writer = request.form.get("writer", "")[:32]
    return Stamp(
        writer if writer.isalnum() else secrets.token_hex(8),
        whole_number(request.form.get("turn")) or 0,
        whole_number(request.form.get("seen")) or 0,
        by_hand="by_itself" not in request.form,
    )


def _given(page: ExercisePage) -> dict[str, str]:
    """Read what was written; raise TooLongText."""
    names = content.field_names(page.exercise)
    return content.read_content(
        page.exercise, {name: request.form.get(f"f-{name}", "") for name in names}
    )


def _typed(page: ExercisePage) -> dict[str, str]:
    """Return what was written as it came, to be shown again."""
    return {n: request.form.get(f"f-{n}", "") for n in content.field_names(page.exercise)}


@bp.post("/courses/<slug>/<module_slug>/<lesson_slug>/exercise/draft")
@writes(HAND_IN, load_exercise)
def save_draft(page: ExercisePage) -> Response | str:
    """Keep what is written so far and say when; scripts get JSON, forms the page again."""
    if not content.field_names(page.exercise):
        raise Unusable
    now = clock.now()
    try:
        work = services.save_draft(page.task, _given(page), _stamp(), now=now)
    except content.TooLongText as error:
        return _not_saved(page, words.too_long(page.exercise, str(error)), 422, str(error))
    except ExerciseClosed:
        return _not_saved(page, words.closed(), 409)
    except Superseded:
        return _not_saved(page, words.superseded(), 409)
    saved_at = format_time(now, seconds=True)
    if wants_json():
        return jsonify(
            saved_at=saved_at,
            seen=work.draft_sequence,
            message=_("Saved at %(time)s", time=saved_at),
        )
    flash(_("Your draft is saved (%(time)s). It is not handed in yet.", time=saved_at), "success")
    return redirect(_here())


def _not_saved(page: ExercisePage, message: str, status: int, field: str = "") -> Response:
    if wants_json():
        return make_response(jsonify(error=message, closed=status == 409), status)
    return _again(page, message, status, field)


def _again(page: ExercisePage, message: str, status: int, field: str = "") -> Response:
    """Draw the page with what was typed, so that nothing of it is lost by a refusal."""
    place = page.lesson.place
    assert place is not None
    names = content.field_names(page.exercise)
    work = queries.work_on(place.enrolment_id, page.lesson.lesson_id)
    other = None
    if status == 409 and names and work is not None:
        newest = work.newest.content if work.newest else {}
        other = work.submission.draft or newest
    errors = {field or (names[0] if names else "file"): message}
    return make_response(_draw(page, given=_typed(page), errors=errors, other=other), status)


@bp.post("/courses/<slug>/<module_slug>/<lesson_slug>/exercise")
@writes(HAND_IN, load_exercise)
def hand_in(page: ExercisePage) -> Response | str:
    """Hand in a text, a form or a tick."""
    if page.exercise.trace is Trace.FILE:
        raise Unusable
    try:
        given = _given(page)
    except content.TooLongText as error:
        return _again(page, words.too_long(page.exercise, str(error)), 422, str(error))
    if empty := content.empty_fields(page.exercise, given):
        asked = {name: words.empty(page.exercise) for name in empty}
        return make_response(_draw(page, given=given, errors=asked), 422)
    try:
        services.hand_in(page.task, given, _stamp(), now=clock.now())
    except ExerciseClosed:
        return _again(page, words.closed(), 409)
    except Superseded:
        return _again(page, words.superseded(), 409)
    if page.exercise.trace is Trace.TICK:
        flash(_("The exercise is marked as done."), "success")
        lesson = url_for("courses.lesson", **(request.view_args or {}))
        return redirect(f"{lesson}#exercise")
    flash(_("The exercise is handed in. Your trainer will read it."), "success")
    return redirect(_here())


@bp.post("/courses/<slug>/<module_slug>/<lesson_slug>/exercise/file")
@prepares(HAND_IN, load_exercise)
def hand_in_file(page: ExercisePage) -> Response | str:
    """Hand in a file: looked at and stored before anything is written down."""
    if page.exercise.trace is not Trace.FILE:
        raise Unusable
    sent = request.files.get("file")
    try:
        data = sent.stream.read(uploads.MOST_BYTES + 1) if sent else b""
        checked = uploads.check_file(sent.filename or "" if sent else "", data)
    except FileNotTaken as error:
        return _again(page, words.file_fault(error.fault), 422)
    folder = current_app.config["LMS"].folder("files")
    kept = KeptFile(
        store.put(folder, checked.data), len(checked.data), checked.name, checked.media_type
    )
    refused = False
    with writing_subject(HAND_IN, load_exercise) as fresh:
        try:
            services.hand_in(fresh.task, {}, _stamp(), now=clock.now(), file=kept)
        except ExerciseClosed:
            refused = True
    if refused:
        return _again(page, words.closed(), 409)
    flash(_("The file is handed in. Your trainer will look at it."), "success")
    return redirect(_here())


@bp.get("/works")
@reads(SEE_OWN_WORKS)
def mine() -> str:
    """List one's own works with what was said to them, and the exercises that wait."""
    actor = current_actor()
    assert actor is not None
    works = queries.own_works(actor.person_id)
    standings = [standing_of(place) for place in places_of(actor.person_id)]
    begun = {w.lesson.id for w in works}
    return render(
        "submissions/mine.html",
        waiting=[w for w in works if w.state in ("begun", "reopened")],
        done=[w for w in works if w.state not in ("begun", "reopened")],
        standings=standings,
        begun=begun,
    )
