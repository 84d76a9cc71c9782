"""Duplicates of papers that were lost: granted as the programme says, and kept in the register.

A duplicate has the number and the code of its certificate, and a row of its own; what is printed
says which it is and of which day. The signed file is the same: no second one is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.audit.services import record
from lms.certificates import chain, register
from lms.certificates.counters import locked_counter, refuse_locked
from lms.certificates.designs.composing import compose_what_fits
from lms.certificates.designs.design import Purpose
from lms.certificates.desk.models import Duplicate, DuplicateReason, DuplicateRule
from lms.certificates.document import CertificateDocument
from lms.certificates.document import Duplicate as Mark
from lms.certificates.errors import DuplicateRefused, WrongState
from lms.certificates.models import Certificate, RegisterEntry, RegisterEvent
from lms.certificates.states import CertificateState

NEED_DECLARATION: Final = frozenset({DuplicateReason.LOST, DuplicateReason.STOLEN})


@dataclass(frozen=True)
class Rule:
    """What a programme says of duplicates: how many of one certificate, and on what proof."""

    most: int = 1
    needs_declaration: bool = True


@dataclass(frozen=True)
class Asked:
    """What is written down of a wish for a duplicate."""

    asked_by: str
    asked_on: date
    reason: DuplicateReason
    declaration: str = ""
    note: str = ""


def rule_of(programme_id: int) -> Rule:
    """Return what a programme says; one, on a declaration, where it says nothing."""
    row = db.session().get(DuplicateRule, programme_id)
    return Rule(row.most, row.needs_declaration) if row else Rule()


def set_rule(programme_id: int, rule: Rule, *, by: int) -> None:
    """Write down what a programme says of duplicates."""
    session = db.session()
    row = session.get(DuplicateRule, programme_id)
    if row is None:
        row = DuplicateRule(programme_id=programme_id)
        session.add(row)
    row.most, row.needs_declaration = rule.most, rule.needs_declaration
    record(
        "certificates.duplicate_rule",
        by=by,
        programme=programme_id,
        most=rule.most,
        needs_declaration=rule.needs_declaration,
    )


def of_certificate(certificate_id: int) -> list[tuple[Duplicate, str]]:
    """List a certificate's duplicates, each with who granted it, where that is known."""
    rows = db.session().execute(
        sa.select(Duplicate, Person.given_names, Person.family_name)
        .outerjoin(Person, Person.id == Duplicate.granted_by_id)
        .where(Duplicate.certificate_id == certificate_id)
        .order_by(Duplicate.ordinal)
    )
    return [(row[0], f"{row[1]} {row[2]}" if row[1] else "") for row in rows]


@dataclass(frozen=True)
class DuplicateLine:
    """A duplicate as lists show it."""

    ordinal: int
    on: date
    reason: DuplicateReason


Again = Mapping[int, Sequence[DuplicateLine]]
"""Duplicates, by the certificate that they stand for."""


def by_certificate(certificate_ids: Collection[int]) -> dict[int, list[DuplicateLine]]:
    """Return the duplicates of certificates, in their order; one statement."""
    found: dict[int, list[DuplicateLine]] = {}
    wanted = sa.select(
        Duplicate.certificate_id, Duplicate.ordinal, Duplicate.on, Duplicate.reason
    ).where(Duplicate.certificate_id.in_(certificate_ids))
    for row in db.session().execute(wanted.order_by(Duplicate.ordinal)):
        found.setdefault(row[0], []).append(DuplicateLine(row[1], row[2], row[3]))
    return found


