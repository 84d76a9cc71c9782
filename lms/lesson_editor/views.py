"""The pages of a lesson's text: written, looked at, saved, brought back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.courses import reading
from lms.courses.models import Lesson
from lms.exchange import lesson_saving as saving
from lms.exchange.lesson_saving import LessonBench, bench_of
from lms.lesson_editor import drafts, pasting
from lms.lesson_editor.comparing import compared
from lms.lesson_editor.desk import Desk, desk_of_parts, desk_of_text
from lms.lesson_editor.front import Parts
from lms.lesson_editor.permissions import EDIT_LESSON
from lms.lesson_editor.queries import LessonRef, load_lesson, versions_of
from lms.quizzes.exchange.pictures import LARGEST, decoded
from lms.quizzes.services import pictures
from lms.quizzes.services.pictures import Gathered
from lms.quizzes.workshop.difference import difference
from lms.safety.html import LONGEST_SOURCE
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render, render_inline

bp = Blueprint("lesson_editor", __name__)
Answer = Response | str | tuple[str, int]
MOST_TRIES = 3
_LESSON = "/courses/<slug>/<module_slug>/<lesson_slug>"
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
        )
        return cls(parts, form.get("base", "")[:64], form.get("do", ""))


def _address(lesson: LessonRef, endpoint: str, **more: Any) -> str:
    return url_for(f"lesson_editor.{endpoint}", **lesson.args, **more)


# The page --------------------------------------------------------------------------------------


@bp.get(f"{_LESSON}/edit")
@reads(EDIT_LESSON, load_lesson)
def edit(lesson: LessonRef) -> str:
    """Show a lesson's text beside what it makes; what one did not save is there again."""
    bench = bench_of(lesson.lesson_id)
    draft = drafts.draft_of(lesson.lesson_id, me())
    if draft is None or draft.text == bench.text:
        return _page(lesson, desk_of_text(bench, bench.text, bench.base))
    return _page(lesson, desk_of_text(bench, draft.text, draft.base), draft=draft)


def _page(lesson: LessonRef, desk: Desk, **more: Any) -> str:
    others = drafts.others_at(lesson.lesson_id, me(), now=clock.now())
    return render(
        "lesson_editor/edit.html",
        lesson=lesson,
        desk=desk,
        parts=desk.parts,
        others=others,
        body=_drawn(desk),
        see=url_for("courses.lesson", **lesson.args),
        **more,
    )


def _drawn(desk: Desk) -> Any:
    return render_inline(reading.with_figures(desk.read.html, _("Enlarge the figure")))


@bp.post(f"{_LESSON}/edit/preview")
@reads(EDIT_LESSON, load_lesson)
def preview(lesson: LessonRef) -> Response:
    """Draw a text while it is written; nothing is kept."""
    sent = Sent.posted()
    desk = desk_of_parts(bench_of(lesson.lesson_id), sent.parts, sent.base)
    return jsonify(
        html=render("lesson_editor/_preview.html", desk=desk, body=_drawn(desk)),
        lines=desk.lines,
        summary=desk.summary,
    )


@bp.post(f"{_LESSON}/edit/draft")
@writes(EDIT_LESSON, load_lesson)
def keep_draft(lesson: LessonRef) -> Response:
    """Keep what is being written, and say who else is at it."""
    now, by = clock.now(), me()
    bench = bench_of(lesson.lesson_id)
    if request.form.get("here"):
        drafts.keep(lesson.lesson_id, by, text=None, base=bench.base, now=now)
        return _kept(lesson, bench, bench.base)
    sent = Sent.posted()
    desk = desk_of_parts(bench, sent.parts, sent.base)
    if desk.is_changed:
        drafts.keep(lesson.lesson_id, by, text=desk.text, base=sent.base, now=now)
    else:
        drafts.leave(lesson.lesson_id, by, now=now)
    return _kept(lesson, bench, sent.base)


def _kept(lesson: LessonRef, bench: LessonBench, base: str) -> Response:
    others = drafts.others_at(lesson.lesson_id, me(), now=clock.now())
    return jsonify(
        others=render("lesson_editor/_others.html", others=others),
        is_outdone=base != bench.base,
    )


# Pasting ---------------------------------------------------------------------------------------


@bp.post(f"{_LESSON}/edit/convert")
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
        pictures.keep(course_id, gathered.files, by=me(), now=clock.now())


def _notes(gathered: Gathered) -> str:
    refused = gathered.refused
    if not refused:
        return ""
    return ngettext("%(num)s picture was left out.", "%(num)s pictures were left out.", refused)


# Saving ----------------------------------------------------------------------------------------


@bp.post(f"{_LESSON}/edit")
@prepares(EDIT_LESSON, load_lesson)
def change(lesson: LessonRef) -> Answer:
    """Preview, keep or save a text, or throw a draft away."""
    sent = Sent.posted()
    if sent.do == "discard":
        return _discard(lesson)
    if sent.do == "picture":
        gathered = Gathered()
        more = _of_file(gathered)
        _keep_pictures(lesson.course_id, gathered)
        if notes := _notes(gathered):
            flash(notes, "warning")
        body = f"{sent.parts.body}\n\n{more}".strip("\n")
        sent = replace(sent, parts=replace(sent.parts, body=body))
    if sent.do == "save":
        return _save(lesson, sent)
    desk = desk_of_parts(bench_of(lesson.lesson_id), sent.parts, sent.base)
    db.end_reading()
    with writing_subject(EDIT_LESSON, load_lesson):
        _keep_as_draft(lesson, desk)
    if sent.do == "look":
        return redirect(_address(lesson, "as_learner"))
    return _page(lesson, desk)


