"""People who can really sign in, and the browser they do it with."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import clock, db
from lms.accounts.models import Person
from tests.cast import EPOCH, csrf, make_person

PASSWORD = "patru corbi pe gard"


@cache
def hash_of(password: str) -> str:
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(password)


def make_learner(app: Flask, name: str = "dacuta-mire", **values: object) -> int:
    """Make somebody with a password; new to the site unless told otherwise."""
    welcomed = values.pop("is_welcomed", True)
    with app.app_context(), db.writing() as session:
        person = make_person("Ana-Maria", "Popescu", sign_in_name=name, **values)
        person.password_hash = hash_of(PASSWORD)
        if not welcomed:
            person.welcomed_at = person.name_confirmed_at = None
        session.flush()
        return person.id


def make_invited(app: Flask, **values: object) -> int:
    """Make somebody known who has no password yet."""
    from lms.accounts import services

    with app.app_context(), db.writing():
        values = {"given_names": "Ana-Maria", "family_name": "Popescu", **values}
        return services.create_person(now=clock.now(), **values).id  # type: ignore[arg-type]


def person_of(app: Flask, person_id: int) -> Person:
    with app.app_context():
        return db.session().get_one(Person, person_id)


def post(client: FlaskClient, path: str, /, **data: str) -> TestResponse:
    """Post a form with the token that this browser's forms carry."""
    address = data.pop("REMOTE_ADDR", "192.0.2.1")
    headers = {"Accept": data.pop("accept", "text/html")}
    if forwarded := data.pop("forwarded", ""):
        headers["X-Forwarded-For"] = forwarded
    return client.post(
        path,
        data={"csrf_token": csrf(client), **data},
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )


def sign_in(
    client: FlaskClient, name: str = "dacuta-mire", password: str = PASSWORD, **more: str
) -> TestResponse:
    return post(client, "/sign-in", identifier=name, password=password, **more)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def links_in(text: str) -> list[str]:
    return re.findall(r"/link/[\w-]+", text)


LATER = EPOCH + timedelta(days=300)
