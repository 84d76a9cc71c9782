"""A participant's page explains itself to somebody who sees it for the first time."""

from __future__ import annotations

import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import Person, Token
from lms.courses import outline
from lms.courses.models import CompletionCondition, ConditionKind, Edition
from tests.cast import Cast, csrf
from tests.factories import make_quiz

NOT_ASKED = "prezența nu se cere"


def page_of(cast: Cast) -> str:
    client = cast.client("registrar")
    return client.get(f"/participants/{cast.enrolments['learner']}").text


def test_hours_that_nobody_asks_for_are_told_as_such(cast: Cast) -> None:
    assert NOT_ASKED in page_of(cast)
    with cast.app.app_context(), db.writing() as session:
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=3,
                kind=ConditionKind.HOURS_ATTENDED,
                parameters={"hours": "edition"},
            )
        )
        session.get_one(Edition, cast.edition_id).hours_required = 12
    outline.forget()
    assert NOT_ASKED not in page_of(cast)


def test_each_test_says_what_it_asks_for_to_be_passed(cast: Cast) -> None:
    with cast.app.app_context(), db.writing():
        make_quiz(cast.module_ids[0])
    assert "Pragul este de" in page_of(cast)


def test_an_invitation_is_not_needed_once_the_account_is_open(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        person = session.get_one(Person, cast.persons["learner"])
        person.password_hash, person.email = None, "maria@exemplu.example"
    client = cast.client("registrar")
    where = f"/participants/{cast.enrolments['learner']}"
    client.post(f"{where}/invitation", data={"csrf_token": csrf(client)})
    assert "nu mai este nevoie" not in client.get(where).text
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.update(Token).values(expires_at=clock.now()))
        session.get_one(Person, cast.persons["learner"]).password_hash = "x"
    page = client.get(where).text
    assert "nu mai este nevoie: contul este deschis" in page
    assert "expirat" not in page


def test_the_reports_lead_to_all_in_one_file(cast: Cast) -> None:
    page = cast.client("auditor").get("/editions/e1/reports").text
    assert page.count("Totul într-un fișier (arhivă)") == 2
    assert page.index("Totul într-un fișier") < page.index("<table")
