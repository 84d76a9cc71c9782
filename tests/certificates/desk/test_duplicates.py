"""Duplicates of lost papers: granted as the programme says, chained, printed, blanked."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from lms import clock, db
from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.certificates import chain, day_files, traces
from lms.certificates.desk import duplicates
from lms.certificates.desk.models import Duplicate, DuplicateReason
from lms.certificates.models import (
    Certificate,
    NumberCounter,
    Printing,
    RegisterEntry,
    RegisterEvent,
)
from lms.certificates.register_file import DUPLICATE, read_register
from lms.certificates.states import CertificateState
from lms.courses.models import Edition
from tests.cast import Cast, csrf
from tests.certificates.certify import issued
from tests.certificates.reading import text_of


@pytest.fixture
def certificate(cast: Cast) -> int:
    return issued(cast)


@pytest.fixture
def office(cast: Cast) -> FlaskClient:
    return cast.client("registrar")


def ask(client: FlaskClient, certificate: int, **more: Any) -> TestResponse:
    form = {
        "csrf_token": csrf(client),
        "asked_by": "Maria Învățăcel",
        "asked_on": clock.today("Europe/Bucharest").isoformat(),
        "reason": "lost",
        "declaration": "Declarație pe proprie răspundere nr. 12 din 3.11.2026",
    }
    return client.post(f"/certificates/{certificate}/duplicates", data=form | more)


def granted(cast: Cast) -> list[Duplicate]:
    with cast.app.app_context():
        return list(db.session().scalars(sa.select(Duplicate).order_by(Duplicate.id)).all())


def test_a_duplicate_has_the_same_number_and_code_and_a_link_of_its_own(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    ask(office, certificate)
    (one,) = granted(cast)
    assert (one.ordinal, one.reason) == (1, DuplicateReason.LOST)
    with cast.app.app_context():
        row = db.session().get_one(Certificate, certificate)
        assert row.state is CertificateState.VALID
        assert row.facts["duplicate"] is None, "what is frozen stays"
        last = (
            db.session()
            .scalars(sa.select(RegisterEntry).order_by(RegisterEntry.id.desc()).limit(1))
            .one()
        )
        assert (last.event, last.number) == (RegisterEvent.DUPLICATED, row.number)
        assert chain.find_break(row.series) is None
    assert "duplicat aprobat" in office.get(f"/certificates/{certificate}").text


def test_it_is_printed_as_a_duplicate_and_counted_as_a_paper_original(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    ask(office, certificate)
    (one,) = granted(cast)
    answer = office.post(f"/duplicates/{one.id}/print", data={"csrf_token": csrf(office)})
    path = answer.headers["Location"].partition("?")[0]
    text = text_of(office.get(f"{path}.pdf").data)
    assert "DUPLICAT nr. 1 din" in text
    assert "Exemplar pentru semnare olografă" in text
    with cast.app.app_context():
        assert db.session().scalars(sa.select(Printing.duplicate_id)).all() == [one.id]
    history = office.get(f"/certificates/{certificate}").text
    assert "duplicatul nr. 1 tipărit" in history
    assert "exemplar pe hârtie tipărit" not in history


def test_the_way_to_a_duplicate_stands_beside_the_download(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    def card(client: FlaskClient) -> str:
        page = BeautifulSoup(client.get(f"/certificates/{certificate}").text, "html.parser")
        return str(page.select_one(".continue"))

    assert f'href="/certificates/{certificate}/duplicates"' in card(office)
    assert "/duplicates" not in card(cast.client("learner"))
    assert "/duplicates" not in card(cast.client("auditor"))


def test_the_form_says_before_it_is_sent_what_is_needed_and_how_many_there_may_be(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    def form() -> str:
        page = BeautifulSoup(
            office.get(f"/certificates/{certificate}/duplicates").text, "html.parser"
        )
        return " ".join(page.select_one("form.card").text.split())  # type: ignore[union-attr]

    said = form()
    assert "Declarat prin (opțional)" not in said
    assert "cerere nr. 12 din 30.11.2026" in said
    assert "Programul de formare acordă 1 duplicat" in said
    refused = ask(office, certificate, declaration="").text
    assert "programul de formare o cere" in refused
    assert "Declarat prin (opțional)" not in refused
    with cast.app.app_context(), db.writing():
        programme = db.session().scalars(sa.select(Edition.programme_id).limit(1)).one()
        rule = duplicates.Rule(most=3, needs_declaration=False)
        duplicates.set_rule(programme, rule, by=cast.persons["owner"])
    said = form()
    assert "Declarat prin (opțional)" in said
    assert "acordă 3 duplicate" in said


def test_it_is_a_row_of_its_own_in_the_register_and_its_files(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    ask(office, certificate)
    assert "duplicatul nr. 1" in office.get("/register").text
    assert "duplicatul nr. 1" in office.get("/editions/e1/certificates").text
    text = office.get("/register/export.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    second = next(row for row in rows if len(row) > 8 and "DUPLICAT" in row[8])
    first = rows[rows.index(second) - 1]
    assert first[0] == second[0]
    assert first[12] == second[12], "the same code"
    assert re.fullmatch(r"DUPLICAT nr\. 1 din \d+ \w+ \d{4}", second[8])
    book = load_workbook(io.BytesIO(office.get("/register/export.xlsx").data)).active
    assert book is not None
    lines = [[cell.value for cell in row] for row in book.iter_rows()]
    (again,) = [line for line in lines if str(line[8]).startswith("DUPLICAT nr. 1 din")]
    assert again[0] == second[0]
    assert isinstance(again[6], datetime), "the duplicate's own day, as a date"
    listed = text_of(office.get("/register/export.pdf").data)
    assert listed.count(second[0]) == 2
    assert "DUPLICAT nr. 1" in listed.replace("\n", " ")
    assert "Semnătura" in listed


def test_the_command_exports_the_same_three_files(
    cast: Cast, office: FlaskClient, certificate: int, tmp_path: Path
) -> None:
    ask(office, certificate)
    run = cast.app.test_cli_runner().invoke
    with cast.app.app_context():
        name = db.session().get_one(Person, cast.persons["registrar"]).sign_in_name
    for kind in ("xlsx", "csv", "pdf"):
        path = tmp_path / f"registru.{kind}"
        args = ["certificate", "register", "--out", str(path), "--by", str(name)]
        done = run(args=args)
        assert (done.exit_code, "1 numbers and 1 duplicates" in done.output) == (0, True), done
        assert path.stat().st_mode & 0o777 == 0o600
        if kind != "xlsx":  # a workbook tells when it was written
            assert path.read_bytes() == office.get(f"/register/export.{kind}").data
        assert run(args=args).exit_code == 1, "a file that is there stays"
    assert "DUPLICAT nr. 1 din" in (tmp_path / "registru.csv").read_text(encoding="utf-8-sig")
    for args, said in (
        (["--out", str(tmp_path / "r.txt"), "--by", str(name)], ".xlsx, .csv or .pdf"),
        (["--out", str(tmp_path / "r.pdf"), "--by", "nimeni"], "No registrar signs in"),
        (["--out", str(tmp_path / "r.pdf"), "--by", str(name), "--edition", "x"], "no edition"),
    ):
        done = run(args=["certificate", "register", *args])
        assert (done.exit_code, said in done.output) == (1, True), done.output
    assert not (tmp_path / "r.pdf").exists()
    with cast.app.app_context():
        actions = db.session().scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("register.exported") == 5, "two by the page, three by the command"


def test_the_register_of_a_day_tells_of_it_under_its_certificate(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    ask(office, certificate)
    with cast.app.app_context():
        day = clock.today(day_files.ZONE)
        data = day_files.content_of(day)
        db.end_reading()
        assert data == day_files.content_of(day), "the same again"
        db.end_reading()
        before = day_files.rows_until(clock.now() - timedelta(days=1))
    own, again = read_register(data).rows
    assert before == []
    assert (own.stare, again.stare) == ("valid", DUPLICATE)
    assert (again.numar, again.cod, again.titular) == (own.numar, own.cod, own.titular)
    assert (again.duplicat_nr, again.duplicat_din) == ("1", day.isoformat())
    assert (again.cerut_de, again.motiv) == ("Maria Învățăcel", "lost")
    assert "nr. 12 din 3.11.2026" in again.declaratie
    assert (again.sha256, again.fapte) == ("", ""), "no second file is made"
    assert again.veriga != own.veriga
    run = cast.app.test_cli_runner().invoke
    assert "1 numbers and 1 duplicates" in run(args=["certificate", "day-file"]).output


def test_while_numbers_are_locked_after_a_restore_none_is_granted(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.execute(sa.update(NumberCounter).values(locked_reason="restored"))
    answer = ask(office, certificate)
    assert granted(cast) == []
    assert "după restaurare" in office.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"declaration": ""}, "programul de formare o cere"),
        ({"asked_on": "2999-01-01"}, "în viitor"),
        ({"asked_on": "1999-01-01"}, "înaintea datei"),
        ({"asked_by": ""}, "Scrieți cine a cerut."),
        ({"asked_by": "CI XX 1234567"}, "numere de acte"),
        ({"reason": "eaten"}, ""),
    ],
)
def test_what_is_missing_or_odd_is_refused_beside_its_field(
    cast: Cast, office: FlaskClient, certificate: int, more: dict[str, str], said: str
) -> None:
    answer = ask(office, certificate, **more)
    assert answer.status_code == 422
    assert said in answer.text
    assert granted(cast) == []


def test_a_damaged_paper_needs_no_declaration(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    ask(office, certificate, reason="damaged", declaration="")
    assert len(granted(cast)) == 1


def test_no_more_are_granted_than_the_programme_says(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    ask(office, certificate)
    ask(office, certificate)
    assert len(granted(cast)) == 1
    with cast.app.app_context():
        programme = db.session().get_one(Edition, cast.edition_id).programme_id
    token = csrf(office)
    office.post(
        f"/programmes/{programme}/printing/duplicates", data={"csrf_token": token, "most": "2"}
    )
    ask(office, certificate, declaration="")
    assert [one.ordinal for one in granted(cast)] == [1, 2]
    page = office.get(f"/certificates/{certificate}/duplicates").text
    assert re.search(r"Programul de formare acordă 2 duplicate", page)


def test_an_ended_certificate_has_no_duplicate(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    token = csrf(office)
    office.post(
        f"/certificates/{certificate}/revoke", data={"csrf_token": token, "reason": "De probă"}
    )
    ask(office, certificate)
    assert granted(cast) == []


def test_after_an_erasure_it_is_not_known_any_more_who_asked(
    cast: Cast, office: FlaskClient, certificate: int
) -> None:
    ask(office, certificate, note="A venit cu sora")
    with cast.app.app_context():
        handed = traces.export(cast.persons["learner"]).values["duplicates"]
        assert handed
        db.end_reading()
        with db.writing():
            duplicates.forget([certificate])
        db.end_reading()
    (one,) = granted(cast)
    assert (one.asked_by, one.declaration, one.note, one.ordinal) == (None, None, None, 1)
