"""The print desk: from an edition's page to one file, and what is done with a printing."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, may, prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.certificates import exports, queries
from lms.certificates.desk import choosing, desk_words, runs
from lms.certificates.desk.choosing import Choice
from lms.certificates.desk.forms import DeskForm, ReprintForm
from lms.certificates.desk.ordering import ordered
from lms.certificates.desk.settings import PrintKind
from lms.certificates.errors import NothingChosen, TooManyAtOnce
from lms.certificates.permissions import PRINT_CERTIFICATES
from lms.certificates.queries import RegisterLine, Wanted
from lms.certificates.views.blueprint import PDF, bp, download, ids_of, me, the_office
from lms.certificates.views.bulk import load_edition, run_file_name
from lms.certificates.views.choosing import chosen, explain
from lms.courses.models import Edition
from lms.jobs.models import Batch, BatchState
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render


def _lines(edition: Edition) -> list[RegisterLine]:
    return choosing.printable(queries.lines_of(Wanted(edition_id=edition.id)))


@bp.get("/editions/<slug>/print")
@reads(PRINT_CERTIFICATES, load_edition)
def print_desk(edition: Edition) -> str:
    """Show what there is to print, with the usual settings; one more click prints it."""
    lines = _lines(edition)
    form = DeskForm.for_lines(lines, choosing.printers_of(edition.programme_id))
    return _draw(edition, lines, form)


@bp.post("/editions/<slug>/print")
@prepares(PRINT_CERTIFICATES, load_edition)
def print_edition(edition: Edition) -> Response:
    """Print what was chosen into one file; many are left to the worker."""
    lines = _lines(edition)
    printers = choosing.printers_of(edition.programme_id)
    form = DeskForm.for_lines(lines, printers, posted=True)
    ticked = ids_of(request.form.getlist("certificate"))
    if not form.validate():
        return make_response(_draw(edition, lines, form, ticked), 422)
    choice: Choice = form.choice(ticked)
    settings = form.settings(printers)
    found = ordered(choosing.narrowed(lines, choice), settings.order)
    if not found:
        form.which.errors = [_("Nothing suits: choose others.")]
        return make_response(_draw(edition, lines, form, ticked), 422)
    edition_id = edition.id
    db.end_reading()
    with writing_subject(PRINT_CERTIFICATES, load_edition):
        run = runs.begin(
            [line.certificate_id for line in found],
            settings,
            edition_id=edition_id,
            by=me(),
            now=clock.now(),
            locale=current_locale(),
        )
        run_id = run.id
    return _begun(run_id, len(found))


def _begun(run_id: int, count: int) -> Response:
    """Draw a few while the answer waits; then show the printing, whose file comes by itself."""
    db.end_reading()
    if count <= runs.AT_ONCE:
        runs.go_on(run_id)
    return redirect(url_for("certificates.print_run", run_id=run_id, fetch=1))


def _draw(
    edition: Edition, lines: list[RegisterLine], form: DeskForm, ticked: list[int] | None = None
) -> str:
    return render(
        "certificates/desk.html",
        edition=edition,
        form=form,
        count=len(lines),
        unprinted=sum(1 for line in lines if not line.paper.printed),
        copies=sum(line.paper.copies for line in lines),
        duplicates=sum(line.paper.duplicates for line in lines),
        ticked=ticked or [],
        shown=[line for line in lines if line.certificate_id in set(ticked or [])],
        runs=[(run, desk_words.settings_words(runs.settings_of(run))) for run in _past(edition)],
        State=BatchState,
        zone=edition.programme.zone,
        may_set=may("edition:see-setup"),
    )


def _past(edition: Edition) -> list[Batch]:
    return runs.of_edition(edition.id)


@bp.post("/register/print-desk")
@prepares(PRINT_CERTIFICATES, the_office)
def print_ticked(_office: Actor) -> Response:
    """Show the desk for those ticked; they must be of one edition, whose settings hold.

    Ticked are certificates, or participants: then what they hold is meant.
    """
    if request.args.get("of") == "participants":
        return _desk_of_participants(request.args.get("from", ""))
    try:
        lines = chosen(exports.MOST_AT_ONCE)
    except (NothingChosen, TooManyAtOnce) as error:
        return explain(error, exports.MOST_AT_ONCE)
    ids = [line.certificate_id for line in lines]
    editions = choosing.editions_of(ids)
    if len(editions) != 1:
        flash(_("Choose certificates of one edition: it says on what they are printed."), "error")
        return redirect(url_for("certificates.register"))
    (edition,) = editions
    form = DeskForm.for_lines(lines, choosing.printers_of(edition.programme_id))
    form.which.data = "all"
    return make_response(_draw(edition, lines, form, ids))


def _desk_of_participants(slug: str) -> Response:
    """Show the desk for the certificates of the participants ticked."""
    held = choosing.held_by(ids_of(request.form.getlist("id")))
    editions = choosing.editions_of(held)
    if len(editions) != 1:
        flash(_("None of those chosen has a valid certificate yet."), "info")
        return redirect(url_for("certificates.due", slug=slug))
    (edition,) = editions
    lines = choosing.printable(queries.lines_of(Wanted(ids=held)))
    form = DeskForm.for_lines(lines, choosing.printers_of(edition.programme_id))
    return make_response(_draw(edition, lines, form, list(held)))


# One printing ------------------------------------------------------------------------------------


def load_run(actor: Actor, *, locked: bool, run_id: int, **_more: Any) -> Batch | None:
    """Load a printing; the office sees them all."""
    found = db.session().get(Batch, run_id, with_for_update=locked)
    return found if found and found.kind == runs.KIND and actor.runs_everything else None


load_run.consumes = frozenset({"run_id"})  # type: ignore[attr-defined]


@bp.get("/print-runs/<int:run_id>")
@reads(PRINT_CERTIFICATES, load_run)
def print_run(run: Batch) -> str:
    """Show how far a printing has come, its file, and what can follow."""
    return _draw_run(run, ReprintForm())


def _draw_run(run: Batch, form: ReprintForm) -> str:
    edition_id = run.parameters["edition_id"]
    ids: list[int] = run.parameters["certificates"]
    lines = {line.certificate_id: line for line in queries.lines_of(Wanted(ids=tuple(ids)))}
    failures = {int(key): desk_words.fault_word(v) for key, v in run.parameters["failures"].items()}
    settings = runs.settings_of(run)
    return render(
        "certificates/desk_run.html",
        run=run,
        edition=db.session().get(Edition, edition_id) if edition_id else None,
        said=desk_words.settings_words(settings),
        is_proof=settings.kind is PrintKind.PROOF,
        lines=[(place, lines.get(each)) for place, each in enumerate(ids, 1)],
        failures=[(lines.get(key), text) for key, text in failures.items()],
        has_file=run.state is BatchState.DONE and runs.path_of(run.id).exists(),
        fetches=bool(request.args.get("fetch")),
        kept=runs.KEPT.days,
        form=form,
        again=db.session().get(Batch, run.parameters["reprint_of"])
        if run.parameters["reprint_of"]
        else None,
        State=BatchState,
    )


@bp.get("/print-runs/<int:run_id>.pdf")
@prepares(PRINT_CERTIFICATES, load_run)
def print_run_file(run: Batch) -> Response:
    """Hand out a printing's file; that it was fetched is recorded. Nothing is printed anew."""
    run_id, is_done, path = run.id, run.state is BatchState.DONE, runs.path_of(run.id)
    db.end_reading()
    if not is_done or not path.exists():
        flash(_("The file is not here any more. Print it again: it will be the same."), "warning")
        return redirect(url_for("certificates.print_run", run_id=run_id))
    with writing_subject(PRINT_CERTIFICATES, load_run) as fresh:
        record("certificates.print_fetched", by=me(), on=fresh)
    return download(path.read_bytes(), run_file_name(run_id), PDF)


