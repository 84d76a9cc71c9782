"""National numbers: kept sealed, shown masked, opened with a reason that is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition, Enrolment
from lms.entry import rules
from lms.entry.errors import KeyMissing, NumberContradicts, NumberNotAsked, ReasonMissing
from lms.entry.indicator_sets import Kind
from lms.entry.models import NationalNumberRow
from lms.entry.national_number import NationalNumber, contradicts, masked
from lms.entry.services.answers import current, record_of
from lms.entry.services.settings import set_of, settings_of
from lms.entry.vault import CannotOpen, Vault

_LOCK = 0x434E50


def vault() -> Vault:
    """Return the instance's vault."""
    return Vault(Path(current_app.config["LMS"].folder("keys")) / "national-numbers")


def _hold_keys() -> None:
    """Let nobody seal while keys are changed; SQLite has one writer anyway."""
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _about(person_id: int, programme_id: int) -> str:
    return f"{person_id}/{programme_id}"


def row_of(enrolment: Enrolment) -> NationalNumberRow | None:
    """Return the number kept for a place's person and programme."""
    return (
        db.session()
        .scalars(
            sa.select(NationalNumberRow).where(
                NationalNumberRow.person_id == enrolment.person_id,
                NationalNumberRow.programme_id == enrolment.edition.programme_id,
            )
        )
        .one_or_none()
    )


def give(enrolment: Enrolment, number: NationalNumber, *, by: int | None, now: datetime) -> None:
    """Keep a person's number for the programme; another takes the earlier one's place.

    Runs under the enrolment's lock.
    """
    settings = settings_of(enrolment.edition.programme_id)
    if settings is None or not settings.asks_national_number:
        raise NumberNotAsked
    asked = set_of(settings)
    if asked is not None:
        said = current(record_of(enrolment)).get(asked.of_kind(Kind.BIRTH).id, "")
        if contradicts(number, rules.born_on(said)):
            raise NumberContradicts
    _hold_keys()
    sealed = vault().seal(
        number.digits, _about(enrolment.person_id, enrolment.edition.programme_id)
    )
    row = row_of(enrolment)
    if row is None:
        row = NationalNumberRow(
            person_id=enrolment.person_id, programme_id=enrolment.edition.programme_id
        )
        db.session().add(row)
    row.key_id, row.sealed, row.digest = sealed.key_id, sealed.data, sealed.digest
    row.given_at, row.given_by_id = now, by
    record("national_number.given", by=by, on=enrolment, course_id=enrolment.course_id)


def _opened(row: NationalNumberRow) -> str:
    try:
        return vault().open(row.key_id, row.sealed, _about(row.person_id, row.programme_id))
    except CannotOpen as error:
        raise KeyMissing(row.key_id) from error


def masked_row(row: NationalNumberRow) -> str:
    """Return a number with all but its last digits hidden; raise KeyMissing."""
    return masked(_opened(row))


def masked_of(enrolment: Enrolment) -> str:
    """Return a person's number with all but its last digits hidden; empty where there is none."""
    row = row_of(enrolment)
    return masked_row(row) if row else ""


def show(enrolment: Enrolment, *, reason: str, by: int) -> str:
    """Return the whole number, and record who looked and why."""
    if not reason.strip():
        raise ReasonMissing
    row = row_of(enrolment)
    if row is None:
        raise NumberNotAsked
    digits = _opened(row)
    record(
        "national_number.shown",
        by=by,
        on=enrolment,
        course_id=enrolment.course_id,
        reason=reason.strip(),
    )
    return digits


def export(
    edition: Edition, person_ids: Iterable[int], *, reason: str, by: int | None
) -> dict[int, str]:
    """Return the whole numbers of an edition's people, and record it; by person."""
    if not reason.strip():
        raise ReasonMissing
    wanted = set(person_ids)
    rows = db.session().scalars(
        sa.select(NationalNumberRow).where(
            NationalNumberRow.programme_id == edition.programme_id,
            NationalNumberRow.person_id.in_(wanted),
        )
    )
    found = {row.person_id: _opened(row) for row in rows}
    record(
        "national_number.exported",
        by=by,
        on=edition,
        course_id=edition.course_id,
        rows=len(found),
        reason=reason.strip(),
    )
    return found


def same_number(enrolment: Enrolment) -> list[int]:
    """Return the other people of the programme with the very same number: doubles, or a slip."""
    row = row_of(enrolment)
    if row is None:
        return []
    keys, digits = vault(), _opened(row)
    return list(
        db.session().scalars(
            sa.select(NationalNumberRow.person_id)
            .where(
                NationalNumberRow.programme_id == row.programme_id,
                NationalNumberRow.digest.in_([keys.digest(digits, k) for k in keys.key_ids()]),
                NationalNumberRow.person_id != row.person_id,
            )
            .order_by(NationalNumberRow.person_id)
        )
    )


def rotate(*, by: int | None) -> int:
    """Seal every number anew with a new key, and forget the keys before; return how many.

    Repeatable: what a dead process left is finished by the next run.
    """
    _hold_keys()
    keys = vault()
    old = keys.key_ids()
    keys.add_key()
    rows = db.session().scalars(sa.select(NationalNumberRow).with_for_update()).all()
    for row in rows:
        about = _about(row.person_id, row.programme_id)
        sealed = keys.seal(_opened(row), about)
        row.key_id, row.sealed, row.digest = sealed.key_id, sealed.data, sealed.digest
    record("national_number.key_changed", by=by, rows=len(rows))

    def forget() -> None:
        for key_id in old:
            keys.forget(key_id)

    db.after_commit(forget)
    return len(rows)


def erase(person_id: int) -> int:
    """Remove a person's numbers, of every programme; return how many."""
    rows = db.session().scalars(
        sa.select(NationalNumberRow).where(NationalNumberRow.person_id == person_id)
    )
    found = list(rows)
    for row in found:
        db.session().delete(row)
    return len(found)
