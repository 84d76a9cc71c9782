"""One's own account: what may be changed, and what must be proved first."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.accounts.models import Person, SignInSession
from lms.audit.models import AuditDetail, AuditEntry
from lms.mail.models import MailMessage
from tests.accounts.people import (
    PASSWORD,
    is_signed_in,
    links_in,
    make_learner,
    person_of,
    post,
    sign_in,
)

NEW = "cinci berze pe casă"


def enter(app: Flask, **values: object):
    person_id = make_learner(app, **values)  # type: ignore[arg-type]
    client = app.test_client()
    sign_in(client)
    return client, person_id


def told(client, path: str) -> str:
    """What the account says after a press."""
    assert post(client, path).status_code == 303
    return client.get("/account").text


def mails(app: Flask) -> dict[str, MailMessage]:
    newest = sa.select(MailMessage).order_by(MailMessage.id)
    with app.app_context():
        return {m.to_address: m for m in db.session().scalars(newest)}


def test_a_stranger_is_asked_to_sign_in_first(app: Flask) -> None:
    response = app.test_client().get("/account")
    assert (response.status_code, response.location) == (302, "/sign-in?next=/account")
    for path in ("/account/password", "/account/email", "/account/phone", "/account/language"):
        assert "/sign-in" in post(app.test_client(), path).location


def test_the_page_shows_name_contact_and_devices(app: Flask) -> None:
    client, _ = enter(app, email="ana@exemplu.example", phone="0740 111 222")
    text = client.get("/account").text
    for shown in (
        "Ana-Maria Popescu",
        "dacuta-mire",
        "ana@exemplu.example",
        "0740 111 222",
        "acest dispozitiv",
    ):
        assert shown in text


def test_the_language_is_changed_for_pages_and_mails(app: Flask) -> None:
    client, person_id = enter(app)
    client.set_cookie("lang", "ro")
    assert post(client, "/account/language", locale="en").status_code == 303
    assert person_of(app, person_id).locale == "en"
    assert "The language is changed." in client.get("/account").text
    assert post(client, "/account/language", locale="xx").status_code == 422


def test_the_telephone_number_is_changed_and_recorded(app: Flask) -> None:
    client, person_id = enter(app)
    post(client, "/account/phone", phone=" 0740  111 222 ")
    assert person_of(app, person_id).phone == "0740 111 222"
    assert post(client, "/account/phone", phone="0" * 41).status_code == 422
    post(client, "/account/phone", phone="")
    assert person_of(app, person_id).phone is None


def test_a_new_password_needs_the_old_one(app: Flask) -> None:
    client, _ = enter(app)
    wrong = post(client, "/account/password", old_password="greșit greșit", password=NEW)
    assert wrong.status_code == 401
    assert "nu este parola dumneavoastră actuală" in wrong.text
    assert sign_in(app.test_client()).status_code == 303
    assert (
        post(client, "/account/password", old_password=PASSWORD, password="parola12345").status_code
        == 422
    )
    assert post(client, "/account/password", old_password=PASSWORD, password=NEW).status_code == 303
    assert sign_in(app.test_client()).status_code == 401
    assert sign_in(app.test_client(), password=NEW).status_code == 303


def test_a_new_password_ends_the_other_sign_ins_and_keeps_this_one(app: Flask) -> None:
    client, _ = enter(app)
    other = app.test_client()
    sign_in(other)
    post(client, "/account/password", old_password=PASSWORD, password=NEW)
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_wrong_old_passwords_count_like_wrong_sign_ins(app: Flask) -> None:
    client, _ = enter(app)
    statuses = [
        post(client, "/account/password", old_password=f"greșit {n}", password=NEW).status_code
        for n in range(11)
    ]
    assert statuses == [401] * 10 + [429]
    assert (
        post(
            client, "/account/email", email="x@exemplu.example", email_password=PASSWORD
        ).status_code
        == 429
    )


def test_a_new_address_holds_only_once_its_link_is_used(app: Flask) -> None:
    client, person_id = enter(
        app, email="veche@exemplu.example", sign_in_email="veche@exemplu.example"
    )
    response = post(client, "/account/email", email="noua@exemplu.example", email_password=PASSWORD)
    assert response.status_code == 303
    assert person_of(app, person_id).email == "veche@exemplu.example"
    sent = mails(app)
    assert "noua@exemplu.example" in sent["veche@exemplu.example"].text
    assert links_in(sent["veche@exemplu.example"].text) == []
    [link] = links_in(sent["noua@exemplu.example"].text)
    stranger = app.test_client()
    assert "noua@exemplu.example" in stranger.get(link).text
    assert person_of(app, person_id).email == "veche@exemplu.example"
    assert post(stranger, link).status_code == 303
    assert not is_signed_in(stranger)
    assert person_of(app, person_id).email == "noua@exemplu.example"
    assert person_of(app, person_id).sign_in_email == "noua@exemplu.example"
    assert post(stranger, link).status_code == 410


def test_the_link_of_a_new_address_sets_no_password(app: Flask) -> None:
    client, _ = enter(app, email="veche@exemplu.example")
    post(client, "/account/email", email="noua@exemplu.example", email_password=PASSWORD)
    [link] = links_in(mails(app)["noua@exemplu.example"].text)
    post(app.test_client(), link, password=NEW)
    assert sign_in(app.test_client()).status_code == 303


def test_an_address_that_others_have_is_no_address_to_sign_in_with(app: Flask) -> None:
    make_learner(app, "bidena-tupo", sign_in_email="birou@exemplu.example")
    client, person_id = enter(app, email="veche@exemplu.example")
    answer = post(client, "/account/email", email="Birou@Exemplu.example", email_password=PASSWORD)
    assert answer.status_code == 303
    [link] = links_in(mails(app)["Birou@Exemplu.example"].text)
    post(app.test_client(), link)
    assert person_of(app, person_id).email == "Birou@Exemplu.example"
    assert person_of(app, person_id).sign_in_email is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@",
        "a@x.ro,b@y.ro",
        "a@x.ro\r\nBcc: b@y.ro",
        "Ana <a@x.ro>",
        "a b@x.ro",
        "x" * 250 + "@x.ro",
    ],
)
def test_what_is_not_one_address_is_refused(app: Flask, address: str) -> None:
    client, person_id = enter(app, email="veche@exemplu.example")
    answer = post(client, "/account/email", email=address, email_password=PASSWORD)
    assert answer.status_code == 422
    assert mails(app) == {}
    assert person_of(app, person_id).email == "veche@exemplu.example"


@pytest.mark.parametrize("address", ["nadă@exemplu.example", "nada@primăria.example"])
def test_letters_that_a_keyboard_put_into_an_address_are_named(app: Flask, address: str) -> None:
    client, _ = enter(app, email="veche@exemplu.example")
    answer = post(client, "/account/email", email=address, email_password=PASSWORD)
    assert answer.status_code == 422
    assert "Ați scris: ă. Aproape nicio adresă" in answer.text
    assert mails(app) == {}


def test_an_address_that_waits_is_told_and_its_link_sent_again(app: Flask) -> None:
    client, person_id = enter(app, email="veche@exemplu.example")
    page = "așteaptă confirmarea"
    assert page not in client.get("/account").text
    post(client, "/account/email", email="noua@exemplu.example", email_password=PASSWORD)
    assert page in client.get("/account").text
    [first] = links_in(mails(app)["noua@exemplu.example"].text)
    assert "Nu s-a trimis nimic" in told(client, "/account/email/again")
    with clock.stopped_at(clock.now() + timedelta(minutes=3)):
        assert "Am trimis un link" in told(client, "/account/email/again")
    [second] = links_in(mails(app)["noua@exemplu.example"].text)
    assert first != second
    assert client.get(first).status_code == 410
    post(client, second)
    assert person_of(app, person_id).email == "noua@exemplu.example"
    assert page not in client.get("/account").text
    assert "Nu s-a trimis nimic" in told(client, "/account/email/again")


def test_an_address_that_waits_is_given_up(app: Flask) -> None:
    client, person_id = enter(app, email="veche@exemplu.example")
    post(client, "/account/email", email="noua@exemplu.example", email_password=PASSWORD)
    [link] = links_in(mails(app)["noua@exemplu.example"].text)
    for _ in range(2):
        assert post(client, "/account/email/keep").status_code == 303
    assert "așteaptă confirmarea" not in client.get("/account").text
    assert client.get(link).status_code == 410
    assert person_of(app, person_id).email == "veche@exemplu.example"


def test_a_stolen_session_can_t_change_the_address(app: Flask) -> None:
    client, _ = enter(app, email="veche@exemplu.example")
    answer = post(
        client, "/account/email", email="hot@exemplu.example", email_password="ghicit ghicit"
    )
    assert answer.status_code == 401
    assert mails(app) == {}


def test_one_device_is_signed_out_from_another(app: Flask) -> None:
    client, person_id = enter(app)
    other = app.test_client()
    sign_in(other)
    with app.app_context():
        session_id = db.session().scalar(
            sa.select(sa.func.max(SignInSession.id)).where(SignInSession.person_id == person_id)
        )
    assert post(client, f"/account/devices/{session_id}/end").status_code == 303
    assert not is_signed_in(other)
    assert is_signed_in(client)


def test_nobody_ends_another_person_s_sign_in(app: Flask) -> None:
    client, _ = enter(app)
    make_learner(app, "bidena-tupo")
    other = app.test_client()
    sign_in(other, "bidena-tupo")
    with app.app_context():
        session_id = db.session().scalar(sa.select(sa.func.max(SignInSession.id)))
    post(client, f"/account/devices/{session_id}/end")
    assert is_signed_in(other)


def test_a_name_is_changed_by_nobody_here_but_questioned(app: Flask) -> None:
    client, person_id = enter(app)
    assert post(client, "/welcome/name", message="Se scrie Popesco").location == "/account"
    assert person_of(app, person_id).full_name == "Ana-Maria Popescu"
    with app.app_context():
        values = (
            db.session()
            .scalars(
                sa.select(AuditDetail.values)
                .join(AuditEntry, AuditEntry.id == AuditDetail.entry_id)
                .where(AuditEntry.action == "person.name_questioned")
            )
            .one()
        )
    assert values["message"] == "Se scrie Popesco"


def test_a_corrected_name_is_confirmed_on_the_account_page(app: Flask) -> None:
    client, person_id = enter(app)
    with app.app_context(), db.writing() as session:
        session.get_one(Person, person_id).name_confirmed_at = None
    assert "Vă rugăm să confirmați numele" in client.get("/account").text
    assert post(client, "/account/name").status_code == 303
    assert person_of(app, person_id).name_confirmed_at is not None


def test_extra_fields_of_a_form_change_nothing(app: Flask) -> None:
    client, person_id = enter(app)
    post(
        client, "/account/phone", phone="1", family_name="Altul", sign_in_name="altul", role="owner"
    )
    person = person_of(app, person_id)
    assert (person.family_name, person.sign_in_name) == ("Popescu", "dacuta-mire")


def test_the_page_makes_few_statements(app: Flask) -> None:
    client, _ = enter(app)
    statements: list[str] = []
    with app.app_context():
        sa.event.listen(db.db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    client.get("/account")
    asked = [s for s in statements if s.startswith("SELECT")]
    assert len(asked) <= 3
    assert clock.now() - timedelta(hours=1) < clock.now()
