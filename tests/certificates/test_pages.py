"""The holder's page and file, the office's register, and what each may not do."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pikepdf
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import clock, db
from lms.accounts.models import Person
from lms.audit.models import AuditDetail, AuditEntry
from lms.certificates import batches, bulk, issuing, kits, seals
from lms.certificates.models import Certificate, NumberCounter, Printing, RecoveryKit
from lms.certificates.states import CertificateState
from lms.courses.models import Completion, Enrolment, IssuingMode
from tests.cast import Cast, csrf
from tests.certificates.certify import (
    all_certificates,
    complete,
    enrol_many,
    file_of,
    issued,
    stored,
)
from tests.certificates.reading import text_of


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **form})


def main_of(page: TestResponse) -> str:
    return page.text.partition('<main id="main"')[2].partition("</main>")[0]


@pytest.fixture
def statements(cast: Cast) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip()[:6].upper() in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            seen.append(statement)

    with cast.app.app_context():
        engine = db.db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


# The holder ------------------------------------------------------------------------------------


def test_home_offers_the_certificate_and_nothing_before_it_is_earned(
    cast: Cast, statements: list[str]
) -> None:
    client = cast.client("learner")
    assert "Certificatul dumneavoastră" not in client.get("/learn").text
    certificate_id = issued(cast)
    client.get("/learn")
    statements.clear()
    page = client.get("/learn")
    assert "Certificatul dumneavoastră este gata" in page.text
    assert f'href="/certificates/{certificate_id}/pdf"' in page.text
    assert len(statements) <= 6, statements


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("name", "Încă nu ați confirmat numele"),
        ("programme", "Datele programului pentru tipărire nu sunt încă complete"),
        ("release", "Organizatorii nu au aprobat încă lista"),
        ("fault", "are o greșeală"),
        ("locked", "Pentru moment nu se dau numere"),
    ],
)
def test_home_says_in_words_what_the_certificate_waits_for(
    cast: Cast, change: str, sentence: str
) -> None:
    client = cast.client("learner")
    with cast.app.app_context(), db.writing() as session:
        enrolment = session.get_one(Enrolment, cast.enrolments["learner"])
        match change:
            case "name":
                enrolment.person.name_confirmed_at = None
            case "programme":
                enrolment.edition.programme.completed_at = None
            case "release":
                enrolment.edition.issuing = IssuingMode.RELEASE
            case "fault":
                enrolment.person.given_names = "漢字"
            case "locked":
                year = clock.today("Europe/Bucharest").year
                session.add(
                    NumberCounter(series="TST", year=year, last_serial=0, locked_reason="refacere")
                )
    complete(cast, cast.enrolments["learner"])
    page = client.get("/learn").text
    assert sentence in page
    assert ("/welcome" in page) == (change == "name")


def test_the_file_comes_exactly_as_issued_under_a_good_name(cast: Cast) -> None:
    certificate_id = issued(cast)
    answer = cast.client("learner").get(f"/certificates/{certificate_id}/pdf")
    assert answer.data == file_of(cast, certificate_id)
    assert answer.mimetype == "application/pdf"
    with stored(cast, certificate_id) as certificate:
        (file,) = certificate.files
        assert hashlib.sha256(answer.data).hexdigest() == file.sha256
        assert (
            f'filename="Certificat-{certificate.number}-Maria-Invatacel.pdf"'
            in (answer.headers["Content-Disposition"])
        )


def test_the_file_stays_within_reach_after_leaving_the_course(cast: Cast) -> None:
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        from lms.courses.models import EnrolmentState

        place = session.get_one(Enrolment, cast.enrolments["learner"])
        place.state = EnrolmentState.WITHDRAWN
    client = cast.client("learner")
    assert client.get(f"/certificates/{certificate_id}/pdf").status_code == 200
    assert f"/certificates/{certificate_id}/pdf" in client.get("/certificates").text


def test_the_page_says_what_is_seen_on_opening_the_file_with_a_picture(cast: Cast) -> None:
    certificate_id = issued(cast)
    client = cast.client("learner")
    page = client.get(f"/certificates/{certificate_id}").text
    assert "În browser, un dublu clic arată pagina așa cum se tipărește" in page
    assert "spune că fișierul este semnat și neschimbat de atunci" in page
    found = re.search(r'<img src="([^"]+certificate-in-browser[^"]+)"[^>]+alt="([^"]+)"', page)
    assert found is not None
    assert "Nicăieri în fereastră nu scrie ceva despre semnătură" in found[2]
    with client.get(found[1]) as picture:
        assert picture.mimetype == "image/png"
        assert len(picture.data) < 30_000


def test_a_number_without_its_file_has_nothing_to_download(cast: Cast) -> None:
    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        certificate_id = issuing.reserve(cast.enrolments["learner"]).certificate_id
    client = cast.client("learner")
    assert client.get(f"/certificates/{certificate_id}/pdf").status_code == 404
    assert "în pregătire" in client.get("/learn").text
    page = client.get(f"/certificates/{certificate_id}").text
    assert "în pregătire" in page
    assert "la deschiderea fișierului" not in page


@pytest.mark.parametrize(
    ("part", "see", "revoke", "register"),
    [
        ("learner", 200, 404, 403),
        ("classmate", 404, 404, 403),
        ("learner_of_other", 404, 404, 403),
        ("trainer", 200, 403, 403),
        ("trainer_of_other", 404, 404, 403),
        ("auditor", 200, 403, 200),
        ("registrar", 200, 302, 200),
        ("owner", 200, 302, 200),
    ],
)
def test_who_may_see_and_who_may_revoke(
    cast: Cast, part: str, see: int, revoke: int, register: int
) -> None:
    certificate_id = issued(cast)
    client = cast.client(part)
    assert client.get(f"/certificates/{certificate_id}").status_code == see
    assert client.get(f"/certificates/{certificate_id}/pdf").status_code == see
    assert client.get("/register").status_code == register
    assert client.get("/register/export.csv").status_code == register
    assert client.get("/seal").status_code == (200 if part == "owner" else 403)
    answer = post(client, f"/certificates/{certificate_id}/revoke", reason="De probă")
    assert answer.status_code == revoke


def test_a_certificates_page_leads_a_trainer_back_to_its_holder(cast: Cast) -> None:
    certificate_id = issued(cast)
    enrolment_id = cast.enrolments["learner"]
    for part, back, entry in (
        ("trainer", f"/participants/{enrolment_id}", "/editions"),
        ("registrar", "/register", "/register"),
    ):
        page = cast.client(part).get(f"/certificates/{certificate_id}")
        crumbs = page.text.partition('class="crumbs"')[2].partition("</nav>")[0]
        assert f'href="{back}"' in crumbs
        assert re.findall(r'href="([^"]+)" aria-current="true"', page.text) == [entry]


def test_what_staff_do_is_not_there_for_learners(cast: Cast) -> None:
    certificate_id = issued(cast)
    client = cast.client("learner")
    for act in ("revoke", "void", "finish", "correct", "anew"):
        assert post(client, f"/certificates/{certificate_id}/{act}", reason="x").status_code == 404
    path = f"/enrolments/{cast.enrolments['learner']}/certificate"
    assert post(client, path).status_code == 404
    assert post(client, "/register/print", which="all").status_code == 404


def test_nobody_issues_for_oneself(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["learner"])
        place.person_id = cast.persons["registrar"]
    complete(cast, cast.enrolments["learner"], tells=False)
    answer = post(cast.client("registrar"), f"/enrolments/{cast.enrolments['learner']}/certificate")
    assert answer.status_code == 403


# What the office does with one -----------------------------------------------------------------


def test_revoking_asks_for_a_reason_and_keeps_all(cast: Cast) -> None:
    certificate_id = issued(cast)
    client = cast.client("registrar")
    refused = post(client, f"/certificates/{certificate_id}/revoke", reason=" ")
    assert refused.status_code == 422
    assert "Scrieți motivul" in refused.text
    post(client, f"/certificates/{certificate_id}/revoke", reason="Emis din greșeală")
    with stored(cast, certificate_id) as certificate:
        assert certificate.state is CertificateState.REVOKED
        assert len(certificate.files) == 1
    page = main_of(client.get(f"/certificates/{certificate_id}"))
    assert "Emis din greșeală" in page
    assert "Rodica Secretar" in page
    again = post(client, f"/certificates/{certificate_id}/revoke", reason="Încă o dată")
    assert again.status_code == 302
    assert "Nimic nu s-a schimbat" in client.get(again.headers["Location"]).text


def test_a_changed_name_is_flagged_shown_and_corrected_by_a_new_number(cast: Cast) -> None:
    old_id = issued(cast)
    client = cast.client("registrar")
    nothing = client.get(f"/certificates/{old_id}/correct").text
    assert "Nimic nu s-ar schimba" in nothing
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).family_name = "Nume-Nou"
    assert "Numele s-a schimbat după emitere" in client.get(f"/certificates/{old_id}").text
    assert "nume schimbat" in client.get("/register").text
    shown = main_of(client.get(f"/certificates/{old_id}/correct"))
    assert "<del>Maria Învățăcel</del>" in shown
    assert "<ins>Maria Nume-Nou</ins>" in shown
    answer = post(client, f"/certificates/{old_id}/correct", reason="Căsătorie")
    assert answer.status_code == 302
    old, new = all_certificates(cast)
    assert (old.state, new.state) == (CertificateState.SUPERSEDED, CertificateState.VALID)
    assert (new.supersedes_id, new.serial) == (old.id, 2)
    assert new.code != old.code
    assert new.facts["holder"] == "Maria Nume-Nou"
    assert new.facts["period_to"] == old.facts["period_to"]
    assert old.facts["holder"] == "Maria Învățăcel"
    twice = post(client, f"/certificates/{old_id}/correct", reason="Încă o dată")
    assert "Nimic nu s-a schimbat" in client.get(twice.headers["Location"]).text
    assert len(all_certificates(cast)) == 2


def test_a_correction_that_cant_be_printed_ends_nothing(cast: Cast) -> None:
    old_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).family_name = "漢字"
    client = cast.client("registrar")
    assert "Încă nu se poate tipări" in client.get(f"/certificates/{old_id}/correct").text
    answer = post(client, f"/certificates/{old_id}/correct", reason="Greșit")
    assert "Nu s-a luat niciun număr" in client.get(answer.headers["Location"]).text
    (only,) = all_certificates(cast)
    assert only.state is CertificateState.VALID


def test_a_reserved_number_is_annulled_and_another_follows(cast: Cast) -> None:
    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        certificate_id = issuing.reserve(cast.enrolments["learner"]).certificate_id
    post(cast.client("registrar"), f"/certificates/{certificate_id}/void", reason="Siglă greșită")
    with cast.app.app_context():
        bulk.sweep()
    first, second = all_certificates(cast)
    assert (first.state, second.state) == (CertificateState.VOID, CertificateState.VALID)
    assert (first.serial, second.serial) == (1, 2)


def test_a_reserved_one_can_be_finished_by_hand(cast: Cast) -> None:
    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        certificate_id = issuing.reserve(cast.enrolments["learner"]).certificate_id
    post(cast.client("registrar"), f"/certificates/{certificate_id}/finish")
    with stored(cast, certificate_id or 0) as certificate:
        assert certificate.state is CertificateState.VALID


def test_issuing_by_hand_says_what_is_missing_or_gives_the_certificate(cast: Cast) -> None:
    client = cast.client("registrar")
    path = f"/enrolments/{cast.enrolments['learner']}/certificate"
    assert post(client, path).status_code == 302
    assert all_certificates(cast) == []
    complete(cast, cast.enrolments["learner"], tells=False)
    answer = post(client, path)
    (certificate,) = all_certificates(cast)
    assert answer.headers["Location"] == f"/certificates/{certificate.id}"


# The register ----------------------------------------------------------------------------------


@pytest.fixture
def several(cast: Cast) -> list[int]:
    """Five certificates: two people of one name, and one with a formula for a name."""
    ids = enrol_many(cast, 5)
    names = [
        ("Ana", "Țîru"),
        ("Ana", "Țîru"),
        ("Ștefan", "Șerban"),
        ("Ioan", "Tudor"),
        ("A", "Zed"),
    ]
    with cast.app.app_context(), db.writing() as session:
        for enrolment_id, (given, family) in zip(ids, names, strict=True):
            person = session.get_one(Enrolment, enrolment_id).person
            person.given_names, person.family_name = given, family
        session.get_one(Enrolment, ids[4]).organisation_name = "=1+1"
    with cast.app.app_context():
        return [issuing.issue(each).certificate_id or 0 for each in ids]


def test_the_register_is_filtered_searched_and_sorted_as_romanians_sort(
    cast: Cast, several: list[int]
) -> None:
    client = cast.client("auditor")
    rows = re.findall(
        r'data-label="Titular"><a[^>]+>([^<]+)', client.get("/register?order=name").text
    )
    assert rows == ["Ștefan Șerban", "Ioan Tudor", "Ana Țîru", "Ana Țîru", "A Zed"]
    found = client.get("/register?q=tiru ana").text
    assert found.count('data-label="Titular"') == 2
    assert "Niciun certificat nu se potrivește" in client.get("/register?state=revoked").text
    assert client.get("/register?year=1999").text.count('data-label="Titular"') == 0
    assert client.get("/register?edition=x&page=99999&year=abcd").status_code == 200


def test_the_export_holds_every_line_and_no_formula(cast: Cast, several: list[int]) -> None:
    client = cast.client("auditor")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/register/export.xlsx").data))
    rows = list(book.active.values)
    assert len(rows) == 6
    cell = next(c for row in book.active.iter_rows() for c in row if c.value == "=1+1")
    assert cell.data_type == "s"
    text = client.get("/register/export.csv").data.decode("utf-8-sig")
    assert ";'=1+1;" in text
    with cast.app.app_context():
        actions = db.session().scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("register.exported") == 2


def print_into_file(client: FlaskClient, **form: Any) -> bytes:
    """Print, and fetch the file that the answer's page offers."""
    answer = post(client, "/register/print", **form)
    found = client.get(answer.headers["Location"].partition("?")[0] + ".pdf")
    assert found.mimetype == "application/pdf"
    return bytes(found.data)


