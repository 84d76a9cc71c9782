"""Record acts, in the transaction of the act."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from lms import clock, db
from lms.audit.models import AuditDetail, AuditEntry

_SALT = 16


def digest_of(salt: bytes, values: dict[str, Any]) -> bytes:
    """Digest values in their canonical form, salted so that they can't be guessed back."""
    canonical = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(salt + canonical.encode()).digest()


def salts(count: int) -> list[bytes]:
    """Draw salts, all at once: asking the system for chance takes longer than a digest."""
    chance = secrets.token_bytes(_SALT * count)
    return [chance[at : at + _SALT] for at in range(0, len(chance), _SALT)]


def record(
    action: str,
    *,
    by: int | None,
    on: Any = None,
    course_id: int | None = None,
    **values: Any,
) -> None:
    """Record a person's act on an object (a flushed row), with values that JSON can hold."""
    record_all(action, by=by, acts=[(on, course_id, values)])


def record_all(
    action: str, *, by: int | None, acts: Sequence[tuple[Any, int | None, dict[str, Any]]]
) -> None:
    """Record one act on each of many objects: an object, its course's id and its values."""
    if not acts:
        return
    session, now = db.session(), clock.now()
    session.flush()  # what they are about must be there
    kept = list(zip(acts, salts(len(acts)), strict=True))
    entries: list[dict[str, Any]] = [
        {
            "at": now,
            "actor_id": by,
            "action": action,
            "object_type": on.__tablename__ if on is not None else "site",
            "object_id": getattr(on, "id", None),
            "course_id": course_id,
            "digest": digest_of(salt, values),
        }
        for (on, course_id, values), salt in kept
    ]
    rows = session.execute(
        sa.insert(AuditEntry).returning(AuditEntry.digest, AuditEntry.id), entries
    )
    ids = {row[0]: row[1] for row in rows}
    session.execute(
        sa.insert(AuditDetail),
        [
            {"entry_id": ids[entry["digest"]], "salt": salt, "values": values}
            for entry, ((_, _, values), salt) in zip(entries, kept, strict=True)
        ],
    )


def _link(previous: bytes, entry: AuditEntry, sequence: int) -> bytes:
    parts = (
        sequence,
        entry.id,
        entry.at.isoformat(),
        entry.actor_id,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.course_id,
        entry.digest.hex(),
    )
    return hashlib.sha256(previous + json.dumps(parts, separators=(",", ":")).encode()).digest()


def _last_link() -> tuple[int, bytes]:
    row = (
        db.session()
        .execute(
            sa.select(AuditEntry.sequence, AuditEntry.chain_hash)
            .where(AuditEntry.sequence.is_not(None))
            .order_by(AuditEntry.sequence.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return (row[0], row[1]) if row and row[0] is not None and row[1] is not None else (0, b"")


def extend_chain(limit: int = 1000) -> int:
    """Chain the entries that are not yet chained, in order; return how many. Called by the job.

    Runs inside a write transaction. One chainer at a time: the newest link is locked on PostgreSQL
    by an advisory lock, on SQLite by the single writer.
    """
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(0x41554454)))
    sequence, previous = _last_link()
    entries = session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.sequence.is_(None))
        .order_by(AuditEntry.id)
        .limit(limit)
    ).all()
    for entry in entries:
        sequence += 1
        previous = _link(previous, entry, sequence)
        entry.sequence, entry.chain_hash = sequence, previous
    return len(entries)


def find_break() -> int | None:
    """Return the sequence of the first link that does not hold, or None where all hold."""
    previous, expected = b"", 1
    statement = (
        sa.select(AuditEntry)
        .where(AuditEntry.sequence.is_not(None))
        .order_by(AuditEntry.sequence)
        .execution_options(yield_per=500)
    )
    with db.session().scalars(statement) as entries:
        for entry in entries:
            previous = _link(previous, entry, expected)
            if entry.sequence != expected or entry.chain_hash != previous:
                return expected
            expected += 1
    return None


def find_altered_values() -> int | None:
    """Return the first act whose values no longer give its digest; erased ones give none."""
    statement = (
        sa.select(AuditEntry.id, AuditEntry.digest, AuditDetail.salt, AuditDetail.values)
        .join(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .order_by(AuditEntry.id)
        .execution_options(yield_per=500)
    )
    with db.session().execute(statement) as rows:
        for entry_id, digest, salt, values in rows:
            if digest_of(salt, values) != digest:
                return int(entry_id)
    return None


def erase_details(table: str, ids: Collection[int]) -> int:
    """Remove the values of acts on rows of a table; the acts and their chain stay.

    Runs inside a write. The chain holds salted digests, so it is whole without the values.
    """
    of_them = sa.select(AuditEntry.id).where(
        AuditEntry.object_type == table, AuditEntry.object_id.in_(ids)
    )
    gone = sa.delete(AuditDetail).where(AuditDetail.entry_id.in_(of_them))
    return db.deleted(gone)
