"""Participants from the shell: the page's import, for scripts and for those who like a prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment
from lms.mail.models import MailMessage
from lms.safety.sheets import write_csv
from tests.cast import Cast

HEADINGS = ["Nume", "Prenume", "E-mail", "Organizație", "Județ"]
ANA = ["Plopeanu", "Ana", "ana@exemplu.example", "Asociația Izvorul", "Iași"]
DAN = ["Fânețeanu", "Dan", "", "Primăria Comunei Exemplu", "Vaslui"]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "lista.csv"
    path.write_bytes(write_csv(HEADINGS, [ANA, DAN]))
    return path


def run(cast: Cast, path: Path, *options: str) -> Result:
    return cast.app.test_cli_runner().invoke(
        args=["participants", "import", str(path), "--edition", "e1", *options]
    )


def count(cast: Cast, model: type) -> int:
    with cast.app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_dry_run_says_what_would_be_done_and_does_nothing(cast: Cast, listed: Path) -> None:
    result = run(cast, listed, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "2 would be enrolled" in result.output
    assert count(cast, Enrolment) == 3


def test_a_list_is_imported_once_and_those_with_an_address_are_invited(
    cast: Cast, listed: Path
) -> None:
    result = run(cast, listed, "--invite", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert (said["enrolled"], said["invited"]) == (2, 1)
    assert count(cast, MailMessage) == 1
    assert json.loads(run(cast, listed, "--json").output)["enrolled"] == 0
    assert count(cast, Enrolment) == 5


def test_an_open_question_stops_it_and_is_answered_by_an_option(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "lista.csv"
    path.write_bytes(write_csv(HEADINGS, [ANA, ["Altul", "Ion", ANA[2], "", ""]]))
    refused = run(cast, path)
    assert refused.exit_code != 0
    assert "row 3" in refused.output
    assert count(cast, Enrolment) == 3
    assert run(cast, path, "--different", "3").exit_code == 0
    assert count(cast, Enrolment) == 5


def test_a_person_is_named_by_number(cast: Cast, tmp_path: Path, listed: Path) -> None:
    run(cast, listed)
    with cast.app.app_context():
        ana = db.session().scalars(sa.select(Person.id).where(Person.email == ANA[2])).one()
    path = tmp_path / "alta.csv"
    path.write_bytes(write_csv(HEADINGS, [["Plopeanu-Nou", *ANA[1:]]]))
    assert run(cast, path, "--same", f"2={ana}", "--update").exit_code == 0
    with cast.app.app_context():
        assert db.session().get_one(Person, ana).family_name == "Plopeanu-Nou"
    assert run(cast, path, "--same", "nonsense").exit_code != 0


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        (b"", (), "empty"),
        (b"Telefon;Oras\r\n1;2\r\n", (), "No column holds the names"),
        (write_csv(HEADINGS, [ANA]), ("--edition", "nu-exista"), "There is no edition"),
        (write_csv(HEADINGS, [["", "Ana", "x", "", ""]]), (), "1 row is wrong"),
    ],
)
def test_it_refuses_in_one_sentence(
    cast: Cast, tmp_path: Path, data: bytes, options: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "lista.csv"
    path.write_bytes(data)
    result = run(cast, path, *options)
    assert result.exit_code == 1
    assert said in result.output
    assert count(cast, Enrolment) == 3
