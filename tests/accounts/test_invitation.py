"""From the invitation (by mail or on paper) to one's own password."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.accounts import services
from lms.accounts.models import Person, Token
from lms.audit.models import AuditEntry
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


def invite(app: Flask, person_id: int) -> str:
    with app.app_context(), db.writing() as session:
        link = services.invite(session.get_one(Person, person_id), by=None, now=clock.now())
    return link.removeprefix("http://127.0.0.1:8000")


def print_code(app: Flask, person_id: int) -> str:
    with app.app_context(), db.writing() as session:
        return services.printed_code(session.get_one(Person, person_id), by=None, now=clock.now())


def mails(app: Flask) -> list[MailMessage]:
    with app.app_context():
        return list(db.session().scalars(sa.select(MailMessage).order_by(MailMessage.id)))


def test_an_invited_person_chooses_a_password_and_is_in(app: Flask) -> None:
    person_id = make_invited(app, email="ana@exemplu.example")
    path = invite(app, person_id)
    client = app.test_client()
    page = client.get(path)
    assert page.status_code == 200
    assert "Ana-Maria Popescu" in page.text
    assert person_of(app, person_id).sign_in_name in page.text
    assert "no-referrer" in page.text
    response = post(client, path, password=PASSWORD)
    assert (response.status_code, response.location) == (303, "/")
    assert client.get("/welcome").status_code == 200
    fresh = app.test_client()
    assert sign_in(fresh, person_of(app, person_id).sign_in_name).status_code == 303


def test_the_mail_holds_the_link_and_never_a_password(app: Flask) -> None:
    path = invite(app, make_invited(app, email="ana@exemplu.example"))
    [mail] = mails(app)
    assert links_in(mail.text) == [path]
    assert mail.to_address == "ana@exemplu.example"
    assert mail.subject == "Invitație la curs: Atestat"
    assert "30 de zile" in mail.text
    assert app.extensions["lms_told"] == [("mail.send", {})]


def test_a_mail_scanner_that_opens_the_link_uses_nothing_up(app: Flask) -> None:
    path = invite(app, make_invited(app))
    for _ in range(5):
        assert app.test_client().get(path).status_code == 200
        assert app.test_client().head(path).status_code == 200
    assert post(app.test_client(), path, password=PASSWORD).status_code == 303


def test_the_first_look_at_a_link_is_kept_with_its_time(app: Flask) -> None:
    path = invite(app, make_invited(app, email="ana@exemplu.example"))
    app.test_client().head(path)
    with app.app_context():
        assert db.session().scalar(sa.select(Token.opened_at)) is None
    app.test_client().get(path)
    with app.app_context():
        first = db.session().scalar(sa.select(Token.opened_at))
    assert first is not None
    app.test_client().get(path)
    with app.app_context():
        assert db.session().scalar(sa.select(Token.opened_at)) == first


def test_a_link_works_once(app: Flask) -> None:
    person_id = make_invited(app)
    path = invite(app, person_id)
    post(app.test_client(), path, password=PASSWORD)
    before = person_of(app, person_id).password_hash
    again = app.test_client()
    assert again.get(path).status_code == 410
    assert post(again, path, password="alta parolă lungă").status_code == 410
    assert person_of(app, person_id).password_hash == before
    assert not is_signed_in(again)


def test_a_weak_password_leaves_the_link_as_it_was(app: Flask) -> None:
    path = invite(app, make_invited(app))
    client = app.test_client()
    response = post(client, path, password="popescu12345")
    assert response.status_code == 422
    assert "numele dumneavoastră" in response.text
    assert post(client, path, password="scurt").status_code == 422
    assert post(client, path, password="").status_code == 422
    assert post(client, path, password=PASSWORD).status_code == 303


def test_a_new_invitation_replaces_the_old_one(app: Flask) -> None:
    person_id = make_invited(app)
    old, new = invite(app, person_id), invite(app, person_id)
    assert app.test_client().get(old).status_code == 410
    assert post(app.test_client(), old, password=PASSWORD).status_code == 410
    assert app.test_client().get(new).status_code == 200


def test_a_lapsed_invitation_offers_a_new_one(app: Flask) -> None:
    path = invite(app, make_invited(app, email="ana@exemplu.example"))
    with clock.stopped_at(clock.now() + timedelta(days=30, seconds=1)):
        client = app.test_client()
        page = client.get(path)
        assert page.status_code == 410
        assert f'action="{path}/renew"' in page.text
        assert post(client, path, password=PASSWORD).status_code == 410
        assert post(client, f"{path}/renew").status_code == 200
        [_, fresh] = mails(app)
        [link] = links_in(fresh.text)
        assert post(client, link, password=PASSWORD).status_code == 303
        post(client, f"{path}/renew")
        assert len(mails(app)) == 2


def test_changing_one_sign_of_the_link_opens_nothing(app: Flask) -> None:
    path = invite(app, make_invited(app))
    changed = path[:-1] + ("A" if path[-1] != "A" else "B")
    assert app.test_client().get(changed).status_code == 410
    assert post(app.test_client(), f"{changed}/renew").status_code == 200
    assert mails(app) == []


def test_a_suspended_person_s_link_is_dead(app: Flask) -> None:
    person_id = make_invited(app)
    path = invite(app, person_id)
    with app.app_context(), db.writing() as session:
        services.suspend(
            session.get_one(Person, person_id), by=None, reason="probă", now=clock.now()
        )
    assert post(app.test_client(), path, password=PASSWORD).status_code == 410
    with app.app_context(), db.writing() as session:
        services.reactivate(session.get_one(Person, person_id), by=None, reason="probă")
    assert post(app.test_client(), path, password=PASSWORD).status_code == 410


def test_only_hashes_of_links_and_codes_are_kept(app: Flask) -> None:
    person_id = make_invited(app)
    secret = invite(app, person_id).rpartition("/")[2]
    code = print_code(app, person_id)
    with app.app_context():
        for token in db.session().scalars(sa.select(Token)):
            assert secret.encode() not in token.token_hash
            assert code.encode() not in token.token_hash


def test_a_printed_code_opens_the_account_without_any_address(app: Flask) -> None:
    person_id = make_invited(app)
    code = print_code(app, person_id)
    name = person_of(app, person_id).sign_in_name
    client = app.test_client()
    assert client.get("/code").status_code == 200
    second = post(client, "/code", identifier=name.upper(), code=code.lower().replace("-", " "))
    assert second.status_code == 200
    assert "Ana-Maria Popescu" in second.text
    assert post(client, "/code", identifier=name, code=code).status_code == 200
    response = post(client, "/code", identifier=name, code=code, password=PASSWORD)
    assert response.status_code == 303
    assert client.get("/welcome").status_code == 200
    assert post(app.test_client(), "/code", identifier=name, code=code).status_code == 401


def test_a_new_code_replaces_the_older_one(app: Flask) -> None:
    person_id = make_invited(app)
    name = person_of(app, person_id).sign_in_name
    old, new = print_code(app, person_id), print_code(app, person_id)
    assert post(app.test_client(), "/code", identifier=name, code=old).status_code == 401
    assert post(app.test_client(), "/code", identifier=name, code=new).status_code == 200


def test_a_code_belongs_to_one_account(app: Flask) -> None:
    code = print_code(app, make_invited(app))
    make_learner(app)
    assert post(app.test_client(), "/code", identifier="dacuta-mire", code=code).status_code == 401


def test_wrong_codes_count_like_wrong_passwords(app: Flask) -> None:
    person_id = make_invited(app)
    code = print_code(app, person_id)
    name = person_of(app, person_id).sign_in_name
    statuses = [
        post(app.test_client(), "/code", identifier=name, code=f"K7C-M4P-XW{n}").status_code
        for n in range(11)
    ]
    assert statuses == [401] * 10 + [429]
    assert post(app.test_client(), "/code", identifier=name, code=code).status_code == 429
    assert sign_in(app.test_client(), name).status_code == 429


def test_a_weak_password_keeps_the_code_usable(app: Flask) -> None:
    person_id = make_invited(app)
    code = print_code(app, person_id)
    name = person_of(app, person_id).sign_in_name
    client = app.test_client()
    weak = post(client, "/code", identifier=name, code=code, password="1234567890")
    assert weak.status_code == 422
    assert f'value="{code}"' in weak.text
    assert post(client, "/code", identifier=name, code=code, password=PASSWORD).status_code == 303


def test_a_printed_code_of_somebody_with_a_password_lasts_a_week(app: Flask) -> None:
    code = print_code(app, make_learner(app))
    with clock.stopped_at(clock.now() + timedelta(days=6, hours=23)):
        assert (
            post(app.test_client(), "/code", identifier="dacuta-mire", code=code).status_code == 200
        )
    with clock.stopped_at(clock.now() + timedelta(days=7, seconds=1)):
        assert (
            post(app.test_client(), "/code", identifier="dacuta-mire", code=code).status_code == 401
        )


def test_a_code_can_t_be_used_as_a_link(app: Flask) -> None:
    code = print_code(app, make_invited(app))
    assert app.test_client().get(f"/link/{code}").status_code == 410


def test_inviting_and_entering_are_recorded(app: Flask) -> None:
    person_id = make_invited(app)
    path = invite(app, person_id)
    post(app.test_client(), path, password=PASSWORD)
    with app.app_context():
        acts = list(db.session().scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))
    assert acts == ["person.created", "person.invited", "account.password_set", "account.signed_in"]


@pytest.mark.parametrize("secret", ["", "x" * 5000, "%00", "..%2f..", "ș"])
def test_malformed_links_are_refused_kindly(app: Flask, secret: str) -> None:
    assert app.test_client().get(f"/link/{secret}").status_code in (404, 410)


def test_the_sign_in_name_is_fresh_and_unconfusable(app: Flask) -> None:
    names = {person_of(app, make_invited(app)).sign_in_name for _ in range(20)}
    assert len(names) == 20
    assert all(set("loqvwxy01") & set(name) == set() for name in names)


def test_who_is_signed_in_is_told_whose_account_a_code_opens(cast):
    page = cast.client("learner").get("/code").text
    assert "Sunteți în contul" in page
    assert "Codul deschide contul pentru care a fost tipărit" in page
