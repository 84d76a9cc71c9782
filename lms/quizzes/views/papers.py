"""Tests taken on paper: written down, shown, revoked; their scans."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import current_app, flash, make_response, redirect, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, may, prepares, reads, writes, writing_subject
from lms.accounts.models import Person
from lms.courses.models import Edition, Enrolment
from lms.errors import Hidden
from lms.files import store
from lms.quizzes.errors import PaperInFuture, PaperOfLeaver, PaperTwice, QuizNotReady
from lms.quizzes.models import PaperResult, Quiz
from lms.quizzes.paper.paper_form import PaperForm, PaperScanForm, ReasonForm
from lms.quizzes.permissions import RECORD_PAPER, SEE_PAPER_RESULT
from lms.quizzes.services import locks
from lms.quizzes.services import paper as services
from lms.quizzes.services.paper import PaperData
from lms.quizzes.views import bp
from lms.safety.file_names import content_disposition
from lms.safety.scans import Scan, ScanRefused, check_scan
from lms.web.i18n import gettext as _
from lms.web.scan_words import refused_scan_words
from lms.web.templating import render


def load_place_and_quiz(
    actor: Actor | None, *, locked: bool, enrolment_id: int, quiz_id: int
) -> Enrolment | None:
    """Load the enrolment that took a quiz of its course; to write, under the locks of both."""
    if locked:
        locks.hold_quiz(quiz_id)
    statement = (
        Enrolment.visible_to(actor)
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.edition).joinedload(Edition.programme),
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Quiz, Quiz.course_id == Edition.course_id)
        .where(Enrolment.id == enrolment_id, Quiz.id == quiz_id, Quiz.published_at.is_not(None))
    )
    if locked:
        statement = statement.with_for_update(of=Enrolment)
    found: Enrolment | None = db.session().scalars(statement).one_or_none()
    return found


def load_paper(actor: Actor | None, *, locked: bool, **args: Any) -> PaperResult | None:
    """Load a visible result on paper with its enrolment, person and quiz."""
    place = joinedload(PaperResult.enrolment)
    statement = (
        PaperResult.visible_to(actor)
        .options(
            place.joinedload(Enrolment.person),
            place.joinedload(Enrolment.edition).joinedload(Edition.programme),
            joinedload(PaperResult.quiz),
        )
        .where(PaperResult.id == args["result_id"])
    )
    if locked:
        statement = statement.with_for_update(of=PaperResult)
    return db.session().scalars(statement).one_or_none()


load_paper.consumes = frozenset({"result_id"})  # type: ignore[attr-defined]


def _quiz() -> Quiz:
    statement = (
        sa.select(Quiz)
        .options(joinedload(Quiz.current_version))
        .where(Quiz.id == int((request.view_args or {})["quiz_id"]))
    )
    return db.session().scalars(statement).one()


def _me() -> int:
    actor = current_actor()
    assert actor is not None
    return actor.person_id


def _form_page(enrolment: Enrolment, form: PaperForm, status: int = 200) -> Response:
    page = render("quizzes/paper_new.html", enrolment=enrolment, quiz=_quiz(), form=form)
    return make_response(page, status)


@bp.get("/enrolments/<int:enrolment_id>/quizzes/<int:quiz_id>/paper")
@reads(RECORD_PAPER, load_place_and_quiz)
def new_paper(enrolment: Enrolment) -> Response:
    """Ask for a result on paper."""
    return _form_page(enrolment, PaperForm(taken_on=clock.today(enrolment.edition.programme.zone)))


@bp.post("/enrolments/<int:enrolment_id>/quizzes/<int:quiz_id>/paper")
@prepares(RECORD_PAPER, load_place_and_quiz)
def record_paper(enrolment: Enrolment) -> Response:
    """Write a result on paper down, with its scan where there is one."""
    form = PaperForm.posted()
    is_valid = form.validate()
    scan = _scan_of(form)
    if not is_valid or form.scan.errors:
        return _form_page(enrolment, form, 422)
    db.end_reading()
    sha256 = store.put(_root(), scan.data) if scan else ""
    try:
        with writing_subject(RECORD_PAPER, load_place_and_quiz) as place:
            today = clock.today(place.edition.programme.zone)
            made = services.record_paper(
                place, _quiz(), _data(form), by=_me(), now=clock.now(), today=today
            )
            if scan:
                services.add_scan(made, scan, sha256, by=_me(), now=clock.now())
            result_id = made.id
    except PaperTwice as refusal:
        flash(_("A paper of this day is written down already; it counts once."), "info")
        return redirect(url_for("quizzes.paper_result", result_id=refusal.result_id), 303)
    except (PaperInFuture, PaperOfLeaver, QuizNotReady) as refusal:
        form.taken_on.errors = [_refusal(refusal)]
        again = load_place_and_quiz(current_actor(), locked=False, **(request.view_args or {}))
        if again is None:
            raise Hidden from None
        return _form_page(again, form, 422)
    flash(_("The result on paper is written down."), "success")
    return redirect(url_for("quizzes.paper_result", result_id=result_id), 303)


def _refusal(refusal: Exception) -> str:
    if isinstance(refusal, PaperInFuture):
        return _("The day lies ahead.")
    if isinstance(refusal, PaperOfLeaver):
        return _("This person no longer takes part in the edition.")
    return _("This test is not in use.")


def _data(form: PaperForm) -> PaperData:
    assert form.taken_on.data is not None
    assert form.score is not None
    return PaperData(
        taken_on=form.taken_on.data,
        place=form.place.data or "",
        reason=form.reason.data or "",
        earned=form.score.earned,
        possible=form.score.possible,
        percent=form.score.percent,
    )


def _scan_of(form: PaperForm | PaperScanForm) -> Scan | None:
    upload = request.files.get("scan")
    if upload is None or not upload.filename:
        return None
    try:
        return check_scan(upload.filename, upload.stream.read())
    except ScanRefused as refusal:
        form.scan.errors = [refused_scan_words(refusal.fault)]
        return None


def _root() -> Any:
    return current_app.config["LMS"].folder("files")


@bp.get("/paper-results/<int:result_id>")
@reads(SEE_PAPER_RESULT, load_paper)
def paper_result(result: PaperResult) -> Response:
    """Show a result on paper with its scans, and whether it still holds."""
    return _result_page(result)


def _result_page(result: PaperResult, scan_form: PaperScanForm | None = None) -> Response:
    by = [i for i in (result.recorded_by_id, result.revoked_by_id) if i]
    people = db.session().scalars(sa.select(Person).where(Person.id.in_(by)))
    page = render(
        "quizzes/paper_result.html",
        result=result,
        people={person.id: person.full_name for person in people},
        scans=services.scans_of(result.id),
        scan_form=scan_form or PaperScanForm(),
        zone=result.enrolment.edition.programme.zone,
        may_change=may(RECORD_PAPER.name, result),
    )
    return make_response(page, 422 if scan_form else 200)


@bp.post("/paper-results/<int:result_id>/revoke")
@writes(RECORD_PAPER, load_paper)
def revoke_paper(result: PaperResult) -> Response:
    """Say that a result on paper does not hold, with the reason."""
    form = ReasonForm.posted()
    if not form.validate():
        flash(_("A reason is needed. Nothing was changed."), "error")
    elif services.revoke_paper(result, reason=form.reason.data, by=_me(), now=clock.now()):
        flash(_("The result no longer counts. What was earned by it stays."), "success")
    return redirect(url_for("quizzes.paper_result", result_id=result.id), 303)


@bp.post("/paper-results/<int:result_id>/scans")
@prepares(RECORD_PAPER, load_paper)
def add_paper_scan(result: PaperResult) -> Response:
    """Attach a scan of the paper; what it holds is checked before it is kept."""
    result_id = result.id
    db.end_reading()
    form = PaperScanForm()
    scan = _scan_of(form)
    if scan is None:
        form.scan.errors = form.scan.errors or [_("Choose a file first.")]
        again = load_paper(current_actor(), locked=False, result_id=result_id)
        if again is None:
            raise Hidden
        return _result_page(again, form)
    sha256 = store.put(_root(), scan.data)
    with writing_subject(RECORD_PAPER, load_paper) as fresh:
        services.add_scan(fresh, scan, sha256, by=_me(), now=clock.now())
    flash(_("The scan is attached."), "success")
    return redirect(url_for("quizzes.paper_result", result_id=result_id), 303)


@bp.get("/paper-results/<int:result_id>/scans/<int:file_id>")
@reads(SEE_PAPER_RESULT, load_paper)
def paper_scan(result: PaperResult, file_id: int) -> Response:
    """Hand out a scan exactly as it came."""
    found = next((file for file in services.scans_of(result.id) if file.id == file_id), None)
    if found is None:
        raise Hidden
    response = make_response(store.get(_root(), found.sha256))
    response.headers["Content-Type"] = found.media_type
    response.headers["Content-Disposition"] = content_disposition(found.name)
    response.headers["Cache-Control"] = "no-store"
    return response
