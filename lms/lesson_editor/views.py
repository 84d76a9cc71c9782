"""The pages of a lesson's text: written, looked at, saved, brought back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.courses import reading
from lms.courses.models import Lesson
from lms.errors import NotSignedIn, Refused
from lms.exchange import lesson_saving as saving
from lms.exchange.lesson_saving import bench_of
from lms.lesson_editor import drafts, pasting
from lms.lesson_editor.desk import Desk, desk_of_parts, desk_of_text
from lms.lesson_editor.drafts import Seat
from lms.lesson_editor.front import Parts, put_together
from lms.lesson_editor.permissions import EDIT_LESSON
from lms.lesson_editor.queries import LessonRef, load_lesson
from lms.quizzes.exchange.pictures import LARGEST, decoded
from lms.quizzes.services import locks, pictures
from lms.quizzes.services.pictures import Gathered
from lms.quizzes.workshop.difference import difference
from lms.safety.html import LONGEST_SOURCE
from lms.web.csrf import FormExpired, session_cookie_name
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.pages import handle_refused, wants_json
from lms.web.templating import render, render_inline

bp = Blueprint("lesson_editor", __name__)
Answer = Response | str | tuple[str, int]
MOST_TRIES = 3
LESSON = "/courses/<slug>/<module_slug>/<lesson_slug>"
_DATA = "data:image/"


def me() -> int:
    """Return who asks."""
    actor = current_actor()
    assert actor is not None
    return actor.person_id


# What the form sends ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """What the page's form holds."""

    parts: Parts
    base: str
    do: str
    seat: Seat

    @classmethod
    def posted(cls) -> Sent:
        """Read the form; what it can't hold is left out."""
        form = request.form

        def line(name: str, most: int) -> str:
            return " ".join(form.get(name, "").replace("\x00", "").split())[:most]

        def text(name: str) -> str:
            return (
                form.get(name, "").replace("\r\n", "\n").replace("\x00", "")[: LONGEST_SOURCE + 1]
            )

        parts = Parts(
            title_ro=line("title_ro", 300),
            title_en=line("title_en", 300),
            minutes=(line("reading", 12), line("exercise", 12), line("test", 12)),
            rest=text("rest"),
            body=text("body").strip("\n"),
            is_draft=form.get("draft") == "1",
        )
        number = form.get("number", "")
        seat = Seat(
            form.get("window", "")[:32] or new_window(),
            int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0,
        )
        return cls(parts, form.get("base", "")[:64], form.get("do", ""), seat)


def new_window() -> str:
    """Name a window that a lesson is written in."""
    return secrets.token_urlsafe(9)


def address(lesson: LessonRef, endpoint: str, **more: Any) -> str:
    return url_for(f"lesson_editor.{endpoint}", **lesson.args, **more)


# The page --------------------------------------------------------------------------------------


@bp.get(f"{LESSON}/edit")
@reads(EDIT_LESSON, load_lesson)
def edit(lesson: LessonRef) -> str:
    """Show a lesson's text beside what it makes; what one did not save is there again."""
    bench = bench_of(lesson.lesson_id)
    draft = drafts.draft_of(lesson.lesson_id, me())
    if draft is None or draft.text == bench.text:
        return _page(lesson, desk_of_text(bench, bench.text, bench.base), Seat(new_window()))
    seat = Seat(new_window(), draft.number)
    return _page(lesson, desk_of_text(bench, draft.text, draft.base), seat, draft=draft)


def _page(lesson: LessonRef, desk: Desk, seat: Seat, **more: Any) -> str:
    others = drafts.others_at(lesson.lesson_id, me(), now=clock.now())
    return render(
        "lesson_editor/edit.html",
        lesson=lesson,
        desk=desk,
        parts=desk.parts,
        seat=seat,
        others=others,
        body=drawn(desk),
        see=url_for("courses.lesson", **lesson.args),
        **more,
    )


def drawn(desk: Desk) -> Any:
    return render_inline(reading.with_figures(desk.read.html, _("Enlarge the figure")))


@bp.post(f"{LESSON}/edit/preview")
@reads(EDIT_LESSON, load_lesson)
def preview(lesson: LessonRef) -> Response:
    """Draw a text while it is written; nothing is kept."""
    sent = Sent.posted()
    desk = desk_of_parts(bench_of(lesson.lesson_id), sent.parts, sent.base)
    return jsonify(
        html=render("lesson_editor/_preview.html", desk=desk, body=drawn(desk)),
        lines=desk.lines,
        summary=desk.summary,
    )


