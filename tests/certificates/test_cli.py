"""Certificates from the shell: the same acts, one clear sentence when refused."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path

import pytest
from click.testing import Result

from lms import db
from lms.certificates import kits, seals
from lms.certificates.cli import certificate as commands
from lms.certificates.models import NumberCounter
from lms.certificates.states import CertificateState
from tests.cast import Cast
from tests.certificates.certify import all_certificates, complete, file_of, issued, stored


@pytest.fixture
def run(cast: Cast):  # type: ignore[no-untyped-def]
    def call(*arguments: str) -> Result:
        return cast.app.test_cli_runner().invoke(commands, list(arguments))

    return call


def test_issue_issues_what_is_due_and_says_what_not(cast: Cast, run) -> None:  # type: ignore[no-untyped-def]
    complete(cast, cast.enrolments["learner"], tells=False)
    done = run("issue", "--edition", "e1", "--json")
    assert done.exit_code == 0, done.output
    (line,) = json.loads(done.output)
    (certificate,) = all_certificates(cast)
    assert line == {
        "enrolment": cast.enrolments["learner"],
        "number": certificate.number,
        "fault": "",
    }
    refused = run("issue", "--enrolment", str(cast.enrolments["classmate"]))
    assert refused.exit_code == 1
    assert run("issue", "--edition", "nowhere").output == "Error: There is no edition “nowhere”.\n"


def test_verify_answers_for_file_code_and_number(cast: Cast, run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    certificate_id = issued(cast)
    data = file_of(cast, certificate_id)
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(data)
    bad.write_bytes(data[:1000] + bytes([data[1000] ^ 1]) + data[1001:])
    with stored(cast, certificate_id) as certificate:
        number, code = certificate.number, certificate.code
    for what in (str(good), number, code, code.lower()):
        done = run("verify", what, "--json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.output)["number"] == number
    for what in (str(bad), "nonsense"):
        done = run("verify", what)
        assert done.exit_code == 1
        assert "valid" not in done.output.split()


def test_revoke_names_the_state_that_stands_in_the_way(cast: Cast, run) -> None:  # type: ignore[no-untyped-def]
    certificate_id = issued(cast)
    with stored(cast, certificate_id) as certificate:
        number = certificate.number
    assert run("revoke", number).exit_code != 0
    assert run("revoke", number, "--reason", "Decizia 12").exit_code == 0
    with stored(cast, certificate_id) as certificate:
        assert certificate.state is CertificateState.REVOKED
        assert certificate.ended_reason == "Decizia 12"
    again = run("revoke", number, "--reason", "Încă o dată")
    assert again.exit_code == 1
    assert "is revoked: only a valid certificate" in again.output
    assert run("verify", number).exit_code == 1
    assert "There is no certificate" in run("revoke", "TST-1", "--reason", "x").output


def test_list_is_the_register(cast: Cast, run) -> None:  # type: ignore[no-untyped-def]
    issued(cast, "learner")
    issued(cast, "classmate")
    listed = json.loads(run("list", "--json").output)
    assert [entry["holder"] for entry in listed] == ["Maria Învățăcel", "Dan Coleg"]
    assert run("list").output.count("\n") == 2


def test_unlock_needs_a_reason_and_something_locked(cast: Cast, run) -> None:  # type: ignore[no-untyped-def]
    assert "No numbers are locked" in run("unlock", "--reason", "x").output
    with cast.app.app_context(), db.writing() as session:
        session.add(NumberCounter(series="TST", year=2026, last_serial=0, locked_reason="refacere"))
    assert run("unlock", "--as-held", "--reason", " ").exit_code == 1
    assert "Say --last NUMBER" in run("unlock", "--reason", "comparat").output
    assert run("unlock", "--as-held", "--reason", "comparat").output == "Numbers are given again.\n"
    with cast.app.app_context():
        assert db.session().get_one(NumberCounter, ("TST", 2026)).locked_reason is None


def test_the_kit_is_private_and_never_written_over(cast: Cast, run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with cast.app.app_context():
        fingerprint = seals.ensure("Asociația Exemplu").fingerprint
    target = tmp_path / "kit.zip"
    done = run("kit", str(target), "--stored-at", "seif, biroul 3")
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "seal.key" in zipfile.ZipFile(target).namelist()
    with cast.app.app_context():
        row = kits.kept(fingerprint)
        assert row is not None
        assert row.where == "seif, biroul 3"
    assert "can't be written" in run("kit", str(target)).output
    assert run("kit").exit_code == 1


@pytest.mark.parametrize(
    "name", ["issue", "verify", "revoke", "list", "unlock", "recover", "void", "day-file", "kit"]
)
def test_each_command_helps_with_an_example(run, name: str) -> None:  # type: ignore[no-untyped-def]
    assert f"Example:  lms certificate {name}" in run(name, "--help").output
