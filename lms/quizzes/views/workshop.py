"""The trainer's workshop: a course's quizzes, and the questions of one as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import current_actor, may, prepares, reads, writing_subject
from lms.courses.outline import Outline
from lms.courses.views.learning import CoursePage, load_course
from lms.quizzes import desk, pasting, queries, workshop_page
from lms.quizzes.corrections import queries as correction_queries
from lms.quizzes.corrections import wording as correction_words
from lms.quizzes.corrections.queries import AskedVersion
from lms.quizzes.forms import question_form
from lms.quizzes.permissions import EDIT_QUIZ, PREVIEW_QUIZ
from lms.quizzes.services import asking, pictures, pinning, ruling
from lms.quizzes.services import workshop as services
from lms.quizzes.services import workshop_plan as plans
from lms.quizzes.services.workshop_plan import Bench, TextPlan
from lms.quizzes.views import bp
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.quizzes.words import workshop_words
from lms.quizzes.workshop.difference import difference
from lms.quizzes.workshop.docx_reader import DocumentRefused
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.writing import edited
from lms.quizzes.workshop_form import (
    Place,
    Sent,
    added_in,
    new_key,
    place_of,
    preview_values,
    put_after,
    summary_of,
    titles,
)
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render

MOST_TRIES = 3


@bp.get("/courses/<slug>/quizzes")
@reads(PREVIEW_QUIZ, load_course)
def workshop(page: CoursePage) -> str:
    """List a course's quizzes, each one click from its pages."""
    return render(
        "quizzes/workshop.html",
        outline=page.outline,
        quizzes=queries.quizzes_of(page.course_id),
        may_edit=may(EDIT_QUIZ.name, page),
        contest_days=ruling.contest_days_of(page.course_id),
    )


Answer = Response | str | tuple[str, int]


# The page --------------------------------------------------------------------------------------


def _planned(bench: Bench, sent: Sent) -> TextPlan:
    return plans.plan_text(bench, sent.text, sent.wanted, titles())


def draw_page(
    outline: Outline, bench: Bench, sent: Sent, plan: TextPlan, page: QuizPage | None, **more: Any
) -> str:
    """Draw the text with its preview."""
    subject = CoursePage(outline.course_id, outline, None)
    asked = asking.asked_in(outline)
    return render(
        "quizzes/text.html",
        outline=outline,
        sent=sent,
        frame=desk.frame_of(page, "questions") if page is not None else None,
        title=_title_of(bench, sent),
        draft=workshop_page.browser_draft(outline.course_id),
        saved_key=request.args.get("saved", "")[:16],
        may_edit=may(EDIT_QUIZ.name, subject),
        asked=asked,
        counts=_counts(bench, sent, asked),
        **preview_values(bench, plan),
        **more,
    )


def _counts(bench: Bench, sent: Sent, asked: asking.Asked) -> bool:
    """Offer a new quiz as required, unless people are on their way: nobody gets one more unasked.

    What was chosen for a quiz stays chosen.
    """
    if sent.counts is not None:
        return sent.counts
    return bench.quiz.settings.counts if bench.quiz is not None else not asked.running


def _title_of(bench: Bench, sent: Sent) -> str:
    """The title that the page shows: as sent, as it is, or as a new one would be called."""
    if sent.title_ro or bench.quiz is not None:
        return sent.title_ro or (bench.quiz.title_ro if bench.quiz is not None else "")
    module = bench.module(sent.module_id)
    return titles().of(module, bench.quizzes_in(module.id))[0] if module is not None else ""


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/questions")
@reads(PREVIEW_QUIZ, load_quiz)
def questions(page: QuizPage) -> Answer:
    """Show a quiz's text beside what it makes, or one question's form; who may not edit reads."""
    bench = plans.bench_of(page.course_id, page.quiz.id)
    sent = Sent(text=bench.source.text, base=bench.source.base, key=new_key())
    named = request.args.get("change", "")
    step = question_form.form_of(sent.text, named) if named and may(EDIT_QUIZ.name, page) else None
    if step is not None:
        return _form_page(page.outline, page.quiz.id, sent, step)
    return draw_page(page.outline, bench, sent, _planned(bench, sent), page)


@bp.get("/courses/<slug>/new-quiz")
@reads(EDIT_QUIZ, load_course)
def new_quiz(page: CoursePage) -> str:
    """Show an empty text, for a module or for what its headings name."""
    bench = plans.bench_of(page.course_id)
    wanted = request.args.get("module", "")
    module = next((m for m in bench.modules if m.slug == wanted), None)
    sent = Sent(key=new_key(), module_id=module.id if module is not None else None)
    return draw_page(page.outline, bench, sent, _planned(bench, sent), None)


