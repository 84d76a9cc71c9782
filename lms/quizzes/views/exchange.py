"""Bringing files of questions into a quiz, taking them back, and handing its questions out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, may, prepares, reads, writing_subject
from lms.errors import Hidden
from lms.files.models import StoredFile
from lms.quizzes import desk
from lms.quizzes.exchange.formats import (
    Format,
    media_type_of,
    suffix_of,
    write_questions,
)
from lms.quizzes.exchange.gift_file import read_gift_questions
from lms.quizzes.exchange.pictures import shown
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import ReadQuestion
from lms.quizzes.exchange.text_formats import texts_of
from lms.quizzes.key_words import key_texts, plain_words
from lms.quizzes.models import Quiz
from lms.quizzes.models.imports import QuizImport
from lms.quizzes.permissions import EDIT_QUIZ, PREVIEW_QUIZ
from lms.quizzes.services import import_planning, import_undoing, kept_files, prepared
from lms.quizzes.services import imports as services
from lms.quizzes.services import workshop_plan as plans
from lms.quizzes.services.import_planning import ImportPlan
from lms.quizzes.services.import_texts import TextNotReady
from lms.quizzes.services.import_undoing import UndoPlan
from lms.quizzes.services.workshop import CourseMoved, TextChanged
from lms.quizzes.services.workshop_plan import Bench
from lms.quizzes.views import bp
from lms.quizzes.views.taking import QuizPage, load_quiz
from lms.quizzes.words import exchange_words
from lms.safety.file_names import content_disposition, safe_file_name
from lms.safety.html import plain_text
from lms.web.i18n import current_locale, ngettext
from lms.web.i18n import gettext as _
from lms.web.templating import render

_FOR_PEOPLE = (Format.DOCX, Format.XLSX, Format.PAPER_TEST)


def load_page(
    actor: Actor | None, *, locked: bool, slug: str, quiz_slug: str, **_more: Any
) -> QuizPage | None:
    """Load a quiz; what else the address names is the view's."""
    if actor is None:
        return None
    return load_quiz(actor, locked=locked, slug=slug, quiz_slug=quiz_slug)


load_page.consumes = frozenset({"slug", "quiz_slug"})  # type: ignore[attr-defined]


def me() -> int:
    """Tell who is acting."""
    actor = current_actor()
    assert actor is not None
    return actor.person_id


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/exchange")
@reads(PREVIEW_QUIZ, load_page)
def exchange(page: QuizPage) -> str:
    """Show how questions come in and go out, and what came in so far."""
    return _start(page)


def _start(page: QuizPage, fault: str = "") -> str:
    return render(
        "quizzes/exchange.html",
        page=page,
        frame=desk.frame_of(page, "exchange"),
        for_people=[(name, exchange_words.FORMATS[name]) for name in _FOR_PEOPLE],
        for_platforms=[
            each for each in exchange_words.FORMATS.items() if each[0] not in _FOR_PEOPLE
        ],
        words=exchange_words.FORMATS,
        imports=services.imports_of(page.quiz.id),
        now=clock.now(),
        may_edit=may(EDIT_QUIZ.name, page),
        fault=fault,
    )


# In ------------------------------------------------------------------------------------------


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/exchange")
@prepares(EDIT_QUIZ, load_page)
def upload_questions(page: QuizPage) -> Response | str | tuple[str, int]:
    """Keep a file of questions and lead to its dry run; one without any is not kept."""
    upload = request.files.get("file")
    data = upload.read(services.MOST_BYTES + 1) if upload is not None else b""
    fault = _fault(page, data, upload.filename or "" if upload is not None else "")
    if fault:
        return _start(page, fault), 422
    assert upload is not None
    name = safe_file_name(upload.filename or "", fallback="intrebari")
    quiz_id, sha256 = page.quiz.id, kept_files.keep_bytes(data)
    db.end_reading()
    with writing_subject(EDIT_QUIZ, load_page):
        kept = kept_files.keep_row(
            quiz_id,
            sha256=sha256,
            size=len(data),
            name=name,
            media_type="application/octet-stream",
            by=me(),
            now=clock.now(),
        )
        file_id = kept.id
    return redirect(url_for("quizzes.import_preview", **_here(), file_id=file_id))


def _fault(page: QuizPage, data: bytes, name: str) -> str:
    if not name:
        return _("Choose a file first.")
    if len(data) > services.MOST_BYTES:
        return _("The file is larger than 20 MB.")
    plan = import_planning.plan_import(plans.bench_of(page.course_id, page.quiz.id), data, name)
    if plan.lines:
        return ""
    said = [exchange_words.said(problem) for problem in plan.problems]
    return f"{_('No question was found in this file:')} {'; '.join(said)}."


