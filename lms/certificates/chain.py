"""The register's chain of hashes: one for each series, so that a changed or lost entry shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.audit.services import digest_of, salts
from lms.certificates.models import (
    Certificate,
    LostNumber,
    RegisterDetail,
    RegisterEntry,
    RegisterEvent,
)


def _last_link(series: str) -> tuple[int, bytes]:
    row = (
        db.session()
        .execute(
            sa.select(RegisterEntry.sequence, RegisterEntry.chain_hash)
            .where(RegisterEntry.series == series)
            .order_by(RegisterEntry.sequence.desc())
            .limit(1)
        )
        .first()
    )
    return (row[0], row[1]) if row else (0, b"")


def link_hash(previous: bytes, entry: RegisterEntry) -> bytes:
    """Hash an entry onto the link before it."""
    parts = (
        entry.series,
        entry.sequence,
        entry.certificate_id,
        entry.event.value,
        entry.at.isoformat(),
        entry.by_id,
        entry.number,
        entry.digest.hex(),
    )
    return hashlib.sha256(previous + json.dumps(parts, separators=(",", ":")).encode()).digest()


def enter(
    certificate: Certificate,
    event: RegisterEvent,
    *,
    by: int | None,
    now: datetime,
    **more: Any,
) -> None:
    """Add a link; the series' chain is one, so the series' rows are held by a lock of their own."""
    enter_all(event, [(certificate, more)], by=by, now=now)


def enter_all(
    event: RegisterEvent,
    what: Sequence[tuple[Certificate, dict[str, Any]]],
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Add a link for each of many certificates, in their order, with what more is to be kept."""
    links = [
        (
            RegisterEntry(
                series=certificate.series,
                certificate_id=certificate.id,
                event=event,
                at=now,
                by_id=by,
                number=certificate.number,
            ),
            {"facts": certificate.facts, **more},
        )
        for certificate, more in what
    ]
    for series in sorted({entry.series for entry, _ in links}):
        _add(series, [link for link in links if link[0].series == series])


def enter_lost(lost: LostNumber, *, by: int | None, now: datetime) -> None:
    """Add the link of a number that is annulled without a certificate."""
    entry = RegisterEntry(
        series=lost.series,
        certificate_id=None,
        event=RegisterEvent.VOIDED,
        at=now,
        by_id=by,
        number=lost.number,
    )
    _add(entry.series, [(entry, {"facts": {}, "reason": lost.reason})])


def _add(series: str, links: Sequence[tuple[RegisterEntry, dict[str, Any]]]) -> None:
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        # Counters of two years may be locked at once; the chain of the series is not theirs.
        key = int.from_bytes(hashlib.sha256(series.encode()).digest()[:7], "big")
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    sequence, previous = _last_link(series)
    drawn = salts(len(links))
    for (entry, values), salt in zip(links, drawn, strict=True):
        sequence += 1
        entry.sequence, entry.digest = sequence, digest_of(salt, values)
        entry.chain_hash = previous = link_hash(previous, entry)
    if not links:
        return
    session.flush()  # what they point at must be there
    ids = _inserted([entry for entry, _ in links])
    session.execute(
        sa.insert(RegisterDetail),
        [
            {"entry_id": ids[entry.sequence], "salt": salt, "values": values}
            for (entry, values), salt in zip(links, drawn, strict=True)
        ],
    )


def _inserted(entries: Sequence[RegisterEntry]) -> dict[int, int]:
    """Insert entries of one series in one statement; return their ids by sequence."""
    names = [column.key for column in RegisterEntry.__table__.columns if column.key != "id"]
    rows = db.session().execute(
        sa.insert(RegisterEntry).returning(RegisterEntry.sequence, RegisterEntry.id),
        [{name: getattr(entry, name) for name in names} for entry in entries],
    )
    return {row[0]: row[1] for row in rows}


def find_break(series: str) -> int | None:
    """Return the sequence of the first link that does not hold, or None where all hold."""
    previous, expected = b"", 1
    for entry in db.session().scalars(
        sa.select(RegisterEntry)
        .where(RegisterEntry.series == series)
        .order_by(RegisterEntry.sequence)
    ):
        if entry.sequence != expected or entry.chain_hash != link_hash(previous, entry):
            return expected
        previous, expected = entry.chain_hash, expected + 1
    return None


def find_altered_values(series: str) -> int | None:
    """Return the first link whose values no longer give its digest; erased ones give none."""
    rows = db.session().execute(
        sa.select(
            RegisterEntry.sequence, RegisterEntry.digest, RegisterDetail.salt, RegisterDetail.values
        )
        .join(RegisterDetail, RegisterDetail.entry_id == RegisterEntry.id)
        .where(RegisterEntry.series == series)
        .order_by(RegisterEntry.sequence)
        .execution_options(yield_per=500)
    )
    with rows:
        for sequence, digest, salt, values in rows:
            if digest_of(salt, values) != digest:
                return int(sequence)
    return None


def find_unknown_number(series: str) -> int | None:
    """Return the first link about a number that neither a certificate nor a lost number has."""
    known = sa.union_all(
        sa.select(Certificate.number).where(Certificate.series == series),
        sa.select(LostNumber.number).where(LostNumber.series == series),
    )
    return db.session().scalar(
        sa.select(sa.func.min(RegisterEntry.sequence)).where(
            RegisterEntry.series == series, RegisterEntry.number.not_in(known)
        )
    )
