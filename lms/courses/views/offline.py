"""Reading without a line: what can be kept and how large it is, the worker, what was read."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app, jsonify, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, Permission, anyone, reads, signed_in, writes
from lms.courses import queries
from lms.courses.models import CourseFigure, Lesson
from lms.courses.offline_rules import sittings_of
from lms.courses.outline import ModuleEntry
from lms.courses.permissions import MARK_LESSON_READ, SEE_LESSON
from lms.courses.queries import Place
from lms.courses.services import offline, progress
from lms.courses.views import bp
from lms.courses.views.gates import refuse_held
from lms.files.models import StoredFile
from lms.web import i18n
from lms.web.templating import STATIC, render

OFFLINE_WORKER = Permission("offline:worker", anyone)
SEE_KEPT = Permission("offline:see-kept", signed_in)
_SHARED = ("app.css", "reader.css", "app.js", "lesson.js", "reader.js", "terms.js", "offline.js")
_FRAME = 14_000  # what stands round a lesson on its page, about


@dataclass(frozen=True)
class KeepableModule:
    """An open module of one's own, whose lessons may be kept."""

    place: Place
    module: ModuleEntry

    @property
    def person_id(self) -> int:
        """Whose it is."""
        return self.place.person_id


def load_module(
    actor: Actor, *, locked: bool, slug: str, module_slug: str
) -> KeepableModule | None:
    """Load a module that is open to a learner."""
    place = None if actor.runs_everything else queries.place_on(actor.person_id, slug)
    if place is None:
        return None
    refuse_held(place)
    standing = queries.standing_of(place)
    for module in standing.outline.modules:
        if module.slug == module_slug and module.id in standing.open_modules:
            return KeepableModule(place, module)
    return None


@bp.get("/courses/<slug>/<module_slug>/offline.json")
@reads(SEE_LESSON, load_module)
def keepable(page: KeepableModule) -> Response:
    """Say what of a module can be kept, and about how many bytes each lesson takes."""
    slug = (request.view_args or {})["slug"]
    ids = [lesson.id for lesson in page.module.lessons]
    rows = db.session().execute(sa.select(Lesson.id, Lesson.html).where(Lesson.id.in_(ids)))
    texts = {row[0]: row[1] for row in rows}
    sizes = db.session().execute(
        sa.select(CourseFigure.name, StoredFile.size)
        .join(StoredFile, StoredFile.id == CourseFigure.file_id)
        .where(CourseFigure.course_id == page.place.course_id)
    )
    figures = {url_for("courses.figure", slug=slug, name=name): size for name, size in sizes}
    locale = i18n.current_locale()
    lessons = [
        {
            "href": url_for(
                "courses.lesson",
                slug=slug,
                module_slug=page.module.slug,
                lesson_slug=lesson.slug,
            ),
            "title": f"{lesson.number} {lesson.title(locale)}",
            "bytes": _FRAME
            + len(texts[lesson.id].encode())
            + sum(size for address, size in figures.items() if address in texts[lesson.id]),
        }
        for lesson in page.module.lessons
    ]
    shared = sum((STATIC / name).stat().st_size for name in (*_SHARED, "icons.svg"))
    return jsonify(lessons=lessons, shared=shared)


@bp.get("/offline-worker.js")
@reads(OFFLINE_WORKER)
def offline_worker() -> Response:
    """Serve the worker; where reading without a line is switched off, one that removes itself."""
    is_on = current_app.config["LMS"].offline_reading
    name = "offline-worker.js" if is_on else "offline-worker-off.js"
    response = Response((STATIC / name).read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/courses/kept")
@reads(SEE_KEPT)
def kept() -> str:
    """List what this computer keeps; the page's script fills it in."""
    return render("courses/kept.html")


@dataclass(frozen=True)
class OwnPlace:
    """A learner's place, for what was read."""

    place: Place | None
    person_id: int | None


def load_own_place(actor: Actor, *, locked: bool, slug: str) -> OwnPlace | None:
    """Load the asker's own place on a course."""
    place = None if actor.runs_everything else queries.place_on(actor.person_id, slug)
    return None if place is None else OwnPlace(place, actor.person_id)


@bp.post("/courses/<slug>/offline-reading")
@writes(MARK_LESSON_READ, load_own_place)
def take_offline_reading(own: OwnPlace) -> Response:
    """Take what was read without a line; told again it changes nothing."""
    assert own.place is not None
    refuse_held(own.place)
    now = clock.now()
    sittings = sittings_of(request.form.get("told", ""), now=now)
    enrolment = progress.locked_enrolment(own.place.enrolment_id)
    return jsonify(taken=offline.take(enrolment, own.place, sittings, now=now))
