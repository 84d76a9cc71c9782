"""The learner's way: home, course, lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, make_response, redirect, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, Role, current_actor, reads, writes
from lms.courses import due, needs, notes, queries, reading, waiting
from lms.courses.closed import after_the_last_day, why_closed
from lms.courses.errors import ModuleNotOpen
from lms.courses.exercises import Exercise, ExerciseState
from lms.courses.gates import GATES
from lms.courses.glossary import Term
from lms.courses.models import Course, Lesson, LessonNote, Module
from lms.courses.models.course import taught_course_ids
from lms.courses.outline import Outline, outline_of
from lms.courses.permissions import MARK_LESSON_READ, SEE_COURSE, SEE_LESSON, SEE_OWN_HOME
from lms.courses.queries import Place, Standing
from lms.courses.services import progress
from lms.courses.views import bp
from lms.courses.views.gates import refuse_held
from lms.courses.views.teaching import tools_of
from lms.web import device, i18n
from lms.web.i18n import gettext as _
from lms.web.pages import etag_of
from lms.web.templating import current_theme, render, render_inline
from lms.web.text_size import SIZES, text_size

# What other packages show on the learner's pages (certificates do): providers called with a Place.
HOME_PANELS: list[Any] = []
# The same under the next step, on the home page alone: what is new to whoever comes.
HOME_NEWS: list[Any] = []
# The same on the page of a course (called with a CoursePage) and of a lesson (with a LessonPage).
COURSE_PANELS: list[Any] = []
# What stands under each module on the page of a course: called with a CoursePage, they return
# pieces by module id.
MODULE_PANELS: list[Any] = []
LESSON_PANELS: list[Any] = []


@bp.get("/learn")
@reads(SEE_OWN_HOME)
def home() -> Response | str:
    """Show the one obvious next step, the way so far, and what is missing."""
    actor = current_actor()
    assert actor is not None
    standings = [queries.standing_of(p) for p in queries.places_of(actor.person_id)]
    if not standings:
        return render("courses/no_course.html")
    now = clock.now()
    ahead = due.ahead_of(standings, now=now)
    return render(
        "courses/home.html",
        standings=standings,
        ahead=ahead,
        most_messages=due.MOST_MESSAGES,
        answers=sum(each.is_answer for told in ahead.values() for each in told),
        now=now,
        panels=_drawn(HOME_PANELS, standings),
        news={key: Markup().join(drawn) for key, drawn in _drawn(HOME_NEWS, standings).items()},
        given=actor.display_name,
        gates=GATES,
        why_closed=why_closed,
        after_the_last_day=after_the_last_day,
        waiting=waiting,
        not_asked=needs.not_asked,
        asks_test_alone=needs.asks_test_alone,
    )


def _drawn(panels: list[Any], standings: list[Standing]) -> dict[int, list[Markup]]:
    return {s.place.enrolment_id: [panel(s.place) for panel in panels] for s in standings}


@dataclass(frozen=True)
class CoursePage:
    """A course as one person sees it; trainers and the office see it without a place."""

    course_id: int
    outline: Outline
    standing: Standing | None


def load_course(actor: Actor, *, locked: bool, slug: str) -> CoursePage | None:
    """Load a course through a place on it, else through what staff may see."""
    place = None if actor.runs_everything else queries.place_on(actor.person_id, slug)
    if place is not None:
        standing = queries.standing_of(place)
        return CoursePage(place.course_id, standing.outline, standing)
    row = (
        db.session()
        .execute(
            Course.visible_to(actor)
            .where(Course.slug == slug)
            .with_only_columns(Course.id, Course.version)
        )
        .first()
    )
    if row is None or not actor.is_staff:
        return None
    return CoursePage(row[0], outline_of(row[0], row[1]), None)


@bp.get("/courses/<slug>")
@reads(SEE_COURSE, load_course)
def course(page: CoursePage) -> str:
    """Show a course: modules with outcomes, lessons, tests, and what is missing."""
    return render(
        "courses/course.html",
        page=page,
        outline=page.outline,
        standing=page.standing,
        panels=[panel(page) for panel in COURSE_PANELS],
        module_panels=[panel(page) for panel in MODULE_PANELS],
        why_closed=why_closed,
        tools=tools_of(page.outline, learns=page.standing is not None),
    )


@dataclass(frozen=True)
class LessonPage:
    """A lesson with all that its page needs, as plain values."""

    course_id: int
    course_slug: str
    lesson_id: int
    module_id: int
    html: str
    html_digest: str
    exercise: Exercise | None
    exercise_minutes: int
    sources: list[Any]
    checked_on: Any
    place: Place | None
    outline: Outline
    standing: Standing | None
    is_published: bool
    number: str
    title_ro: str
    title_en: str
    term_ids: list[Any]
    notes_mark: tuple[int, datetime | None]  # how many of one's own, and when the last was changed

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro

    @property
    def terms(self) -> list[Term]:
        """The terms that its text leads to, as they come."""
        return [self.outline.terms[t] for t in self.term_ids if t in self.outline.terms]

    @property
    def person_id(self) -> int | None:
        """Whose reading it is, for the rules of access."""
        return self.place.person_id if self.place else None

    @property
    def exercise_state(self) -> ExerciseState | None:
        """How far the reader has come with the exercise."""
        return self.standing.exercises.get(self.lesson_id) if self.standing else None

    @property
    def stopped_at(self) -> reading.Heading | None:
        """Where the reader stopped in a lesson that is not marked as read yet."""
        if self.standing is None or self.is_read:
            return None
        return reading.heading_at(self.html, self.standing.headings.get(self.lesson_id))

    @property
    def is_read(self) -> bool:
        """Whether the reader has marked the lesson as read."""
        return bool(self.standing and self.lesson_id in self.standing.evidence.lessons_read)


_MY_NOTES = (
    sa.select(LessonNote)
    .where(LessonNote.lesson_id == Lesson.id, LessonNote.person_id == sa.bindparam("reader"))
    .correlate(Lesson)
)
_LESSON = (
    Course.id,
    Course.slug,
    Lesson.id,
    Module.id,
    Lesson.html,
    Lesson.html_digest,
    Lesson.exercise,
    Lesson.exercise_minutes,
    Lesson.sources,
    Lesson.checked_on,
    Course.version,
    sa.and_(Lesson.is_published, Lesson.withdrawn_at.is_(None)),
    Lesson.number,
    Lesson.title_ro,
    Lesson.title_en,
    Lesson.terms,
    _MY_NOTES.with_only_columns(sa.func.count()).scalar_subquery(),
    _MY_NOTES.with_only_columns(sa.func.max(LessonNote.changed_at)).scalar_subquery(),
)


def _lesson_page(
    row: Any, place: Place | None, outline: Outline, standing: Standing | None
) -> LessonPage:
    return LessonPage(
        course_id=row[0],
        course_slug=row[1],
        lesson_id=row[2],
        module_id=row[3],
        html=row[4],
        html_digest=row[5],
        exercise=Exercise.from_json(row[6]) if row[6] else None,
        exercise_minutes=row[7],
        sources=row[8],
        checked_on=row[9],
        place=place,
        outline=outline,
        standing=standing,
        is_published=row[11],
        number=row[12],
        title_ro=row[13],
        title_en=row[14],
        term_ids=row[15],
        notes_mark=(row[16], row[17]),
    )


def load_lesson(
    actor: Actor, *, locked: bool, slug: str, module_slug: str, lesson_slug: str
) -> LessonPage | None:
    """Load a lesson for a learner (published, module open) or for staff (any).

    Whoever trains the course and also learns it reads as staff what is not open to the learner.
    """
    statement = (
        sa.select(*_LESSON)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            Course.slug == slug,
            Module.slug == module_slug,
            Lesson.slug == lesson_slug,
            Lesson.in_files(),  # drafts too, for staff
            Module.withdrawn_at.is_(None),
        )
    )
    row = db.session().execute(statement, {"reader": actor.person_id}).first()
    if row is None:
        return None
    place = None if actor.runs_everything else queries.place_on(actor.person_id, slug)
    if place is None:
        visible = Course.visible_to(actor).where(Course.id == row[0]).with_only_columns(Course.id)
        if not actor.is_staff or db.session().scalar(visible) is None:
            return None
        return _lesson_page(row, None, outline_of(row[0], row[10]), None)
    if not row[11] and not _is_trained(actor, row[0]):
        return None
    standing = queries.standing_of(place)
    is_open = row[3] in standing.open_modules
    if not row[11] or ((place.is_held or not is_open) and _is_trained(actor, row[0])):
        return _lesson_page(row, None, standing.outline, None)
    refuse_held(place)
    if not is_open:
        raise ModuleNotOpen(why_closed(standing, standing.outline.module(row[3])))
    return _lesson_page(row, place, standing.outline, standing)


def _is_trained(actor: Actor, course_id: int) -> bool:
    """Tell whether somebody trains a course, or an edition of it."""
    if Role.TRAINER not in actor.roles:
        return False
    taught = taught_course_ids(actor).where(Course.id == course_id)
    return actor.trains_all or db.session().scalar(taught) is not None


@bp.errorhandler(ModuleNotOpen)
def explain_closed(error: ModuleNotOpen) -> Response:
    """Lead back to the course and say what comes first."""
    if db.session().in_transaction():
        db.session().rollback()
    flash(error.why, "info")
    return redirect(url_for("courses.course", slug=(request.view_args or {})["slug"]))


def _record_visit(page: LessonPage, now: datetime) -> None:
    """Record a sign of life, in a short write of its own before the page is answered."""
    place = page.place
    if place is None or page.standing is None or request.headers.get("X-Keep"):
        return  # a copy kept for later was not read yet
    last = page.standing.last_active.get(page.lesson_id)
    moved = place.last_lesson_id != page.lesson_id
    if not moved and not progress.is_due(last, last is None, now):
        return
    db.end_reading()
    with db.writing():
        enrolment = progress.locked_enrolment(place.enrolment_id)
        progress.record_activity(enrolment, page.lesson_id, now=now)


@bp.get("/courses/<slug>/<module_slug>/<lesson_slug>")
@reads(SEE_LESSON, load_lesson)
def lesson(page: LessonPage) -> Response | str:
    """Show a lesson; an unchanged one is answered without being drawn."""
    actor = current_actor()
    assert actor is not None
    tag = etag_of(
        page.html_digest,
        page.outline.version,
        page.standing and sorted(page.standing.evidence.lessons_read),
        page.exercise_state,
        page.notes_mark,
        page.stopped_at,
        text_size(),
        page.standing and sorted(page.standing.evidence.activities_done),
        i18n.current_locale(),
        current_theme(),
        current_app.extensions["lms_site"].look,
        actor.display_name,
        actor.session_id,
        device.mark(),
        current_app.extensions["lms_build"],
    )
    _record_visit(page, clock.now())
    if not session.get("_flashes") and request.if_none_match.contains(tag):
        answer = Response(status=304)
        answer.set_etag(tag)
        return answer
    response = make_response(_draw_lesson(page))
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _draw_lesson(page: LessonPage) -> str:
    lessons = page.outline.lessons
    at = next((i for i, le in enumerate(lessons) if le.id == page.lesson_id), None)
    module = page.outline.module(page.module_id)
    return render(
        "courses/lesson.html",
        page=page,
        module=module,
        entry=lessons[at] if at is not None else None,
        body=render_inline(reading.with_figures(page.html, _("Enlarge the figure"))),
        contents=reading.contents_of(page.html),
        my_notes=notes.of_lesson(page.person_id, page.lesson_id)
        if page.person_id and page.notes_mark[0]
        else [],
        limits=notes,
        size=text_size(),
        version=etag_of(page.html_digest, current_app.extensions["lms_build"]),
        after=_after(page) if page.place else None,
        sizes=SIZES,
        previous=lessons[at - 1] if at else None,
        following=lessons[at + 1] if at is not None and at + 1 < len(lessons) else None,
        modules={m.id: m for m in page.outline.modules},
        standing=page.standing,
        panels=[panel(page) for panel in LESSON_PANELS],
    )


@bp.post("/courses/<slug>/<module_slug>/<lesson_slug>/read")
@writes(MARK_LESSON_READ, load_lesson)
def mark_read(page: LessonPage) -> Response:
    """Mark the lesson as read and lead to the next thing."""
    assert page.place is not None
    enrolment = progress.locked_enrolment(page.place.enrolment_id)
    row = db.session().get(Lesson, page.lesson_id)
    assert row is not None
    progress.mark_read(enrolment, row, now=clock.now())
    return redirect(_after(page))


def _after(page: LessonPage) -> str:
    """The address of what follows the lesson: the next lesson, the module's test, or home."""
    module = page.outline.module(page.module_id)
    at = [le.id for le in module.lessons].index(page.lesson_id)
    if at + 1 < len(module.lessons):
        return lesson_href(page.outline, module.lessons[at + 1].id)
    if module.activities:
        return module.activities[0].href
    return url_for("courses.course", slug=page.course_slug)


def lesson_href(outline: Outline, lesson_id: int) -> str:
    """The address of a lesson."""
    for module in outline.modules:
        for entry in module.lessons:
            if entry.id == lesson_id:
                return url_for(
                    "courses.lesson",
                    slug=outline.slug,
                    module_slug=module.slug,
                    lesson_slug=entry.slug,
                )
    return url_for("courses.course", slug=outline.slug)


@bp.post("/courses/<slug>/<module_slug>/<lesson_slug>/active")
@writes(MARK_LESSON_READ, load_lesson)
def active(page: LessonPage) -> Response:
    """Take a sign of life from an open page, so that reading time is counted fairly."""
    assert page.place is not None
    enrolment = progress.locked_enrolment(page.place.enrolment_id)
    progress.record_activity(enrolment, page.lesson_id, now=clock.now())
    return Response(status=204)
