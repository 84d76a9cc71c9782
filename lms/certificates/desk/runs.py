"""A printing as a job: one row holds what is wanted and how far it has come; its file is kept.

The batch outlives any process. Until its file stands and the register knows of it, whoever goes on
begins the drawing anew: the same documents are the same bytes, and nothing is counted twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import structlog
from flask import current_app

from lms import clock, db
from lms.audit.services import record
from lms.certificates import drafting, queries
from lms.certificates.desk import desk_words, duplicates
from lms.certificates.desk.cover import Entry
from lms.certificates.desk.ordering import county_name
from lms.certificates.desk.settings import Order, PrintKind, PrintSettings
from lms.certificates.document import CertificateDocument
from lms.certificates.models import Certificate, Printing
from lms.certificates.print_file import Composed, Sayings, compose_for_print, render_composed
from lms.certificates.queries import RegisterLine, Wanted
from lms.certificates.states import HOLDER_ERASED, CertificateState
from lms.config import Settings
from lms.files.durable import write_whole
from lms.jobs import queue
from lms.jobs.alone import alone
from lms.jobs.models import Batch, BatchState
from lms.web.i18n import format_datetime, in_locale, ngettext
from lms.web.i18n import gettext as _

log = structlog.get_logger()

KIND: Final = "certificates.print"
TASK: Final = "certificates.print_runs"
MOST: Final = 5000
AT_ONCE: Final = 200
"""So many are drawn while the answer waits; more are left to the worker."""

GROUP: Final = 50
OPEN: Final = (BatchState.WAITING, BatchState.RUNNING)
KEPT: Final = timedelta(days=7)


@dataclass(frozen=True)
class Reprint:
    """That sheets of an earlier printing were spoilt, and are printed again."""

    of: int
    reason: str


def folder() -> Path:
    """Where files to print stand until they are removed."""
    settings: Settings = current_app.config["LMS"]
    return settings.folder("prints")


def path_of(run_id: int) -> Path:
    """Where a printing's file stands."""
    return folder() / f"{run_id}.pdf"


def settings_of(run: Batch) -> PrintSettings:
    """Read how a printing was wanted."""
    return PrintSettings.from_plain(run.parameters["settings"])


def begin(
    certificate_ids: Sequence[int],
    settings: PrintSettings,
    *,
    edition_id: int | None,
    by: int,
    now: datetime,
    locale: str,
    reprint: Reprint | None = None,
    duplicate_id: int | None = None,
) -> Batch:
    """Write down what is to be printed, in this order; it is done after the commit."""
    batch = Batch(
        kind=KIND,
        total=len(certificate_ids),
        parameters={
            "edition_id": edition_id,
            "certificates": list(certificate_ids),
            "settings": settings.tidy().to_plain(),
            "locale": locale,
            "failures": {},
            "reprint_of": reprint.of if reprint else None,
            "reason": reprint.reason if reprint else "",
            "duplicate_id": duplicate_id,
        },
        created_at=now,
        created_by_id=by,
    )
    db.session().add(batch)
    db.session().flush()  # the page names it
    queue.tell(TASK)
    return batch


def reprint(run: Batch, first: int, last: int, reason: str, *, by: int, now: datetime) -> Batch:
    """Print again a range of a finished printing, by the places in it, the first being 1."""
    ids = run.parameters["certificates"][first - 1 : last]
    made = begin(
        ids,
        settings_of(run),
        edition_id=run.parameters["edition_id"],
        by=by,
        now=now,
        locale=run.parameters["locale"],
        reprint=Reprint(run.id, reason),
        duplicate_id=run.parameters["duplicate_id"],
    )
    record(
        "certificates.reprint_begun",
        by=by,
        on=made,
        run=run.id,
        first=first,
        last=last,
        reason=reason,
    )
    return made


def stop(batch: Batch, *, by: int) -> bool:
    """Stop a batch that is not done, of whatever kind; return whether it was."""
    if batch.state not in OPEN:
        return False
    batch.state = BatchState.STOPPED
    record("batch.stopped", by=by, on=batch, done=batch.done, total=batch.total)
    return True


def resume(batch: Batch, task: str, *, by: int) -> bool:
    """Let a stopped batch go on; return whether it was stopped."""
    if batch.state is not BatchState.STOPPED:
        return False
    batch.state = BatchState.WAITING
    record("batch.resumed", by=by, on=batch, done=batch.done, total=batch.total)
    queue.tell(task)
    return True


