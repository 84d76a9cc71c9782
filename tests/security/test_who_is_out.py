"""Whoever is suspended, signed out, renamed in role or only looking on gets nothing done."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts.models import Person, RoleGrant, SignInSession
from tests.access.asking import SUBJECTS, address, ask, form_of
from tests.access.snapshot import Watch
from tests.access.table import Row, read_table
from tests.access.world import PASSWORD, World
from tests.cast import csrf

TABLE = read_table()
PRIVATE = [row for row in TABLE if row.answers["anonymous"] == "login"]
PERSONAL_DATA = "personal-data:take-own"
OWN_ACCOUNT = {
    *("account:own", "account:be-welcomed", "calendar:set-feed", "presence:give-code"),
    PERSONAL_DATA,
}


@pytest.mark.parametrize("row", PRIVATE, ids=str)
def test_a_suspended_person_is_nobody(world: World, watch: Watch, row: Row):
    with world.app.app_context(), db.writing() as session:
        session.execute(sa.update(Person).values(suspended_at=datetime.now(UTC)))
    watch.begin()
    for person in ("learner", "trainer", "registrar", "owner"):
        client = world.client(person)
        path = address(world, row.endpoint, SUBJECTS[row.subject](world, person))
        form = (
            {} if row.endpoint == "participants.carry_out" else form_of(world, row.endpoint, person)
        )
        answer = ask(client, row.method, path, form)
        if answer.status_code == 401:  # a text that was typed is handed back, with the way in
            assert 'href="/sign-in' in answer.text, person
            continue
        assert answer.status_code == 302, person
        assert answer.headers["Location"].startswith("/sign-in")
    assert watch.moved() == []


def posts_of(world: World) -> list[tuple[str, str]]:
    """Return every route that takes a changing method, with an address for it."""
    subjects = {row.endpoint: row.subject for row in TABLE if row.method != "GET"}
    found = []
    for rule in world.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            subject = subjects[rule.endpoint]
            path = address(world, rule.endpoint, SUBJECTS[subject](world, "auditor"))
            found.append((rule.endpoint, method, path))
    return found


def test_an_auditor_changes_nothing_anywhere(world: World, watch: Watch):
    open_to_all = {row.endpoint for row in TABLE if row.answers["anonymous"] == "yes"}
    # files handed out, or asked for; recorded, if anything
    reading = {
        *("certificates.originals", "certificates.desk_originals"),
        *("archive.ask", "archive.take"),
        "courses.set_text_size",  # a cookie of the reader's own
        # nothing of a trial is kept: its form is all there is of it
        *("quizzes.go_on_trial", "quizzes.try_answer"),
    }
    for endpoint, method, path in posts_of(world):
        permission = world.app.view_functions[endpoint].permission
        if endpoint in open_to_all | reading or permission.name in OWN_ACCOUNT:
            continue
        answer = ask(world.client("auditor"), method, path, form_of(world, endpoint, "auditor"))
        assert answer.status_code in {403, 404}, endpoint
        assert watch.moved() == [], endpoint


def test_no_page_that_is_only_read_changes_rows_for_an_auditor(world: World, watch: Watch):
    for row in TABLE:
        if row.method == "GET" and row.changes != "yes":  # the table says why the others may
            args = SUBJECTS[row.subject](world, "auditor")
            world.client("auditor").get(address(world, row.endpoint, args))
            assert watch.moved() == [], str(row)


class TestASignInEndsAtOnce:
    def test_with_the_account_suspended_by_the_registrar(self, world: World):
        newcomer = world.cast.persons["learner"]
        client, second = world.client("learner"), world.client("learner")
        path = f"/participants/{world.cast.enrolments['learner']}/suspend"
        assert client.get("/learn").status_code == 200
        ask(world.client("registrar"), "POST", path, {"reason": "da"})
        for browser in (client, second):
            assert browser.get("/learn").headers["Location"].startswith("/sign-in")
        saved = ask(client, "POST", f"/attempts/{world.ids['open']}/answers", {})
        assert saved.status_code in {302, 400}
        with world.app.app_context():
            held = sa.select(SignInSession).filter_by(person_id=newcomer)
            assert db.session().scalars(held).all() == []

    def test_and_the_password_opens_nothing_then(self, world: World):
        path = f"/participants/{world.cast.enrolments['learner']}/suspend"
        ask(world.client("registrar"), "POST", path, {"reason": "da"})
        client = world.client("anonymous")
        form = {"identifier": "learner", "password": PASSWORD}
        answer = ask(client, "POST", "/sign-in", form)
        assert answer.status_code not in {302, 303}
        assert client.get("/learn").status_code == 302

    def test_with_another_password_on_all_other_devices(self, world: World):
        here, copied = world.client("learner"), None
        form = {"identifier": "learner", "password": PASSWORD}
        there = world.client("anonymous")
        ask(there, "POST", "/sign-in", form)
        assert there.get("/account").status_code == 200
        form = {"old_password": PASSWORD, "password": "sapte vaci pe drum"}
        ask(here, "POST", "/account/password", form)
        assert there.get("/account").status_code == 302
        assert here.get("/account").status_code == 200
        assert copied is None

    def test_with_sign_out_even_for_a_copied_cookie(self, world: World):
        client, thief = world.client("learner"), world.client("learner")
        assert thief.get("/account").status_code == 200
        ask(client, "POST", "/sign-out")
        assert thief.get("/account").headers["Location"].startswith("/sign-in")
        assert thief.get("/account", headers={"Accept": "application/json"}).status_code == 401

    @pytest.mark.parametrize("part", ["trainer", "registrar", "auditor", "owner"])
    def test_or_the_role_does_when_it_is_taken_away(self, world: World, part: str):
        client = world.client(part)
        assert client.get("/editions/e1").status_code == 200
        with world.app.app_context(), db.writing() as session:
            person_id = world.cast.persons[part]
            session.execute(sa.delete(RoleGrant).where(RoleGrant.person_id == person_id))
        assert client.get("/editions/e1").status_code == 404
        assert client.get("/editions").status_code == 403

    def test_or_when_its_last_day_is_over(self, world: World):
        client = world.client("trainer")
        with world.app.app_context(), db.writing() as session:
            session.execute(
                sa.update(RoleGrant)
                .where(RoleGrant.person_id == world.cast.persons["trainer"])
                .values(ends_on=date(2026, 1, 1))
            )
        assert client.get("/editions/e1").status_code == 404
        assert client.get("/courses/proba").status_code == 404

    def test_and_a_place_given_up_closes_course_and_paper(self, world: World, watch: Watch):
        path = f"/participants/{world.cast.enrolments['learner']}/withdraw"
        client = world.client("learner")
        ask(world.client("registrar"), "POST", path, {"on": "2026-05-01", "reason": "da"})
        watch.begin()
        attempt = f"/attempts/{world.ids['open']}"
        assert client.get("/courses/proba").status_code == 404
        assert client.get("/courses/proba/1-inceputul/1-1-primul-pas").status_code == 404
        assert client.get(attempt).status_code == 404
        assert ask(client, "POST", f"{attempt}/answers").status_code == 404
        assert ask(client, "POST", f"{attempt}/submit").status_code == 404
        assert client.get(f"/certificates/{world.ids['certificate']}/pdf").status_code == 200
        assert watch.moved() == []


class TestNobodyHelpsThemselves:
    @pytest.fixture
    def both(self, world: World) -> World:
        """Make the learner a registrar and a trainer of the own course as well."""
        with world.app.app_context(), db.writing() as session:
            for role, course_id in (
                (Role.REGISTRAR, None),
                (Role.TRAINER, world.cast.course_id),
            ):
                session.add(
                    RoleGrant(
                        person_id=world.cast.persons["learner"],
                        role=role,
                        course_id=course_id,
                        granted_at=datetime.now(UTC),
                    )
                )
        return world

    @pytest.mark.parametrize(
        ("path", "form"),
        [
            ("/enrolments/{place}/quizzes/{quiz}/attempts", {"reason": "da"}),
            ("/participants/{place}/hours", {"hours": "99", "reason": "da"}),
            ("/participants/{place}/conditions/{condition}", {"reason": "da"}),
            ("/participants/{place}/suspend", {"reason": "da"}),
            ("/participants/{place}/withdraw", {"on": "2026-05-01", "reason": "da"}),
            ("/enrolments/{place}/certificate", {}),
            ("/certificates/{certificate}/revoke", {"reason": "da"}),
            ("/certificates/{certificate}/correct", {"reason": "da"}),
        ],
    )
    def test_by_a_second_role(self, both: World, path: str, form: dict):
        watch = Watch(both.app)
        ids = both.ids | {"place": both.cast.enrolments["learner"]}
        answer = ask(both.client("learner"), "POST", path.format(**ids), form)
        assert answer.status_code == 403
        assert watch.moved() == []
        watch.close()


def test_signing_out_of_one_browser_leaves_the_others(world: World):
    client = world.client("classmate")
    other = world.client("learner")
    client.post("/sign-out", data={"csrf_token": csrf(client)})
    assert other.get("/account").status_code == 200