@bp.post("/courses/<slug>/workshop/preview")
@reads(EDIT_QUIZ, load_course)
def preview_text(page: CoursePage) -> Response:
    """Draw the preview of a text while it is written; nothing is kept."""
    quiz_id = whole_number(request.form.get("quiz"))
    bench = plans.bench_of(page.course_id, quiz_id)
    sent = Sent.posted()
    text = _edited(sent)
    plan = _planned(bench, replace(sent, text=text))
    lines = {problem.line: "bad" for problem in plan.read.errors}
    lines |= {piece.first: "warn" for piece in plan.read.asked}
    lines |= {p.line: "warn" for p in plan.read.warnings if p.line not in lines}
    return jsonify(
        html=render("quizzes/_preview.html", may_edit=True, **preview_values(bench, plan)),
        text=text if text != sent.text else None,
        lines=lines,
        summary=summary_of(plan),
        added=added_in(plan),
        is_ready=plan.is_ready,
    )


@bp.post("/courses/<slug>/workshop/convert")
@prepares(EDIT_QUIZ, load_course)
def convert_pasted(page: CoursePage) -> Response:
    """Turn what was pasted or chosen into text; its pictures are kept."""
    course_id = page.course_id
    try:
        converted = _converted()
    except DocumentRefused as refused:
        answer = jsonify(error=str(pasting.SENTENCES[refused.fault]))
        answer.status_code = 422
        return answer
    _keep_pictures(course_id, converted, load_course)
    return jsonify(text=converted.text, notes=_notes(converted))


def _converted() -> pasting.Converted:
    file = request.files.get("file")
    if file is not None and file.filename:
        return pasting.from_file(file)
    return pasting.from_html(request.form.get("html", ""))


def _keep_pictures(course_id: int, converted: pasting.Converted, load: Callable[..., Any]) -> None:
    files = converted.pictures.files
    if not files:
        return
    pictures.lay_down(files)
    with writing_subject(EDIT_QUIZ, load):
        actor = current_actor()
        by = actor.person_id if actor is not None else None
        pictures.keep(course_id, files, by=by, now=clock.now())


def _notes(converted: pasting.Converted) -> str:
    refused = converted.pictures.refused
    if not refused:
        return ""
    return ngettext("%(num)s picture was left out.", "%(num)s pictures were left out.", refused)


def _edited(sent: Sent) -> str:
    """Carry out what a button of the preview asks: choose a right answer, take a question out."""
    return edited(sent.text, **{n: sent.given.get(n, "") for n in ("right", "remove", "order")})


# Saving ----------------------------------------------------------------------------------------


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/questions")
@prepares(EDIT_QUIZ, load_quiz)
def edit_questions(page: QuizPage) -> Response | str | tuple[str, int]:
    """Preview or save a quiz's text."""
    quiz_id = page.quiz.id
    return _answer(page.outline, quiz_id, load_quiz)


@bp.post("/courses/<slug>/new-quiz")
@prepares(EDIT_QUIZ, load_course)
def create_quiz(page: CoursePage) -> Response | str | tuple[str, int]:
    """Preview a text, or make quizzes of it."""
    return _answer(page.outline, None, load_course)


def _answer(outline: Outline, quiz_id: int | None, load: Callable[..., Any]) -> Answer:
    sent = Sent.posted()
    wants_saving = sent.do in ("save", "publish")
    sent = replace(sent, text=_edited(sent))
    if sent.do == "upload":
        sent = _uploaded(outline.course_id, sent, load)
    step = question_form.step_of(sent.text, sent.given, sent.do)
    if isinstance(step, question_form.FormPage):
        return _form_page(outline, quiz_id, sent, step)
    place = place_of(sent, step)
    sent = replace(sent, text=step)
    for _try in range(MOST_TRIES):
        bench = plans.bench_of(outline.course_id, quiz_id)
        plan = _planned(bench, sent)
        if not (wants_saving and plan.is_ready):
            return _again(outline, bench, sent, plan, place, wants_saving=wants_saving)
        ready = services.make_ready(bench, plan, publishes=sent.do == "publish", counts=sent.counts)
        db.end_reading()
        try:
            return _save(bench, ready, sent, load)
        except services.CourseMoved:
            continue  # somebody saved something else meanwhile: work it out anew
        except services.TextChanged:
            return _refused(outline, quiz_id, sent)
    raise services.CourseMoved(outline.slug)