def failures_of(run_id: int) -> list[tuple[str, str]]:
    """List what a printing left out, by number, each with why."""
    plain: dict[str, str] = db.session().get_one(Batch, run_id).parameters["failures"]
    ids = [int(key) for key in plain]
    numbers = db.session().execute(
        sa.select(Certificate.id, Certificate.number).where(Certificate.id.in_(ids))
    )
    return [(number, plain[str(each)]) for each, number in numbers]


def of_edition(edition_id: int, *, most: int = 10) -> list[Batch]:
    """List an edition's newest printings."""
    found = db.session().scalars(
        sa.select(Batch).where(Batch.kind == KIND).order_by(Batch.id.desc()).limit(200)
    )
    return [run for run in found if run.parameters["edition_id"] == edition_id][:most]


# In the worker, or while an answer waits ---------------------------------------------------------


@queue.task(TASK, sweep_seconds=30)
def run_all() -> None:
    """Go on with every printing that isn't done, and remove files whose days are over."""
    wanted = sa.select(Batch.id).where(Batch.kind == KIND, Batch.state.in_(OPEN))
    ids = list(db.session().scalars(wanted.order_by(Batch.id)))
    db.end_reading()
    for run_id in ids:
        go_on(run_id)
    remove_old()


def go_on(run_id: int) -> bool:
    """Draw a printing and tell the register; return whether its file stands. Opens transactions."""
    with alone(folder() / f".{run_id}.lock") as is_alone:
        if not is_alone:
            return False
        run = db.session().get_one(Batch, run_id)
        state, plain = run.state, dict(run.parameters)
        by, at = run.created_by_id, run.created_at
        db.end_reading()
        if state not in OPEN:
            return state is BatchState.DONE
        assert by is not None  # somebody asked
        with in_locale(plain["locale"]):
            return _Making(run_id, plain, by, at).make()


