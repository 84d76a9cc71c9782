"""The trainer's outline of a course on one page, and each act on it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, may, prepares, reads, writing_subject
from lms.courses.completion import Kind
from lms.courses.permissions import EDIT_OUTLINE, PUBLISH_COURSE
from lms.exchange import wording
from lms.exchange.errors import ConditionInUse, CourseChanged, CourseHasFaults
from lms.exchange.outlining import desk, saving, words
from lms.exchange.outlining.acts import NotThereError
from lms.exchange.outlining.desk import NoDayError, Sent
from lms.exchange.outlining.page import OutlinePage, outline_page
from lms.exchange.queries import CourseRef, load_course
from lms.exchange.views import bp
from lms.quizzes.workshop.difference import DiffLine, difference
from lms.web.i18n import gettext as _
from lms.web.templating import render

MOST_TRIES = 3
_EDITOR = "lesson_editor.edit"


@bp.get("/courses/<slug>/outline")
@reads(EDIT_OUTLINE, load_course)
def outline(course: CourseRef) -> str:
    """Show the outline: modules, lessons, tests and exercises, drafts among them."""
    return _page(course, outline_page(course.course_id))


def _page(
    course: CourseRef,
    page: OutlinePage,
    *,
    sent: Sent | None = None,
    differs: Sequence[DiffLine] = (),
    fault: str = "",
) -> str:
    return render(
        "exchange/outline.html",
        page=page,
        may_publish=may(PUBLISH_COURSE.name, course),
        has_editor=_EDITOR in current_app.view_functions,
        conditions=words.CONDITIONS,
        hours=page.conditions.get(Kind.HOURS_ATTENDED.value, {}).get("hours", ""),
        sent=sent,
        differs=differs,
        fault=fault,
    )


@bp.post("/courses/<slug>/outline")
@prepares(EDIT_OUTLINE, load_course)
def change_outline(course: CourseRef) -> Response | str | tuple[str, int]:
    """Carry out one act on the outline: its texts and what is made of them, in one write."""
    sent = Sent.posted(request.form)
    for _try in range(MOST_TRIES):
        page = outline_page(course.course_id)
        if sent.base != page.base:
            return _page(course, page, sent=sent, differs=_differs(page, sent)), 409
        to_know = [] if sent.is_sure else words.warnings(page, sent)
        if to_know:
            part = words.find(page, sent.part)
            return render(
                "exchange/outline_sure.html", page=page, sent=sent, part=part, to_know=to_know
            )
        try:
            return _act(course, page, sent)
        except CourseChanged:
            db.session().rollback()  # something else was saved meanwhile: look again
    raise CourseChanged(course.slug)


def _differs(page: OutlinePage, sent: Sent) -> list[DiffLine]:
    """Compare the outline as it stands with the one that was on the screen."""
    return difference(_without_ids(page.seen), _without_ids(sent.seen))


def _without_ids(seen: str) -> str:
    return "\n".join(line.rpartition("  #")[0] or line for line in seen.split("\n"))


def _act(course: CourseRef, page: OutlinePage, sent: Sent) -> Response | tuple[str, int]:
    try:
        edit = desk.work_out(page, sent, words.new_words())
    except NotThereError:
        flash(_("Nothing was changed: give it a title, or look again at what is there."), "warning")
        return _back(course)
    except NoDayError as refused:
        sentence = _(
            "Nothing was changed: “%(day)s” is no day. Write it as 15.01.2027.", day=str(refused)
        )
        flash(sentence, "warning")
        return _back(course, sent.part)
    except CourseHasFaults as refused:
        return _page(course, page, fault=wording.line(refused.problems[0])), 422
    if not edit.changes_anything:
        flash(_("Nothing was changed: it stands like that already."), "info")
        return _back(course, sent.part)
    saving.keep_files(edit)
    db.end_reading()
    try:
        with writing_subject(EDIT_OUTLINE, load_course):
            actor = current_actor()
            assert actor is not None
            saving.save(edit, by=actor.person_id, now=clock.now())
    except ConditionInUse:
        flash(
            _("Nothing was changed: the registrar has confirmed that condition for somebody."),
            "error",
        )
        return _back(course)
    flash(words.done(page, sent, edit), "success")
    for sentence in words.after(page, edit):
        flash(sentence, "info")
    return _back(course, edit.part if edit.act != "remove" else "")


def _back(course: CourseRef, part: str = "") -> Response:
    anchor = f"p-{part}" if part else None
    return redirect(url_for(".outline", slug=course.slug, _anchor=anchor))
