"""Reads of certificates and their register, for pages and the shell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from lms import db
from lms.accounts.models import Person
from lms.certificates import papers
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    LostNumber,
    NumberCounter,
    RegisterDetail,
    RegisterEntry,
    RegisterEvent,
)
from lms.certificates.numbering import parse_number
from lms.certificates.paper import Paper, PaperEvent, PaperGap, Standing, gaps
from lms.certificates.states import CertificateState
from lms.counties import COUNTIES
from lms.courses.models import Edition, Enrolment, Programme
from lms.people_names import fold

# One certificate -------------------------------------------------------------------------------


def by_code(code: str) -> Certificate | None:
    """Find a certificate by its whole, normalised code, with its files and programme."""
    return _public(Certificate.code == code)


def by_sha256(sha256: str) -> Certificate | None:
    """Find the certificate that a kept file belongs to."""
    ids = sa.select(CertificateFile.certificate_id).where(CertificateFile.sha256 == sha256)
    return _public(Certificate.id.in_(ids))


def by_number(number: str) -> Certificate | None:
    """Find a certificate by its number as printed."""
    return _public(Certificate.number == number)


def _public(condition: sa.ColumnElement[bool]) -> Certificate | None:
    place = joinedload(Certificate.enrolment, innerjoin=True)
    return (
        db.session()
        .scalars(
            sa.select(Certificate)
            .where(condition)
            .options(
                place.joinedload(Enrolment.edition, innerjoin=True).joinedload(
                    Edition.programme, innerjoin=True
                ),
                selectinload(Certificate.files),
            )
        )
        .unique()
        .first()
    )


def of_person(person_id: int) -> Sequence[Certificate]:
    """List a person's own certificates, the newest first; given-up numbers are no certificates."""
    return (
        db.session()
        .scalars(
            sa.select(Certificate)
            .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
            .where(Enrolment.person_id == person_id, Certificate.state != CertificateState.VOID)
            .order_by(Certificate.id.desc())
        )
        .all()
    )


@dataclass(frozen=True)
class HistoryLine:
    """One event in a certificate's life, as the register holds it."""

    at: datetime
    event: RegisterEvent
    by: str
    reason: str
    sequence: int


def history_of(certificate_id: int) -> list[HistoryLine]:
    """List what the register holds on a certificate, in order."""
    rows = db.session().execute(
        sa.select(RegisterEntry, RegisterDetail.values, Person.given_names, Person.family_name)
        .outerjoin(RegisterDetail, RegisterDetail.entry_id == RegisterEntry.id)
        .outerjoin(Person, Person.id == RegisterEntry.by_id)
        .where(RegisterEntry.certificate_id == certificate_id)
        .order_by(RegisterEntry.id)
    )
    return [
        HistoryLine(
            entry.at,
            entry.event,
            f"{given} {family}" if family else "",
            (values or {}).get("reason") or "",
            entry.sequence,
        )
        for entry, values, given, family in rows
    ]


def successor_of(certificate_id: int) -> Certificate | None:
    """Return the certificate that has replaced one."""
    return (
        db.session()
        .scalars(sa.select(Certificate).where(Certificate.supersedes_id == certificate_id))
        .one_or_none()
    )


# The register ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What of the register is asked for; empty means all."""

    edition_id: int | None = None
    state: CertificateState | None = None
    series: str = ""
    year: int | None = None
    text: str = ""
    ids: tuple[int, ...] = ()
    paper: PaperGap | None = None


@dataclass(frozen=True)
class RegisterLine:
    """One certificate in the register's list, from its frozen facts."""

    certificate_id: int
    number: str
    state: CertificateState
    holder: str
    family_name: str
    given_names: str
    course: str
    organisation: str
    edition: str
    hours: str
    issued_on: date | None
    expires_on: date | None
    issued_at: datetime | None
    ended_on: date | None
    ended_reason: str
    code: str
    supersedes: str
    sha256: str
    is_renamed: bool
    paper: Paper
    county: str = ""
    enrolment_id: int | None = None

    @property
    def gaps(self) -> frozenset[PaperGap]:
        """What is still to be done with the paper copy."""
        return gaps(self.state, self.paper)


def lines_of(wanted: Wanted) -> list[RegisterLine]:
    """Return the register's lines that are wanted, in the numbers' order; two statements."""
    older = sa.orm.aliased(Certificate)
    printings = papers.printed_of().subquery()
    sha256 = (
        sa.select(sa.func.max(CertificateFile.sha256))
        .where(CertificateFile.certificate_id == Certificate.id, CertificateFile.is_issued())
        .correlate(Certificate)
        .scalar_subquery()
    )
    statement = (
        sa.select(
            Certificate,
            Person.family_name,
            Person.given_names,
            Enrolment.organisation_name,
            Edition.title,
            older.number,
            sha256,
            Programme.zone,
            Enrolment.county,
            printings.c.originals,
            printings.c.last,
            printings.c.copies,
            printings.c.duplicates,
        )
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Programme, Programme.id == Edition.programme_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(older, older.id == Certificate.supersedes_id)
        .outerjoin(printings, printings.c.certificate_id == Certificate.id)
        .order_by(Certificate.series, Certificate.year, Certificate.serial)
    )
    ids = sa.select(Certificate.id).join(Enrolment, Enrolment.id == Certificate.enrolment_id)
    for condition in _conditions(wanted):
        statement, ids = statement.where(condition), ids.where(condition)
    on_paper = papers.lines_of(ids)
    lines = [_line(row, on_paper.get(row[0].id, {})) for row in db.session().execute(statement)]
    if lost := _lost_lines(wanted):
        lines = sorted([*lines, *lost], key=lambda line: parse_number(line.number) or line.number)
    sought = fold(wanted.text)
    return [
        line
        for line in lines
        if (not sought or _matches(line, sought))
        and (wanted.paper is None or wanted.paper in line.gaps)
    ]


