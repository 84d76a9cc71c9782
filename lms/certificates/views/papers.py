"""Paper copies: signed by hand, handed over, taken back; the list to sign, and its scans."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, current_actor, may, prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.certificates import exports, hand_over_list, paper_words, papers
from lms.certificates.errors import DayRefused, FileNotReady, NothingChosen, TooManyAtOnce
from lms.certificates.forms import HandOverForm, PaperForm, ReasonForm, ScanForm
from lms.certificates.models import PaperAct
from lms.certificates.paper import (
    SUITS,
    DocumentSeen,
    HandOver,
    HandOverWay,
    PaperEvent,
    lacks,
    tidy,
)
from lms.certificates.papers import Recorded
from lms.certificates.permissions import KEEP_PAPER, PRINT_CERTIFICATES, SEE_PAPER
from lms.certificates.queries import RegisterLine
from lms.certificates.views.blueprint import PDF, bp, download, ids_of, me, the_office
from lms.certificates.views.choosing import FILTERS, back_to_list, chosen, explain
from lms.files import store
from lms.safety.scans import Scan, ScanRefused, check_scan
from lms.web.forms import Form
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.scan_words import refused_scan_words
from lms.web.templating import render

ZONE = "Europe/Bucharest"
DEEDS = {
    "signatures": PaperEvent.SIGNED,
    "hand-overs": PaperEvent.HANDED_OVER,
    "returns": PaperEvent.RETURNED,
    "destructions": PaperEvent.DESTROYED,
}


def load_act(actor: Actor, *, locked: bool, act_id: int, **_more: Any) -> PaperAct | None:
    """Load an act on paper copies; the office sees them all."""
    return db.session().get(PaperAct, act_id) if actor.runs_everything else None


load_act.consumes = frozenset({"act_id"})  # type: ignore[attr-defined]


# Writing down ----------------------------------------------------------------------------------


@bp.post("/register/paper/<any('signatures', 'hand-overs', 'returns', 'destructions'):deed>")
@prepares(KEEP_PAPER, the_office)
def keep_paper(_office: Actor, deed: str) -> Response:
    """Ask for the day and the rest, for those ticked; then write it down."""
    event = DEEDS[deed]
    try:
        lines = chosen(exports.MOST_AT_ONCE, SUITS[event])
    except (NothingChosen, TooManyAtOnce) as error:
        return explain(error, exports.MOST_AT_ONCE)
    if request.form.get("do") != "record":
        return make_response(_draw(deed, lines, _blank(event)))
    form = (HandOverForm if event is PaperEvent.HANDED_OVER else PaperForm).posted()
    scan = _scan_of(form) if form.validate() and _is_whole(form) else None
    if form.errors:
        return make_response(_draw(deed, lines, form), 422)
    db.end_reading()
    sha256 = store.put(_root(), scan.data) if scan else ""
    try:
        with writing_subject(KEEP_PAPER, the_office):
            done = papers.record_act(
                event,
                [line.certificate_id for line in lines],
                on=form.on.data,
                by=me(),
                now=clock.now(),
                hand_over=_hand_over(form),
                note=form.note.data or "",
            )
            if scan:
                papers.add_scan(done.act, scan, sha256, by=me(), now=clock.now())
            act_id = done.act.id
    except NothingChosen:
        db.end_reading()
        flash(_("Nothing was written down: it stands already for all of these."), "warning")
        return back_to_list()
    except DayRefused as refusal:
        db.end_reading()
        form.on.errors = [_day_sentence(refusal)]
        return make_response(_draw(deed, lines, form), 422)
    _tell(done)
    return redirect(url_for("certificates.paper_act", act_id=act_id))


def _root() -> Any:
    return current_app.config["LMS"].folder("files")


def _blank(event: PaperEvent) -> Form:
    today = clock.today(ZONE)
    if event is not PaperEvent.HANDED_OVER:
        return PaperForm(on=today)
    actor = current_actor()
    form = HandOverForm(on=today, way=HandOverWay.IN_PERSON.value)
    form.done_by.data = actor.display_name if actor else ""
    form.document.data = ""
    return form


def _hand_over(form: Form) -> HandOver | None:
    if not isinstance(form, HandOverForm):
        return None
    return tidy(
        HandOver(
            way=HandOverWay(form.way.data),
            document=DocumentSeen(form.document.data) if form.document.data else None,
            receiver=form.receiver.data or "",
            tracking=form.tracking.data or "",
            done_by=form.done_by.data or "",
        )
    )


def _is_whole(form: Form) -> bool:
    """Say beside each field what the way of handing over asks for."""
    found = _hand_over(form)
    missing = lacks(found) if found else []
    for lack in missing:
        form[lack.value].errors = [paper_words.lack_sentence(lack)]
    return not missing


def _scan_of(form: Form) -> Scan | None:
    upload = request.files.get("scan")
    if upload is None or not upload.filename:
        return None
    try:
        return check_scan(upload.filename, upload.stream.read())
    except ScanRefused as refusal:
        form["scan"].errors = [refused_scan_words(refusal.fault)]
        return None


def _day_sentence(refusal: DayRefused) -> str:
    if refusal.is_future:
        return _("The date is in the future.")
    return _("The date is before the certificate %(number)s was issued.", number=refusal.number)


def _draw(deed: str, lines: list[RegisterLine], form: Form) -> str:
    return render(
        "certificates/paper_form.html",
        deed=deed,
        event=DEEDS[deed],
        title=paper_words.event_word(DEEDS[deed]),
        lines=lines,
        form=form,
        kept={k: request.form[k] for k in (*FILTERS, "from") if request.form.get(k)},
    )


def _tell(done: Recorded) -> None:
    flash(
        ngettext(
            "Written down for %(num)s certificate.",
            "Written down for %(num)s certificates.",
            done.count,
        ),
        "success",
    )
    if done.passed_over:
        flash(
            ngettext(
                "%(num)s was passed over: it stood already, or it is your own.",
                "%(num)s were passed over: it stood already, or they are your own.",
                done.passed_over,
            ),
            "warning",
        )


# An act's page ---------------------------------------------------------------------------------


@bp.get("/paper-acts/<int:act_id>")
@reads(SEE_PAPER, load_act)
def paper_act(act: PaperAct) -> str:
    """Show what was done, with whom, on which day, with its scans and corrections."""
    return _act_page(act)


def _act_page(act: PaperAct, *, reason: Form | None = None, scan: Form | None = None) -> str:
    return render(
        "certificates/paper_act.html",
        page=papers.act_page(act),
        act=act,
        title=paper_words.event_word(act.event),
        paper_words=paper_words,
        hand_over=papers.hand_over_of(act),
        reason_form=reason or ReasonForm(),
        scan_form=scan or ScanForm(),
        may_keep=may(KEEP_PAPER.name),
        zone=ZONE,
    )


@bp.post("/paper-acts/<int:act_id>/correction")
@writes(KEEP_PAPER, load_act)
def correct_paper(act: PaperAct) -> Response:
    """Say that the lines ticked don't hold, with the reason; they stay to be read."""
    form = ReasonForm.posted()
    if not form.validate():
        return make_response(_act_page(act, reason=form), 422)
    today: date = clock.today(ZONE)
    try:
        done = papers.correct(
            act,
            ids_of(request.form.getlist("entry")),
            reason=form.reason.data,
            by=me(),
            now=clock.now(),
            today=today,
        )
    except NothingChosen:
        flash(_("Nothing was changed: tick the lines that don’t hold."), "error")
    else:
        flash(
            ngettext(
                "%(num)s line no longer holds. Write down how it really was.",
                "%(num)s lines no longer hold. Write down how it really was.",
                done.count,
            ),
            "success",
        )
    return redirect(url_for("certificates.paper_act", act_id=act.id))