def _here() -> dict[str, Any]:
    args = request.view_args or {}
    return {"slug": args["slug"], "quiz_slug": args["quiz_slug"]}


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/exchange/<int:file_id>")
@reads(EDIT_QUIZ, load_page)
def import_preview(page: QuizPage, file_id: int) -> str:
    """Show each question of a kept file and what taking it over would do; nothing is changed."""
    file = _kept(page.quiz, file_id)
    bench, plan = _planned(page, file)
    return _preview(page, file, bench, plan)


def _kept(quiz: Quiz, file_id: int) -> StoredFile:
    found = kept_files.kept_file(quiz.id, file_id)
    if found is None:
        raise Hidden
    return found


def _planned(page: QuizPage, file: StoredFile) -> tuple[Bench, ImportPlan]:
    bench = plans.bench_of(page.course_id, page.quiz.id)
    return bench, import_planning.plan_kept(bench, file)


@dataclass(frozen=True)
class Shown:
    """A question as the dry run shows it."""

    line: import_planning.Line
    stem: str
    key: tuple[str, ...]
    problems: list[tuple[int, bool, str]]
    is_chosen: bool


def _shown(plan: ImportPlan, slug: str, chosen: frozenset[str] | None) -> Iterator[Shown]:
    for line in plan.lines:
        stem = ""
        key: tuple[str, ...] = ()
        if line.read.question is not None:
            question = prepared.rendered(line.read.question, slug)
            stem = plain_text(question.stem)
            key = tuple(plain_text(plain_words(question.type, t)) for t in key_texts(question))
        yield Shown(
            line,
            stem,
            key,
            [(p.line, p.severity == "error", exchange_words.said(p)) for p in line.read.problems],
            line.is_open and (chosen is None or line.read.id in chosen),
        )


def _preview(
    page: QuizPage,
    file: StoredFile,
    bench: Bench,
    plan: ImportPlan,
    *,
    chosen: frozenset[str] | None = None,
    note: str = "",
) -> str:
    return render(
        "quizzes/exchange_dry_run.html",
        page=page,
        frame=desk.frame_of(page, "exchange"),
        file=file,
        plan=plan,
        base=bench.source.base,
        is_published=page.quiz.published_at is not None,
        shown=list(_shown(plan, bench.slug, chosen)),
        types=exchange_words.TYPES,
        verdicts=exchange_words.VERDICTS,
        formats=exchange_words.FORMATS,
        problems=[(p.line, exchange_words.said(p)) for p in plan.problems],
        note=note,
    )


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/exchange/<int:file_id>")
@prepares(EDIT_QUIZ, load_page)
def import_questions(page: QuizPage, file_id: int) -> Response | str | tuple[str, int]:
    """Take the chosen questions over: all of them, or none."""
    file = _kept(page.quiz, file_id)
    bench, plan = _planned(page, file)
    chosen = frozenset(request.form.getlist("question"))
    as_drafts = request.form.get("as_drafts") == "1"
    try:
        ready = services.make_ready(bench, plan, chosen, as_drafts=as_drafts)
    except TextNotReady:
        note = _("The test’s own text has faults. Mend them on the page “Questions” first.")
        return _preview(page, file, bench, plan, chosen=chosen, note=note), 409
    if ready is None:
        flash(_("Nothing was changed: no question was chosen that is new or different."), "info")
        return redirect(url_for("quizzes.exchange", **_here()))
    db.end_reading()
    try:
        with writing_subject(EDIT_QUIZ, load_page):
            services.carry_out(
                bench,
                ready,
                base=request.form.get("base", "")[:64],
                file_id=file_id,
                by=me(),
                now=clock.now(),
            )
    except (TextChanged, CourseMoved):
        return _moved(file_id, chosen)
    flash(_taken_over(len(ready.questions), is_published=_is_published(bench)), "success")
    return redirect(url_for("quizzes.exchange", **_here()))


def _is_published(bench: Bench) -> bool:
    return bench.quiz is not None and bench.quiz.is_published


def _taken_over(count: int, *, is_published: bool) -> str:
    said = ngettext("%(num)s question was taken over.", "%(num)s questions were taken over.", count)
    more = "" if is_published else _("The test is still a draft: publish it when it is complete.")
    return f"{said} {more}".strip()


def _moved(file_id: int, chosen: frozenset[str]) -> tuple[str, int]:
    """Show the dry run again: the quiz is no longer what it was when it was shown."""
    page = _page_again()
    file = _kept(page.quiz, file_id)
    bench, plan = _planned(page, file)
    note = _(
        "The test was changed meanwhile. Nothing was taken over; look again, then press again."
    )
    return _preview(page, file, bench, plan, chosen=chosen, note=note), 409


def _page_again() -> QuizPage:
    found = load_page(current_actor(), locked=False, **_here())
    if found is None:
        raise Hidden
    return found


# Back ----------------------------------------------------------------------------------------


