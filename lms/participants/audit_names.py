"""What the record's pages call people, places, editions and parts of courses; who is found."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.accounts.models import Person, PersonName
from lms.audit import names
from lms.audit.names import Name
from lms.courses.models import Course, Edition, Enrolment, Lesson, Module
from lms.people_names import fold
from lms.web.i18n import current_locale


def _people(ids: Collection[int]) -> dict[int, Name]:
    """Name people; who has a place is led to, at the newest one."""
    newest = (
        sa.select(sa.func.max(Enrolment.id))
        .where(Enrolment.person_id == Person.id)
        .scalar_subquery()
    )
    rows = db.session().execute(
        sa.select(Person.id, Person.given_names, Person.family_name, newest).where(
            Person.id.in_(ids)
        )
    )
    return {
        row: Name(
            f"{given} {family}", url_for("participants.see", enrolment_id=place) if place else ""
        )
        for row, given, family, place in rows
    }


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


def _courses(ids: Collection[int]) -> dict[int, Name]:
    title = Course.title_en if current_locale() == "en" else Course.title_ro
    rows = db.session().execute(sa.select(Course.id, title).where(Course.id.in_(ids)))
    return {row: Name(f"„{name}”") for row, name in rows}


def _found(text: str) -> set[int]:
    """Find people by what a name holds, of today or a former one, without regard to diacritics.

    A whole sign-in name means its owner alone.
    """
    words = fold(text).split()
    people = db.session().execute(
        sa.select(Person.id, Person.given_names, Person.family_name, Person.sign_in_name)
    )
    former = db.session().execute(
        sa.select(PersonName.person_id, PersonName.given_names, PersonName.family_name)
    )
    called = [(row, f"{given} {family} {own}") for row, given, family, own in people]
    owners = {row for row, name in called if name.rpartition(" ")[2] == text.lower()}
    called += [(row, f"{given} {family}") for row, given, family in former]
    return owners or {row for row, name in called if all(w in fold(name) for w in words)}


def _places_of(people: Collection[int]) -> sa.Select[int]:
    return sa.select(Enrolment.id).where(Enrolment.person_id.in_(people))


def _releases_of(people: Collection[int]) -> sa.Select[int]:
    return sa.select(sa.func.coalesce(Enrolment.release_id, 0)).where(
        Enrolment.person_id.in_(people)
    )


def titles(model: type[Lesson | Module]) -> names.Titler:
    """Return what titles parts of courses; an id that courses use differently has no title."""

    def titled(ids: Collection[str]) -> dict[str, str]:
        title = model.title_en if current_locale() == "en" else model.title_ro
        rows = db.session().execute(
            sa.select(model.content_id, sa.func.min(title))
            .where(model.content_id.in_(ids))
            .group_by(model.content_id)
            .having(sa.func.min(title) == sa.func.max(title))
        )
        return {part: f"„{title}”" for part, title in rows}

    return titled


def register() -> None:
    """Tell the record."""
    names.register("persons", _people)
    names.register("enrolments", _places)
    names.register("editions", _editions)
    names.register("courses", _courses)
    names.register_concern("enrolments", _places_of)
    names.register_concern("releases", _releases_of)
    names.register_titler("module", titles(Module))
    names.register_titler("lesson", titles(Lesson))
    if _found not in names.FINDERS:
        names.register_finder(_found)