def _uploaded(course_id: int, sent: Sent, load: Callable[..., Any]) -> Sent:
    """Put a file after the text; what can't be read is said, and the text stays."""
    try:
        converted = _converted()
    except DocumentRefused as refused:
        flash(str(pasting.SENTENCES[refused.fault]), "error")
        return sent
    _keep_pictures(course_id, converted, load)
    if notes := _notes(converted):
        flash(notes, "warning")
    return put_after(sent, converted.text)


def _form_page(
    outline: Outline, quiz_id: int | None, sent: Sent, step: question_form.FormPage
) -> Answer:
    """Draw one question as a form; the whole text travels with it."""
    page = _page_of(outline, quiz_id)
    html = render(
        "quizzes/question_form.html",
        outline=outline,
        sent=sent,
        frame=desk.frame_of(page, "questions") if page is not None else None,
        step=step,
        versions=pinning.versions_to_ask(quiz_id, step.question),
        fault=workshop_words.fault_sentence(step.fault) if step.fault is not None else "",
    )
    return (html, 422) if step.fault is not None else html


def _page_of(outline: Outline, quiz_id: int | None) -> QuizPage | None:
    actor = current_actor()
    if quiz_id is None or actor is None:
        return None
    args = request.view_args or {}
    found: QuizPage | None = load_quiz(
        actor, locked=False, slug=outline.slug, quiz_slug=args.get("quiz_slug", "")
    )
    return found


def _again(
    outline: Outline,
    bench: Bench,
    sent: Sent,
    plan: TextPlan,
    place: Place,
    *,
    wants_saving: bool,
) -> Answer:
    page = _page_of(outline, bench.quiz.id if bench.quiz is not None else None)
    html = draw_page(outline, bench, sent, plan, page, was_refused=wants_saving, place=place)
    return (html, 422) if wants_saving else html


def _refused(outline: Outline, quiz_id: int | None, sent: Sent) -> Answer:
    """Say that somebody was first; the text is kept, and what differs is shown."""
    bench = plans.bench_of(outline.course_id, quiz_id)
    theirs = read_text(bench.source.text).text
    now = replace(sent, base=bench.source.base)
    html = draw_page(
        outline,
        bench,
        now,
        _planned(bench, now),
        _page_of(outline, quiz_id),
        difference=difference(theirs, sent.text),
    )
    return html, 409


def _save(
    bench: Bench, ready: list[services.ReadyText], sent: Sent, load: Callable[..., Any]
) -> Response:
    bases = {bench.quiz.content_id: sent.base} if bench.quiz is not None else {}
    with writing_subject(EDIT_QUIZ, load):
        actor = current_actor()
        assert actor is not None
        saved = services.save_texts(ready, bench, bases=bases, by=actor.person_id, now=clock.now())
        where = [(quiz.slug, quiz.title_ro, quiz.published_at is not None) for quiz in saved]
        old = [pair for quiz in saved for pair in correction_queries.old_keys_of(quiz)]
    for text in ready:
        if text.lost_words:
            flash(
                _(
                    "The English of these questions no longer fits and was left out: %(questions)s",
                    questions=", ".join(text.lost_words),
                ),
                "warning",
            )
    counts = ready[0].planned.settings.counts if sent.counts is not None else None
    _tell(where, counts=counts)
    if old:
        flash(correction_words.key_changed(_way(bench.slug, where[0][0], old)), "info")
    if len(where) == 1:
        here = url_for("quizzes.questions", slug=bench.slug, quiz_slug=where[0][0], saved=sent.key)
        return redirect(here)
    return redirect(url_for("quizzes.workshop", slug=bench.slug, saved=sent.key))


def _way(slug: str, quiz_slug: str, old: Sequence[tuple[AskedVersion, AskedVersion]]) -> str:
    """Lead to what a changed key would move: of one question, or to the list of several."""
    if len(old) > 1:
        return url_for("quizzes.corrections", slug=slug, quiz_slug=quiz_slug)
    (before, now) = old[0]
    return url_for(
        "quizzes.look_at_correction",
        slug=slug,
        quiz_slug=quiz_slug,
        version_id=before.id,
        kind="key",
        key=now.id,
    )


def _tell(saved: list[tuple[str, str, bool]], *, counts: bool | None) -> None:
    published = sum(is_published for _slug, _title, is_published in saved)
    if len(saved) > 1:
        flash(
            ngettext("%(num)s test was saved.", "%(num)s tests were saved.", len(saved)), "success"
        )
    elif published and counts:
        flash(_("Saved. The test is published and required for the certificate."), "success")
    elif published and counts is False:
        flash(
            _("Saved. The test is published for practice: the certificate doesn’t ask for it."),
            "success",
        )
    elif published:
        flash(_("Saved. The test is published: those enrolled can take it."), "success")
    else:
        flash(_("Saved as a draft: learners don’t see it yet."), "success")