@bp.post(f"{LESSON}/edit/draft")
@writes(EDIT_LESSON, load_lesson)
def keep_draft(lesson: LessonRef) -> Response:
    """Keep what is being written, and say who else is at it."""
    saved, base = saving.stands(lesson.lesson_id)  # nothing is read or drawn inside the write
    sent = Sent.posted()
    if request.form.get("here"):
        drafts.be_here(lesson.lesson_id, me(), base=base, now=clock.now())
        return _kept(lesson, base, sent, sent.seat)
    text = put_together(sent.parts, saved)
    return _kept(lesson, base, sent, _keep(lesson, sent, text, sent.base, saved=saved))


def _keep(lesson: LessonRef, sent: Sent, text: str, base: str, *, saved: str) -> Seat | None:
    """Keep a text as a draft, inside the caller's write; None where another window's stays."""
    now, by = clock.now(), me()
    if text != saved:
        return drafts.keep(lesson.lesson_id, by, sent.seat, text=text, base=base, now=now)
    drafts.leave(lesson.lesson_id, by, sent.seat, now=now)
    return sent.seat


def _keep_desk(lesson: LessonRef, desk: Desk, sent: Sent) -> Seat | None:
    return _keep(lesson, sent, desk.text, desk.base, saved=desk.bench.text)


def _kept(lesson: LessonRef, base: str, sent: Sent, seat: Seat | None) -> Response:
    others = drafts.others_at(lesson.lesson_id, me(), now=clock.now())
    return jsonify(
        others=render("lesson_editor/_others.html", others=others, is_elsewhere=seat is None),
        number=seat.number if seat is not None else None,
        is_outdone=sent.base != base,
    )


# Pasting ---------------------------------------------------------------------------------------


@bp.post(f"{LESSON}/edit/convert")
@prepares(EDIT_LESSON, load_lesson)
def convert(lesson: LessonRef) -> Response:
    """Turn what was pasted or chosen into Markdown; its pictures are kept in the course."""
    course_id = lesson.course_id
    gathered = Gathered()
    text = _of_file(gathered) or _of_html(gathered, request.form.get("html", ""))
    _keep_pictures(course_id, gathered)
    return jsonify(text=text, notes=_notes(gathered))


def _of_file(gathered: Gathered) -> str:
    """Take the pictures that were sent; they stand one below the other."""
    found = []
    for file in request.files.getlist("file"):
        data = file.stream.read(LARGEST + 1) if file.filename else b""
        if data and (name := gathered.add(data)):
            found.append(f"![](figures/{name})")
    return "\n\n".join(found)


def _of_html(gathered: Gathered, html: str) -> str:
    def picture(address: str) -> str:
        head, _comma, coded = address.partition(",")
        data = decoded(coded) if head.startswith(_DATA) and head.endswith(";base64") else None
        name = gathered.add(data) if data is not None else ""
        return f"figures/{name}" if name else ""

    return pasting.markdown_from(html, picture)


def _keep_pictures(course_id: int, gathered: Gathered) -> None:
    if not gathered.files:
        return
    pictures.lay_down(gathered.files)
    db.end_reading()
    with writing_subject(EDIT_LESSON, load_lesson):
        locks.course(course_id)
        pictures.keep(course_id, gathered.files, by=me(), now=clock.now())


def _notes(gathered: Gathered) -> str:
    refused = gathered.refused
    if not refused:
        return ""
    return ngettext("%(num)s picture was left out.", "%(num)s pictures were left out.", refused)


# Saving ----------------------------------------------------------------------------------------


@bp.post(f"{LESSON}/edit")
@prepares(EDIT_LESSON, load_lesson)
def change(lesson: LessonRef) -> Answer:
    """Preview, keep or save a text, or throw a draft away."""
    sent = Sent.posted()
    if sent.do == "discard":
        return _discard(lesson, sent)
    if sent.do == "picture":
        sent = _with_picture(lesson, sent)
    if sent.do == "save":
        return _save(lesson, sent)
    desk = desk_of_parts(bench_of(lesson.lesson_id), sent.parts, sent.base)
    db.end_reading()
    with writing_subject(EDIT_LESSON, load_lesson):
        seat = _keep_desk(lesson, desk, sent)
    if seat is None:
        return _elsewhere(lesson, desk, sent)
    if sent.do == "look":
        return redirect(address(lesson, "as_learner"))
    return _page(lesson, desk, seat)


def _with_picture(lesson: LessonRef, sent: Sent) -> Sent:
    """Put the pictures that were chosen at the end of the text, where no script does it better."""
    gathered = Gathered()
    more = _of_file(gathered)
    _keep_pictures(lesson.course_id, gathered)
    if notes := _notes(gathered):
        flash(notes, "warning")
    body = f"{sent.parts.body}\n\n{more}".strip("\n")
    return replace(sent, parts=replace(sent.parts, body=body))


