"""What the record's pages call certificates, and whose they and the acts on their paper are."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.accounts.models import Person
from lms.audit import names
from lms.audit.names import Name
from lms.certificates.models import Certificate, PaperEntry
from lms.courses.models import Enrolment


def _certificates(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(
        sa.select(Certificate.id, Certificate.number, Person.given_names, Person.family_name)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Certificate.id.in_(ids))
    )
    return {
        row: Name(f"{number}, {given} {family}", url_for("certificates.see", certificate_id=row))
        for row, number, given, family in rows
    }


def _paper_acts(ids: Collection[int]) -> dict[int, Name]:
    return {row: Name(str(row), url_for("certificates.paper_act", act_id=row)) for row in ids}


def _certificates_of(people: Collection[int]) -> sa.Select[int]:
    return (
        sa.select(Certificate.id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Enrolment.person_id.in_(people))
    )


def _paper_acts_of(people: Collection[int]) -> sa.Select[int]:
    return sa.select(PaperEntry.act_id).where(
        PaperEntry.certificate_id.in_(_certificates_of(people))
    )


def register() -> None:
    """Tell the record."""
    names.register("certificates", _certificates)
    names.register("paper_acts", _paper_acts)
    names.register_concern("certificates", _certificates_of)
    names.register_concern("paper_acts", _paper_acts_of)