def _lost_lines(wanted: Wanted) -> list[RegisterLine]:
    """Return the numbers that were lost with a backup and annulled: they are of nobody."""
    asks_for_others = wanted.edition_id or wanted.ids or wanted.paper
    if asks_for_others or wanted.state not in {None, CertificateState.VOID}:
        return []
    statement = sa.select(LostNumber)
    if wanted.series:
        statement = statement.where(LostNumber.series == wanted.series)
    if wanted.year is not None:
        statement = statement.where(LostNumber.year == wanted.year)
    return [
        RegisterLine(
            certificate_id=0,
            number=row.number,
            state=CertificateState.VOID,
            holder="",
            family_name="",
            given_names="",
            course="",
            organisation="",
            edition="",
            hours="0",
            issued_on=None,
            expires_on=None,
            issued_at=None,
            ended_on=row.voided_at.astimezone(ZoneInfo("Europe/Bucharest")).date(),
            ended_reason=row.reason,
            code="",
            supersedes="",
            sha256="",
            is_renamed=False,
            paper=Paper(),
        )
        for row in db.session().scalars(statement)
    ]


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.edition_id is not None:
        found.append(Enrolment.edition_id == wanted.edition_id)
    if wanted.state is not None:
        found.append(Certificate.state == wanted.state)
    if wanted.series:
        found.append(Certificate.series == wanted.series)
    if wanted.year is not None:
        found.append(Certificate.year == wanted.year)
    if wanted.ids:
        found.append(Certificate.id.in_(wanted.ids))
    return found


def _matches(line: RegisterLine, sought: str) -> bool:
    """Search as people type: no diacritics, any order of names, part of a number, a county."""
    county = COUNTIES[line.county].name if line.county in COUNTIES else ""
    heap = fold(f"{line.number} {line.holder} {line.organisation} {county}")
    return all(word in heap for word in sought.split())


def _line(row: Any, on_paper: dict[PaperEvent, Standing]) -> RegisterLine:
    certificate, family, given, organisation, edition, older, sha256, zone = row[:8]
    county, printed, last, copies, duplicates = row[8:]
    standing = certificate.state in {CertificateState.RESERVED, CertificateState.VALID}
    holder = certificate.facts["holder"]
    return RegisterLine(
        certificate_id=certificate.id,
        number=certificate.number,
        state=certificate.state,
        holder=holder,
        family_name=family,
        given_names=given,
        course=certificate.facts["course"],
        organisation=organisation or "",
        edition=edition,
        hours=certificate.facts["total_hours"],
        issued_on=certificate.issued_on,
        expires_on=certificate.expires_on,
        issued_at=certificate.issued_at,
        ended_on=_day(certificate.ended_at, zone),
        ended_reason=certificate.ended_reason or "",
        code=certificate.code,
        supersedes=older or "",
        sha256=sha256 or "",
        is_renamed=standing and holder.split() != f"{given} {family}".split(),
        paper=Paper(printed or 0, _day(last, zone), on_paper, copies or 0, duplicates or 0),
        county=county or "",
        enrolment_id=certificate.enrolment_id,
    )


def _day(at: datetime | None, zone: str) -> date | None:
    return at.astimezone(ZoneInfo(zone)).date() if at else None


@dataclass(frozen=True)
class Choices:
    """What the register can be filtered by."""

    editions: list[tuple[int, str]]
    series: list[str]
    years: list[int]


def choices() -> Choices:
    """Read what there is to filter by; two statements."""
    session = db.session()
    editions = session.execute(
        sa.select(Edition.id, Edition.title).order_by(Edition.starts_on.desc(), Edition.id)
    ).all()
    used = session.execute(
        sa.select(Certificate.series, Certificate.year).distinct().order_by(Certificate.series)
    ).all()
    return Choices(
        [(row[0], row[1]) for row in editions],
        sorted({row[0] for row in used}),
        sorted({row[1] for row in used}, reverse=True),
    )


@dataclass(frozen=True)
class Lock:
    """A counter whose numbers are not given, and why."""

    series: str
    year: int
    last_serial: int
    reason: str


def locks() -> list[Lock]:
    """List the counters that are locked."""
    rows = db.session().scalars(
        sa.select(NumberCounter)
        .where(NumberCounter.locked_reason.is_not(None))
        .order_by(NumberCounter.series, NumberCounter.year)
    )
    return [Lock(r.series, r.year, r.last_serial, r.locked_reason or "") for r in rows]


@dataclass(frozen=True)
class Due:
    """How many certificates of an edition could be issued now, and are not."""

    slug: str
    title: str
    count: int


def due_by_edition(due: sa.Select[int]) -> list[Due]:
    """Count the enrolments that a statement selects, by edition."""
    rows = db.session().execute(
        sa.select(Edition.slug, Edition.title, sa.func.count(Enrolment.id))
        .join(Enrolment, Enrolment.edition_id == Edition.id)
        .where(Enrolment.id.in_(due.order_by(None)))
        .group_by(Edition.id, Edition.slug, Edition.title)
        .order_by(Edition.title)
    )
    return [Due(row[0], row[1], row[2]) for row in rows]


def unfinished() -> list[Certificate]:
    """List reserved certificates whose file isn't there yet, the oldest first."""
    return list(
        db.session().scalars(
            sa.select(Certificate)
            .where(Certificate.state == CertificateState.RESERVED)
            .order_by(Certificate.reserved_at)
        )
    )
