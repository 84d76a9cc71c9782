"""A computer that others use too: nothing is remembered, and a sign-in left alone ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.access import Role
from lms.accounts.models import RoleGrant, SignInSession
from lms.config import SettingError, read_settings
from tests.accounts.people import PASSWORD, is_signed_in, make_learner, post, sign_in
from tests.cast import csrf


def session_of(app: Flask) -> SignInSession:
    with app.app_context():
        return db.session().scalars(sa.select(SignInSession)).one()


def cookie_line(response) -> str:
    return next(c for c in response.headers.getlist("Set-Cookie") if c.startswith("sid="))


def test_nothing_is_remembered_unless_the_computer_is_one_s_own(app: Flask) -> None:
    make_learner(app)
    page = app.test_client().get("/sign-in").text
    assert 'name="own_device"' in page
    assert "checked" not in page
    answer = sign_in(app.test_client())
    assert "Max-Age" not in cookie_line(answer)
    held = session_of(app)
    assert not held.is_own_device
    assert held.expires_at - held.created_at == timedelta(hours=12)


def test_one_s_own_computer_remembers_for_weeks(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    assert f"Max-Age={30 * 86400}" in cookie_line(sign_in(client, own_device="y"))
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        assert is_signed_in(client)
    with clock.stopped_at(clock.now() + timedelta(days=45)):
        assert is_signed_in(client)  # the last page was 25 days ago
    with clock.stopped_at(clock.now() + timedelta(days=80)):
        assert not is_signed_in(client)


def test_the_browser_holds_the_secret_as_long_as_it_is_used(app: Flask) -> None:
    make_learner(app)
    own, shared = app.test_client(), app.test_client()
    secret = cookie_line(sign_in(own, own_device="y")).split(";")[0]
    sign_in(shared)
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        line = cookie_line(own.get("/account"))
        assert line.startswith(secret)
        assert f"Max-Age={30 * 86400}" in line
        assert "HttpOnly" in line
        assert "Set-Cookie" not in own.get("/account").headers  # it was seen just now
    with clock.stopped_at(clock.now() + timedelta(minutes=20)):
        assert "Set-Cookie" not in shared.get("/account").headers


def test_staff_are_never_remembered_for_weeks(app: Flask) -> None:
    person_id = make_learner(app)
    with app.app_context(), db.writing() as session:
        grant = RoleGrant(person_id=person_id, role=Role.REGISTRAR, granted_at=clock.now())
        session.add(grant)
    client = app.test_client()
    sign_in(client, own_device="y")
    with clock.stopped_at(clock.now() + timedelta(hours=11)):
        assert is_signed_in(client)
    with clock.stopped_at(clock.now() + timedelta(hours=24)):
        assert not is_signed_in(client)


@pytest.mark.parametrize(("minutes", "is_in"), [(29, True), (33, False)])
def test_a_sign_in_left_alone_shows_no_page(app: Flask, minutes: int, is_in: bool) -> None:
    make_learner(app)
    client = app.test_client()
    sign_in(client)
    with clock.stopped_at(clock.now() + timedelta(minutes=minutes)):
        assert is_signed_in(client) is is_in


def test_working_on_keeps_it(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    sign_in(client)
    for minutes in range(0, 100, 20):
        with clock.stopped_at(clock.now() + timedelta(minutes=minutes)):
            assert client.get("/present").status_code == 204
    with clock.stopped_at(clock.now() + timedelta(minutes=110)):
        assert is_signed_in(client)


def test_a_form_that_was_written_for_an_hour_is_still_taken(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    sign_in(client)
    with clock.stopped_at(clock.now() + timedelta(minutes=60)):
        answer = post(client, "/account/phone", phone="0740 000 123")
        assert "/sign-in" not in (answer.location or "")
        assert answer.status_code == 303


def test_that_form_opens_no_page_again(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    sign_in(client)
    with clock.stopped_at(clock.now() + timedelta(minutes=60)):
        post(client, "/account/phone", phone="0740 000 123")
        assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/accessibility", {}),
        ("/verify/file", {}),
        ("/sign-in", {"identifier": "somebody", "password": "else"}),
    ],
)
def test_no_page_of_strangers_brings_back_who_left(app: Flask, address: str, form) -> None:
    make_learner(app)
    client = app.test_client()
    sign_in(client)
    with clock.stopped_at(clock.now() + timedelta(minutes=60)):
        assert "Popescu" not in post(client, address, **form).text
        assert not is_signed_in(client)


def test_only_a_shared_computer_s_page_minds_the_time(app: Flask) -> None:
    make_learner(app)
    shared, own = app.test_client(), app.test_client()
    sign_in(shared)
    sign_in(own, own_device="y")
    assert 'id="idle"' in shared.get("/account").text
    assert 'id="idle"' not in own.get("/account").text
    assert 'id="idle"' not in app.test_client().get("/sign-in").text


def test_who_was_away_is_told_why_they_are_out(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    sign_in(client)
    answer = client.post("/sign-out?idle=1", headers={"X-CSRF-Token": csrf(client)})
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "30 de minute" in client.get("/").text
    assert not is_signed_in(client)


def test_the_password_asked_again_leaves_the_computer_what_it_was(app: Flask) -> None:
    make_learner(app)
    own, shared = app.test_client(), app.test_client()
    for client, ticked in ((own, {"own_device": "y"}), (shared, {})):
        sign_in(client, **ticked)
        form = {"csrf_token": csrf(client), "identifier": "dacuta-mire", "password": PASSWORD}
        answer = client.post("/sign-in", data=form, headers={"Accept": "application/json"})
        assert answer.json["ok"]
        assert ("Max-Age" in cookie_line(answer)) is bool(ticked)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LMS_SHARED_IDLE_MINUTES", "0"),
        ("LMS_SHARED_IDLE_MINUTES", "4"),
        ("LMS_OWN_DEVICE_DAYS", "0"),
        ("LMS_OWN_DEVICE_DAYS", "-1"),
    ],
)
def test_no_setting_shuts_everybody_out(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        read_settings({name: value})