def granted_until(instant: datetime) -> dict[str, list[tuple[Duplicate, RegisterEntry]]]:
    """Return the duplicates that the register knew at an instant, by number; one statement.

    The chain says which: the k-th entry of a certificate's duplicates is the k-th duplicate.
    """
    known = (
        sa.select(
            RegisterEntry.id.label("entry_id"),
            RegisterEntry.certificate_id,
            sa.func.row_number()
            .over(partition_by=RegisterEntry.certificate_id, order_by=RegisterEntry.sequence)
            .label("ordinal"),
        )
        .where(RegisterEntry.event == RegisterEvent.DUPLICATED, RegisterEntry.at < instant)
        .subquery()
    )
    rows = db.session().execute(
        sa.select(Duplicate, RegisterEntry)
        .join(
            known,
            sa.and_(
                known.c.certificate_id == Duplicate.certificate_id,
                known.c.ordinal == Duplicate.ordinal,
            ),
        )
        .join(RegisterEntry, RegisterEntry.id == known.c.entry_id)
        .order_by(RegisterEntry.number, Duplicate.ordinal)
    )
    found: dict[str, list[tuple[Duplicate, RegisterEntry]]] = {}
    for duplicate, entry in rows:
        found.setdefault(entry.number, []).append((duplicate, entry))
    return found


def grant(
    certificate: Certificate, asked: Asked, *, today: date, by: int, now: datetime
) -> Duplicate:
    """Grant the next duplicate of a valid certificate, and enter it in the register's chain.

    The certificate must be locked. Raises WrongState, DuplicateRefused; and IssuingLocked while
    the series' numbers are: a duplicate may have been granted since the backup.
    """
    if certificate.state is not CertificateState.VALID:
        raise WrongState(certificate.state.value)
    rule = rule_of(certificate.enrolment.edition.programme_id)
    session = db.session()
    count = session.scalar(
        sa.select(sa.func.count(Duplicate.id)).where(Duplicate.certificate_id == certificate.id)
    )
    ordinal = (count or 0) + 1
    if ordinal > rule.most:
        raise DuplicateRefused("most")
    if rule.needs_declaration and asked.reason in NEED_DECLARATION and not asked.declaration:
        raise DuplicateRefused("declaration")
    if asked.asked_on > today or asked.asked_on < certificate.issued_on:
        raise DuplicateRefused("day")
    document = marked(register.document_of(certificate), Mark(ordinal, today))
    if compose_what_fits(document.design, document, Purpose.ORIGINAL).misfits:
        raise DuplicateRefused("fit")
    locked_counter(certificate.series, certificate.year)
    refuse_locked(certificate.series)
    made = Duplicate(
        certificate_id=certificate.id,
        ordinal=ordinal,
        on=today,
        asked_by=asked.asked_by,
        asked_on=asked.asked_on,
        reason=asked.reason,
        declaration=asked.declaration or None,
        note=asked.note or None,
        granted_at=now,
        granted_by_id=by,
    )
    session.add(made)
    session.flush()  # the printing names it
    enter(made, certificate, by=by, now=now)
    return made


def enter(
    made: Duplicate, certificate: Certificate, *, by: int | None, now: datetime, source: str = ""
) -> None:
    """Enter a duplicate in the register's chain; `source` is the file that it came back from."""
    told: dict[str, Any] = {"file": source} if source else {}
    plain = {
        "ordinal": made.ordinal,
        "on": made.on.isoformat(),
        "asked_by": made.asked_by or "",
        "asked_on": made.asked_on.isoformat(),
        "duplicate_reason": made.reason.value,
        "declaration": made.declaration or "",
        **({"reason": source} if source else {}),
    }
    chain.enter(certificate, RegisterEvent.DUPLICATED, by=by, now=now, **plain)
    record(
        "certificate.duplicated",
        by=by,
        on=certificate,
        number=certificate.number,
        duplicate=made.ordinal,
        reason=made.reason.value,
        **told,
    )


def as_printed(duplicate_id: int | None) -> Mark | None:
    """Return what a duplicate's paper says of itself."""
    row = db.session().get(Duplicate, duplicate_id) if duplicate_id is not None else None
    return Mark(row.ordinal, row.on) if row else None


def marked(document: CertificateDocument, mark: Mark | None) -> CertificateDocument:
    """Return the document as its duplicate says it."""
    return replace(document, duplicate=mark) if mark else document


def forget(certificate_ids: list[int]) -> None:
    """Blank who asked and by what, after an erasure; that there was a duplicate stays."""
    wanted = Duplicate.certificate_id.in_(certificate_ids)
    blank = {"asked_by": None, "declaration": None, "note": None}
    db.deleted(sa.update(Duplicate).where(wanted).values(**blank))
