"""Write down what was done with paper copies, and read where they are. Lines are only added."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.certificates.desk.settings import PrintKind
from lms.certificates.errors import DayRefused, NothingChosen
from lms.certificates.models import Certificate, PaperAct, PaperEntry, Printing
from lms.certificates.paper import SUITS, HandOver, Paper, PaperEvent, Standing
from lms.courses.models import Edition, Enrolment
from lms.files.models import StoredFile
from lms.safety.scans import Scan

OWNER = PaperAct.__tablename__

# Reading ---------------------------------------------------------------------------------------


def _standing_entries() -> sa.Select[PaperEntry, PaperAct]:
    """Select the lines that no later one corrects, with their acts."""
    later = aliased(PaperEntry)
    return (
        sa.select(PaperEntry, PaperAct)
        .join(PaperAct, PaperAct.id == PaperEntry.act_id)
        .outerjoin(later, later.corrects_id == PaperEntry.id)
        .where(PaperAct.event != PaperEvent.CORRECTED, later.id.is_(None))
        .order_by(PaperEntry.id)
    )


def lines_of(
    wanted: sa.Select[int] | Collection[int],
) -> dict[int, dict[PaperEvent, Standing]]:
    """Return what stands on certificates' paper, by certificate; one statement."""
    found: dict[int, dict[PaperEvent, Standing]] = {}
    statement = _standing_entries().where(PaperEntry.certificate_id.in_(wanted))
    for entry, act in db.session().execute(statement):
        line = Standing(act.id, entry.id, act.on, hand_over_of(act))
        found.setdefault(entry.certificate_id, {})[act.event] = line
    return found


def hand_over_of(act: PaperAct) -> HandOver | None:
    """Return how an act handed over, or None where it is another act."""
    if act.way is None:
        return None
    return HandOver(
        act.way, act.document, act.receiver or "", act.tracking or "", act.done_by or ""
    )


def paper_of(certificate: Certificate, zone: str) -> Paper:
    """Return where one certificate's paper is; two statements."""
    printed = printed_of([certificate.id])
    row = db.session().execute(printed).one_or_none()
    lines = lines_of([certificate.id]).get(certificate.id, {})
    if row is None:
        return Paper(lines=lines)
    day = row.last.astimezone(ZoneInfo(zone)).date() if row.last else None
    return Paper(row.originals, day, lines, row.copies, row.duplicates)


def printed_of(wanted: Collection[int] | None = None) -> sa.Select[int, int, int, datetime, int]:
    """Select what was printed of each certificate: originals that stand, copies, the last day.

    The columns are `certificate_id`, `originals`, `copies`, `last`, and `duplicates`, which are
    among the originals.
    """
    later = aliased(Printing)
    is_original = (Printing.kind == PrintKind.ORIGINAL) & later.id.is_(None)
    is_duplicate = is_original & Printing.duplicate_id.is_not(None)
    is_copy = Printing.kind == PrintKind.COPY
    statement = (
        sa.select(
            Printing.certificate_id,
            sa.func.sum(sa.case((is_original, Printing.copies), else_=0)).label("originals"),
            sa.func.sum(sa.case((is_copy, Printing.copies), else_=0)).label("copies"),
            sa.func.max(sa.case((is_original, Printing.printed_at))).label("last"),
            sa.func.sum(sa.case((is_duplicate, Printing.copies), else_=0)).label("duplicates"),
        )
        .outerjoin(later, later.replaces_id == Printing.id)
        .group_by(Printing.certificate_id)
    )
    return statement if wanted is None else statement.where(Printing.certificate_id.in_(wanted))


@dataclass(frozen=True)
class PaperLine:
    """One line on a certificate's paper as its page tells it, with who wrote it."""

    act: PaperAct
    by: str
    holds: bool


