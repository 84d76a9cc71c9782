"""Questions for the bank as text: typed, pasted, out of a file in any format, or in a form."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import prepares, reads, writing_subject
from lms.courses.views.learning import CoursePage
from lms.quizzes import pasting, workshop_page
from lms.quizzes.bank import desk
from lms.quizzes.bank.retouch import appended
from lms.quizzes.exchange.quiz_file import QuizItem
from lms.quizzes.exchange.read_question import to_item
from lms.quizzes.forms import question_form
from lms.quizzes.permissions import EDIT_BANK
from lms.quizzes.services import bank_text as services
from lms.quizzes.services import banking, import_planning, imports, pictures
from lms.quizzes.services.import_reading import read_file
from lms.quizzes.services.workshop import CourseMoved
from lms.quizzes.services.workshop_plan import Bench, TextPlan
from lms.quizzes.views import bp
from lms.quizzes.views.bank import load_bank
from lms.quizzes.views.exchange import me
from lms.quizzes.words import exchange_words, workshop_words
from lms.quizzes.workshop.difference import difference
from lms.quizzes.workshop.docx_reader import DocumentRefused
from lms.quizzes.workshop.writing import edited
from lms.quizzes.workshop_form import Sent, added_in, place_of, preview_values, put_after
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render

_OF_THE_BOX = (".docx", ".doc", ".txt", ".png", ".jpg", ".jpeg")
MOST_TRIES = 3
MOST_SAID = 10
MOST_ASKED = 50


@bp.get("/courses/<slug>/bank/text")
@reads(EDIT_BANK, load_bank)
def bank_text(page: CoursePage) -> str:
    """Show an empty text, or that of questions of the bank that no test has."""
    bench = services.bank_bench(page.course_id)
    text, base = _standing(page.course_id)
    sent = Sent(text=text, base=base, key=secrets.token_hex(3))
    return _draw(page, bench, sent, services.plan(bench, sent.text))


def _standing(course_id: int) -> tuple[str, str]:
    """Read the questions that the address names as they stand, and by what a change is seen."""
    found = (whole_number(each) for each in request.args.getlist("question")[:MOST_ASKED])
    asked = [each for each in found if each is not None]
    text = services.text_of(banking.chosen(course_id, asked)) if asked else ""
    return text, hashlib.sha256(text.encode()).hexdigest() if asked else ""


def _draw(page: CoursePage, bench: Bench, sent: Sent, plan: TextPlan, **more: Any) -> str:
    return render(
        "quizzes/bank_text.html",
        outline=page.outline,
        frame=desk.bank_frame(page, "text"),
        sent=sent,
        draft=workshop_page.browser_draft(page.course_id),
        saved_key=request.args.get("saved", "")[:16],
        may_edit=True,
        **preview_values(bench, plan),
        **more,
    )


@bp.post("/courses/<slug>/bank/preview")
@reads(EDIT_BANK, load_bank)
def preview_bank_text(page: CoursePage) -> Response:
    """Draw the preview of a text while it is written; nothing is kept."""
    bench = services.bank_bench(page.course_id)
    sent = Sent.posted()
    text = edited(sent.text, sent.given.get("right", ""), sent.given.get("remove", ""))
    plan = services.plan(bench, text)
    values = preview_values(bench, plan)
    lines = {problem.line: "bad" for problem in plan.read.errors}
    lines |= {piece.first: "warn" for piece in plan.read.asked}
    lines |= {p.line: "warn" for p in plan.read.warnings if p.line not in lines}
    return jsonify(
        html=render("quizzes/_preview.html", may_edit=True, **values),
        text=text if text != sent.text else None,
        lines=lines,
        summary=values["summary"],
        added=added_in(plan),
        is_ready=plan.is_ready,
    )


@bp.post("/courses/<slug>/bank/text")
@prepares(EDIT_BANK, load_bank)
def save_bank_text(page: CoursePage) -> Response | str | tuple[str, int]:
    """Preview a text, put a file into it, open a question as a form, or save it in the bank."""
    sent = Sent.posted()
    text = edited(sent.text, sent.given.get("right", ""), sent.given.get("remove", ""))
    sent = replace(sent, text=text)
    if sent.do == "upload":
        sent = _uploaded(page.course_id, sent)
    step = question_form.step_of(sent.text, sent.given, sent.do)
    if isinstance(step, question_form.FormPage):
        return _form_page(page, sent, step)
    place = place_of(sent, step)
    sent = replace(sent, text=step)
    wants_saving = sent.do in ("save", "ready")
    for _try in range(MOST_TRIES):
        bench = services.bank_bench(page.course_id)
        plan = services.plan(bench, sent.text)
        if not (wants_saving and plan.is_ready):
            html = _draw(page, bench, sent, plan, was_refused=wants_saving, place=place)
            return (html, 422) if wants_saving else html
        theirs, base = _standing(page.course_id)
        if base and sent.base != base:
            now = replace(sent, base=base)
            return _draw(page, bench, now, plan, difference=difference(theirs, sent.text)), 409
        ready = services.make_ready(bench, plan, are_ready=sent.do == "ready")
        slug = page.outline.slug
        db.end_reading()
        try:
            with writing_subject(EDIT_BANK, load_bank):
                saved = services.save(ready, bench, "bank.saved", by=me(), now=clock.now())
        except CourseMoved:
            continue  # somebody saved something else meanwhile: work it out anew
        flash(
            ngettext(
                "%(num)s question was saved in the bank.",
                "%(num)s questions were saved in the bank.",
                len(saved),
            ),
            "success",
        )
        asked = request.args.getlist("question")
        return redirect(url_for("quizzes.bank_text", slug=slug, question=asked, saved=sent.key))
    raise CourseMoved(page.outline.slug)


def _form_page(page: CoursePage, sent: Sent, step: question_form.FormPage) -> str | tuple[str, int]:
    html = render(
        "quizzes/question_form.html",
        outline=page.outline,
        sent=sent,
        frame=None,
        step=step,
        fault=workshop_words.fault_sentence(step.fault) if step.fault is not None else "",
    )
    return (html, 422) if step.fault is not None else html


def _uploaded(course_id: int, sent: Sent) -> Sent:
    """Put a file's questions after the text; what can't be read is said, and the text stays."""
    text, said = _read_file(course_id)
    for each in said:
        flash(each, "warning" if text else "error")
    return put_after(sent, text) if text else sent


@bp.post("/courses/<slug>/bank/convert")
@prepares(EDIT_BANK, load_bank)
def convert_for_bank(page: CoursePage) -> Response:
    """Turn what was pasted, or a file in any format, into text; its pictures are kept."""
    course_id = page.course_id
    if request.files.get("file") is None:
        converted = pasting.from_html(request.form.get("html", ""))
        _keep_pictures(course_id, converted.pictures.files)
        return jsonify(text=converted.text, notes="")
    text, said = _read_file(course_id)
    if text:
        return jsonify(text=text, notes=" ".join(said))
    answer = jsonify(error=" ".join(said))
    answer.status_code = 422
    return answer


def _read_file(course_id: int) -> tuple[str, list[str]]:
    """Return the text of the file that was sent, and what is to be said of it."""
    file = request.files.get("file")
    name = (file.filename or "") if file is not None else ""
    if file is None or not name:
        return "", [_("Choose a file first.")]
    if name.lower().endswith(_OF_THE_BOX):
        try:
            converted = pasting.from_file(file)
        except DocumentRefused as refused:
            return "", [str(pasting.SENTENCES[refused.fault])]
        _keep_pictures(course_id, converted.pictures.files)
        return converted.text, []
    data = file.read(imports.MOST_BYTES + 1)
    if len(data) > imports.MOST_BYTES:
        return "", [_("The file is larger than 20 MB.")]
    return _read_format(course_id, data, name)


def _read_format(course_id: int, data: bytes, name: str) -> tuple[str, list[str]]:
    """Write the good questions of a file in some other system's format as text."""
    bench = services.bank_bench(course_id)
    reading = read_file(name, data=data)
    items: list[QuizItem] = []
    files: dict[str, bytes] = {}
    said: list[str] = []
    for read in reading.questions:
        fitted = import_planning.fitting(bench, read)
        said += [f"{p.item}: {exchange_words.said(p)}." for p in fitted.problems]
        if fitted.is_good and fitted.question is not None:
            items.append(to_item(fitted, fitted.question))
            files |= fitted.files
    if reading.has_more:
        taken = _("Only the first 500 questions were taken. Take the others from a second file.")
        said.insert(0, taken)
    said += [f"{exchange_words.said(problem)}." for problem in reading.problems]
    if not items:
        return "", [_("No question was found in this file."), *said[:MOST_SAID]]
    _keep_pictures(course_id, files)
    return appended("", items).lstrip("\n"), said[:MOST_SAID]


def _keep_pictures(course_id: int, files: dict[str, bytes]) -> None:
    if not files:
        return
    pictures.lay_down(files)
    db.end_reading()
    with writing_subject(EDIT_BANK, load_bank):
        pictures.keep(course_id, files, by=me(), now=clock.now())
