"""Many certificates at once: print, originals, issuing all that are due."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, Load, may, prepares, reads, writes, writing_subject
from lms.audit.services import record
from lms.certificates import (
    batches,
    exports,
    flags,
    issuing,
    paper_words,
    papers,
    queries,
    standing,
    words,
)
from lms.certificates.desk import desk_words, duplicates, runs
from lms.certificates.desk.ordering import by_name
from lms.certificates.desk.settings import PrintKind, PrintSettings
from lms.certificates.errors import NothingChosen, TooManyAtOnce
from lms.certificates.forms import ReasonForm
from lms.certificates.paper import PaperGap
from lms.certificates.permissions import (
    DOWNLOAD_ORIGINALS,
    ISSUE_ALL,
    PRINT_CERTIFICATES,
    SEE_BATCH,
    SEE_DUE,
)
from lms.certificates.queries import RegisterLine, Wanted
from lms.certificates.views.blueprint import (
    ZIP,
    bp,
    download,
    file_name,
    me,
    the_office,
)
from lms.certificates.views.choosing import chosen, explain, list_address
from lms.certificates.views.register import page_of
from lms.courses.models import Edition, Enrolment
from lms.jobs.models import Batch, BatchState
from lms.people_names import person_sort_key
from lms.safety.file_names import safe_file_name
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _
from lms.web.templating import render

AGAIN = ("none", "copies", "originals")
"""What may be printed where paper originals exist: the others alone, marked copies, all anew."""

_NOT_ASKED = frozenset({"csrf_token", "again"})


@bp.post("/register/print")
@prepares(PRINT_CERTIFICATES, the_office)
def print_many(_office: Actor) -> Response:
    """Print paper originals into one file, with the usual settings; see the print desk for others.

    Where some have a paper original already, nothing is printed before it is said what with those.
    Many are left to the worker. The answer is the printing's page, whose file comes by itself.
    """
    try:
        lines = chosen(exports.MOST_AT_ONCE)
    except (NothingChosen, TooManyAtOnce) as error:
        return explain(error, exports.MOST_AT_ONCE)
    again = request.form.get("again", "")
    bare = [line for line in lines if not line.paper.exists]
    if again not in AGAIN and len(bare) < len(lines):
        return make_response(_ask_again(lines, bare))
    if again == "none" and not bare:
        return explain(NothingChosen(), exports.MOST_AT_ONCE)
    edition = _edition_named(request.form.get("from", ""))
    ids = [line.certificate_id for line in (bare if again == "none" else lines)]
    db.end_reading()
    with writing_subject(PRINT_CERTIFICATES, the_office):
        run = runs.begin(
            ids,
            PrintSettings(PrintKind.COPY if again == "copies" else PrintKind.ORIGINAL),
            edition_id=edition,
            by=me(),
            now=clock.now(),
            locale=current_locale(),
        )
        run_id = run.id
    db.end_reading()
    if len(ids) <= runs.AT_ONCE:
        runs.go_on(run_id)
    return redirect(url_for("certificates.print_run", run_id=run_id, fetch=1))


def _ask_again(lines: list[RegisterLine], bare: list[RegisterLine]) -> str:
    """Ask what is printed of those that have a paper original; the choice stands in the form."""
    return render(
        "certificates/print_again.html",
        count=len(lines),
        bare=len(bare),
        on_paper=[line for line in lines if line.paper.exists],
        asked=[(k, v) for k, v in request.form.items(multi=True) if k not in _NOT_ASKED],
        back=list_address(),
        paper_words=paper_words,
    )


def _edition_named(slug: str) -> int | None:
    return db.session().scalar(sa.select(Edition.id).where(Edition.slug == slug)) if slug else None


def run_file_name(run_id: int) -> str:
    """Name the file of a printing."""
    day = clock.today("Europe/Bucharest").isoformat()
    return f"certificate-de-tiparit-{day}-{run_id}.pdf"


@bp.post("/register/originals")
@prepares(DOWNLOAD_ORIGINALS)
def originals() -> Response:
    """Pack the signed originals, exactly as issued."""
    try:
        lines = chosen(exports.MOST_ORIGINALS)
    except (NothingChosen, TooManyAtOnce) as error:
        return explain(error, exports.MOST_ORIGINALS)
    return send_originals(lines)


def send_originals(lines: list[RegisterLine], load: Load | None = None) -> Response:
    """Send the signed originals piece by piece; that they were taken is recorded first."""
    names = [safe_file_name(file_name(line.number, line.holder)) for line in lines]
    pieces = exports.originals(lines, names)
    db.end_reading()
    with writing_subject(DOWNLOAD_ORIGINALS, load):
        record("certificates.downloaded", by=me(), numbers=[line.number for line in lines])
    day = clock.today("Europe/Bucharest").isoformat()
    answer = download(b"", f"certificate-originale-{day}.zip", ZIP)
    answer.response = pieces
    return answer


# All that are due ------------------------------------------------------------------------------


def load_edition(actor: Actor, *, locked: bool, slug: str) -> Edition | None:
    """Load an edition by its name in addresses."""
    statement = Edition.visible_to(actor).where(Edition.slug == slug)
    return db.session().scalars(statement).unique().one_or_none()


@bp.get("/editions/<slug>/certificates")
@reads(SEE_DUE, load_edition)
def due(edition: Edition) -> str:
    """Show who of an edition waits for a certificate and why, and issue those that are due."""
    return due_page(edition)


def due_page(
    edition: Edition, *, keep_form: ReasonForm | None = None, ticked: Collection[int] = ()
) -> str:
    """Draw the page of an edition's certificates."""
    places = standing.standings_of_edition(edition.id)
    people = {
        enrolment.id: enrolment
        for enrolment in db.session().scalars(batches.with_people(list(places)))
    }
    waiting = sorted(
        (
            p
            for p in places.values()
            if p.stage in {standing.Stage.WAITING, standing.Stage.PREPARING}
        ),
        key=lambda p: _name_key(people[p.enrolment_id]),
    )
    ready = [p for p in waiting if p.stage is standing.Stage.PREPARING and not p.certificate_id]
    faulty = {p.enrolment_id: standing.problems_of(people[p.enrolment_id]) for p in ready[:50]}
    return render(
        "certificates/due.html",
        edition=edition,
        waiting=waiting,
        people=people,
        due=len(ready) - sum(1 for found in faulty.values() if found),
        faulty=faulty,
        valid=sum(1 for p in places.values() if p.stage is standing.Stage.READY),
        locks=queries.locks(),
        last=batches.last_of(edition.id),
        words=words,
        flagged=flags.flagged_of(edition.id),
        keep_form=keep_form or ReasonForm(),
        ticked=ticked,
        own_id=me(),
        **_on_paper(edition),
    )


