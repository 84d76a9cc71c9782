"""A person's data: every table speaks, what is handed out, what goes and what must stay."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bench.in_process import statements
from lms import clock, db
from lms.accounts.models import Person, RoleGrant, SignInSession
from lms.accounts.traces import TRACES
from lms.audit import services as audit
from lms.audit.models import AuditDetail, AuditEntry
from lms.certificates import chain
from lms.certificates.models import Certificate, CertificateFile
from lms.courses.models import Enrolment, Programme
from lms.db import Base
from lms.files import store
from lms.files.models import StoredFile
from lms.mail.models import MailMessage
from lms.personal_data import services
from lms.personal_data.words import _fields
from lms.quizzes.models import Attempt, ResponseVersion
from lms.submissions.models import Submission
from tests.access.world import World, make_world
from tests.cast import csrf

NAME = "Maria Învățăcel"


@pytest.fixture
def world(store) -> World:
    store.empty()
    return make_world(store.app)


def post(client, url, **data):
    return client.post(url, data={"csrf_token": csrf(client), **data})


def page_of(world: World, name: str = "learner") -> str:
    return f"/participants/{world.cast.enrolments[name]}"


def retain(world: World, days: int) -> None:
    """Let every programme keep its papers until so many days from today."""
    with world.app.app_context(), db.writing() as session:
        until = clock.now().date() + timedelta(days=days)
        session.execute(sa.update(Programme).values(retain_until=until))


def rows(world: World, statement):
    with world.app.app_context():
        return db.session().execute(statement).all()


def test_every_table_that_leads_to_a_person_is_in_a_trace(app: Flask) -> None:
    told = {name for trace in TRACES.values() for name in trace.tables}
    personal = {"persons", "enrolments"}
    leading = {
        table.name
        for table in Base.metadata.sorted_tables
        if table.name in personal
        or any(key.column.table.name in personal for key in table.foreign_keys)
    }
    assert sorted(leading - told) == [], "tables with personal data that no trace speaks for"
    assert sorted(told - Base.metadata.tables.keys()) == []


def test_what_is_handed_out_can_be_read_by_people_and_programs(world: World) -> None:
    answer = post(world.client("learner"), "/account/data.zip")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    found = json.loads(archive.read("data.json"))
    assert found["account"]["person"][0]["given_names"] == "Maria"
    assert found["tests"]["answers"]
    assert all(answer["asked"].strip() for answer in found["tests"]["answers"])
    assert found["works"]["versions"][0]["content"] == {"text": "Am desenat."}
    assert found["certificates"]["certificates"][0]["says"]["holder"] == NAME
    page = archive.read("index.html").decode()
    assert NAME in page
    assert "Am desenat." in page
    files = [n for n in archive.namelist() if n.startswith("files/")]
    assert any(n.endswith(".pdf") for n in files)
    assert any("foaie" in n for n in files)
    for name in files:
        assert f'href="{name}"' in page
    (entry,) = rows(
        world, sa.select(AuditEntry.actor_id).where(AuditEntry.action == "person.data_exported")
    )
    assert entry[0] == world.cast.persons["learner"]


def test_every_field_handed_out_has_a_name(world: World) -> None:
    with world.app.app_context():
        known = _fields("ro")
        for part in ("learner", "newcomer", "registrar"):
            for _label, held in services.gather(world.cast.persons[part]).values():
                for key, value in held.values.items():
                    lines = value if isinstance(value, list) else []
                    names = {key} | {n for line in lines if isinstance(line, dict) for n in line}
                    assert names <= known.keys() | {"works"}, sorted(names - known.keys())


def test_no_secret_is_handed_out(world: World) -> None:
    with world.app.app_context(), db.writing() as session:
        session.add(
            MailMessage(
                event="invitation",
                person_id=world.cast.persons["newcomer"],
                to_address="nou@exemplu.example",
                subject="Invitație",
                text="Deschideți https://exemplu.example/link/SECRETCANARY azi.",
                next_try_at=clock.now(),
                created_at=clock.now(),
                waiting_since=clock.now(),
            )
        )
    answer = post(world.client("registrar"), page_of(world, "newcomer") + "/data.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"SECRETCANARY" not in whole
    assert b"Invita" in whole
    assert b"password_hash" not in whole


def test_ones_own_page_says_whom_to_ask_and_lists_only_what_is_held(world: World) -> None:
    with world.app.app_context(), db.writing() as session:
        session.execute(
            sa.update(Programme).values(issuer_contact="date@exemplu.example", retain_until=None)
        )
    own = world.client("learner").get("/account/data").text
    assert 'href="mailto:date@exemplu.example"' in own
    assert "nu a stabilit încă până când își păstrează documentele" in own
    assert "pe pagina" not in own
    assert "persoana" not in own.split("<main")[1].split("</main>")[0]
    assert "Nu se păstrează nimic la:" in own
    rows = own.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    assert not [row for row in rows if ">–<" in row and ">Nimic.<" in row]
    seen = world.client("owner").get(page_of(world) + "/data").text
    assert "se stabilește pe pagina fiecărui program" in seen


def test_the_privacy_notice_leads_who_is_signed_in_to_the_own_data(world: World) -> None:
    assert "/account/data" in world.client("learner").get("/privacy").text.split("<main")[1]
    assert "/account/data" not in world.client("anonymous").get("/privacy").text
    assert 'href="https://www.dataprotection.ro"' in world.client("anonymous").get("/privacy").text


def test_the_pages_say_what_goes_and_what_stays_before_anything_is_done(world: World) -> None:
    retain(world, 400)
    own = world.client("learner").get("/account/data").text
    assert "Certificatul" in own
    assert "trebuie să își păstreze documentele până la" in own
    seen = world.client("registrar").get(page_of(world) + "/data").text
    assert "Numai un proprietar" in seen
    assert "Ștergeți definitiv" not in seen
    assert "Ștergeți definitiv" in world.client("owner").get(page_of(world) + "/data").text
    assert (
        "Șterge"
        not in world.client("auditor")
        .get(page_of(world) + "/data")
        .text.split("Ștergere</h2>")[1]
        .split("</main>")[0]
    )


def test_a_programme_that_keeps_its_papers_holds_the_registrar_back(world: World) -> None:
    retain(world, 400)
    answer = post(
        world.client("registrar"),
        page_of(world) + "/erase",
        name=NAME,
        reason="a cerut",
        over_hold="yes",
    )
    assert answer.status_code == 302
    assert rows(world, sa.select(Person.id).where(Person.erased_at.is_not(None))) == []


@pytest.mark.parametrize(
    "form", [{"name": "Altcineva", "reason": "a cerut"}, {"name": NAME, "reason": "  "}]
)
def test_nothing_goes_without_the_name_and_a_reason(world: World, form: dict[str, str]) -> None:
    retain(world, -1)
    answer = post(world.client("registrar"), page_of(world) + "/erase", **form)
    assert answer.status_code == 200
    assert "Nimic nu a fost șters." in answer.text
    assert rows(world, sa.select(Person.id).where(Person.erased_at.is_not(None))) == []


def test_somebody_who_holds_a_role_is_not_erased(world: World) -> None:
    retain(world, -1)
    with world.app.app_context(), db.writing() as session:
        session.add(
            RoleGrant(
                person_id=world.cast.persons["learner"],
                role="trainer",
                course_id=world.cast.other_course_id,
                granted_at=clock.now(),
            )
        )
    answer = post(world.client("owner"), page_of(world) + "/erase", name=NAME, reason="a cerut")
    assert answer.status_code == 403
    assert rows(world, sa.select(Person.id).where(Person.erased_at.is_not(None))) == []


def test_an_erasure_leaves_figures_and_chains_and_no_name(world: World) -> None:
    retain(world, 400)
    learner, place = world.cast.persons["learner"], world.cast.enrolments["learner"]
    with world.app.app_context(), db.writing():
        audit.extend_chain()
    attempts = rows(world, sa.select(Attempt.percent).where(Attempt.enrolment_id == place))
    answer = post(
        world.client("owner"),
        page_of(world) + "/erase",
        name="învățăcel maria",
        reason="a cerut în scris",
        over_hold="yes",
    )
    assert answer.status_code == 302
    with world.app.app_context():
        session = db.session()
        person = session.get_one(Person, learner)
        assert "Maria" not in person.full_name
        assert (person.email, person.password_hash) == (None, None)
        assert person.suspended_at is not None
        assert session.get_one(Enrolment, place).function is None
        of_person = sa.select(SignInSession.id).where(SignInSession.person_id == learner)
        assert session.scalars(of_person).all() == []
        assert (
            session.scalars(sa.select(Submission).where(Submission.enrolment_id == place)).all()
            == []
        )
        assert session.scalar(sa.select(sa.func.count(ResponseVersion.id))) >= 0
        assert audit.find_break() is None
        assert audit.find_altered_values() is None
        assert chain.find_break("TST") is None
        assert (
            session.scalars(
                sa.select(StoredFile).where(StoredFile.owner_type == "submissions")
            ).all()
            == []
        )
        values = session.scalars(
            sa.select(AuditDetail.values)
            .join(AuditEntry, AuditEntry.id == AuditDetail.entry_id)
            .where(AuditEntry.object_type == "persons", AuditEntry.object_id == learner)
        ).all()
        assert [v["reason"] for v in values] == ["a cerut în scris"]
    assert rows(world, sa.select(Attempt.percent).where(Attempt.enrolment_id == place)) == attempts
    verified = world.client("anonymous").get(f"/v/{world.ids['code']}")
    assert NAME in verified.text, "the register keeps the name as printed for its time"
    again = world.client("registrar").get(page_of(world))
    assert again.status_code == 200
    assert world.client("registrar").get(page_of(world) + "/data").status_code == 200
    assert "Șterse la" in world.client("registrar").get(page_of(world) + "/data").text


def test_after_its_time_the_register_keeps_number_and_hash_alone(world: World) -> None:
    retain(world, -1)
    answer = post(world.client("registrar"), page_of(world) + "/erase", name=NAME, reason="termen")
    assert answer.status_code == 302
    with world.app.app_context():
        session = db.session()
        certificate = session.get_one(Certificate, world.ids["certificate"])
        assert certificate.facts["holder"] == "–"
        (kept,) = session.scalars(
            sa.select(CertificateFile).where(CertificateFile.certificate_id == certificate.id)
        )
        with pytest.raises(FileNotFoundError):
            store.get(world.app.config["LMS"].folder("files"), kept.sha256)
        assert chain.find_break("TST") is None
    verified = world.client("anonymous").get(f"/v/{world.ids['code']}")
    assert verified.status_code == 200
    assert NAME not in verified.text
    for path in ("/register", f"/certificates/{world.ids['certificate']}", "/editions/e1"):
        assert NAME not in world.client("registrar").get(path).text


def test_erased_twice_is_erased_once(world: World) -> None:
    retain(world, -1)
    for _time in range(2):
        post(world.client("registrar"), page_of(world) + "/erase", name=NAME, reason="termen")
    erased = sa.select(AuditEntry.id).where(AuditEntry.action == "person.erased")
    assert len(rows(world, erased)) == 1


def test_the_shell_hands_out_and_erases_alike(app: Flask, cast, tmp_path) -> None:
    runner, file = app.test_cli_runner(), tmp_path / "date.zip"
    done = runner.invoke(args=["person", "export", "classmate", str(file)])
    assert done.exit_code == 0, done.output
    assert zipfile.is_zipfile(file)
    again = runner.invoke(args=["person", "export", "classmate", str(file)])
    assert again.exit_code != 0
    wrong = runner.invoke(args=["person", "erase", "classmate", "--name", "X", "--reason", "y"])
    assert wrong.exit_code != 0
    done = runner.invoke(
        args=["person", "erase", "classmate", "--name", "Dan Coleg", "--reason", "greșit"]
    )
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert db.session().get_one(Person, cast.persons["classmate"]).erased_at <= datetime.now(
            UTC
        )


MOST_OF_A_PERSONS_PAGE = 130  # every table that holds something of people is asked


def test_a_persons_page_asks_as_much_for_much_as_for_little(world: World) -> None:
    client, asked = world.client("registrar"), []
    for part in ("newcomer", "learner"):
        url = f"{page_of(world, part)}/data"
        client.get(url)
        with statements(world.app) as seen:
            client.get(url)
        asked.append(len(seen))
    assert max(asked) <= MOST_OF_A_PERSONS_PAGE, asked
    assert abs(asked[0] - asked[1]) <= 10, asked