def test_the_register_is_searched_by_county_and_says_what_it_did_not_find(
    cast: Cast, several: list[int]
) -> None:
    with cast.app.app_context(), db.writing() as session:
        for each in several[:2]:
            session.get_one(Certificate, each).enrolment.county = "HD"
    client = cast.client("auditor")
    assert client.get("/register?q=hunedoara").text.count('data-label="Titular"') == 2
    assert client.get("/register?q=Hunedoara tudor").text.count('data-label="Titular"') <= 1
    page = client.get("/register?q=Vaslui").text
    assert "Nimic pentru „Vaslui”" in page
    assert "Afișați tot" in page
    assert "Niciun certificat aici" not in page
    assert 'name="year"' in page


def test_one_file_to_print_holds_the_ticked_ones_by_name_and_each_is_counted(
    cast: Cast, several: list[int]
) -> None:
    client = cast.client("registrar")
    data = print_into_file(client, certificate=[str(i) for i in several[:4]])
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 4
    pages = [text_of(data, page) for page in range(4)]
    assert ["Ștefan Șerban" in pages[0], "Ioan Tudor" in pages[1]] == [True, True]
    assert all("Ana Țîru" in page for page in pages[2:])
    with cast.app.app_context():
        printed = db.session().scalars(sa.select(Printing.certificate_id)).all()
    assert sorted(printed) == sorted(several[:4])
    page = client.get(f"/certificates/{several[0]}").text
    assert "tipărit" in page