@bp.post("/paper-acts/<int:act_id>/scans")
@prepares(KEEP_PAPER, load_act)
def add_scan(act: PaperAct) -> Response:
    """Attach a scan of the signed list; what it holds is checked before it is kept."""
    act_id = act.id
    db.end_reading()
    form = ScanForm.posted()
    scan = _scan_of(form)
    if scan is None:
        if not form.scan.errors:
            form.scan.errors = [_("Choose a file first.")]
        again = db.session().get_one(PaperAct, act_id)
        return make_response(_act_page(again, scan=form), 422)
    sha256 = store.put(_root(), scan.data)
    with writing_subject(KEEP_PAPER, load_act) as fresh:
        papers.add_scan(fresh, scan, sha256, by=me(), now=clock.now())
    flash(_("The scan is attached."), "success")
    return redirect(url_for("certificates.paper_act", act_id=act_id))


@bp.get("/paper-acts/<int:act_id>/scans/<int:file_id>")
@reads(SEE_PAPER, load_act)
def scan(act: PaperAct, file_id: int) -> Response:
    """Hand out a scan exactly as it came."""
    found = next((file for file in papers.scans_of(act.id) if file.id == file_id), None)
    if found is None:
        raise FileNotReady
    return download(store.get(_root(), found.sha256), found.name, found.media_type)


# The list to sign ------------------------------------------------------------------------------


@bp.post("/register/hand-over-list")
@prepares(PRINT_CERTIFICATES, the_office)
def print_hand_over_list(_office: Actor) -> Response:
    """Print the list on which holders sign for their certificates."""
    try:
        lines = chosen(exports.MOST_AT_ONCE)
    except (NothingChosen, TooManyAtOnce) as error:
        return explain(error, exports.MOST_AT_ONCE)
    db.end_reading()
    today = clock.today(ZONE)
    data = hand_over_list.draw(lines, today)
    with writing_subject(PRINT_CERTIFICATES, the_office):
        record("paper.list_printed", by=me(), count=len(lines))
    return download(data, f"lista-de-predare-{today.isoformat()}.pdf", PDF)
