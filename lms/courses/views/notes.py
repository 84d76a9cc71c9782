"""Notes of one's own: written beside a lesson, listed over the course, taken along as text."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, reads, writes
from lms.courses import notes, queries
from lms.courses.errors import TooManyNotes
from lms.courses.models import Course, Lesson, LessonNote, Module
from lms.courses.note_text import as_text
from lms.courses.notes import Written
from lms.courses.outline import Outline, outline_of
from lms.courses.permissions import KEEP_NOTES
from lms.courses.services import progress
from lms.courses.views import bp
from lms.courses.views.glossary import load_outline
from lms.courses.views.learning import LessonPage, load_lesson
from lms.web import i18n
from lms.web.i18n import gettext as _
from lms.web.pages import wants_json
from lms.web.templating import render


@dataclass(frozen=True)
class NotesPage:
    """A course with whose notes are asked for."""

    outline: Outline
    person_id: int | None


def load_notes(actor: Actor, *, locked: bool, slug: str) -> NotesPage | None:
    """Load a course for its reader; staff have no notes on it."""
    place = None if actor.runs_everything else queries.place_on(actor.person_id, slug)
    if place is not None:
        return NotesPage(outline_of(place.course_id, place.course_version), actor.person_id)
    outline = load_outline(actor, locked=locked, slug=slug)
    return None if outline is None else NotesPage(outline, None)


def load_note(actor: Actor, *, locked: bool, slug: str, note_id: int) -> LessonNote | None:
    """Load a note of the asker's own; another's is as good as missing."""
    statement = (
        sa.select(LessonNote)
        .join(Lesson, Lesson.id == LessonNote.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            Course.slug == slug,
            LessonNote.id == note_id,
            LessonNote.person_id == actor.person_id,
        )
    )
    if locked:
        statement = statement.with_for_update(of=LessonNote)
    return db.session().scalars(statement).first()


def _one_line(name: str) -> str:
    return " ".join(request.form.get(name, "").split())


def _typed() -> str:
    return request.form.get("text", "").replace("\r\n", "\n").strip()


def _list_address() -> str:
    return url_for("courses.my_notes", slug=(request.view_args or {})["slug"])


def _fault(written: Written) -> str | None:
    if written.is_empty:
        return _("Nothing was kept. Write a note, or mark words in the lesson first.")
    if len(written.text) > notes.LONGEST_TEXT:
        return _("Shorten the note to 4,000 characters.")
    if len(written.quote) > notes.LONGEST_QUOTE:
        return _("Mark fewer words: at most 1,000 characters.")
    return None


@bp.post("/courses/<slug>/<module_slug>/<lesson_slug>/notes")
@writes(KEEP_NOTES, load_lesson)
def add_note(page: LessonPage) -> Response:
    """Keep a note on a lesson, or words marked in it."""
    assert page.place is not None
    written = Written(
        quote=_one_line("quote"),
        before=_one_line("before")[-notes.AROUND :],
        after=_one_line("after")[: notes.AROUND],
        text=_typed(),
    )
    fault = _fault(written)
    if fault is None:
        progress.locked_enrolment(page.place.enrolment_id)
        try:
            note = notes.keep(page.place.person_id, page.lesson_id, written, now=clock.now())
        except TooManyNotes:
            fault = _("There are 200 notes on this lesson. Remove some that you no longer need.")
    if fault is not None:
        return _refused(page, written, fault)
    if wants_json():
        return jsonify(id=note.id, section=_section(page))
    flash(_("Your note is kept."), "ok")
    return redirect(f"{request.path.removesuffix('/notes')}#notele-mele", 303)


def _refused(page: LessonPage, written: Written, fault: str) -> Response:
    if wants_json():
        return make_response(jsonify(error=fault), 422)
    drawn = render(
        "courses/note_refused.html", page=page, written=written, fault=fault, limits=notes
    )
    return make_response(drawn, 422)


def _section(page: LessonPage) -> str:
    assert page.place is not None
    return render(
        "courses/_lesson_notes.html",
        page=page,
        my_notes=notes.of_lesson(page.place.person_id, page.lesson_id),
    )


@bp.post("/courses/<slug>/notes/<int:note_id>")
@writes(KEEP_NOTES, load_note)
def change_note(note: LessonNote) -> Response:
    """Write other words into a note."""
    written = Written(note.quote, note.before, note.after, _typed())
    fault = _fault(written)
    if fault is None:
        notes.change(note, written.text, now=clock.now())
        flash(_("Your note is kept."), "ok")
    else:
        flash(fault, "error")
    return redirect(f"{_list_address()}#nota-{note.id}", 303)


@bp.post("/courses/<slug>/notes/<int:note_id>/remove")
@writes(KEEP_NOTES, load_note)
def remove_note(note: LessonNote) -> Response:
    """Remove a note for good."""
    notes.remove(note)
    flash(_("The note was removed."), "ok")
    return redirect(_list_address(), 303)


@bp.get("/courses/<slug>/notes")
@reads(KEEP_NOTES, load_notes)
def my_notes(page: NotesPage) -> str:
    """List one's notes over the whole course."""
    assert page.person_id is not None  # the permission says so
    return render(
        "courses/my_notes.html",
        outline=page.outline,
        lessons=notes.of_course(page.person_id, page.outline.course_id),
        limits=notes,
    )


@bp.get("/courses/<slug>/notes.txt")
@reads(KEEP_NOTES, load_notes)
def notes_as_text(page: NotesPage) -> Response:
    """Hand one's notes out as plain text."""
    actor = current_actor()
    assert actor is not None
    assert page.person_id is not None
    locale = i18n.current_locale()
    text = as_text(
        f"{_('My notes')}: {page.outline.title(locale)}",
        f"{actor.display_name}, {i18n.format_date(clock.now().date())}",
        [
            (
                f"{lesson.number} {lesson.title(locale)}",
                [(note.quote, note.text) for note in lesson.notes],
            )
            for lesson in notes.of_course(page.person_id, page.outline.course_id)
        ],
    )
    response = Response(text, mimetype="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="note-{page.outline.slug}.txt"'
    return response
