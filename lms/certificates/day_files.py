"""The register written to a file at the end of each day on which something happened in it.

The file is made of the register's own entries up to the end of that day, so that writing it again
gives the same bytes; a process may die at any point. Row and mails follow in one transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from flask import current_app

from lms import clock, db
from lms.access import Role
from lms.accounts.models import Person, RoleGrant
from lms.audit.services import record
from lms.certificates import checkpoints, seals
from lms.certificates.checkpoint_file import write_checkpoints
from lms.certificates.desk import duplicates
from lms.certificates.desk.models import Duplicate
from lms.certificates.models import (
    Certificate,
    CertificateFile,
    RegisterDay,
    RegisterDetail,
    RegisterEntry,
    RegisterEvent,
)
from lms.certificates.register_file import DUPLICATE, RegisterRow, closed, write_rows
from lms.certificates.signing.api import SealError
from lms.config import Settings
from lms.courses.models import Edition, Enrolment
from lms.files import store
from lms.files.durable import write_whole
from lms.jobs import queue
from lms.mail.services import compose
from lms.safety.archive import write_archive

log = structlog.get_logger()

ZONE = "Europe/Bucharest"


def folder() -> Path:
    """Where the files are kept: beside the database by default, better on another disk."""
    settings: Settings = current_app.config["LMS"]
    if not settings.register_days:
        return settings.folder("register-days")
    path = Path(settings.register_days)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def file_name(day: date) -> str:
    """Name a day's file."""
    return f"registru-{day.isoformat()}.csv"


def checkpoint_name(day: date) -> str:
    """Name the file of where the chains ended when a day's file was written."""
    return f"puncte-de-control-{day.isoformat()}.json"


def end_of(day: date) -> datetime:
    """Return the instant at which a day is over."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(ZONE))


# The rows --------------------------------------------------------------------------------------


def rows_until(instant: datetime) -> list[RegisterRow]:
    """Return every number as it stood at an instant, in the numbers' order, and its duplicates."""
    again = duplicates.granted_until(instant)
    found: list[RegisterRow] = []
    for row in _numbers_until(instant):
        found.append(row)
        found += [_duplicate_row(row, *each) for each in again.get(row.numar, ())]
    return found