@dataclass
class _Making:
    """One printing on its way."""

    run_id: int
    plain: Mapping[str, Any]
    by: int
    at: datetime

    def make(self) -> bool:
        ids: list[int] = self.plain["certificates"]
        settings = PrintSettings.from_plain(self.plain["settings"])
        composed: dict[int, Composed] = {}
        failures: dict[str, str] = {}
        for at in range(0, len(ids), GROUP):
            self._compose(ids[at : at + GROUP], at, settings, composed, failures)
            if not self._count(len(composed), failures):
                return False
        data = b""
        if composed:
            data = render_composed(list(composed.values()), settings, self._sayings(settings))
            write_whole(path_of(self.run_id), data)
        return self._finish(settings, list(composed), failures, data)

    def _compose(
        self,
        ids: Sequence[int],
        before: int,
        settings: PrintSettings,
        composed: dict[int, Composed],
        failures: dict[str, str],
    ) -> None:
        lines = {line.certificate_id: line for line in queries.lines_of(Wanted(ids=tuple(ids)))}
        documents = self._documents(ids, lines, failures)
        db.end_reading()
        for place, each in enumerate(ids, before + 1):
            if each not in documents:
                continue
            line = lines[each]
            entry = Entry(place, line.number, line.holder, line.organisation)
            try:
                composed[each] = compose_for_print(
                    documents[each], settings, entry, _bundle(line, settings.order)
                )
            except Exception as error:  # one bad row holds up nobody; the page says which
                log.exception("not printed", certificate=each)
                failures[str(each)] = type(error).__name__

    def _documents(
        self, ids: Sequence[int], lines: Mapping[int, RegisterLine], failures: dict[str, str]
    ) -> dict[int, CertificateDocument]:
        """Rebuild what can still be printed; say of the others why not."""
        good = []
        for each in ids:
            line = lines.get(each)
            if line is None or line.state is not CertificateState.VALID:
                failures[str(each)] = "ended"
            elif line.holder == HOLDER_ERASED:
                failures[str(each)] = "erased"
            else:
                good.append(each)
        rows = db.session().execute(
            sa.select(Certificate.id, Certificate.facts).where(Certificate.id.in_(good))
        )
        facts = {row[0]: row[1] for row in rows}
        found = drafting.documents_from([facts[each] for each in good])
        granted = duplicates.as_printed(self.plain["duplicate_id"])
        return {
            each: duplicates.marked(document, granted)
            for each, document in zip(good, found, strict=True)
        }

    @contextmanager
    def _locked(self) -> Iterator[Batch]:
        with db.writing() as session:
            statement = sa.select(Batch).where(Batch.id == self.run_id).with_for_update()
            yield session.scalars(statement).one()

    def _count(self, done: int, failures: Mapping[str, str]) -> bool:
        """Write down how far it has come; say whether to go on."""
        with self._locked() as fresh:
            if fresh.state not in OPEN:
                return False
            fresh.state, fresh.done, fresh.failed = BatchState.RUNNING, done, len(failures)
            return True

    def _finish(
        self, settings: PrintSettings, ids: list[int], failures: dict[str, str], data: bytes
    ) -> bool:
        """Tell the register what was printed, once."""
        with self._locked() as fresh:
            if fresh.state not in OPEN:  # stopped, or somebody in it was erased meanwhile
                path_of(self.run_id).unlink(missing_ok=True)
                return False
            now = clock.now()
            if settings.kind is not PrintKind.PROOF:
                self._enter(settings, ids, now)
            digest = hashlib.sha256(data).hexdigest() if data else ""
            fresh.parameters = {
                **fresh.parameters,
                "failures": failures,
                "size": len(data),
                "sha256": digest,
            }
            fresh.done, fresh.failed = len(ids), len(failures)
            fresh.state, fresh.finished_at = BatchState.DONE, now
            record(
                "certificates.printed",
                by=self.by,
                on=fresh,
                kind=settings.kind.value,
                copies=settings.copies,
                count=len(ids),
                reprint_of=self.plain["reprint_of"],
                reason=self.plain["reason"],
            )
        return bool(data)

    def _enter(self, settings: PrintSettings, ids: list[int], now: datetime) -> None:
        """Write down each certificate's printing; of a reprint, which one it stands for."""
        spoilt = _spoilt(self.plain["reprint_of"], ids)
        db.session().add_all(
            Printing(
                certificate_id=each,
                kind=settings.kind,
                copies=settings.copies,
                printed_at=now,
                printed_by_id=self.by,
                batch_id=self.run_id,
                replaces_id=spoilt.get(each),
                duplicate_id=self.plain["duplicate_id"],
            )
            for each in ids
        )

    def _sayings(self, settings: PrintSettings) -> Sayings:
        count = len(self.plain["certificates"])
        counted = ngettext("%(num)s certificate", "%(num)s certificates", count)
        named = _("printing no. %(number)s", number=self.run_id)
        return Sayings(
            title=_("Certificates to print"),
            lead=(
                f"{counted} · {format_datetime(self.at)} · {named}",
                ", ".join(desk_words.settings_words(settings)),
            ),
            bundle=lambda n: ngettext("%(num)s certificate", "%(num)s certificates", n),
            proof=_("PROOF · to look at, of no value") if settings.kind is PrintKind.PROOF else "",
        )


def _spoilt(run_id: int | None, ids: Sequence[int]) -> dict[int, int]:
    """Return the printings of a run that still stand, by certificate."""
    if run_id is None:
        return {}
    later = sa.orm.aliased(Printing)
    rows = db.session().execute(
        sa.select(Printing.certificate_id, Printing.id)
        .outerjoin(later, later.replaces_id == Printing.id)
        .where(
            Printing.batch_id == run_id, Printing.certificate_id.in_(list(ids)), later.id.is_(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def _bundle(line: RegisterLine, order: Order) -> str:
    return {Order.ORGANISATION: line.organisation, Order.COUNTY: county_name(line.county)}.get(
        order, ""
    )


def remove_old() -> None:
    """Remove files whose days are over, and the locks of those that are done."""
    over = clock.now() - KEPT
    kept = sa.select(Batch.id).where(
        Batch.kind == KIND, sa.or_(Batch.finished_at.is_(None), Batch.finished_at > over)
    )
    alive = set(db.session().scalars(kept))
    db.end_reading()
    for path in folder().iterdir():
        number = path.name.strip(".").partition(".")[0]
        if not (number.isdigit() and int(number) in alive):
            path.unlink(missing_ok=True)


def forget(certificate_ids: Sequence[int]) -> None:
    """Remove the files that hold certificates, after an erasure; a printing on its way ends."""
    ids = set(certificate_ids)
    for run in db.session().scalars(sa.select(Batch).where(Batch.kind == KIND)):
        if ids.isdisjoint(run.parameters["certificates"]):
            continue
        if run.state in OPEN:
            run.state = BatchState.STOPPED
        path_of(run.id).unlink(missing_ok=True)
