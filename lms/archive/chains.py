"""The chains of the record and of the register as files, a piece at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from lms import db
from lms.audit.models import AuditDetail, AuditEntry
from lms.certificates.models import Certificate, RegisterDetail, RegisterEntry
from lms.courses.models import Enrolment
from lms.quizzes.models import Attempt
from lms.safety.sheets import csv_line
from lms.submissions.models import Submission


def audit_chain() -> Iterator[bytes]:
    """Write every link of the site's record; ids and digests alone, nothing about people."""
    yield csv_line(
        [
            "sequence",
            "id",
            "at",
            "actor_id",
            "action",
            "object_type",
            "object_id",
            "course_id",
            "digest",
            "chain_hash",
        ]
    )
    links = (
        sa.select(AuditEntry)
        .where(AuditEntry.sequence.is_not(None))
        .order_by(AuditEntry.sequence)
        .execution_options(yield_per=500)
    )
    for e in db.session().scalars(links):
        yield csv_line(
            [
                e.sequence,
                e.id,
                e.at.isoformat(),
                e.actor_id,
                e.action,
                e.object_type,
                e.object_id,
                e.course_id,
                e.digest.hex(),
                (e.chain_hash or b"").hex(),
            ]
        )


def of_edition(edition_id: int) -> sa.ColumnElement[bool]:
    """The acts on an edition, its places, attempts, works, certificates and people."""
    places = sa.select(Enrolment.id).where(Enrolment.edition_id == edition_id)
    people = sa.select(Enrolment.person_id).where(Enrolment.edition_id == edition_id)
    kinds: list[tuple[str, sa.Select[Any]]] = [
        ("enrolments", places),
        ("persons", people),
        ("attempts", sa.select(Attempt.id).where(Attempt.enrolment_id.in_(places))),
        ("submissions", sa.select(Submission.id).where(Submission.enrolment_id.in_(places))),
        ("certificates", sa.select(Certificate.id).where(Certificate.enrolment_id.in_(places))),
    ]
    return sa.or_(
        (AuditEntry.object_type == "editions") & (AuditEntry.object_id == edition_id),
        *(
            (AuditEntry.object_type == table) & AuditEntry.object_id.in_(ids)
            for table, ids in kinds
        ),
    )


def audit_values(edition_id: int) -> Iterator[bytes]:
    """Write the values of the edition's acts with their salts, so that the digests can be made."""
    rows = db.session().execute(
        sa.select(AuditEntry.id, AuditDetail.salt, AuditDetail.values)
        .join(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .where(of_edition(edition_id), AuditEntry.sequence.is_not(None))
        .order_by(AuditEntry.id)
        .execution_options(yield_per=500)
    )
    for entry_id, salt, values in rows:
        yield _values(entry_id, salt, values)


def _values(row_id: int, salt: bytes, values: Any) -> bytes:
    plain = {"id": row_id, "salt": salt.hex(), "values": values}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def register_chain(series: str) -> Iterator[bytes]:
    """Write every link of a series; numbers, ids and digests alone."""
    yield csv_line(
        [
            "id",
            "series",
            "sequence",
            "certificate_id",
            "event",
            "at",
            "by_id",
            "number",
            "digest",
            "chain_hash",
        ]
    )
    links = (
        sa.select(RegisterEntry)
        .where(RegisterEntry.series == series)
        .order_by(RegisterEntry.sequence)
        .execution_options(yield_per=500)
    )
    for e in db.session().scalars(links):
        yield csv_line(
            [
                e.id,
                e.series,
                e.sequence,
                e.certificate_id,
                e.event.value,
                e.at.isoformat(),
                e.by_id,
                e.number,
                e.digest.hex(),
                e.chain_hash.hex(),
            ]
        )


def register_values(edition_id: int) -> Iterator[bytes]:
    """Write what the register holds of the edition's certificates, with its salts."""
    rows = db.session().execute(
        sa.select(RegisterEntry.id, RegisterDetail.salt, RegisterDetail.values)
        .join(RegisterDetail, RegisterDetail.entry_id == RegisterEntry.id)
        .join(Certificate, Certificate.id == RegisterEntry.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Enrolment.edition_id == edition_id)
        .order_by(RegisterEntry.id)
        .execution_options(yield_per=500)
    )
    for entry_id, salt, values in rows:
        yield _values(entry_id, salt, values)