def _numbers_until(instant: datetime) -> list[RegisterRow]:
    session = db.session()
    newest = (
        sa.select(sa.func.max(RegisterEntry.id))
        .where(RegisterEntry.at < instant, RegisterEntry.tells_state())
        .group_by(RegisterEntry.number)
    )
    older = sa.orm.aliased(Certificate)
    statement = (
        sa.select(
            RegisterEntry,
            RegisterDetail.values,
            Certificate,
            Enrolment,
            Edition.slug,
            older.number,
            CertificateFile,
        )
        .outerjoin(RegisterDetail, RegisterDetail.entry_id == RegisterEntry.id)
        .outerjoin(Certificate, Certificate.id == RegisterEntry.certificate_id)
        .outerjoin(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .outerjoin(Edition, Edition.id == Enrolment.edition_id)
        .outerjoin(older, older.id == Certificate.supersedes_id)
        .outerjoin(
            CertificateFile,
            sa.and_(
                CertificateFile.certificate_id == Certificate.id,
                CertificateFile.created_at < instant,
                CertificateFile.is_issued(),
            ),
        )
        .where(RegisterEntry.id.in_(newest))
        .order_by(RegisterEntry.number)
    )
    return [_row(*line) for line in session.execute(statement)]


STATES = {
    RegisterEvent.RESERVED: "reserved",
    RegisterEvent.ISSUED: "valid",
    RegisterEvent.SUPERSEDED: "superseded",
    RegisterEvent.REVOKED: "revoked",
    RegisterEvent.VOIDED: "void",
    RegisterEvent.RECOVERED: "valid",
}


def _row(  # noqa: PLR0917 -- the columns of one statement
    entry: RegisterEntry,
    values: dict[str, Any] | None,
    certificate: Certificate | None,
    place: Enrolment | None,
    slug: str | None,
    supersedes: str | None,
    file: CertificateFile | None,
) -> RegisterRow:
    facts = certificate.facts if certificate else {}
    return RegisterRow(
        numar=entry.number,
        stare=STATES[entry.event],
        titular=facts.get("holder", ""),
        organizatie=(place.organisation_name or "") if place else "",
        curs=facts.get("course", ""),
        ore=facts.get("total_hours", ""),
        editie=slug or "",
        emis_la=facts.get("issued_on", ""),
        valabil_pana_la=_iso(certificate.expires_on) if certificate else "",
        rezervat_utc=_iso(certificate.reserved_at) if certificate else "",
        emis_utc=_iso(file.created_at) if file else "",
        stare_din_utc=_iso(entry.at),
        motiv=str((values or {}).get("reason") or ""),
        inlocuieste=supersedes or "",
        cod=certificate.code if certificate else "",
        sha256=file.sha256 if file else "",
        marime=str(file.size) if file else "",
        motor=file.engine if file else "",
        sigiliu=file.seal_fingerprint if file else "",
        inscriere=str(place.id) if place else "",
        inscris_la=_iso(place.enrolled_at) if place else "",
        veriga=f"{entry.series}:{entry.sequence}",
        lant=entry.chain_hash.hex(),
        duplicat_nr="",
        duplicat_din="",
        cerut_de="",
        cerut_la="",
        declaratie="",
        fapte=_canonical(facts) if facts else "",
    )


_OF_THE_FILE = ("emis_utc", "inlocuieste", "sha256", "marime", "motor", "sigiliu", "fapte")


def _duplicate_row(own: RegisterRow, made: Duplicate, entry: RegisterEntry) -> RegisterRow:
    """Say of a duplicate what its certificate's row says of number, code and holder, and more."""
    return replace(
        own,
        **dict.fromkeys(_OF_THE_FILE, ""),
        stare=DUPLICATE,
        stare_din_utc=_iso(made.granted_at),
        motiv=made.reason.value,
        veriga=f"{entry.series}:{entry.sequence}",
        lant=entry.chain_hash.hex(),
        duplicat_nr=str(made.ordinal),
        duplicat_din=_iso(made.on),
        cerut_de=made.asked_by or "",
        cerut_la=_iso(made.asked_on),
        declaratie=made.declaration or "",
    )


def _iso(value: date | datetime | None) -> str:
    if value is None:
        return ""
    return (value.astimezone(UTC) if isinstance(value, datetime) else value).isoformat()


def _canonical(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# Writing ---------------------------------------------------------------------------------------


def content_of(day: date) -> bytes:
    """Return a day's file: the register as it stood when the day was over, sealed if it can be."""
    body = write_rows(rows_until(end_of(day)))
    db.end_reading()
    try:
        seal = seals.signer()
        return closed(body, seal.fingerprint, seal.sign_text(body))
    except SealError as error:
        log.warning("the register of the day is not sealed", day=day.isoformat(), error=str(error))
        return closed(body)


def write(day: date) -> tuple[Path, bytes]:
    """Write a day's file, whole or not at all; return where, and what."""
    data = content_of(day)
    target = folder() / file_name(day)
    write_whole(target, data)
    return target, data


def unwritten_day() -> date | None:
    """Return the newest day that is over, had events, and has no file yet; one file holds all.

    Days before it need none of their own: the register only grows.
    """
    today = clock.today(ZONE)
    session = db.session()
    last = session.scalar(
        sa.select(sa.func.max(RegisterEntry.at)).where(
            RegisterEntry.at < end_of(today - timedelta(days=1))
        )
    )
    if last is None:
        return None
    day = last.astimezone(ZoneInfo(ZONE)).date()
    known = session.scalar(sa.select(RegisterDay.id).where(RegisterDay.day == day))
    return day if known is None else None


@queue.task("certificates.day_file", sweep_seconds=600)
def write_finished_day() -> None:
    """Write the register of the last day that is over, and mail it to the registrars, once."""
    day = unwritten_day()
    db.end_reading()
    if day is not None:
        keep(day)


def keep(day: date) -> Path:
    """Write a finished day's file, note it, and mail it; told twice it is one mail each."""
    target, data = write(day)
    checkpoint, contents = checkpoints.keep(), {target.name: data}
    if checkpoint is not None:
        signed = write_checkpoints([checkpoint], ())
        contents[checkpoint_name(day)] = signed
        write_whole(folder() / checkpoint_name(day), signed)
    packed = write_archive(contents)
    sha256 = store.put(current_app.config["LMS"].folder("files"), packed)
    with db.writing() as session:
        known = session.scalars(
            sa.select(RegisterDay).where(RegisterDay.day == day).with_for_update()
        ).one_or_none()
        if known is None:
            known = RegisterDay(day=day)
            session.add(known)
        known.sha256, known.written_at = hashlib.sha256(data).hexdigest(), clock.now()
        session.flush()  # two that write one day at once: the second waits, or finds it
        events = events_of(day)
        record("register.day_written", by=None, on=known, file=target.name, sha256=known.sha256)
        for person in _registrars():
            mail = compose(
                f"register-day:{day.isoformat()}",
                person,
                "certificates/mail/register_day.txt",
                day=day,
                events=events,
                sha256=known.sha256,
                file=target.name,
                ends=checkpoint.ends if checkpoint else (),
                checkpoint=checkpoint_name(day),
            )
            if mail is not None:
                mail.attached_name = f"{target.stem}.zip"
                mail.attached_sha256 = sha256
    return target


def events_of(day: date) -> dict[str, int]:
    """Count a day's events in the register."""
    rows = db.session().execute(
        sa.select(RegisterEntry.event, sa.func.count())
        .where(RegisterEntry.at >= end_of(day - timedelta(days=1)), RegisterEntry.at < end_of(day))
        .group_by(RegisterEntry.event)
    )
    return {row[0].value: row[1] for row in rows}


def _registrars() -> Sequence[Person]:
    """Return who gets the file: the registrars, and where there are none the owners."""
    for role in (Role.REGISTRAR, Role.OWNER):
        found = (
            db.session()
            .scalars(
                sa.select(Person)
                .where(
                    Person.suspended_at.is_(None),
                    Person.email.is_not(None),
                    Person.id.in_(
                        sa.select(RoleGrant.person_id).where(
                            RoleGrant.role == role,
                            sa.or_(
                                RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= clock.today(ZONE)
                            ),
                        )
                    ),
                )
                .order_by(Person.id)
            )
            .all()
        )
        if found:
            return found
    return []
