"""The outbox: composed once, sent at most once, never lost while that is certain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.accounts.models import Person
from lms.mail import sending, services
from lms.mail.models import MailMessage, MailState
from tests.cast import make_person
from tests.mail.catcher import Catcher, Server


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def catcher(app: Flask, server: Server, monkeypatch: pytest.MonkeyPatch) -> Catcher:
    settings = replace(
        app.config["LMS"],
        smtp_url=server.start(),
        mail_from="Atestat – cursuri <nu-raspundeti@exemplu.example>",
    )
    monkeypatch.setitem(app.config, "LMS", settings)
    return server.catcher


def make_recipient(app: Flask, **values: object) -> int:
    with app.app_context(), db.writing() as session:
        person = make_person(
            str(values.pop("given", "Ștefan")),
            str(values.pop("family", "Țîrlea")),
            **{"email": "s@exemplu.example", **values},
        )
        session.flush()
        return person.id


def compose(
    app: Flask,
    person_id: int,
    event: str = "probă:1",
    *,
    link: str = "https://exemplu.example/x?a=1&b=2",
) -> bool:
    with app.app_context(), db.writing() as session:
        person = session.get_one(Person, person_id)
        return services.compose(event, person, "accounts/mail/reset.txt", link=link) is not None


def send(app: Flask) -> None:
    with app.app_context():
        sending.send_waiting()


def rows(app: Flask) -> list[MailMessage]:
    with app.app_context():
        return list(db.session().scalars(sa.select(MailMessage).order_by(MailMessage.id)))


def test_a_mail_arrives_with_text_and_html(app: Flask, catcher: Catcher) -> None:
    compose(app, make_recipient(app))
    send(app)
    [mail] = catcher.accepted
    assert mail["To"] == "s@exemplu.example"
    assert mail["From"] == "Atestat – cursuri <nu-raspundeti@exemplu.example>"
    assert mail["Subject"] == "O parolă nouă pentru Atestat"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@exemplu.example>")
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "Bună ziua, Ștefan Țîrlea," in plain.get_content()
    assert "https://exemplu.example/x?a=1&b=2" in plain.get_content()
    assert '<a href="https://exemplu.example/x?a=1&amp;b=2">' in page.get_content()
    assert [row.state for row in rows(app)] == [MailState.SENT]


def test_the_same_event_is_written_about_once(app: Flask, catcher: Catcher) -> None:
    person_id = make_recipient(app)
    assert compose(app, person_id)
    for _ in range(20):
        assert not compose(app, person_id)
        send(app)
    assert len(catcher.accepted) == 1


def test_two_people_are_written_to_about_the_same_event(app: Flask, catcher: Catcher) -> None:
    for name in ("ana", "ion"):
        compose(app, make_recipient(app, sign_in_name=name, email=f"{name}@exemplu.example"))
    send(app)
    assert catcher.recipients == [["ana@exemplu.example"], ["ion@exemplu.example"]]


def test_without_an_address_nothing_is_written(app: Flask) -> None:
    assert not compose(app, make_recipient(app, email=None))
    assert not compose(app, make_recipient(app, sign_in_name="x", email="a@x.ro\r\nBcc: b@y.ro"))
    assert rows(app) == []


def test_nothing_is_sent_for_work_that_was_rolled_back(app: Flask) -> None:
    person_id = make_recipient(app)
    with app.app_context(), pytest.raises(ZeroDivisionError), db.writing() as session:
        services.compose(
            "x", session.get_one(Person, person_id), "accounts/mail/reset.txt", link="x"
        )
        raise ZeroDivisionError
    assert rows(app) == []
    assert "lms_told" not in app.extensions


def test_the_queue_is_told_once_for_many_mails(app: Flask) -> None:
    ids = [make_recipient(app, sign_in_name=f"om-{n}") for n in range(5)]
    with app.app_context():
        for _ in range(2):
            with db.writing() as session:
                for person_id in ids:
                    person = session.get_one(Person, person_id)
                    services.compose(f"e{_}", person, "accounts/mail/reset.txt", link="x")
    assert app.extensions["lms_told"] == [("mail.send", {})] * 2


@pytest.mark.parametrize(
    "name",
    [
        "Ana\r\nBcc: hot@exemplu.example",
        "Ana\nSubject: altul",
        "<b>Ana</b>",
        "Ana & Ion",
        "=?utf-8?q?x?=",
    ],
)
def test_names_add_no_header_and_no_markup(app: Flask, catcher: Catcher, name: str) -> None:
    compose(app, make_recipient(app, given=name))
    send(app)
    [mail] = catcher.accepted
    assert catcher.recipients == [["s@exemplu.example"]]
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject", [])) == 1
    page = mail.get_body(("html",))
    assert page is not None
    assert "<b>Ana" not in page.get_content()
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "&amp;" not in plain.get_content()


def test_a_line_that_begins_with_a_dot_arrives_whole(app: Flask, catcher: Catcher) -> None:
    compose(app, make_recipient(app), link=".\n..x")
    send(app)
    plain = catcher.accepted[0].get_body(("plain",))
    assert plain is not None
    assert "\r\n.\r\n..x\r\n" in plain.get_content()


def test_without_a_server_mails_wait(app: Flask) -> None:
    compose(app, make_recipient(app))
    send(app)
    assert [(row.state, row.tries) for row in rows(app)] == [(MailState.WAITING, 0)]


def test_a_server_that_is_away_is_tried_again_later(
    app: Flask, catcher: Catcher, server: Server
) -> None:
    compose(app, make_recipient(app))
    server.stop()
    start = clock.now()
    with clock.stopped_at(start):
        send(app)
    [row] = rows(app)
    assert (row.state, row.tries) == (MailState.WAITING, 1)
    assert row.next_try_at == start + timedelta(minutes=1)


def test_a_refusal_for_now_is_followed_by_longer_pauses(app: Flask, catcher: Catcher) -> None:
    compose(app, make_recipient(app))
    catcher.on_recipient = "451 come back later"
    start, pauses = clock.now(), []
    for _ in range(7):
        with clock.stopped_at(start):
            send(app)
            send(app)
        [row] = rows(app)
        pauses.append(row.next_try_at - start)
        start = row.next_try_at
    assert pauses == [timedelta(minutes=m) for m in (1, 3, 9, 27, 81, 120, 120)]
    catcher.on_recipient = ""
    with clock.stopped_at(start):
        send(app)
    assert len(catcher.accepted) == 1


def test_after_three_days_it_is_given_up(app: Flask, catcher: Catcher) -> None:
    compose(app, make_recipient(app))
    catcher.on_data = "452 disk full"
    with clock.stopped_at(clock.now() + timedelta(days=3, seconds=1)):
        send(app)
    [row] = rows(app)
    assert row.state is MailState.FAILED
    assert "452" in str(row.last_error)


@pytest.mark.parametrize("answer", ["550 no such mailbox", "553 not here"])
def test_a_final_refusal_is_not_argued_with(app: Flask, catcher: Catcher, answer: str) -> None:
    compose(app, make_recipient(app))
    catcher.on_recipient = answer
    send(app)
    send(app)
    assert catcher.offered == 1
    assert rows(app)[0].state is MailState.FAILED


def test_one_refused_mail_does_not_hold_the_others_up(app: Flask, catcher: Catcher) -> None:
    compose(app, make_recipient(app, email="ș@exemplu.example"))
    compose(app, make_recipient(app, sign_in_name="doi"))
    first = rows(app)[0].id
    with app.app_context(), db.writing() as session:
        session.get_one(MailMessage, first).to_address = "nimic"
    send(app)
    assert {row.state for row in rows(app)} == {MailState.FAILED, MailState.SENT}


def test_a_connection_lost_after_the_text_is_never_sent_twice(app: Flask, catcher: Catcher) -> None:
    compose(app, make_recipient(app))
    catcher.breaks_off = True
    send(app)
    with clock.stopped_at(clock.now() + timedelta(hours=5)):
        send(app)
    assert len(catcher.accepted) == 1
    [row] = rows(app)
    assert row.state is MailState.FAILED
    assert str(row.last_error).startswith("unknown")


def test_a_mail_claimed_by_a_process_that_died_is_never_sent_twice(
    app: Flask, catcher: Catcher
) -> None:
    compose(app, make_recipient(app))
    with app.app_context():
        assert sending._claim(app.config["LMS"]) is not None
    send(app)
    assert rows(app)[0].state is MailState.SENDING
    with clock.stopped_at(clock.now() + timedelta(minutes=11)):
        send(app)
    [row] = rows(app)
    assert (row.state, row.last_error) == (MailState.FAILED, sending.INTERRUPTED)
    assert catcher.accepted == []


def test_no_more_mails_than_allowed_leave_in_an_hour(
    app: Flask, catcher: Catcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LMS", replace(app.config["LMS"], mail_per_hour=3))
    for n in range(5):
        compose(app, make_recipient(app, sign_in_name=f"om-{n}"))
    start = clock.now()
    with clock.stopped_at(start):
        send(app)
        send(app)
        assert len(catcher.accepted) == 3
    with clock.stopped_at(start + timedelta(hours=1, seconds=1)):
        send(app)
    assert len(catcher.accepted) == 5


def test_a_withdrawn_mail_is_not_sent(app: Flask, catcher: Catcher) -> None:
    person_id = make_recipient(app)
    compose(app, person_id)
    with app.app_context(), db.writing():
        services.withdraw("probă:1", person_id)
    send(app)
    assert catcher.accepted == []


def test_the_shell_sends_a_test_mail(app: Flask, catcher: Catcher) -> None:
    result = app.test_cli_runner().invoke(args=["mail", "test", "cineva@exemplu.example"])
    assert result.exit_code == 0
    assert catcher.recipients == [["cineva@exemplu.example"]]
    for step in ("connected to 127.0.0.1", "sender: 250", "recipient: 250 OK", "mail: 250 OK"):
        assert step in result.output
    assert "dig +short TXT _dmarc.exemplu.example" in result.output
    wrong = app.test_cli_runner().invoke(args=["mail", "test", "nimic"])
    assert wrong.exit_code == 1
    assert "not an address" in wrong.output


def test_the_shell_shows_the_servers_refusal_with_a_hint(app: Flask, catcher: Catcher) -> None:
    catcher.on_recipient = "550 5.7.1 Sender not allowed"
    result = app.test_cli_runner().invoke(args=["mail", "test", "cineva@exemplu.example"])
    assert result.exit_code == 1
    assert "recipient: 550 5.7.1 Sender not allowed" in result.output
    assert "use an address of the account's own domain" in result.output
    plain = app.test_cli_runner().invoke(args=["mail", "test", "cineva@exemplu.example", "--json"])
    told = json.loads(plain.output.partition("Error:")[0])
    assert told["accepted"] is False
    assert told["fault"].startswith("550")
    assert told["hint"]


def test_the_shell_says_that_no_server_is_named(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["mail", "test", "cineva@exemplu.example"])
    assert result.exit_code == 1
    assert "LMS_SMTP_URL" in result.output


def test_many_letters_are_composed_at_once_each_person_once(app: Flask) -> None:
    reached, known, silent = (
        make_recipient(app, given="Ana"),
        make_recipient(app, given="Ion"),
        make_recipient(app, given="Dan", email=None),
    )
    compose(app, known)
    link = {"link": "https://exemplu.example/x"}
    with app.app_context(), db.writing() as session:
        people = [session.get_one(Person, each) for each in (reached, known, silent, reached)]
        letters = [services.Letter("probă:1", person, link) for person in people]
        assert services.compose_all("accounts/mail/reset.txt", letters) == 1
        assert services.compose_all("accounts/mail/reset.txt", letters) == 0
        assert services.compose_all("accounts/mail/reset.txt", []) == 0
    with app.app_context():
        told = db.session().scalars(sa.select(MailMessage.person_id)).all()
        assert sorted(told) == sorted([reached, known])
