"""Exercises for the cast's lessons, and what people do with them through the pages."""

from __future__ import annotations

import io
import re
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import db
from lms.courses.models import Course, Lesson
from lms.submissions.models import Submission, SubmissionComment, SubmissionVersion
from tests.access.asking import ask
from tests.cast import Cast

WORDS = {"ro": "Harta mea", "en": "My map"}
FIELDS = [
    {"id": "articol", "label": {"ro": "Articolul", "en": "Article"}, "hint": {}, "rows": 1},
    {"id": "problema", "label": {"ro": "Problema", "en": "Problem"}, "hint": {}, "rows": 4},
]
LESSON = "/courses/curs/1-modul/1-1-lectie"
EXERCISE = f"{LESSON}/exercise"


def exercise(trace: str, **more: Any) -> dict[str, Any]:
    return {
        "title": WORDS,
        "trace": trace,
        "prompt": {"ro": "Scrieți ce ați desenat.", "en": "Write what you drew."},
        "paper": "",
        "fields": FIELDS if trace == "form" else [],
        "proposal": trace == "form",
        **more,
    }


def give_exercise(cast: Cast, trace: str, lesson: int = 0, **more: Any) -> None:
    """Give one of the cast's lessons an exercise; the first unless told otherwise."""
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Lesson, cast.lesson_ids[lesson])
        row.exercise = exercise(trace, **more)
        session.get_one(Course, cast.course_id).version += 1


def fields_of(page: str) -> dict[str, str]:
    """Return what a page says of itself with everything it sends."""
    found = {}
    for name in ("writer", "turn", "seen", "key", "version"):
        if match := re.search(rf'name="{name}" value="([^"]*)"', page):
            found[name] = match[1]
    return found


def open_exercise(client: FlaskClient) -> dict[str, str]:
    answer = client.get(EXERCISE)
    assert answer.status_code == 200
    return fields_of(answer.text)


def write(client: FlaskClient, text: str, page: dict[str, str] | None = None) -> TestResponse:
    """Hand in a text, from a page drawn now or before."""
    page = open_exercise(client) if page is None else page
    return ask(client, "POST", EXERCISE, {**page, "f-text": text})


def save(client: FlaskClient, text: str, page: dict[str, str], **more: str) -> TestResponse:
    """Save a draft as the page's script does."""
    form = {**page, "f-text": text, "by_itself": "1", **more}
    return ask(client, "POST", f"{EXERCISE}/draft", form, accept="application/json")


def send_file(client: FlaskClient, data: bytes, name: str, **more: str) -> TestResponse:
    form = {"writer": "w", "turn": "1", **more, "file": (io.BytesIO(data), name)}
    return ask(client, "POST", f"{EXERCISE}/file", form)


def rows(cast: Cast, model: type[Any]) -> list[Any]:
    with cast.app.app_context():
        found = list(db.session().scalars(sa.select(model).order_by(model.id)))
        db.session().expunge_all()
        db.session().rollback()
        return found


def works(cast: Cast) -> list[Submission]:
    return rows(cast, Submission)


def versions(cast: Cast) -> list[SubmissionVersion]:
    return rows(cast, SubmissionVersion)


def comments(cast: Cast) -> list[SubmissionComment]:
    return rows(cast, SubmissionComment)
