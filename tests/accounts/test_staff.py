"""Who holds a role; an auditor's account that ends by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from bench.in_process import statements
from lms import clock, db
from lms.access import Role
from lms.accounts import services
from lms.accounts.models import Person, RoleGrant
from lms.audit.models import AuditDetail, AuditEntry
from lms.mail.models import MailMessage
from tests.accounts.people import hash_of
from tests.cast import Cast, csrf

PASSWORD = "sapte vaci pe drum"
TODAY = clock.now().date()


def post(client: FlaskClient, url: str, **data: str):
    return client.post(url, data={"csrf_token": csrf(client), **data})


def invite(client: FlaskClient, ends_on: date, **changed: str):
    told = {"family_name": "Verificatoru", "given_names": "Ana", "email": "ana@control.example"}
    return post(client, "/staff/auditors", **{**told, "ends_on": ends_on.isoformat(), **changed})


def grant_of(cast: Cast, family: str = "Verificatoru") -> RoleGrant:
    with cast.app.app_context():
        wanted = sa.select(RoleGrant).join(Person, Person.id == RoleGrant.person_id)
        return db.session().scalars(wanted.where(Person.family_name == family)).one()


def set_password(cast: Cast, person_id: int) -> str:
    with cast.app.app_context(), db.writing() as session:
        person = session.get_one(Person, person_id)
        person.password_hash, person.password_set_at = hash_of(PASSWORD), clock.now()
        return person.sign_in_name


def sign_in(cast: Cast, name: str) -> tuple[FlaskClient, int, str]:
    client = cast.app.test_client()
    answer = post(client, "/sign-in", identifier=name, password=PASSWORD)
    return client, answer.status_code, answer.text


def rows_of(client: FlaskClient) -> dict[str, str]:
    soup = BeautifulSoup(client.get("/staff").text, "html.parser")
    rows = soup.select("main table tbody tr")
    return {row.th.contents[0]: " ".join(row.text.split()) for row in rows}  # type: ignore[union-attr]


def test_an_auditor_is_invited_until_a_day_and_stands_in_the_list(cast: Cast) -> None:
    client, until = cast.client("owner"), TODAY + timedelta(days=30)
    page = post(client, "/staff/auditors", family_name="Verificatoru")
    assert page.status_code == 422
    assert "Scrieți ultima zi." in page.text
    assert invite(client, until).status_code == 302
    grant = grant_of(cast)
    assert (grant.role, grant.ends_on) == (Role.AUDITOR, until)
    assert grant.granted_by_id == cast.persons["owner"]
    line = rows_of(client)["Verificatoru Ana"]
    assert "auditor" in line
    assert "până la" in line
    assert "nu a intrat încă" in line
    with cast.app.app_context():
        mail = sa.select(MailMessage).where(MailMessage.person_id == grant.person_id)
        assert db.session().scalars(mail).one().event.startswith("account.invited:")


def test_a_day_that_is_past_and_an_address_that_is_taken_are_refused(cast: Cast) -> None:
    client = cast.client("owner")
    past = invite(client, TODAY - timedelta(days=1))
    assert past.status_code == 422
    assert "Această zi a trecut." in past.text
    assert invite(client, TODAY).status_code == 302
    again = invite(client, TODAY)
    assert again.status_code in (302, 422), "an address that two share is nobody's to sign in with"
    wrong = invite(client, TODAY, email="nimic")
    assert wrong.status_code == 422
    assert wrong.text.count("ana@control.example") <= 2, "only in the list"


def test_until_the_last_day_the_auditor_comes_in_and_the_day_after_is_told_kindly(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(cast.client("owner"), TODAY + timedelta(days=1))
    name = set_password(cast, grant_of(cast).person_id)
    client, status, _text = sign_in(cast, name)
    assert status == 303
    assert client.get("/editions/e1").status_code == 200
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    with cast.app.app_context(), db.writing():
        services_keep_signed_in(cast, later)
    shut = client.get("/editions/e1")
    assert shut.status_code == 302, "the sign-in ends with the day"
    assert "/sign-in" in shut.headers["Location"]
    _client, status, text = sign_in(cast, name)
    assert status == 403
    assert "Accesul dumneavoastră a fost dat până la" in text
    assert "îl poate prelungi pe loc" in text


def services_keep_signed_in(cast: Cast, now) -> None:
    """Let no sign-in lapse by its own hours."""
    from lms.accounts.models import SignInSession

    db.session().execute(sa.update(SignInSession).values(expires_at=now + timedelta(hours=1)))


def test_whoever_has_the_wrong_password_learns_nothing_of_the_end(cast: Cast) -> None:
    invite(cast.client("owner"), TODAY)
    grant = grant_of(cast)
    name = set_password(cast, grant.person_id)
    end_now(cast, grant.person_id)
    client = cast.app.test_client()
    answer = post(client, "/sign-in", identifier=name, password="altceva cu totul")
    assert answer.status_code == 401
    assert "a fost dat până la" not in answer.text


def end_now(cast: Cast, person_id: int) -> None:
    client = cast.client("owner")
    day = (TODAY - timedelta(days=1)).isoformat()
    assert post(client, f"/staff/{person_id}/end", ends_on=day).status_code == 302


def test_an_access_is_ended_at_once_and_prolonged_again_and_both_are_recorded(cast: Cast) -> None:
    owner = cast.client("owner")
    invite(owner, TODAY + timedelta(days=9))
    person_id = grant_of(cast).person_id
    name = set_password(cast, person_id)
    client, status, _text = sign_in(cast, name)
    assert status == 303
    end_now(cast, person_id)
    assert client.get("/editions/e1").status_code == 302
    assert "încheiat la" in rows_of(owner)["Verificatoru Ana"]
    later = (TODAY + timedelta(days=60)).isoformat()
    assert post(owner, f"/staff/{person_id}/end", ends_on=later).status_code == 302
    _client, status, _text = sign_in(cast, name)
    assert status == 303
    with cast.app.app_context():
        values = (
            sa.select(AuditDetail.values)
            .join(AuditEntry, AuditEntry.id == AuditDetail.entry_id)
            .where(AuditEntry.action == "role.end_changed")
            .order_by(AuditEntry.id)
        )
        assert [v["after"] for v in db.session().scalars(values)][-1] == later
        assert len(db.session().scalars(values).all()) == 2


def test_an_invitation_that_is_opened_too_late_says_so(cast: Cast) -> None:
    invite(cast.client("owner"), TODAY)
    person_id = grant_of(cast).person_id
    with cast.app.app_context(), db.writing() as session:
        person = session.get_one(Person, person_id)
        link = services.invite(person, by=None, now=clock.now())
        session.scalars(
            sa.select(RoleGrant).where(RoleGrant.person_id == person_id)
        ).one().ends_on = TODAY - timedelta(days=1)
    client = cast.app.test_client()
    path = link[link.index("/link/") :]
    answer = post(client, path, password=PASSWORD)
    assert answer.status_code == 403
    assert "Accesul dumneavoastră s-a încheiat" in answer.text


@pytest.mark.parametrize("part", ["auditor", "registrar"])
def test_others_of_the_office_see_the_list_and_change_nothing(cast: Cast, part: str) -> None:
    client = cast.client(part)
    page = client.get("/staff").text
    assert "Conturile echipei" in page
    assert "Primiți un auditor" not in page
    me = cast.persons["auditor"]
    assert post(client, f"/staff/{me}/end", ends_on="2036-01-01").status_code == 403


def test_only_an_auditors_access_is_given_a_last_day(cast: Cast) -> None:
    client = cast.client("owner")
    trainer = cast.persons["trainer"]
    assert post(client, f"/staff/{trainer}/end", ends_on="2036-01-01").status_code == 404
    assert post(client, f"/staff/{cast.persons['auditor']}/end", ends_on="").status_code == 302
    with cast.app.app_context():
        grants = sa.select(RoleGrant).where(RoleGrant.person_id == cast.persons["auditor"])
        assert db.session().scalars(grants).one().ends_on is None


def test_the_list_asks_as_much_for_ten_as_for_one(cast: Cast) -> None:
    client, asked = cast.client("owner"), []
    for number in range(10):
        invite(client, TODAY, email=f"a{number}@control.example")
        client.get("/staff")
        with statements(cast.app) as seen:
            client.get("/staff")
        asked.append(len(seen))
    assert len(set(asked)) == 1
    assert asked[0] <= 3
