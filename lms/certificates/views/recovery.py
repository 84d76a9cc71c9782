"""After a restore: the last numbers given out, the lost ones entered again or annulled."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import may, prepares, reads, writes, writing_subject
from lms.certificates import lost, recovery, refilling, words
from lms.certificates.errors import BelowTheRegister, NothingLocked, NotRecovered, WrongState
from lms.certificates.finding import Found, Refusal, read_files
from lms.certificates.forms import ReasonForm
from lms.certificates.numbering import CertificateNumber, parse_number
from lms.certificates.permissions import SEE_REGISTER, UNLOCK_NUMBERS
from lms.certificates.recovery import ENTERED, Plan, Step
from lms.certificates.views.blueprint import bp, me
from lms.web.forms import whole_number
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.templating import render

MOST_FILES = 200


@bp.get("/register/recovery")
@reads(SEE_REGISTER)
def recover() -> str:
    """Show what is locked, which numbers are lost, and what was found of them."""
    return _draw()


def _draw(
    *, last: ReasonForm | None = None, annul: ReasonForm | None = None, faults: Any = None
) -> str:
    return render(
        "certificates/recovery.html",
        locked=lost.open_ones(),
        waiting={plan.found.number: plan for plan in recovery.waiting()},
        last_form=last or ReasonForm(prefix="last-"),
        annul_form=annul or ReasonForm(prefix="annul-"),
        faults=faults or {},
        typed=request.form,
        may_do=may(UNLOCK_NUMBERS.name),
        words=words,
    )


def _back(anchor: str = "") -> Response:
    return redirect(url_for("certificates.recover", _anchor=anchor or None))


# The last numbers ------------------------------------------------------------------------------


@bp.post("/register/recovery/last-numbers")
@writes(UNLOCK_NUMBERS)
def unlock() -> Response:
    """Keep the last number handed out in each series and year; where none is lost, unlock."""
    form = ReasonForm.posted(prefix="last-")
    said: dict[str, int] = {}
    faults: dict[str, str] = {}
    for each in lost.open_ones():
        serial = _serial_said(each, faults)
        if serial is not None:
            said[each.name] = serial
    if not form.validate() or faults:
        return make_response(_draw(last=form, faults=faults), 422)
    if not said:
        flash(
            _("Nothing was changed: write the last number, or tick that it is the one here."),
            "error",
        )
        return _back()
    unlocked = 0
    for each in lost.open_ones():
        if each.name in said:
            try:
                unlocked += lost.confirm_last(
                    each.series, each.year, said[each.name], by=me(), reason=form.reason.data
                )
            except (NothingLocked, BelowTheRegister):
                continue  # it was settled in the meantime, or checked above
    if unlocked == len(said):
        flash(_("Numbers are given again. Certificates that waited follow in a minute."), "success")
    else:
        flash(
            _("The last numbers are kept. Numbers stay locked until none is lost any more."),
            "warning",
        )
    return _back()


def _serial_said(each: lost.Locked, faults: dict[str, str]) -> int | None:
    """Return the serial that was typed or ticked for a series and year; say what is wrong."""
    text = request.form.get(f"number-{each.name}", "").strip()
    if not text:
        return each.last_serial if request.form.get(f"held-{each.name}") else None
    number = parse_number(text)
    if number is None:
        faults[each.name] = _("This is no number: compare it sign by sign with the paper.")
    elif (number.series, number.year) != (each.series, each.year):
        faults[each.name] = _("This number is of another series or year.")
    elif number.serial < each.last_serial:
        faults[each.name] = _(
            "The register itself holds %(number)s, which is later.", number=each.last_number
        )
    else:
        return number.serial
    return None


# The files -------------------------------------------------------------------------------------


@bp.post("/register/recovery/files")
@prepares(UNLOCK_NUMBERS)
def recover_files() -> Response:
    """Read sealed PDFs, ZIPs of them and registers of a day; enter again what is sure."""
    uploads = [f for f in request.files.getlist("file") if f.filename]
    files = [(f.filename or "", f.stream.read()) for f in uploads[:MOST_FILES]]
    db.end_reading()
    if not files:
        flash(_("Choose a file first."), "error")
        return _back("files")
    read = list(read_files(files))
    found = [each for each in read if isinstance(each, Found)]
    plans = refilling.prepare(found)
    db.end_reading()
    with writing_subject(UNLOCK_NUMBERS):
        done = [(plan, refilling.apply(plan, by=me(), now=clock.now())) for plan in plans]
    _tell(done, [each for each in read if isinstance(each, Refusal)], len(found) - len(plans))
    return _back("lost")


def _tell(done: list[tuple[Plan, Step]], refused: list[Refusal], known: int) -> None:
    counts = Counter(step for _plan, step in done)
    entered = sum(counts[step] for step in ENTERED)
    if entered:
        flash(
            ngettext(
                "%(num)s certificate was entered again or completed.",
                "%(num)s certificates were entered again or completed.",
                entered,
            ),
            "success",
        )
    if waits := counts[Step.CHOOSE] + counts[Step.NO_PLACE]:
        flash(
            ngettext(
                "%(num)s certificate waits: say below whose it is.",
                "%(num)s certificates wait: say below whose they are.",
                waits,
            ),
            "warning",
        )
    known += counts[Step.NOTHING] + counts[Step.ANNULLED] + counts[Step.ANNUL]
    if known and not entered and not waits:
        flash(_("The register knew all of it already."), "info")
    for plan, step in done:
        if step is Step.CONFLICT:
            flash(
                _(
                    "%(number)s was not changed: the register holds it for another certificate. "
                    "Keep the file, and write to the administrators.",
                    number=plan.found.number,
                ),
                "error",
            )
        if step is Step.OTHER_DUPLICATE:
            flash(
                _(
                    "%(number)s was not changed: the register holds a duplicate of this number "
                    "with another day. Keep the file, and write to the administrators.",
                    number=plan.found.number,
                ),
                "error",
            )
    for refusal in refused[:20]:
        if refusal.why != "known":
            flash(f"{refusal.name}: {words.refused_file(refusal.why)}", "error")


@bp.post("/register/recovery/choice")
@writes(UNLOCK_NUMBERS)
def choose_holder() -> Response:
    """Enter a found certificate again for the place that the registrar names."""
    place = whole_number(request.form.get("enrolment"))
    if place is None:
        flash(_("Say whose certificate it is."), "error")
        return _back("lost")
    try:
        found = recovery.find_of(request.form.get("number", "")[:40])
    except NotRecovered:
        flash(_("Nothing was changed: this was settled in the meantime."), "info")
        return _back("lost")
    step = refilling.apply(Plan(found, Step.CHOOSE, place), by=me(), now=clock.now())
    if step is Step.MAKE:
        flash(_("%(number)s is entered again.", number=found.number), "success")
    else:
        flash(_("Nothing was changed: nobody of that name has this place."), "error")
    return _back("lost")


@bp.post("/register/recovery/annul")
@writes(UNLOCK_NUMBERS)
def annul_lost() -> Response:
    """Annul the lost numbers that are ticked, with the reason; nobody gets them."""
    form = ReasonForm.posted(prefix="annul-")
    numbers = [n for text in request.form.getlist("number") if (n := parse_number(text))]
    if not form.validate():
        return make_response(_draw(annul=form), 422)
    if not numbers:
        flash(_("Tick at least one number."), "error")
        return _back("lost")
    done = sum(_annul(number, form.reason.data) for number in numbers)
    flash(
        ngettext(
            "%(num)s number is annulled; nobody gets it.",
            "%(num)s numbers are annulled; nobody gets them.",
            done,
        ),
        "success" if done else "info",
    )
    return _back("lost")


def _annul(number: CertificateNumber, reason: str) -> bool:
    try:
        lost.annul(number, by=me(), reason=reason, now=clock.now())
    except WrongState:  # it is in the register again, or was annulled by another click
        return False
    return True
