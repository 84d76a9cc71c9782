"""Making people known, giving roles, shutting accounts; from pages and from the shell."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from lms import clock, db
from lms.access import Role
from lms.accounts import services
from lms.accounts.errors import (
    AuditorStandsAlone,
    LastOwner,
    NameTaken,
    OneselfRefused,
    OwnerExists,
    RoleNotYours,
)
from lms.accounts.models import Person, RoleGrant
from tests.accounts.people import PASSWORD, make_learner, post
from tests.cast import Cast


def person(part: str, cast: Cast) -> Person:
    return db.session().get_one(Person, cast.persons[part])


def test_names_are_tidied_and_the_sign_in_name_is_made(context: Flask) -> None:
    with db.writing():
        made = services.create_person(
            given_names=" Ana  Maria ",
            family_name="Țîrlea",
            now=clock.now(),
            sign_in_email="Ana@X.ro",
        )
    assert made.full_name == "Ana Maria Țîrlea"
    assert made.sign_in_email == "ana@x.ro"
    assert made.sign_in_name == made.sign_in_name.lower()


@pytest.mark.parametrize(
    "taken", [{"sign_in_name": "dacuta-mire"}, {"sign_in_email": "ANA@exemplu.example"}]
)
def test_a_taken_name_or_address_is_refused(app: Flask, taken: dict[str, str]) -> None:
    make_learner(app, sign_in_email="ana@exemplu.example")
    with app.app_context(), pytest.raises(NameTaken), db.writing():
        services.create_person(given_names="A", family_name="B", now=clock.now(), **taken)  # type: ignore[arg-type]


def test_an_address_that_an_office_shares_signs_nobody_in(app: Flask) -> None:
    make_learner(app, email="birou@exemplu.example")
    with app.app_context():
        assert services.address_to_sign_in_with("Birou@exemplu.example") is None
        assert (
            services.address_to_sign_in_with("Singur@exemplu.example") == "singur@exemplu.example"
        )
        assert services.address_to_sign_in_with(None) is None


def test_a_new_role_holds_from_the_next_sign_in(app: Flask, cast: Cast) -> None:
    client = cast.client("learner")
    with app.app_context(), db.writing():
        services.grant_role(
            person("learner", cast), Role.TRAINER, by=cast.persons["registrar"], now=clock.now()
        )
    assert client.get("/account").status_code == 302


def test_the_same_role_is_given_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for _ in range(2):
            with db.writing():
                services.grant_role(person("learner", cast), Role.TRAINER, now=clock.now())
        count = sa.select(sa.func.count(RoleGrant.id)).where(
            RoleGrant.person_id == cast.persons["learner"]
        )
        assert db.session().scalar(count) == 1


@pytest.mark.parametrize(
    ("by", "whom", "role", "refusal"),
    [
        ("registrar", "registrar", Role.TRAINER, RoleNotYours),
        ("registrar", "learner", Role.OWNER, RoleNotYours),
        ("registrar", "learner", Role.REGISTRAR, RoleNotYours),
        ("trainer", "learner", Role.TRAINER, RoleNotYours),
        ("auditor", "learner", Role.TRAINER, RoleNotYours),
        ("owner", "auditor", Role.TRAINER, AuditorStandsAlone),
        ("owner", "trainer", Role.AUDITOR, AuditorStandsAlone),
    ],
)
def test_a_role_that_is_not_theirs_to_give_is_refused(
    app: Flask, cast: Cast, by: str, whom: str, role: Role, refusal: type[Exception]
) -> None:
    with app.app_context(), pytest.raises(refusal), db.writing():
        services.grant_role(person(whom, cast), role, by=cast.persons[by], now=clock.now())


def test_a_role_taken_back_ends_at_once(app: Flask, cast: Cast) -> None:
    client = cast.client("trainer")
    with app.app_context(), db.writing() as session:
        grant = session.scalars(
            sa.select(RoleGrant).where(RoleGrant.person_id == cast.persons["trainer"])
        ).one()
        services.take_role(grant, by=cast.persons["owner"], reason="probă")
    assert client.get("/account").status_code == 302


def test_the_last_owner_stays(app: Flask, cast: Cast) -> None:
    with app.app_context(), pytest.raises(LastOwner), db.writing():
        services.suspend(person("owner", cast), by=None, reason="probă", now=clock.now())
    with app.app_context(), pytest.raises(LastOwner), db.writing() as session:
        grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.role == Role.OWNER)).one()
        services.take_role(grant, by=None, reason="probă")


def test_nobody_suspends_himself_nor_a_registrar_an_owner(app: Flask, cast: Cast) -> None:
    for whom, refusal in (("registrar", OneselfRefused), ("owner", RoleNotYours)):
        with app.app_context(), pytest.raises(refusal), db.writing():
            services.suspend(
                person(whom, cast), by=cast.persons["registrar"], reason="x", now=clock.now()
            )


def test_the_first_owner_comes_by_a_link_that_is_made_anew_until_used(app: Flask) -> None:
    links = []
    for _ in range(2):
        with app.app_context(), db.writing():
            links.append(
                services.first_owner_link(now=clock.now()).removeprefix("http://127.0.0.1:8000")
            )
    assert app.test_client().get(links[0]).status_code == 410
    client = app.test_client()
    assert post(client, links[1], password=PASSWORD).status_code == 303
    assert client.get("/account").status_code == 200
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(Person.id))) == 1
    with app.app_context(), pytest.raises(OwnerExists), db.writing():
        services.first_owner_link(now=clock.now())


def run(app: Flask, *args: str):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(args=["user", "create", *args])


def test_the_shell_makes_an_account_and_prints_its_link(app: Flask) -> None:
    result = run(
        app,
        "--given",
        "Ana",
        "--family",
        "Pop",
        "--email",
        "Ana@x.ro",
        "--role",
        "registrar",
        "--json",
    )
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    path = answer["link"].removeprefix("http://127.0.0.1:8000")
    client = app.test_client()
    assert post(client, path, password=PASSWORD).status_code == 303
    with app.app_context():
        made = db.session().get_one(Person, answer["id"])
        assert (made.sign_in_email, made.email) == ("ana@x.ro", "Ana@x.ro")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("--role", "auditor", "--role", "trainer"), "An auditor can hold no other role."),
        (("--email", "nimic"), "is not an e-mail address"),
    ],
)
def test_the_shell_refuses_with_a_sentence_and_makes_nobody(
    app: Flask, args: tuple[str, ...], sentence: str
) -> None:
    result = run(app, "--given", "Ana", "--family", "Pop", *args)
    assert result.exit_code == 1
    assert sentence in result.output
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(Person.id))) == 0


def test_the_shell_explains_itself_with_an_example(app: Flask) -> None:
    result = run(app, "--help")
    assert result.exit_code == 0
    assert "Example: lms user create" in result.output
