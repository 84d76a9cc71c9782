"""Comforts of reading: the size of the text, and where one stopped."""

from __future__ import annotations

import sqlalchemy as sa
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.access import current_actor, unrecorded_write, writes
from lms.courses import reading
from lms.courses.models import LessonProgress
from lms.courses.permissions import MARK_LESSON_READ, SET_TEXT_SIZE
from lms.courses.views import bp
from lms.courses.views.learning import LessonPage, load_lesson
from lms.safety.redirects import safe_next
from lms.web.text_size import SIZES, TEXT_SIZE_COOKIE

_A_YEAR = 31536000


@bp.post("/text-size")
@unrecorded_write(SET_TEXT_SIZE)
def set_text_size() -> Response:
    """Keep how large lessons are shown; on a shared computer until the browser is closed."""
    actor, chosen = current_actor(), request.form.get("size", "")
    response = redirect(safe_next(request.form.get("next"), url_for("web.home")), 303)
    if actor is not None and chosen in SIZES:
        response.set_cookie(
            TEXT_SIZE_COOKIE,
            chosen,
            max_age=_A_YEAR if actor.is_on_own_device else None,
            samesite="Lax",
            httponly=True,
        )
    return response


@bp.post("/courses/<slug>/<module_slug>/<lesson_slug>/place")
@writes(MARK_LESSON_READ, load_lesson)
def keep_place(page: LessonPage) -> Response:
    """Keep where the reader stopped. It is no sign of life: what was read is recorded elsewhere."""
    assert page.place is not None
    anchor = request.form.get("heading", "")
    if anchor in {heading.anchor for heading in reading.contents_of(page.html)}:
        db.session().execute(
            sa.update(LessonProgress)
            .where(
                LessonProgress.enrolment_id == page.place.enrolment_id,
                LessonProgress.lesson_id == page.lesson_id,
            )
            .values(last_heading=anchor)
            .execution_options(is_noted=True)  # nobody else's page shows it
        )
    return Response(status=204)
