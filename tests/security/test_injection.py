"""Text stays text: in pages, in files, in the log, in a search."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Course, Edition, Enrolment, Group, Lesson, Module, Programme
from lms.organisations.models import Organisation
from lms.quizzes.models import Quiz
from lms.safety.sheets import read_table
from tests.access.asking import SUBJECTS, address, ask, form_of
from tests.access.snapshot import Watch
from tests.access.table import read_table as read_permissions
from tests.access.world import PERSONS, World

CANARY = "<img src=x onerror=alert(1)>\"'{{1307*1307}}<script>x</script>"
TABLE = read_permissions()


@pytest.fixture
def poisoned(world: World) -> World:
    """Put markup where people, imports and forms may put text."""
    with world.app.app_context(), db.writing() as session:
        for model, columns in (
            (Person, ("given_names", "family_name", "phone")),
            (Organisation, ("name",)),
            (Course, ("title_ro", "title_en", "summary_ro")),
            (Module, ("title_ro", "title_en", "summary_ro")),
            (Lesson, ("title_ro", "title_en", "summary_ro")),
            (Quiz, ("title_ro", "title_en")),
            (Programme, ("title", "short_name", "funder", "place", "issuer_contact")),
            (Edition, ("title",)),
            (Group, ("name", "place")),
            (Enrolment, ("organisation_name", "function", "withdrawal_reason")),
        ):
            for row in session.scalars(sa.select(model)):
                for column in columns:
                    limit = getattr(model.__table__.c[column].type, "length", None)
                    setattr(row, column, f"{row.id}{CANARY}"[: limit or 200])
    for path, form in (
        (f"/participants/{world.cast.enrolments['newcomer']}/hours", {"hours": "4"}),
        (f"/participants/{world.cast.enrolments['newcomer']}/withdraw", {"on": "2026-05-01"}),
        (f"/certificates/{world.ids['certificate']}/revoke", {}),
        (
            f"/enrolments/{world.cast.enrolments['learner']}/quizzes/{world.ids['quiz']}/attempts",
            {},
        ),
    ):
        answer = ask(world.client("registrar"), "POST", path, {**form, "reason": CANARY})
        assert answer.status_code == 302, path
    ask(world.client("learner"), "POST", "/welcome/name", {"message": CANARY})
    return world


def test_markup_in_any_text_is_shown_as_typed(poisoned: World):
    seen = 0
    for row in TABLE:
        if row.method != "GET":
            continue
        for person in PERSONS:
            if row.answers[person] not in ("yes", "own"):
                continue
            args = SUBJECTS[row.subject](poisoned, person)
            answer = poisoned.client(person).get(address(poisoned, row.endpoint, args))
            assert answer.status_code < 500, str(row)
            if answer.mimetype == "text/html":
                assert "<img src=x" not in answer.text, f"{row} for {person}"
                assert "<script>x" not in answer.text, f"{row} for {person}"
                assert "1708249" not in answer.text
                seen += "&lt;img src=x" in answer.text
    assert seen > 50


def test_markup_in_a_search_is_shown_as_typed(world: World):
    client = world.client("owner")
    for path, name in (
        ("/editions/e1", "search"),
        ("/audit", "person"),
        ("/register", "q"),
        ("/verify", "code"),
    ):
        text = client.get(path, query_string={name: CANARY}).text
        assert "<img src=x" not in text
        assert "<script>x" not in text


@pytest.mark.parametrize("sign", ["%", "_", "%%", "\\", "[a-z]*", "*"])
def test_signs_of_patterns_are_looked_for_as_themselves(world: World, sign: str):
    client = world.client("registrar")
    names = {"learner": "Învățăcel", "classmate": "Coleg"}
    for path, field in (("/editions/e1", "search"), ("/register", "q"), ("/audit", "person")):
        everything = client.get(path).text
        found = client.get(path, query_string={field: sign}).text
        if path != "/audit":
            assert names["learner"] in everything
        assert f">{names['learner']}" not in found
        assert f"{names['classmate']}</a>" not in found


def test_formulas_leave_as_text_and_come_back_as_typed(world: World):
    with world.app.app_context(), db.writing() as session:
        person = session.get_one(Person, world.cast.persons["learner"])
        person.family_name = '=HYPERLINK("http://evil.example")'
    for path in ("/editions/e1/participants.csv", "/audit.csv", "/register/export.csv"):
        answer = world.client("registrar").get(path)
        assert answer.status_code == 200
        for line in answer.data.decode("utf-8-sig").splitlines():
            for cell in line.split(";"):
                assert not cell.strip('"').startswith(("=", "+", "@")), path
    data = world.client("registrar").get("/editions/e1/participants.xlsx").data
    table = read_table(data, "x.xlsx")
    assert any("HYPERLINK" in str(cell) for row in table.rows for cell in row.cells)


def test_a_forged_line_does_not_get_into_the_log(world: World, capfd):
    forged = "nimeni\r\n2026-01-01T00:00:00Z [info] signed in name=owner\x1b[31m"
    for path, form in (
        ("/sign-in", {"identifier": forged, "password": "x"}),
        ("/forgotten-password", {"identifier": forged}),
        ("/code", {"identifier": forged, "code": forged}),
    ):
        ask(world.client("anonymous"), "POST", path, form)
    world.client("anonymous").get("/x%0d%0a2026-01-01T00:00:00Z%20[info]%20signed%20in")
    logged = capfd.readouterr()
    text = logged.err + logged.out
    assert "\x1b" not in text
    assert not any(line.startswith("2026-01-01T00:00:00Z") for line in text.splitlines())


EXTRA = {
    "role": "owner",
    "roles": "owner",
    "is_admin": "1",
    "id": "1",
    "person_id": "1",
    "course_id": "1",
    "owner_id": "1",
    "suspended_at": "",
    "password_hash": "x",
    "sign_in_name": "altul",
    "welcomed_at": "2020-01-01",
    "passed": "1",
    "percent": "100",
    "score": "100",
    "earned": "99",
    "state": "submitted",
    "number": "77",
    "issued_at": "2020-01-01",
    "hours_attended": "99",
}


def test_fields_that_no_form_has_are_passed_over(world: World, watch: Watch):
    """Each form with and without them leaves the same columns of people, roles, attempts."""
    guarded = ("persons", "role_grants", "attempts", "enrolments", "completions", "certificates")
    for row in TABLE:
        person = next((p for p in PERSONS if row.answers[p] == "own"), None)
        if row.method == "GET" or person is None or "exchange" in row.endpoint:
            continue
        found = []
        for extra in ({}, EXTRA):
            form = form_of(world, row.endpoint, person)
            path = address(world, row.endpoint, SUBJECTS[row.subject](world, person))
            ask(world.client(person), row.method, path, {**extra, **form})
            found.append(sorted(set(watch.moved()) & set(guarded)))
            with world.app.app_context():
                grants = db.session().scalar(sa.text("SELECT count(*) FROM role_grants"))
                renamed = sa.select(Person).filter_by(sign_in_name="altul")
                assert db.session().scalars(renamed).all() == []
                assert grants == 5
            world.restore()
            watch.begin(world.snapshot.digests)
        assert found[0] == found[1], str(row)


def test_a_registrar_cannot_grant_roles_by_import_or_form(world: World):
    client = world.client("registrar")
    listed = "Nume;Prenume;E-mail;role;is_admin;password\nNou;Nicu;n@exemplu.example;owner;1;x\n"
    answer = ask(
        client,
        "POST",
        "/editions/e1/import",
        {"file": (io.BytesIO(listed.encode()), "l.csv")},
    )
    page = client.get(answer.headers["Location"]).text
    plan = page.partition('name="plan" value="')[2].partition('"')[0]
    ask(client, "POST", answer.headers["Location"], {"do": "enrol", "plan": plan, **EXTRA})
    with world.app.app_context():
        person = db.session().scalars(sa.select(Person).filter_by(email="n@exemplu.example")).one()
        assert person.roles == []
        assert person.password_hash is None