def test_all_of_the_list_can_be_printed_and_what_isnt_valid_is_left_out(
    cast: Cast, several: list[int]
) -> None:
    client = cast.client("registrar")
    post(client, f"/certificates/{several[0]}/revoke", reason="De probă")
    data = print_into_file(client, which="all", order="organisation")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 4
    nothing = post(client, "/register/print", certificate=[str(several[0])])
    assert nothing.status_code == 302
    assert "Alegeți mai întâi" in client.get(nothing.headers["Location"]).text


def test_an_auditor_may_take_the_originals_but_not_print(cast: Cast, several: list[int]) -> None:
    client = cast.client("auditor")
    assert post(client, "/register/print", which="all").status_code == 403
    answer = post(client, "/register/originals", which="all")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = set(archive.namelist())
        assert len(names) == 8
        assert {"registru.csv", "registru.xlsx", "sha256.txt"} <= names
        for line in archive.read("sha256.txt").decode().splitlines():
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest


# All of an edition -----------------------------------------------------------------------------


def test_all_that_are_due_are_issued_as_a_batch_that_shows_its_progress(cast: Cast) -> None:
    enrol_many(cast, 3)
    client = cast.client("registrar")
    page = client.get("/editions/e1/certificates").text
    assert "Emiteți 3 certificate" in page
    answer = post(client, "/editions/e1/certificates")
    there = answer.headers["Location"]
    assert '<meta http-equiv="refresh"' in client.get(there).text
    with cast.app.app_context():
        batches.run()
    done = client.get(there).text
    assert "3 certificate sunt emise" in done
    assert "http-equiv" not in done
    assert len(all_certificates(cast)) == 3
    again = post(client, "/editions/e1/certificates")
    assert "Nu este nimic de emis" in client.get(again.headers["Location"]).text