def _batch(page: QuizPage, import_id: int) -> QuizImport:
    found = db.session().get(QuizImport, import_id)
    if found is None or found.quiz_id != page.quiz.id:
        raise Hidden
    return found


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/exchange/imports/<int:import_id>")
@reads(EDIT_QUIZ, load_page)
def import_undo(page: QuizPage, import_id: int) -> str:
    """Show what taking an import back would do."""
    batch = _batch(page, import_id)
    bench = plans.bench_of(page.course_id, page.quiz.id)
    return _undo_page(page, import_undoing.plan_undo(bench, batch))


def _undo_page(page: QuizPage, plan: UndoPlan, note: str = "") -> str:
    now = clock.now()
    return render(
        "quizzes/exchange_undo.html",
        page=page,
        frame=desk.frame_of(page, "exchange"),
        plan=plan,
        holds=exchange_words.HOLDS,
        formats=exchange_words.FORMATS,
        is_over=now > plan.batch.undo_until,
        note=note,
    )


@bp.post("/courses/<slug>/quizzes/<quiz_slug>/exchange/imports/<int:import_id>")
@prepares(EDIT_QUIZ, load_page)
def undo_import(page: QuizPage, import_id: int) -> Response | tuple[str, int]:
    """Take an import back: what nobody has acted on since."""
    bench = plans.bench_of(page.course_id, page.quiz.id)
    plan = import_undoing.plan_undo(bench, _batch(page, import_id))
    if plan.batch.undone_at is not None:
        return redirect(url_for("quizzes.exchange", **_here()))  # a second click
    try:
        texts = import_undoing.make_undo_ready(bench, plan, now=clock.now())
    except (import_undoing.UndoOver, TextNotReady):
        note = _("This can’t be taken back any more, or the test would be left without questions.")
        return _undo_page(page, plan, note), 409
    count = len(plan.free)
    db.end_reading()
    try:
        with writing_subject(EDIT_QUIZ, load_page) as again:
            batch = _batch(again, import_id)
            import_undoing.undo(bench, batch, texts, taken_back=count, by=me(), now=clock.now())
    except (TextChanged, CourseMoved):
        page = _page_again()
        plan = import_undoing.plan_undo(
            plans.bench_of(page.course_id, page.quiz.id), _batch(page, import_id)
        )
        return _undo_page(page, plan, _("The test was changed meanwhile. Look again.")), 409
    flash(
        ngettext("%(num)s question was taken back.", "%(num)s questions were taken back.", count),
        "success",
    )
    return redirect(url_for("quizzes.exchange", **_here()))


# Out -----------------------------------------------------------------------------------------


@bp.get("/courses/<slug>/quizzes/<quiz_slug>/exchange/file/<form>")
@reads(PREVIEW_QUIZ, load_page)
def export_questions(page: QuizPage, form: str) -> Response | str:
    """Hand out the quiz's questions with their keys, as a file in a format.

    Questions that the format can't carry are named first.
    """
    if form not in list(Format):
        raise Hidden
    name = Format(form)
    locale = current_locale()
    title = page.quiz.title_en if locale == "en" else page.quiz.title_ro
    questions = _questions(page)
    written = write_questions(questions, name, title=title, language=locale)
    kept_out = [p for p in written.problems if p.kind is ProblemKind.NOT_SUPPORTED]
    if kept_out and request.args.get("others") != "1":
        return _kept_out(page, name, kept_out, questions)
    response = Response(written.data, mimetype=media_type_of(name))
    file_name = f"{page.quiz.slug}-{form}.{suffix_of(name)}"
    response.headers["Content-Disposition"] = content_disposition(file_name)
    return response


def _kept_out(
    page: QuizPage, form: Format, problems: Sequence[Problem], questions: Sequence[ReadQuestion]
) -> str:
    """Say which questions a format has no type for, and offer the file with the others."""
    types = exchange_words.TYPES
    stems: dict[str, str] = {}
    for read in questions:
        if read.question is not None:
            stem = plain_text(prepared.rendered(read.question, page.outline.slug).stem)
            stems |= dict.fromkeys((read.name or read.id, read.id), stem)
    return render(
        "quizzes/exchange_kept_out.html",
        page=page,
        frame=desk.frame_of(page, "exchange"),
        format=exchange_words.FORMATS[form],
        kept_out=[
            (each.item, stems.get(each.item, ""), types.get(each.reason, each.reason))
            for each in problems
        ],
        others=len(questions) - len(problems),
        href=url_for("quizzes.export_questions", form=form.value, others=1, **_here()),
    )


def _questions(page: QuizPage) -> list[ReadQuestion]:
    source = plans.source_of(page.course_id, page.quiz.content_id)
    files = kept_files.shown_pictures(page.course_id, [source.text])
    return [
        replace(read, files=shown(texts_of(read.question), files))
        for read in read_gift_questions(source.text.encode(), [])
        if read.question is not None
    ]
