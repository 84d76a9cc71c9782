"""A change of name after issue: one act, a new certificate, no former name in public."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from lms import clock, db
from lms.accounts.models import Person, PersonName
from lms.certificates import issuing, papers, register
from lms.certificates.models import Certificate, NumberCounter
from lms.certificates.paper import HandOver, HandOverWay, PaperEvent
from lms.certificates.states import CertificateState
from lms.courses.models import Enrolment
from lms.mail.models import MailMessage, MailState
from tests.cast import Cast, csrf
from tests.certificates.certify import complete, file_of, issued

NEW = {"family_name": "Nume-Nou", "given_names": "Maria", "reason": "căsătorie"}


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **form})


def address(cast: Cast, part: str = "learner") -> str:
    return f"/participants/{cast.enrolments[part]}/name"


def rows(cast: Cast) -> list[Certificate]:
    with cast.app.app_context():
        return list(db.session().scalars(sa.select(Certificate).order_by(Certificate.id)))


def change(cast: Cast, part: str = "learner", **form: str) -> TestResponse:
    return post(cast.client("registrar"), address(cast, part), do="change", **(NEW | form))


def test_the_form_shows_first_what_changes_and_changes_nothing(cast: Cast) -> None:
    issued(cast)
    client = cast.client("registrar")
    assert address(cast) in client.get(f"/participants/{cast.enrolments['learner']}").text
    assert "Vedeți ce se schimbă" in client.get(address(cast)).text
    page = post(client, address(cast), do="show", **NEW).text
    assert "<ins>Maria Nume-Nou</ins>" in page
    assert "1 certificat este înlocuit cu unul nou" in page
    assert [c.state for c in rows(cast)] == [CertificateState.VALID]


def test_the_name_is_changed_and_the_certificate_replaced_in_one_act(cast: Cast) -> None:
    first = issued(cast)
    client = cast.client("registrar")
    post(client, "/register/print", certificate=str(first))
    answer = change(cast)
    page = cast.client("registrar").get(answer.location.partition("#")[0]).text
    old, new = rows(cast)
    assert (old.state, new.state) == (CertificateState.SUPERSEDED, CertificateState.VALID)
    assert new.facts["holder"] == "Maria Nume-Nou"
    assert new.supersedes_id == old.id
    assert old.ended_reason == "căsătorie"
    assert "Maria Nume-Nou" in page
    assert "de distrus; se află la secretariat" in page
    with cast.app.app_context():
        (kept,) = db.session().scalars(sa.select(PersonName))
        assert (kept.family_name, kept.reason) == ("Învățăcel", "căsătorie")
    assert old.number in cast.client("auditor").get("/register?paper=to_call_back").text


def test_advice_on_paper_agrees_and_the_old_certificates_mail_is_not_sent(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).email = "maria@exemplu.example"
    first = issued(cast)
    client = cast.client("registrar")
    post(client, "/register/print", certificate=str(first))
    asked = post(client, address(cast), do="show", **NEW).text
    assert "pe hârtie: de distrus; se află la secretariat" in asked
    assert "de cerut înapoi" not in asked
    answer = post(client, address(cast), do="change", **NEW)
    assert "#" not in answer.location  # what was done is said on top
    page = client.get(answer.location).text
    assert "nu a fost predat: distrugeți-l" in page
    assert "cereți-l înapoi" not in page
    with cast.app.app_context():
        mails = sa.select(MailMessage.event, MailMessage.state).order_by(MailMessage.id)
        told = {e: s for e, s in db.session().execute(mails) if e.startswith("certificate:")}
    old, new = rows(cast)
    assert told[f"certificate:{old.id}"] is MailState.WITHDRAWN
    assert told[f"certificate:{new.id}"] is MailState.WAITING


def test_a_paper_that_was_handed_over_is_asked_for_back(cast: Cast) -> None:
    first = issued(cast)
    client = cast.client("registrar")
    post(client, "/register/print", certificate=str(first))
    with cast.app.app_context(), db.writing():
        papers.record_act(
            PaperEvent.HANDED_OVER,
            [first],
            on=clock.today("Europe/Bucharest"),
            by=cast.persons["registrar"],
            now=clock.now(),
            hand_over=HandOver(HandOverWay.POST, tracking="RR-1", done_by="Rodica"),
        )
    answer = post(client, address(cast), do="change", **NEW)
    page = client.get(answer.location).text
    assert "cereți-l înapoi" in page
    assert "distrugeți-l" not in page


def test_a_confirmed_name_that_the_office_changed_says_when(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        person = session.get_one(Enrolment, cast.enrolments["learner"]).person
        person.name_confirmed_at = clock.now() - timedelta(days=40)
    page = cast.client("registrar").get(change(cast).location).text
    assert "de secretariat" in page
    assert "confirmat la" not in page


def test_two_clicks_change_it_once(cast: Cast) -> None:
    issued(cast)
    change(cast)
    change(cast)
    assert len(rows(cast)) == 2


def test_no_public_page_names_the_former_name(cast: Cast) -> None:
    first = issued(cast)
    old_pdf = file_of(cast, first)
    change(cast)
    old, new = rows(cast)
    stranger = cast.app.test_client()

    def file_page() -> str:
        return stranger.post(
            "/verify/file",
            data={
                "csrf_token": csrf(stranger),
                "file": FileStorage(io.BytesIO(old_pdf), "vechi.pdf"),
            },
        ).text

    seen = [
        stranger.get(f"/v/{old.code}").text,
        stranger.get(f"/v/{old.code}", headers={"Accept": "application/json"}).text,
        stranger.get(f"/v/{new.code}").text,
        file_page(),
    ]
    assert not any("Învățăcel" in page for page in seen)
    assert "Nume-Nou" in seen[2]
    assert "înlocuit" in seen[0].lower()


def test_a_revoked_certificate_of_a_former_name_names_nobody(cast: Cast) -> None:
    first = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        found = session.get_one(Certificate, first)
        code = found.code
        register.revoke(found, by=None, reason="x", now=clock.now())
    stranger = cast.app.test_client()
    assert "Învățăcel" in stranger.get(f"/v/{code}").text
    change(cast)
    for accept in ("text/html", "application/json"):
        page = stranger.get(f"/v/{code}", headers={"Accept": accept}).text
        assert "Învățăcel" not in page
    assert "Certificat revocat" in stranger.get(f"/v/{code}").text


def test_without_a_certificate_only_the_name_changes(cast: Cast) -> None:
    page = post(cast.client("registrar"), address(cast), do="show", **NEW).text
    assert "Niciun certificat nu poartă numele vechi" in page
    change(cast)
    with cast.app.app_context():
        assert db.session().get_one(Person, cast.persons["learner"]).family_name == "Nume-Nou"
    assert rows(cast) == []


def test_a_number_that_waits_for_its_file_is_given_up_and_another_follows(cast: Cast) -> None:
    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        issuing.reserve(cast.enrolments["learner"])
    change(cast)
    old, new = rows(cast)
    assert (old.state, new.state) == (CertificateState.VOID, CertificateState.VALID)
    assert new.facts["holder"] == "Maria Nume-Nou"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"reason": ""}, "Acest câmp"),
        ({"family_name": ""}, "Acest câmp"),
        ({"reason": "certificat seria XX nr. 123456"}, "Nu scrieți numere de acte"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_changed(
    cast: Cast, form: dict[str, str], sentence: str
) -> None:
    issued(cast)
    answer = change(cast, **form)
    assert answer.status_code == 422
    assert [c.state for c in rows(cast)] == [CertificateState.VALID]
    with cast.app.app_context():
        assert db.session().get_one(Person, cast.persons["learner"]).family_name == "Învățăcel"
    if sentence != "Acest câmp":
        assert sentence in answer.text


@pytest.mark.parametrize("what", ["letters", "locked"])
def test_where_no_new_certificate_can_be_made_the_name_stays_too(cast: Cast, what: str) -> None:
    issued(cast)
    if what == "locked":
        with cast.app.app_context(), db.writing() as session:
            session.execute(sa.update(NumberCounter).values(locked_reason="refacere"))
        answer = change(cast)
    else:
        answer = change(cast, family_name="漢字")
        assert "fontul" in answer.text
    assert answer.status_code == 409
    assert len(rows(cast)) == 1
    with cast.app.app_context():
        assert db.session().get_one(Person, cast.persons["learner"]).family_name == "Învățăcel"
        assert db.session().scalars(sa.select(PersonName)).all() == []


@pytest.mark.parametrize(
    ("part", "status"),
    [("learner", 404), ("trainer", 403), ("auditor", 403), ("registrar", 200), ("owner", 200)],
)
def test_who_changes_names(cast: Cast, part: str, status: int) -> None:
    assert cast.client(part).get(address(cast)).status_code == status