def history_of(certificate_id: int) -> list[PaperLine]:
    """List all that was written down on a certificate's paper, corrected lines included."""
    later = aliased(PaperEntry)
    rows = db.session().execute(
        sa.select(PaperAct, Person.given_names, Person.family_name, later.id)
        .join(PaperEntry, PaperEntry.act_id == PaperAct.id)
        .join(Person, Person.id == PaperAct.recorded_by_id)
        .outerjoin(later, later.corrects_id == PaperEntry.id)
        .where(PaperEntry.certificate_id == certificate_id)
        .order_by(PaperEntry.id)
    )
    return [
        PaperLine(act, f"{given} {family}", correction is None)
        for act, given, family, correction in rows
    ]


@dataclass(frozen=True)
class ActLine:
    """One certificate in an act, and whether the line still holds."""

    entry_id: int
    certificate_id: int
    number: str
    holder: str
    organisation: str
    holds: bool


@dataclass(frozen=True)
class ActPage:
    """An act with all that its page shows."""

    act: PaperAct
    by: str
    lines: list[ActLine]
    scans: list[StoredFile]
    corrected: list[tuple[PaperAct, str]]  # with who corrected


def act_page(act: PaperAct) -> ActPage:
    """Read an act's certificates, scans and corrections; four statements."""
    session = db.session()
    later = aliased(PaperEntry)
    rows = session.execute(
        sa.select(PaperEntry, Certificate, Enrolment.organisation_name, later.act_id)
        .join(Certificate, Certificate.id == PaperEntry.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .outerjoin(later, later.corrects_id == PaperEntry.id)
        .where(PaperEntry.act_id == act.id)
        .order_by(Certificate.series, Certificate.year, Certificate.serial)
    ).all()
    lines = [
        ActLine(e.id, c.id, c.number, c.facts["holder"], organisation or "", by is None)
        for e, c, organisation, by in rows
    ]
    corrections = session.execute(
        sa.select(PaperAct, Person.given_names, Person.family_name)
        .join(Person, Person.id == PaperAct.recorded_by_id)
        .where(PaperAct.id.in_({row[3] for row in rows if row[3] is not None}))
        .order_by(PaperAct.id)
    )
    recorder = session.get_one(Person, act.recorded_by_id)
    return ActPage(
        act,
        recorder.full_name,
        lines,
        scans_of(act.id),
        [(made, f"{given} {family}") for made, given, family in corrections],
    )


def scans_of(act_id: int) -> list[StoredFile]:
    """List the scans kept for an act."""
    return list(
        db.session().scalars(
            sa.select(StoredFile)
            .where(StoredFile.owner_type == OWNER, StoredFile.owner_id == act_id)
            .order_by(StoredFile.id)
        )
    )


@dataclass(frozen=True)
class PastAct:
    """An act as a list names it."""

    act: PaperAct
    count: int
    scans: int


def acts_of_edition(edition_id: int, *, most: int = 50) -> list[PastAct]:
    """List the acts on an edition's certificates, the newest first; one statement."""
    scans = (
        sa.select(sa.func.count(StoredFile.id))
        .where(StoredFile.owner_type == OWNER, StoredFile.owner_id == PaperAct.id)
        .correlate(PaperAct)
        .scalar_subquery()
    )
    rows = db.session().execute(
        sa.select(PaperAct, sa.func.count(PaperEntry.id), scans)
        .join(PaperEntry, PaperEntry.act_id == PaperAct.id)
        .join(Certificate, Certificate.id == PaperEntry.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Enrolment.edition_id == edition_id)
        .group_by(PaperAct.id)
        .order_by(PaperAct.id.desc())
        .limit(most)
    )
    return [PastAct(row[0], row[1], row[2]) for row in rows]


# Writing ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """An act written down, for how many, and how many of those named were passed over."""

    act: PaperAct
    count: int
    passed_over: int


def record_act(
    event: PaperEvent,
    certificate_ids: Collection[int],
    *,
    on: date,
    by: int,
    now: datetime,
    hand_over: HandOver | None = None,
    note: str = "",
) -> Recorded:
    """Write down that paper copies were signed, handed over, taken back or destroyed.

    Passed over are those for which it stands already, whose state doesn't suit, and one's own:
    nobody acts in the own favour. Raises NothingChosen where nobody is left, DayRefused where the
    day is to come or before a certificate's date.
    """
    chosen = _locked(certificate_ids)
    known = lines_of([c.id for c in chosen])
    suiting = [
        c
        for c in chosen
        if c.state in SUITS[event] and event not in known.get(c.id, {}) and c.person_id != by
    ]
    if not suiting:
        raise NothingChosen
    for certificate in suiting:
        zone = certificate.enrolment.edition.programme.zone
        if on > now.astimezone(ZoneInfo(zone)).date():
            raise DayRefused(certificate.number, is_future=True)
        if on < certificate.issued_on:
            raise DayRefused(certificate.number, is_future=False)
    act = _act(event, on=on, by=by, now=now, hand_over=hand_over, note=note)
    _add_entries(act, [(c.id, None) for c in suiting])
    record(
        f"paper.{event.value}",
        by=by,
        on=act,
        numbers=[c.number for c in suiting],
        on_date=on.isoformat(),
        way=hand_over.way.value if hand_over else "",
        document=hand_over.document.value if hand_over and hand_over.document else "",
        reason=note,
    )
    return Recorded(act, len(suiting), len(set(certificate_ids)) - len(suiting))


def correct(
    act: PaperAct, entry_ids: Collection[int], *, reason: str, by: int, now: datetime, today: date
) -> Recorded:
    """Say that lines of an act don't hold; they stay, and a new act says so, with its reason.

    Raises NothingChosen where none of them still holds.
    """
    standing = [
        (entry.certificate_id, entry.id)
        for entry, _act_row in db.session().execute(
            _standing_entries().where(
                PaperEntry.act_id == act.id, PaperEntry.id.in_(list(entry_ids))
            )
        )
    ]
    if not standing:
        raise NothingChosen
    made = _act(PaperEvent.CORRECTED, on=today, by=by, now=now, hand_over=None, note=reason)
    _add_entries(made, standing)
    record("paper.corrected", by=by, on=act, count=len(standing), reason=reason)
    return Recorded(made, len(standing), len(set(entry_ids)) - len(standing))


def _locked(certificate_ids: Collection[int]) -> list[Certificate]:
    place = joinedload(Certificate.enrolment, innerjoin=True)
    return list(
        db.session()
        .scalars(
            sa.select(Certificate)
            .where(Certificate.id.in_(list(certificate_ids)))
            .options(place.joinedload(Enrolment.edition).joinedload(Edition.programme))
            .order_by(Certificate.id)
            .with_for_update(of=Certificate)
        )
        .unique()
    )


def _act(
    event: PaperEvent,
    *,
    on: date,
    by: int,
    now: datetime,
    hand_over: HandOver | None,
    note: str,
) -> PaperAct:
    act = PaperAct(
        event=event,
        on=on,
        way=hand_over.way if hand_over else None,
        document=hand_over.document if hand_over else None,
        receiver=(hand_over.receiver if hand_over else "") or None,
        tracking=(hand_over.tracking if hand_over else "") or None,
        done_by=(hand_over.done_by if hand_over else "") or None,
        note=note or None,
        recorded_at=now,
        recorded_by_id=by,
    )
    db.session().add(act)
    db.session().flush()  # its lines name it
    return act


def _add_entries(act: PaperAct, lines: Sequence[tuple[int, int | None]]) -> None:
    db.session().add_all(
        PaperEntry(act_id=act.id, certificate_id=certificate_id, corrects_id=corrects_id)
        for certificate_id, corrects_id in lines
    )


def add_scan(act: PaperAct, scan: Scan, sha256: str, *, by: int, now: datetime) -> None:
    """Attach a scan, kept in the store already; the same one twice is one."""
    if any(kept.sha256 == sha256 for kept in scans_of(act.id)):
        return
    db.session().add(
        StoredFile(
            sha256=sha256,
            size=len(scan.data),
            media_type=scan.media_type,
            name=scan.name,
            owner_type=OWNER,
            owner_id=act.id,
            created_at=now,
            created_by_id=by,
        )
    )
    record("paper.scan_added", by=by, on=act, file=scan.name, sha256=sha256)
