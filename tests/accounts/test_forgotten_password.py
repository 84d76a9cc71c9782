"""A forgotten password: asked for, mailed, used once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.accounts import hashing
from lms.accounts.models import Person
from lms.mail.models import MailMessage
from tests.accounts.people import (
    PASSWORD,
    is_signed_in,
    links_in,
    make_invited,
    make_learner,
    person_of,
    post,
    sign_in,
)

NEW = "cinci berze pe casă"


def ask(app: Flask, identifier: str) -> None:
    assert post(app.test_client(), "/forgotten-password", identifier=identifier).status_code == 200


def links(app: Flask) -> list[str]:
    with app.app_context():
        rows = db.session().scalars(sa.select(MailMessage).order_by(MailMessage.id))
        return [link for row in rows for link in links_in(row.text)]


@pytest.mark.parametrize(
    "typed", ["dacuta-mire", "Dacuta mire", "ana@exemplu.example", "ANA@exemplu.example"]
)
def test_a_link_is_mailed_to_whoever_is_meant(app: Flask, typed: str) -> None:
    make_learner(app, email="ana@exemplu.example")
    ask(app, typed)
    [link] = links(app)
    client = app.test_client()
    assert client.get(link).status_code == 200
    assert post(client, link, password=NEW).status_code == 303
    assert is_signed_in(client)
    assert sign_in(app.test_client()).status_code == 401
    assert sign_in(app.test_client(), password=NEW).status_code == 303


def test_the_answer_is_the_same_for_strangers(app: Flask) -> None:
    make_learner(app, email="ana@exemplu.example")
    make_learner(app, "bidena-tupo")
    answers = {
        post(app.test_client(), "/forgotten-password", identifier=who).text
        for who in ("ana@exemplu.example", "nimeni@exemplu.example", "bidena-tupo", "x")
    }
    assert len({answer.partition("<main")[2] for answer in answers}) == 1
    assert len(links(app)) == 1


def test_an_unknown_name_costs_the_same_work_as_a_known_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_learner(app)
    compared: list[str] = []
    verify = hashing.verify_password

    def counted(kept: str | None, password: str) -> bool:
        compared.append("known" if kept else "dummy")
        return verify(kept, password)

    monkeypatch.setattr(hashing, "verify_password", counted)
    for name in ("dacuta-mire", "nimeni-altul"):
        client = app.test_client()
        client.get("/sign-in")
        sign_in(client, name, "greșit greșit")
    assert compared == ["known", "dummy"]


def test_the_link_lives_an_hour(app: Flask) -> None:
    make_learner(app, email="ana@exemplu.example")
    ask(app, "dacuta-mire")
    [link] = links(app)
    with clock.stopped_at(clock.now() + timedelta(hours=1, seconds=1)):
        page = app.test_client().get(link)
        assert page.status_code == 410
        assert "/renew" not in page.text
        assert post(app.test_client(), link, password=NEW).status_code == 410
        post(app.test_client(), f"{link}/renew")
    assert len(links(app)) == 1
    assert sign_in(app.test_client()).status_code == 303


def test_a_new_request_kills_the_older_link(app: Flask) -> None:
    make_learner(app, email="ana@exemplu.example")
    ask(app, "dacuta-mire")
    ask(app, "dacuta-mire")
    old, new = links(app)
    assert post(app.test_client(), old, password=NEW).status_code == 410
    assert post(app.test_client(), new, password=NEW).status_code == 303


def test_a_changed_password_kills_the_link_and_a_new_one_ends_all_sign_ins(app: Flask) -> None:
    make_learner(app, email="ana@exemplu.example")
    elsewhere = app.test_client()
    sign_in(elsewhere)
    ask(app, "dacuta-mire")
    [link] = links(app)
    here = app.test_client()
    sign_in(here)
    changed = post(here, "/account/password", old_password=PASSWORD, password=NEW)
    assert changed.status_code == 303
    assert app.test_client().get(link).status_code == 410
    assert not is_signed_in(elsewhere)
    ask(app, "dacuta-mire")
    post(app.test_client(), links(app)[-1], password="șase rațe pe lac")
    assert not is_signed_in(here)


def test_a_hundred_requests_send_three_mails(app: Flask) -> None:
    make_learner(app, email="ana@exemplu.example")
    for _ in range(20):
        ask(app, "dacuta-mire")
    assert len(links(app)) == 3
    with clock.stopped_at(clock.now() + timedelta(hours=1, seconds=1)):
        ask(app, "dacuta-mire")
    assert len(links(app)) == 4


def test_requests_don_t_use_up_tries_to_sign_in(app: Flask) -> None:
    make_learner(app, email="ana@exemplu.example")
    for _ in range(20):
        ask(app, "dacuta-mire")
    assert sign_in(app.test_client()).status_code == 303


def test_an_office_address_gets_a_mail_for_each_person_named_apart(app: Flask) -> None:
    make_learner(app, "dacuta-mire", email="birou@exemplu.example")
    make_learner(app, "bidena-tupo", email="birou@exemplu.example")
    ask(app, "birou@exemplu.example")
    with app.app_context():
        texts = list(db.session().scalars(sa.select(MailMessage.text).order_by(MailMessage.id)))
    assert len(texts) == 2
    assert "dacuta-mire" in texts[0]
    assert "bidena-tupo" in texts[1]


def test_an_invited_person_who_lost_the_invitation_gets_another(app: Flask) -> None:
    make_invited(app, email="ana@exemplu.example")
    ask(app, "ana@exemplu.example")
    [link] = links(app)
    assert post(app.test_client(), link, password=NEW).status_code == 303


def test_a_suspended_person_gets_no_link(app: Flask) -> None:
    person_id = make_learner(app, email="ana@exemplu.example")
    with app.app_context(), db.writing() as session:
        session.get_one(Person, person_id).suspended_at = clock.now()
    ask(app, "dacuta-mire")
    ask(app, "ana@exemplu.example")
    assert links(app) == []


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded"])
def test_the_link_leads_to_the_site_whatever_host_was_named(app: Flask, header: str) -> None:
    make_learner(app, email="ana@exemplu.example")
    client = app.test_client()
    client.set_cookie("visit", "a-visit")
    from tests.cast import csrf

    client.post(
        "/forgotten-password",
        data={"identifier": "dacuta-mire", "csrf_token": csrf(client)},
        headers={header: "evil.example"},
    )
    with app.app_context():
        text = db.session().scalars(sa.select(MailMessage.text)).one()
    assert "http://127.0.0.1:8000/link/" in text
    assert "evil" not in text
    assert client.get("/forgotten-password", headers={"Host": "evil.example"}).status_code == 400


def test_the_mail_speaks_its_reader_s_language(app: Flask) -> None:
    make_learner(app, email="ana@exemplu.example", locale="en")
    ask(app, "dacuta-mire")
    with app.app_context():
        mail = db.session().scalars(sa.select(MailMessage)).one()
    assert mail.subject == "A new password for Atestat"
    assert person_of(app, mail.person_id).locale == "en"
