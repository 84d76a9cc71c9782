"""People to write to, on the cast's edition."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import db
from lms.accounts.models import Token, TokenKind
from lms.courses.models import Edition, Enrolment
from tests.cast import EPOCH, Cast, csrf, make_person

MANY = ("Ana", "Barbu", "Corina", "Doru", "Elena", "Florin", "Gina", "Horia")


def enrol(cast: Cast, name: str, **values: object) -> int:
    """Enrol somebody with an address of their own; return the place's id."""
    place = {key: values.pop(key) for key in ("state", "last_activity_at") if key in values}
    invited_at = values.pop("invited_at", None)
    edition_id = int(values.pop("edition_id", cast.edition_id))  # type: ignore[call-overload]
    with cast.app.app_context(), db.writing() as session:
        person = make_person(name, "Probă", email=f"{name.lower()}@exemplu.example", locale="ro")
        for key, value in values.items():
            setattr(person, key, value)
        session.flush()
        cast.persons[name] = person.id
        row = Enrolment(
            person_id=person.id,
            edition_id=edition_id,
            enrolled_at=EPOCH,
            hours_attended=Decimal(0),
            **place,
        )
        session.add(row)
        session.flush()
        if isinstance(invited_at, datetime):
            session.add(
                Token(
                    token_hash=f"{person.id}".encode().ljust(32, b"x"),
                    kind=TokenKind.INVITATION,
                    person_id=person.id,
                    created_at=invited_at,
                    expires_at=invited_at + timedelta(days=30),
                )
            )
        cast.enrolments[name] = row.id
        return row.id


def set_edition(cast: Cast, **values: object) -> None:
    """Change the cast's edition."""
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        for key, value in values.items():
            setattr(edition, key, value)


def post(client: FlaskClient, path: str, **form: object) -> TestResponse:
    """Send a form with its token."""
    return client.post(path, data={"csrf_token": csrf(client), **form})
