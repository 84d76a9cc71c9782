"""What the record's pages call people, places and editions."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.accounts.models import Person
from lms.audit import names
from lms.audit.names import Name
from lms.courses.models import Edition, Enrolment
from lms.people_names import fold


def _people(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(
        sa.select(Person.id, Person.given_names, Person.family_name).where(Person.id.in_(ids))
    )
    return {row: Name(f"{given} {family}") for row, given, family in rows}


def _places(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(
        sa.select(Enrolment.id, Person.given_names, Person.family_name)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.id.in_(ids))
    )
    return {
        row: Name(f"{given} {family}", url_for("participants.see", enrolment_id=row))
        for row, given, family in rows
    }


def _editions(ids: Collection[int]) -> dict[int, Name]:
    rows = db.session().execute(
        sa.select(Edition.id, Edition.title, Edition.slug).where(Edition.id.in_(ids))
    )
    return {
        row: Name(title, url_for("participants.edition", slug=slug)) for row, title, slug in rows
    }


def _found(text: str) -> set[int]:
    """Find people by what their names hold, without regard to diacritics."""
    words = fold(text).split()
    rows = db.session().execute(
        sa.select(Person.id, Person.given_names, Person.family_name, Person.sign_in_name)
    )
    return {
        row
        for row, given, family, sign_in_name in rows
        if all(word in fold(f"{given} {family} {sign_in_name}") for word in words)
    }


def register() -> None:
    """Tell the record."""
    names.register("persons", _people)
    names.register("enrolments", _places)
    names.register("editions", _editions)
    if _found not in names.FINDERS:
        names.register_finder(_found)
