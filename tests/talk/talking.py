"""Helpers: the pages of questions, asked as a browser would."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import db
from lms.accounts.models import Person
from lms.talk.models import Thread
from tests.cast import Cast
from tests.messages.people import post

LESSON = "/courses/curs/1-modul/1-1-lectie/threads"


def ask(client: FlaskClient, text: str = "Ce e cofinanțarea?", **form: str) -> TestResponse:
    """Ask at the first lesson."""
    return post(client, LESSON, text=text, **form)


def asked(cast: Cast, part: str = "learner", text: str = "Ce e cofinanțarea?") -> str:
    """Ask at the first lesson; return the question's address."""
    answer = ask(cast.client(part), text, key=re.sub(r"\W", "", text)[:30])
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def give_addresses(cast: Cast, *parts: str) -> None:
    """Give people addresses of their own."""
    with cast.app.app_context(), db.writing() as session:
        for part in parts:
            person = session.get_one(Person, cast.persons[part])
            person.email, person.locale = f"{part}@exemplu.example", "ro"


def threads(cast: Cast) -> list[Thread]:
    """Return all questions."""
    with cast.app.app_context():
        return list(db.session().scalars(db.session().query(Thread).order_by(Thread.id).statement))