def _elsewhere(lesson: LessonRef, desk: Desk, sent: Sent) -> Answer:
    """Say that another window of the same person has a newer draft, and show what differs."""
    draft = drafts.draft_of(lesson.lesson_id, me())
    newer = draft.text if draft is not None else desk.bench.text
    seat = replace(sent.seat, number=draft.number if draft is not None else 0)
    told = _("You wrote something else in this lesson in another window")
    differs = difference(newer, desk.text)
    return _page(lesson, desk, seat, difference=differs, first=told), 409


def _discard(lesson: LessonRef, sent: Sent) -> Response:
    db.end_reading()
    with writing_subject(EDIT_LESSON, load_lesson):
        if drafts.leave(lesson.lesson_id, me(), sent.seat, now=clock.now()):
            record(
                "lesson.draft_left",
                by=me(),
                on=db.session().get_one(Lesson, lesson.lesson_id),
                course_id=lesson.course_id,
                lesson=lesson.content_id,
            )
            flash(_("The draft was thrown away; the lesson stands as it was saved."), "success")
    return redirect(address(lesson, "edit"))


def _save(lesson: LessonRef, sent: Sent) -> Answer:
    for _try in range(MOST_TRIES):
        bench = bench_of(lesson.lesson_id)
        desk = desk_of_parts(bench, sent.parts, sent.base)
        if not desk.read.is_ready and sent.base not in ("", bench.base):
            return _outdone(lesson, sent)  # what stands in the way may be the other's change
        if not desk.read.is_ready:
            return _refused(lesson, desk, sent)
        db.end_reading()
        try:
            with writing_subject(EDIT_LESSON, load_lesson):
                saving.save_lesson(bench, desk.read, base=sent.base, by=me(), now=clock.now())
                drafts.leave(lesson.lesson_id, me(), sent.seat, now=clock.now())
                told = _told(db.session().get_one(Lesson, lesson.lesson_id))
        except saving.CourseMoved:
            continue  # somebody saved something else meanwhile: read it anew
        except saving.LessonChanged:
            return _outdone(lesson, sent)
        flash(*told)
        return redirect(address(lesson, "edit"))
    raise saving.CourseMoved(lesson.course_slug)


def _told(saved: Lesson) -> tuple[str, str]:
    if saved.withdrawn_at is not None:
        return _("Saved as a draft: learners don’t see the lesson."), "success"
    if saved.is_published:
        return _("Saved. Learners read the lesson as it now stands."), "success"
    waits = _("Saved. Learners don’t see the lesson: a fact it rests on waits for a sign-off.")
    return waits, "warning"


def _refused(lesson: LessonRef, desk: Desk, sent: Sent) -> Answer:
    """Say what stands in the way; the text waits as a draft."""
    db.end_reading()
    with writing_subject(EDIT_LESSON, load_lesson):
        seat = _keep_desk(lesson, desk, sent) or sent.seat
    return _page(lesson, desk, seat, was_refused=True), 422


def _outdone(lesson: LessonRef, sent: Sent) -> Answer:
    """Say that somebody was first; the text is kept, and what differs is shown."""
    bench = bench_of(lesson.lesson_id)
    desk = desk_of_parts(bench, sent.parts, bench.base)
    db.end_reading()
    with writing_subject(EDIT_LESSON, load_lesson):
        seat = _keep_desk(lesson, desk, sent) or sent.seat
    told = _("Somebody saved this lesson while you were writing")
    differs = difference(bench.text, desk.text)
    return _page(lesson, desk, seat, difference=differs, first=told), 409


# Signed out meanwhile ----------------------------------------------------------------------------


@bp.errorhandler(FormExpired)
@bp.errorhandler(NotSignedIn)
def give_back(error: Refused) -> Response:
    """Hand back a text that could not be kept: it does not go with the sign-in that ended."""
    parts = Sent.posted().parts
    was_signed_in = session_cookie_name() in request.cookies or isinstance(error, FormExpired)
    is_text = request.endpoint == "lesson_editor.change" and bool(parts.body)
    if not is_text or not was_signed_in or wants_json():
        return handle_refused(error)
    if db.session().in_transaction():
        db.session().rollback()
    again = url_for("lesson_editor.edit", **(request.view_args or {}))
    answer = make_response(render("lesson_editor/given_back.html", parts=parts, again=again))
    answer.status_code = error.status
    answer.headers["Cache-Control"] = "no-store"
    return answer