def _on_paper(edition: Edition) -> dict[str, object]:
    """Gather an edition's lines of the register, narrowed to what is asked, with the figures."""
    asked = request.args.get("paper", "")
    wanted = PaperGap(asked) if asked in set(PaperGap) else None
    lines = by_name(queries.lines_of(Wanted(edition_id=edition.id)))
    shown = [line for line in lines if wanted is None or wanted in line.gaps]

    def there(gap: str | None) -> str:
        return url_for("certificates.due", slug=edition.slug, paper=gap, _anchor="issued")

    filters = [(_("All numbers given"), there(None), wanted is None, len(lines))]
    for gap in PaperGap:
        count = sum(1 for line in lines if gap in line.gaps)
        filters.append((paper_words.gap_word(gap), there(gap.value), gap is wanted, count))
    page = page_of(shown, "certificates.due", slug=edition.slug)
    return {
        "page": page,
        "again": duplicates.by_certificate([line.certificate_id for line in page.lines]),
        "desk_words": desk_words,
        "values": {"edition": str(edition.id), "paper": asked},
        "args": {"edition": edition.id, "paper": asked or None},
        "filters": filters,
        "figures": {"all": len(lines)},
        "acts": papers.acts_of_edition(edition.id),
        "paper_words": paper_words,
        "hand_over_of": papers.hand_over_of,
        "may_print": may(PRINT_CERTIFICATES.name),
    }


def _name_key(enrolment: Enrolment) -> str:
    return person_sort_key(enrolment.person.family_name, enrolment.person.given_names)


@bp.post("/editions/<slug>/certificates")
@writes(ISSUE_ALL, load_edition)
def issue_all(edition: Edition) -> Response:
    """Issue all certificates that are due in an edition, as a batch with progress."""
    enrolments = issuing.due_statement(edition.id)
    ids = list(db.session().scalars(enrolments))
    if not ids:
        flash(_("Nothing is due: whoever could get a certificate has one."), "info")
        return redirect(url_for("certificates.due", slug=edition.slug))
    batch = batches.begin(edition, ids, by=me(), now=clock.now())
    return redirect(url_for("certificates.batch", batch_id=batch.id))


def load_batch(actor: Actor, *, locked: bool, batch_id: int, deed: str = "") -> Batch | None:
    """Load a batch of certificates; the office sees them all."""
    found = db.session().get(Batch, batch_id, with_for_update=locked)
    return found if found and found.kind == batches.KIND and actor.runs_everything else None


load_batch.consumes = frozenset({"batch_id"})  # type: ignore[attr-defined]


@bp.get("/certificate-batches/<int:batch_id>")
@reads(SEE_BATCH, load_batch)
def batch(found: Batch) -> str:
    """Show how far a batch has come; the page renews itself until it is done."""
    edition = db.session().get_one(Edition, found.parameters["edition_id"])
    failures = {int(key): text for key, text in found.parameters["failures"].items()}
    people = {e.id: e for e in db.session().scalars(batches.with_people(list(failures)))}
    return render(
        "certificates/batch.html",
        batch=found,
        edition=edition,
        is_done=found.state is BatchState.DONE,
        is_stopped=found.state is BatchState.STOPPED,
        failures=[(people[key], text) for key, text in failures.items()],
    )


@bp.post("/certificate-batches/<int:batch_id>/<any('stop', 'resume'):deed>")
@writes(ISSUE_ALL, load_batch)
def steer_batch(found: Batch, deed: str) -> Response:
    """Stop issuing after the group that is under way, or go on with what is left."""
    if deed == "stop":
        runs.stop(found, by=me())
    else:
        runs.resume(found, batches.TASK, by=me())
    return redirect(url_for("certificates.batch", batch_id=found.id))