def _keep_as_draft(lesson: LessonRef, desk: Desk) -> None:
    text = desk.text if desk.is_changed else None
    drafts.keep(lesson.lesson_id, me(), text=text, base=desk.base, now=clock.now())


def _discard(lesson: LessonRef) -> Response:
    db.end_reading()
    with writing_subject(EDIT_LESSON, load_lesson):
        if drafts.leave(lesson.lesson_id, me(), now=clock.now()):
            record(
                "lesson.draft_left",
                by=me(),
                on=db.session().get_one(Lesson, lesson.lesson_id),
                course_id=lesson.course_id,
                lesson=lesson.content_id,
            )
            flash(_("The draft was thrown away; the lesson stands as it was saved."), "success")
    return redirect(_address(lesson, "edit"))


def _save(lesson: LessonRef, sent: Sent) -> Answer:
    for _try in range(MOST_TRIES):
        bench = bench_of(lesson.lesson_id)
        desk = desk_of_parts(bench, sent.parts, sent.base)
        if not desk.read.is_ready:
            return _page(lesson, desk, was_refused=True), 422
        db.end_reading()
        try:
            with writing_subject(EDIT_LESSON, load_lesson):
                saving.save_lesson(bench, desk.read, base=sent.base, by=me(), now=clock.now())
                drafts.leave(lesson.lesson_id, me(), now=clock.now())
                is_shown = db.session().get_one(Lesson, lesson.lesson_id).is_published
        except saving.CourseMoved:
            continue  # somebody saved something else meanwhile: read it anew
        except saving.LessonChanged:
            return _outdone(lesson, sent)
        _tell(is_shown=is_shown)
        return redirect(_address(lesson, "edit"))
    raise saving.CourseMoved(lesson.course_slug)


def _tell(*, is_shown: bool) -> None:
    if is_shown:
        flash(_("Saved. Learners read the lesson as it now stands."), "success")
    else:
        flash(
            _("Saved. Learners don’t see the lesson: a fact it rests on waits for a sign-off."),
            "warning",
        )


def _outdone(lesson: LessonRef, sent: Sent) -> Answer:
    """Say that somebody was first; the text is kept, and what differs is shown."""
    bench = bench_of(lesson.lesson_id)
    desk = desk_of_parts(bench, sent.parts, bench.base)
    db.end_reading()
    with writing_subject(EDIT_LESSON, load_lesson):
        _keep_as_draft(lesson, desk)
    return _page(lesson, desk, difference=difference(bench.text, desk.text)), 409


# As learners see it ------------------------------------------------------------------------------


@bp.get(f"{_LESSON}/edit/as-learner")
@reads(EDIT_LESSON, load_lesson)
def as_learner(lesson: LessonRef) -> str:
    """Show one's draft, or the lesson as it is saved, as learners would read it."""
    bench = bench_of(lesson.lesson_id)
    draft = drafts.draft_of(lesson.lesson_id, me())
    desk = desk_of_text(bench, draft.text if draft else bench.text, bench.base)
    return render(
        "lesson_editor/as_learner.html",
        lesson=lesson,
        desk=desk,
        file=desk.read.file,
        body=_drawn(desk),
        contents=reading.contents_of(desk.read.html),
        is_draft=draft is not None and desk.is_changed,
    )


# History -----------------------------------------------------------------------------------------


def _number() -> int:
    return int((request.view_args or {})["number"])


@bp.get(f"{_LESSON}/history")
@reads(EDIT_LESSON, load_lesson)
def history(lesson: LessonRef) -> str:
    """List what the lesson was, the newest first."""
    return render("lesson_editor/history.html", lesson=lesson, versions=versions_of(lesson))


@bp.get(f"{_LESSON}/history/<int:number>")
@reads(EDIT_LESSON, load_lesson)
def see_version(lesson: LessonRef) -> str:
    """Show what a version changed, and how it differs from what stands now."""
    number, versions = _number(), versions_of(lesson)
    at = next((i for i, version in enumerate(versions) if version.number == number), None)
    if at is None:
        abort(404)
    version, before = versions[at], versions[at + 1] if at + 1 < len(versions) else None
    since = request.args.get("since") == "now" and at > 0
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


@bp.post(f"{_LESSON}/history/<int:number>/restore")
@prepares(EDIT_LESSON, load_lesson)
def restore(lesson: LessonRef) -> Response:
    """Bring an older version back, as a new one; drafts stay."""
    number = _number()
    version = next((v for v in versions_of(lesson) if v.number == number), None)
    if version is None:
        abort(404)
    here = redirect(_address(lesson, "see_version", number=number))
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
        return redirect(_address(lesson, "history"))
    raise saving.CourseMoved(lesson.course_slug)