@bp.post("/print-runs/<int:run_id>/<any('stop', 'resume'):deed>")
@writes(PRINT_CERTIFICATES, load_run)
def steer_run(run: Batch, deed: str) -> Response:
    """Stop a printing before its file stands, or let it go on."""
    if deed == "stop":
        runs.stop(run, by=me())
    else:
        runs.resume(run, runs.TASK, by=me())
    return redirect(url_for("certificates.print_run", run_id=run.id))


@bp.post("/print-runs/<int:run_id>/reprint")
@prepares(PRINT_CERTIFICATES, load_run)
def reprint(run: Batch) -> Response:
    """Print a range again, with the reason: the sheets of it that exist count as spoilt."""
    form = ReprintForm.posted()
    if not form.validate():
        return make_response(_draw_run(run, form), 422)
    ids = tuple(run.parameters["certificates"])
    numbers = {line.certificate_id: line.number for line in queries.lines_of(Wanted(ids=ids))}
    asked = (form.first.data, form.last.data or form.first.data)
    span = choosing.span_of([numbers.get(each, "") for each in ids], *asked)
    if span is None:
        form.first.errors = [_("Write places or numbers of this printing, the first one first.")]
        return make_response(_draw_run(run, form), 422)
    db.end_reading()
    with writing_subject(PRINT_CERTIFICATES, load_run) as fresh:
        made = runs.reprint(fresh, *span, form.reason.data, by=me(), now=clock.now())
        run_id = made.id
    return _begun(run_id, span[1] - span[0] + 1)
