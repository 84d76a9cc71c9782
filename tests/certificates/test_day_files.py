"""The register of a day: whole, sealed, the same when written again, mailed once."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.certificates import day_files, issuing, register, seals
from lms.certificates.models import Certificate, RegisterDay
from lms.certificates.register_file import (
    NotARegister,
    RegisterRow,
    closed,
    is_sealed,
    read_register,
    write_rows,
)
from lms.files import store
from lms.mail.models import MailMessage
from tests.cast import Cast
from tests.certificates.certify import all_certificates, complete, stored

YESTERDAY = clock.today(day_files.ZONE) - timedelta(days=1)


def row(**values: str) -> RegisterRow:
    return RegisterRow(**{name: values.get(name, "") for name in RegisterRow.__annotations__})


# The file --------------------------------------------------------------------------------------


def test_rows_come_back_as_they_were_written() -> None:
    rows = [
        row(numar="TST-2026-000001-X", titular="=cmd|' /C calc'!A0", motiv='a;b "c"\r\nd'),
        row(numar="TST-2026-000002-Y", fapte='{"holder":"Țurcanu","x":"\'=1"}'),
    ]
    body = write_rows(rows)
    read = read_register(closed(body, "ab" * 32, b"signature"))
    assert read.rows == tuple(rows)
    assert (read.body, read.fingerprint, read.signature) == (body, "ab" * 32, b"signature")
    assert b";'=cmd" in body  # a spreadsheet runs nothing


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.replace(b"Ana", b"Ion"),
        lambda d: d[:-200],
        lambda d: d[: d.rfind(b"#sfarsit")],
        lambda d: d.replace(b"#sfarsit;", b"#altceva;"),
        lambda d: b"numar;stare\r\n" + d,
        lambda d: b"",
        lambda d: b"%PDF-1.7",
        lambda d: closed(b"\xff\xfe;"),
        lambda d: closed(b"a;b\r\n1;2\r\n"),
        lambda d: closed(write_rows([]) + b"prea;putin\r\n"),
    ],
)
def test_a_file_that_was_changed_or_cut_is_no_register(spoil: Any) -> None:
    data = closed(write_rows([row(titular="Ana")]))
    with pytest.raises(NotARegister):
        read_register(spoil(data))


def test_only_a_seal_of_ours_is_believed(seal: Any, lookalike: Any) -> None:
    from lms.certificates.verification import TrustedSeal

    body = write_rows([row(titular="Ana")])
    good = read_register(closed(body, seal.fingerprint, seal.sign_text(body)))
    forged = read_register(closed(body, lookalike.fingerprint, lookalike.sign_text(body)))
    borrowed = read_register(closed(body, seal.fingerprint, lookalike.sign_text(body)))
    other = read_register(closed(body, seal.fingerprint, seal.sign_text(body + b"x")))
    bare = read_register(closed(body))
    ours = [TrustedSeal.of(seal)]
    assert is_sealed(good, ours)
    assert not any(is_sealed(read, ours) for read in (forged, borrowed, other, bare))
    assert not is_sealed(good, [])


# Keeping it ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def empty_folder(request: pytest.FixtureRequest) -> None:
    """The instance is shared by the run; its files of days are not."""
    if "cast" in request.fixturenames:
        for path in folder(request.getfixturevalue("cast")).iterdir():
            path.unlink()


@pytest.fixture
def yesterday(cast: Cast) -> Cast:
    """Two certificates issued yesterday, and a registrar with an address."""
    with clock.stopped_at(clock.now() - timedelta(days=1)):
        with cast.app.app_context():
            seals.ensure("Asociația Exemplu")
            with db.writing() as session:
                person = session.get_one(Person, cast.persons["registrar"])
                person.email = "secretariat@exemplu.example"
        for part in ("learner", "classmate"):
            complete(cast, cast.enrolments[part], tells=False)
            with cast.app.app_context():
                assert issuing.issue(cast.enrolments[part]).certificate_id
    return cast


def folder(cast: Cast) -> Path:
    with cast.app.app_context():
        return day_files.folder()


def mails(cast: Cast) -> list[MailMessage]:
    with cast.app.app_context():
        statement = sa.select(MailMessage).where(MailMessage.event.startswith("register-day:"))
        return list(db.session().scalars(statement))


def work(cast: Cast) -> None:
    with cast.app.app_context():
        day_files.write_finished_day()


def test_the_finished_day_is_written_and_mailed_once(yesterday: Cast) -> None:
    for _again in range(3):
        work(yesterday)
    path = folder(yesterday) / day_files.file_name(YESTERDAY)
    assert path.stat().st_mode & 0o777 == 0o600
    read = read_register(path.read_bytes())
    with yesterday.app.app_context():
        assert is_sealed(read, seals.trusted())
        (kept,) = db.session().scalars(sa.select(RegisterDay))
        assert kept.day == YESTERDAY
        actions = db.session().scalars(sa.select(AuditEntry.action)).all()
        assert actions.count("register.day_written") == 1
    (mail,) = mails(yesterday)
    assert mail.to_address == "secretariat@exemplu.example"
    assert "2 certificate" in mail.text
    with yesterday.app.app_context():
        packed = store.get(register.store_folder(), mail.attached_sha256 or "")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read(path.name) == path.read_bytes()


def test_each_row_says_all_that_is_needed_to_make_it_again(yesterday: Cast) -> None:
    work(yesterday)
    rows = read_register((folder(yesterday) / day_files.file_name(YESTERDAY)).read_bytes()).rows
    assert [r.stare for r in rows] == ["valid", "valid"]
    with stored(yesterday, all_certificates(yesterday)[0].id) as first:
        (file,) = first.files
        assert rows[0].numar == first.number
        assert rows[0].cod == first.code
        assert rows[0].sha256 == file.sha256
        assert rows[0].inscriere == str(first.enrolment_id)
        assert '"holder":"Maria Învățăcel"' in rows[0].fapte
        assert len(rows[0].lant) == 64


def test_what_happens_later_is_not_in_an_earlier_days_file(yesterday: Cast) -> None:
    work(yesterday)
    path = folder(yesterday) / day_files.file_name(YESTERDAY)
    before = path.read_bytes()
    first_id = all_certificates(yesterday)[0].id
    with yesterday.app.app_context(), db.writing() as session:
        found = session.get_one(Certificate, first_id)
        register.revoke(found, by=None, reason="greșeală", now=clock.now())
    with yesterday.app.app_context():
        day_files.write(YESTERDAY)
    assert path.read_bytes() == before
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        work(yesterday)
    after = read_register(
        (folder(yesterday) / day_files.file_name(YESTERDAY + timedelta(days=1))).read_bytes()
    )
    assert [(r.stare, r.motiv) for r in after.rows] == [("revoked", "greșeală"), ("valid", "")]
    assert len(mails(yesterday)) == 2


def test_a_day_without_events_and_a_day_that_is_not_over_have_no_file(cast: Cast) -> None:
    work(cast)
    complete(cast, cast.enrolments["learner"], tells=False)
    with cast.app.app_context():
        issuing.issue(cast.enrolments["learner"])
    work(cast)
    assert list(folder(cast).iterdir()) == []


def test_after_days_without_the_worker_the_newest_day_holds_all(yesterday: Cast) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=9)):
        work(yesterday)
        work(yesterday)
    assert {p.name for p in folder(yesterday).iterdir()} == {
        day_files.file_name(YESTERDAY),
        day_files.checkpoint_name(YESTERDAY),
    }


def test_without_a_registrars_address_the_owner_gets_it(yesterday: Cast) -> None:
    with yesterday.app.app_context(), db.writing() as session:
        session.get_one(Person, yesterday.persons["registrar"]).email = None
        session.get_one(Person, yesterday.persons["owner"]).email = "p@exemplu.example"
    work(yesterday)
    assert [m.to_address for m in mails(yesterday)] == ["p@exemplu.example"]


def test_without_a_seal_the_file_is_written_and_says_that_it_bears_none(
    yesterday: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.certificates.signing.api import SealLocked

    def locked(_organisation: str = "") -> None:
        raise SealLocked("the passphrase is missing")

    monkeypatch.setattr(day_files.seals, "signer", locked)
    work(yesterday)
    read = read_register((folder(yesterday) / day_files.file_name(YESTERDAY)).read_bytes())
    assert len(read.rows) == 2
    assert read.signature == b""


def test_the_folder_may_be_another(yesterday: Cast, tmp_path: Path) -> None:
    import dataclasses

    elsewhere = tmp_path / "alt disc"
    settings = yesterday.app.config["LMS"]
    yesterday.app.config["LMS"] = dataclasses.replace(settings, register_days=str(elsewhere))
    try:
        work(yesterday)
    finally:
        yesterday.app.config["LMS"] = settings
    assert {p.name for p in elsewhere.iterdir()} == {
        day_files.file_name(YESTERDAY),
        day_files.checkpoint_name(YESTERDAY),
    }


# From the shell --------------------------------------------------------------------------------


def run(cast: Cast, *arguments: str) -> Any:
    return cast.app.test_cli_runner().invoke(args=["certificate", "day-file", *arguments])


def test_the_command_writes_a_day_and_checks_a_file(yesterday: Cast, tmp_path: Path) -> None:
    done = run(yesterday, "--date", YESTERDAY.isoformat())
    assert "2 numbers, sealed." in done.output
    path = folder(yesterday) / day_files.file_name(YESTERDAY)
    assert "whole and sealed by this site" in run(yesterday, "--check", str(path)).output
    forged = tmp_path / "f.csv"
    forged.write_bytes(path.read_bytes().replace("Învățăcel".encode(), b"Altcineva"))
    assert "no register of a day" in run(yesterday, "--check", str(forged)).output
    forged.write_bytes(closed(read_register(path.read_bytes()).body))
    assert "bears no seal of this site" in run(yesterday, "--check", str(forged)).output


@pytest.mark.parametrize(("day", "sentence"), [("ieri", "is no day"), ("3000-01-01", "to come")])
def test_the_command_refuses_a_day_that_it_cannot_write(
    cast: Cast, day: str, sentence: str
) -> None:
    done = run(cast, "--date", day)
    assert done.exit_code != 0
    assert sentence in done.output


def test_today_so_far_can_be_written(yesterday: Cast) -> None:
    assert "2 numbers" in run(yesterday).output
    name = day_files.file_name(date.fromisoformat(clock.today(day_files.ZONE).isoformat()))
    assert (folder(yesterday) / name).exists()