@pytest.mark.parametrize(("part", "see", "act"), [("trainer", 403, 403), ("auditor", 200, 403)])
def test_issuing_all_is_the_registrars(cast: Cast, part: str, see: int, act: int) -> None:
    client = cast.client(part)
    assert client.get("/editions/e1/certificates").status_code == see
    assert post(client, "/editions/e1/certificates").status_code == act


def test_who_waits_stands_in_the_list_with_the_cause(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).name_confirmed_at = None
        session.get_one(Person, cast.persons["classmate"]).given_names = "漢字"
    complete(cast, cast.enrolments["learner"])
    complete(cast, cast.enrolments["classmate"])
    page = cast.client("registrar").get("/editions/e1/certificates").text
    assert "numele nu este confirmat" in page
    assert "are litere pe care fontul certificatului nu le poate tipări" in page


# Locked numbers, the seal ----------------------------------------------------------------------


def test_locked_numbers_are_told_and_unlocked_with_a_reason(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        year = clock.today("Europe/Bucharest").year
        session.add(NumberCounter(series="TST", year=year, last_serial=0, locked_reason="refacere"))
    complete(cast, cast.enrolments["learner"])
    assert all_certificates(cast) == []
    client = cast.client("registrar")
    assert "Numerele sunt blocate" in client.get("/register").text
    there = "/register/recovery/last-numbers"
    assert post(client, there).status_code == 422
    assert post(cast.client("auditor"), there).status_code == 403
    said = {f"held-TST-{year}": "yes", "last-reason": "Registrul a fost comparat"}
    post(client, there, **said)
    assert ("certificates.sweep", {}) in cast.app.extensions["lms_told"]
    with cast.app.app_context():
        bulk.sweep()
    (certificate,) = all_certificates(cast)
    assert certificate.serial == 1


def test_the_owner_takes_the_recovery_kit_and_says_where_it_is(cast: Cast) -> None:
    with cast.app.app_context():
        fingerprint = seals.ensure("Asociația Exemplu").fingerprint
    client = cast.client("owner")
    page = main_of(client.get("/seal"))
    assert fingerprint in page
    assert "Nu este un sigiliu calificat" in page
    kit = post(client, "/seal/kit")
    with zipfile.ZipFile(io.BytesIO(kit.data)) as archive:
        assert {"seal.key", "seal.pem", "root.key", "root.pem"} <= set(archive.namelist())
    assert kit.headers["Cache-Control"] == "private, no-store"
    assert post(client, "/seal/kept", where="").status_code == 422
    post(client, "/seal/kept", where="seif, biroul 3")
    assert "seif, biroul 3" in client.get("/seal").text
    with cast.app.app_context():
        assert kits.kept(fingerprint) is not None
        actions = db.session().scalars(sa.select(AuditEntry.action)).all()
        assert {"seal.kit_taken", "seal.kit_kept"} <= set(actions)
        assert db.session().scalar(sa.select(sa.func.count(RecoveryKit.id))) == 1


def test_the_kit_is_nobody_elses(cast: Cast) -> None:
    assert post(cast.client("registrar"), "/seal/kit").status_code == 403


def test_the_participants_page_and_the_editions_table_show_the_certificate(cast: Cast) -> None:
    certificate_id = issued(cast)
    client = cast.client("registrar")
    with stored(cast, certificate_id) as certificate:
        number = certificate.number
    assert number in client.get(f"/participants/{cast.enrolments['learner']}").text
    assert number in client.get("/editions/e1").text


def test_no_act_is_left_unrecorded(cast: Cast) -> None:
    certificate_id = issued(cast)
    post(cast.client("registrar"), f"/certificates/{certificate_id}/revoke", reason="De probă")
    with cast.app.app_context():
        entry = (
            db.session()
            .scalars(sa.select(AuditEntry).where(AuditEntry.action == "certificate.revoked"))
            .one()
        )
        detail = db.session().get_one(AuditDetail, entry.id)
    assert (entry.actor_id, entry.object_id) == (cast.persons["registrar"], certificate_id)
    assert detail.values["reason"] == "De probă"


def test_after_a_revocation_only_the_registrars_decision_gives_a_new_one(cast: Cast) -> None:
    revoked_id = issued(cast)
    client = cast.client("registrar")
    early = post(client, f"/certificates/{revoked_id}/anew", reason="Prea devreme")
    assert "Nimic nu s-a schimbat" in client.get(early.headers["Location"]).text
    post(client, f"/certificates/{revoked_id}/revoke", reason="Emis din greșeală")
    assert "Emiteți un certificat nou" in client.get(f"/certificates/{revoked_id}").text
    assert post(client, f"/certificates/{revoked_id}/anew", reason="").status_code == 422
    assert post(cast.client("auditor"), f"/certificates/{revoked_id}/anew").status_code == 403
    post(client, f"/certificates/{revoked_id}/anew", reason="Dreptul a fost dovedit")
    old, new = all_certificates(cast)
    assert (old.state, new.state) == (CertificateState.REVOKED, CertificateState.VALID)


def test_what_is_due_and_not_issued_stands_above_the_register(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).given_names = "漢字"
    complete(cast, cast.enrolments["learner"])
    page = cast.client("registrar").get("/register").text
    assert "1 certificat este de emis și nu a fost emis: Ediția e1." in page
    assert "/editions/e1/certificates" in page


def test_the_office_sees_for_what_it_was_given_and_comes_to_the_participant(cast: Cast) -> None:
    found = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        session.execute(
            sa.update(Completion).values(
                evidence={
                    "lessons_read": ["4", "4"],
                    "tests_taken:end": ["1", "1"],
                    "hours_attended": ["0", "0.00"],
                    "on_paper": ["quiz:1"],
                }
            )
        )
    place = f"/participants/{cast.enrolments['learner']}"
    text = main_of(cast.client("auditor").get(f"/certificates/{found}"))
    assert "Pe ce temei a fost dat" in text
    assert "4 din 4" in text
    assert "0 din 0" not in text
    assert "1 test a fost dat pe hârtie." in text
    assert f'href="{place}"' in text
    assert f'href="{place}"' in main_of(cast.client("auditor").get("/register"))
    assert place not in main_of(cast.client("learner").get(f"/certificates/{found}"))


def test_a_replaced_one_is_not_sent_to_anybody_and_takes_no_course_away(cast: Cast) -> None:
    found = issued(cast)
    with stored(cast, found) as certificate:
        code = certificate.code
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, found)
        row.state, row.ended_at = CertificateState.SUPERSEDED, clock.now()
    text = main_of(cast.client("auditor").get(f"/certificates/{found}"))
    assert "nu mai este valabil" in text
    assert "Trimiteți chiar fișierul" not in text
    assert "card-key" not in text
    assert "Cursul rămâne încheiat" in cast.client("anonymous").get(f"/v/{code}").text
