"""The first visit: two screens at most, then the course."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from lms import db
from lms.accounts.models import NoticeShown
from lms.accounts.services.own import NOTICE_VERSION
from tests.accounts.people import make_learner, person_of, post, sign_in
from tests.cast import Cast


def newcomer(app: Flask) -> tuple[FlaskClient, int]:
    person_id = make_learner(app, is_welcomed=False)
    client = app.test_client()
    sign_in(client)
    return client, person_id


def test_a_newcomer_is_led_through_two_screens_to_the_course(app: Flask) -> None:
    client, person_id = newcomer(app)
    for path in ("/learn", "/account"):
        assert client.get(path).location == "/welcome"
    first = client.get("/welcome")
    assert "Ana-Maria Popescu" in first.text
    assert post(client, "/welcome", locale="ro").location == "/welcome/notice"
    assert client.get("/learn").location == "/welcome"
    assert client.get("/welcome").location == "/welcome/notice"
    assert client.get("/welcome/notice").status_code == 200
    done = post(client, "/welcome/notice", version=NOTICE_VERSION)
    assert (done.status_code, done.location) == (303, "/learn/begin")
    assert client.get("/account").status_code == 200
    person = person_of(app, person_id)
    assert person.welcomed_at is not None
    assert person.name_confirmed_at is not None


def test_which_notice_was_shown_in_which_language_is_kept(app: Flask) -> None:
    client, person_id = newcomer(app)
    post(client, "/welcome", locale="en")
    assert "Who is responsible" in client.get("/welcome/notice").text
    post(client, "/welcome/notice", version=NOTICE_VERSION)
    with app.app_context():
        shown = db.session().scalars(sa.select(NoticeShown)).one()
    assert (shown.person_id, shown.version, shown.locale) == (person_id, NOTICE_VERSION, "en")


def test_a_notice_that_changed_meanwhile_is_shown_again(app: Flask) -> None:
    client, person_id = newcomer(app)
    assert post(client, "/welcome/notice", version="2020-01-01").location == "/welcome/notice"
    assert person_of(app, person_id).welcomed_at is None


def test_a_wrong_name_does_not_hold_the_course_up(app: Flask) -> None:
    client, person_id = newcomer(app)
    assert post(client, "/welcome/name", message="").status_code == 422
    response = post(client, "/welcome/name", message="Popesco, cu o")
    assert response.location == "/welcome/notice"
    assert "secretariat" in client.get("/welcome/notice").text
    post(client, "/welcome/notice", version=NOTICE_VERSION)
    assert client.get("/account").status_code == 200
    assert person_of(app, person_id).name_confirmed_at is None


def test_public_pages_and_the_way_out_stay_open_to_newcomers(app: Flask) -> None:
    client, _ = newcomer(app)
    for path in ("/privacy", "/accessibility", "/health"):
        assert client.get(path).status_code == 200
    assert post(client, "/language", locale="en", next="/welcome").status_code == 302
    assert post(client, "/sign-out").location == "/"


def test_a_form_of_a_newcomer_is_not_diverted(app: Flask) -> None:
    client, person_id = newcomer(app)
    assert post(client, "/account/phone", phone="0740111222").location == "/account"
    assert person_of(app, person_id).phone == "0740111222"


def test_staff_have_no_first_visit(app: Flask, cast: Cast) -> None:
    assert cast.client("registrar").get("/account").status_code == 200


def test_strangers_are_asked_to_sign_in(app: Flask) -> None:
    for path in ("/welcome", "/welcome/notice"):
        assert "/sign-in" in app.test_client().get(path).location


def test_a_page_that_writes_leads_newcomers_too_and_still_writes_for_others(app: Flask) -> None:
    from lms.accounts import arrival

    view = app.view_functions["accounts.profile"]
    kind = view.access_kind  # type: ignore[attr-defined]
    client, _ = newcomer(app)
    make_learner(app, "bidena-tupo")
    known = app.test_client()
    sign_in(known, "bidena-tupo")
    view.access_kind = "writes"  # type: ignore[attr-defined]
    try:
        arrival._welcomed.clear()
        assert client.get("/account").location == "/welcome"
        assert known.get("/account").status_code == 200
        assert len(arrival._welcomed) == 1
        assert known.get("/account").status_code == 200
    finally:
        view.access_kind = kind  # type: ignore[attr-defined]
