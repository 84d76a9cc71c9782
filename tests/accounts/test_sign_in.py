"""Signing in: who gets in, who does not, and what strangers learn (nothing)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.access import Role
from lms.accounts.models import Person, RoleGrant, SignInSession, SignInTry
from tests.accounts.people import PASSWORD, is_signed_in, make_learner, person_of, post, sign_in


def test_the_page_asks_for_name_and_password(app: Flask) -> None:
    response = app.test_client().get("/sign-in?next=/account")
    assert response.status_code == 200
    assert 'value="/account"' in response.text
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "typed",
    ["dacuta-mire", "Dacuta Mire", "DACUTAMIRE", "ana@exemplu.example", "ANA@Exemplu.Example"],
)
def test_a_person_signs_in_with_name_or_address_however_typed(app: Flask, typed: str) -> None:
    make_learner(app, sign_in_email="ana@exemplu.example")
    client = app.test_client()
    response = sign_in(client, typed)
    assert (response.status_code, response.location) == (303, "/")
    assert is_signed_in(client)


def test_a_person_comes_back_where_they_wanted_to_go(app: Flask) -> None:
    make_learner(app)
    assert sign_in(app.test_client(), next="/account").location == "/account"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_sent_elsewhere(app: Flask, target: str) -> None:
    make_learner(app)
    assert sign_in(app.test_client(), next=target).location == "/"


def test_refusals_don_t_tell_whether_there_is_an_account(app: Flask) -> None:
    make_learner(app)
    make_learner(app, "bidena-tupo", suspended_at=clock.now())
    answers = []
    for name, password in (
        ("dacuta-mire", "greșit cu totul"),
        ("nimeni-altul", PASSWORD),
        ("bidena-tupo", PASSWORD),
    ):
        response = sign_in(app.test_client(), name, password)
        answers.append((response.status_code, response.text.replace(name, "")))
    assert answers[0][0] == 401
    assert answers[0] == answers[1] == answers[2]


def test_an_account_without_a_password_can_t_be_entered(app: Flask) -> None:
    person_id = make_learner(app)
    with app.app_context(), db.writing() as session:
        session.get_one(Person, person_id).password_hash = None
    assert sign_in(app.test_client(), password="nobody's password").status_code == 401


def test_ten_wrong_tries_are_evaluated_and_no_more(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    statuses = [sign_in(client, password=f"greșit {n}").status_code for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert sign_in(client).status_code == 429


def test_after_a_quarter_of_an_hour_the_right_password_opens_again(app: Flask) -> None:
    make_learner(app)
    for n in range(11):
        sign_in(app.test_client(), password=f"greșit {n}")
    with clock.stopped_at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert sign_in(app.test_client()).status_code == 303


def test_a_forwarded_address_buys_no_further_try(app: Flask) -> None:
    make_learner(app)
    statuses = [
        sign_in(
            app.test_client(), password="greșit greșit", forwarded=f"198.51.100.{n}"
        ).status_code
        for n in range(12)
    ]
    assert statuses.count(401) == 10


def test_name_and_address_of_one_account_share_their_tries(app: Flask) -> None:
    make_learner(app, sign_in_email="ana@exemplu.example")
    for n in range(10):
        sign_in(app.test_client(), ("dacuta-mire", "ana@exemplu.example")[n % 2], "greșit greșit")
    assert sign_in(app.test_client()).status_code == 429


def test_parallel_tries_count_too(app: Flask) -> None:
    make_learner(app)
    statuses: list[int] = []

    def attempt(n: int) -> None:
        statuses.append(sign_in(app.test_client(), password=f"greșit {n}").status_code)

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [401] * 10 + [429] * 15


def test_a_browser_known_from_before_is_not_locked_out_by_a_stranger(app: Flask) -> None:
    make_learner(app)
    own = app.test_client()
    sign_in(own)
    post(own, "/sign-out")
    for n in range(12):
        sign_in(app.test_client(), password=f"greșit {n}")
    assert sign_in(app.test_client()).status_code == 429
    assert sign_in(own).status_code == 303


def test_the_mark_of_a_known_browser_works_for_its_own_account_only(app: Flask) -> None:
    make_learner(app)
    make_learner(app, "bidena-tupo")
    own = app.test_client()
    sign_in(own)
    post(own, "/sign-out")
    for n in range(10):
        sign_in(app.test_client(), "bidena-tupo", f"greșit {n}")
    assert sign_in(own, "bidena-tupo").status_code == 429


def test_sixty_people_behind_one_address_get_in_each_after_a_mistake(app: Flask) -> None:
    names = [f"om-{n}" for n in range(60)]
    for name in names:
        make_learner(app, name)
    start = clock.now()
    for n, name in enumerate(names):
        client = app.test_client()
        with clock.stopped_at(start + timedelta(seconds=5 * n)):
            assert sign_in(client, name, "greșit din grabă").status_code == 401
            assert sign_in(client, name).status_code == 303


def test_one_address_can_t_try_a_thousand_accounts(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.accounts.services import tries

    monkeypatch.setattr(tries, "PER_ADDRESS", 20)
    statuses = [sign_in(app.test_client(), f"nimeni-{n}").status_code for n in range(25)]
    assert statuses == [401] * 20 + [429] * 5
    assert sign_in(app.test_client(), "nimeni-x", REMOTE_ADDR="192.0.2.9").status_code == 401


def test_a_right_try_is_not_held_against_anybody(app: Flask) -> None:
    make_learner(app)
    for _ in range(12):
        assert sign_in(app.test_client()).status_code == 303
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(SignInTry.id))) == 0


def test_signing_in_always_gives_a_new_session_and_ends_the_presented_one(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    sign_in(client)
    first = client.get_cookie("sid")
    assert first is not None
    sign_in(client)
    second = client.get_cookie("sid")
    assert second is not None
    assert second.value != first.value
    assert second.http_only
    assert second.same_site == "Lax"
    thief = app.test_client()
    thief.set_cookie("sid", first.value)
    assert not is_signed_in(thief)


def test_a_planted_cookie_opens_nothing_after_the_victim_signs_in(app: Flask) -> None:
    make_learner(app)
    victim, thief = app.test_client(), app.test_client()
    for client in (victim, thief):
        client.set_cookie("sid", "planted")
    assert sign_in(victim).status_code == 303
    assert not is_signed_in(thief)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask) -> None:
    make_learner(app)
    client, thief = app.test_client(), app.test_client()
    sign_in(client)
    thief.set_cookie("sid", client.get_cookie("sid").value)  # type: ignore[union-attr]
    assert is_signed_in(thief)
    response = post(client, "/sign-out")
    assert response.status_code == 303
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert not is_signed_in(thief)


def test_signing_out_everywhere_ends_every_device(app: Flask) -> None:
    make_learner(app)
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    assert post(here, "/sign-out-everywhere").status_code == 303
    assert not is_signed_in(here)
    assert not is_signed_in(there)


def test_a_suspended_person_is_nobody_at_once(app: Flask) -> None:
    person_id = make_learner(app)
    client = app.test_client()
    sign_in(client)
    with app.app_context(), db.writing() as session:
        session.get_one(Person, person_id).suspended_at = clock.now()
    assert not is_signed_in(client)


def test_signing_out_needs_the_token_of_the_form(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    sign_in(client)
    assert client.post("/sign-out").status_code == 400
    assert is_signed_in(client)


def test_a_quiz_page_signs_in_again_without_leaving_the_page(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    wrong = sign_in(client, password="greșit greșit", accept="application/json")
    assert wrong.status_code == 401
    assert wrong.json is not None
    assert wrong.json["ok"] is False
    assert "nu se potrivesc" in wrong.json["error"]
    right = sign_in(client, accept="application/json")
    assert right.status_code == 200
    assert right.json is not None
    assert right.json["ok"] is True
    saved = client.post(
        "/account/phone",
        data={"phone": "0740 111 222"},
        headers={"X-CSRF-Token": right.json["csrf"]},
    )
    assert saved.status_code == 303


def test_a_sign_in_lasts_as_long_as_it_is_used(app: Flask) -> None:
    person_id = make_learner(app)
    with app.app_context(), db.writing() as session:
        role = RoleGrant(person_id=person_id, role=Role.REGISTRAR, granted_at=clock.now())
        session.add(role)
    client = app.test_client()
    start = clock.now()
    with clock.stopped_at(start):
        sign_in(client, own_device="y")
    for hours in (11, 22, 33):
        with clock.stopped_at(start + timedelta(hours=hours)):
            assert is_signed_in(client)
    with clock.stopped_at(start + timedelta(hours=33 + 12, seconds=1)):
        assert not is_signed_in(client)
    assert person_of(app, person_id).suspended_at is None


def _seen(app: Flask) -> object:
    with app.app_context():
        return db.session().scalar(sa.select(SignInSession.last_seen_at))


def test_being_seen_is_written_at_most_every_ten_minutes(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    start = clock.now()
    with clock.stopped_at(start):
        sign_in(client, own_device="y")
    with clock.stopped_at(start + timedelta(minutes=9)):
        client.get("/account")
        assert _seen(app) == start
    with clock.stopped_at(start + timedelta(minutes=11)):
        client.get("/account")
        assert _seen(app) == start + timedelta(minutes=11)


def test_a_write_prolongs_the_sign_in_as_well(app: Flask) -> None:
    make_learner(app)
    client = app.test_client()
    start = clock.now()
    with clock.stopped_at(start):
        sign_in(client)
    with clock.stopped_at(start + timedelta(minutes=20)):
        assert post(client, "/account/phone", phone="0740111222").status_code == 303
        assert _seen(app) == start + timedelta(minutes=20)


def test_what_has_lapsed_is_tidied_away(app: Flask) -> None:
    make_learner(app)
    sign_in(app.test_client())
    sign_in(app.test_client(), password="greșit greșit")
    from lms.accounts.jobs import tidy

    with app.app_context(), clock.stopped_at(clock.now() + timedelta(days=2)):
        tidy()
        assert db.session().scalar(sa.select(sa.func.count(SignInSession.id))) == 0
        assert db.session().scalar(sa.select(sa.func.count(SignInTry.id))) == 0
